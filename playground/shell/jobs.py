"""Processes of one session: how many there are, which run in the background, and how they ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from playground.api.process import Loop, Promise, RunningTask

MAX_PROCESSES: Final = 128
FIRST_PID: Final = 1200


@dataclass(slots=True)
class Job:
    """One command line that was sent to the background. ``status`` is None while it runs."""

    number: int
    pid: int
    text: str
    finished: Promise[None]
    task: RunningTask[int] | None = None
    status: int | None = None
    reported: bool = False
    signal: str = ""

    def state(self) -> str:
        if self.status is None:
            return "Running"
        if self.signal:
            return self.signal
        return "Done" if self.status == 0 else f"Exit {self.status}"


class TooManyProcesses(Exception):
    """A fork failed; bash says "Resource temporarily unavailable"."""


@dataclass(slots=True)
class ProcessTable:
    """Shared by a session's shell and all shells below it."""

    loop: Loop
    jobs: list[Job] = field(default_factory=list)
    running: dict[int, tuple[str, int]] = field(default_factory=dict)
    """What runs now, by process id: its command line and when it began."""
    last_pid: int = FIRST_PID

    def begin(self, text: str) -> int:
        """Count a process in and return its id.

        Raises:
            TooManyProcesses: there are too many.
        """
        if len(self.running) >= MAX_PROCESSES:
            raise TooManyProcesses
        self.last_pid += 1
        self.running[self.last_pid] = (text, self.loop.now_us)
        return self.last_pid

    def end(self, pid: int) -> None:
        self.running.pop(pid, None)

    def start_job(self, text: str, run: Callable[[], Awaitable[int]]) -> Job:
        """Run something in the background."""
        number = 1 + max((job.number for job in self.jobs), default=0)
        job = Job(number, self.begin(text), text, finished=self.loop.future())
        self.jobs.append(job)

        async def live() -> int:
            try:
                job.status = await run()
            finally:
                if job.status is None:
                    job.status = 143
                self.end(job.pid)
                job.finished.set(None)
            return job.status

        job.task = self.loop.spawn(live(), f"job {text[:40]}")
        return job

    def find(self, name: str) -> Job | None:
        """The job called ``%N``, ``%%``, ``%+``, ``%-``, ``%text`` or by its process id."""
        alive = self.jobs
        if not alive:
            return None
        if name in ("", "%", "%%", "%+"):
            return alive[-1]
        if name == "%-":
            return alive[-2] if len(alive) > 1 else alive[-1]
        if name.startswith("%"):
            wanted = name[1:]
            for job in alive:
                if (wanted.isdigit() and job.number == int(wanted[:6])) or job.text.startswith(wanted):
                    return job
            return None
        return next((job for job in alive if name.isdigit() and job.pid == int(name[:9])), None)

    def forget_done(self) -> None:
        self.jobs = [job for job in self.jobs if job.status is None]

    def line(self, job: Job, pids: bool = False) -> str:
        """One line of ``jobs``."""
        mark = " "
        if self.jobs and job is self.jobs[-1]:
            mark = "+"
        elif len(self.jobs) > 1 and job is self.jobs[-2]:
            mark = "-"
        ending = " &" if job.status is None else ""
        pid = f"{job.pid} " if pids else ""
        return f"[{job.number}]{mark}  {pid}{job.state():<24}{job.text}{ending}\n"

    def hang_up(self) -> None:
        """End every job: the terminal is gone."""
        for job in self.jobs:
            if job.task is not None and job.status is None:
                job.task.cancel()
