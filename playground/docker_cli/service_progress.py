"""Watches a service until it is as asked, and shows how far it is.

Source: docker/cli command/service/progress/progress.go, helpers.go.
"""

from typing import Any, Protocol

from playground.api import Interrupted
from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.numbers import SECOND
from playground.docker_cli.formatter.texts import short_id
from playground.docker_cli.progress_lines import Display, Line

_STATES = (
    "new",
    "allocated",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
    "complete",
    "shutdown",
    "failed",
    "rejected",
)
NUMBER = {state: position for position, state in enumerate(_STATES, 1)}
_RUNNING = NUMBER["running"]
_WIDTH = len("preparing")
_TOTAL = 9
_JOB_TOTAL = 10
_MOST_BARS = 20
_MOST_ERROR = 75
_POLL_US = 200_000
_MONITOR = 5 * SECOND


class Updater(Protocol):
    """Shows one kind of service."""

    async def update(self, service: Any, tasks: list[Any], active: dict[str, None], rollback: bool) -> bool:
        """Show the tasks; true when the service is as asked."""


async def wait_on_service(cli: Cli, reference: str, quiet: bool) -> None:
    """Follow the service until its tasks are as asked and stay so.

    Raises:
        CommandFailed: the update was paused.
        ApiError: the engine refused.
    """
    display: Display | None = None if quiet else Display(cli)
    await _Watch(cli, reference, display).run()


class _Watch:
    def __init__(self, cli: Cli, reference: str, display: Display | None) -> None:
        self._cli = cli
        self._reference = reference
        self._display = display
        self._updater: Updater | None = None
        self._converged = False
        self._converged_at: int | None = None
        self._monitor = _MONITOR
        self._rollback = False
        self._last: Line | None = None

    async def run(self) -> None:
        try:
            while not await self._step():
                await self._cli.process.loop.sleep(_POLL_US)
        except Interrupted:
            if not self._converged:
                await self._message("Operation continuing in background.")
                await self._message(f"Use `docker service ps {self._reference}` to check progress.")

    async def _show(self, line: Line) -> None:
        if self._display is not None:
            await self._display.show(line)

    async def _message(self, text: str) -> None:
        await self._show(Line("", text, has_progress=False))

    async def _step(self) -> bool:
        """One look at the service; true when there is nothing left to watch."""
        service = await self._cli.get(f"/services/{self._reference}")
        spec = service.get("Spec", {})
        self._monitor = (spec.get("UpdateConfig") or {}).get("Monitor") or self._monitor
        if self._updater is None:
            self._updater = _updater(service, self._show)
        if await self._finished(service.get("UpdateStatus")):
            return True
        now = self._cli.now_ns
        if self._converged and self._converged_at is not None and now - self._converged_at >= self._monitor:
            await self._show(Line("verify", f"Service {self._reference} converged"))
            if self._last is not None:
                await self._show(self._last)
            return True
        tasks = await self._cli.list("/tasks", {"service": [service["ID"]], "_up-to-date": ["true"]})
        nodes = await self._cli.list("/nodes")
        active = {node["ID"]: None for node in nodes if node.get("Status", {}).get("State") != "down"}
        self._converged = await self._updater.update(service, tasks, active, self._rollback)
        return await self._judge(service)

    async def _finished(self, status: Any) -> bool:
        """Take in the update's state; true when it is complete and was so before we looked."""
        if not status:
            return False
        message = status.get("Message", "")
        match status.get("State", ""):
            case "updating":
                self._rollback = False
            case "completed":
                return not self._converged
            case "paused":
                raise CommandFailed(f"service update paused: {message}")
            case "rollback_started":
                if not self._rollback and message:
                    await self._show(Line("rollback", message))
                self._rollback = True
            case "rollback_paused":
                raise CommandFailed(f"service rollback paused: {message}")
            case "rollback_completed":
                if not self._converged:
                    self._last = Line("rollback", message, has_progress=False)
                self._rollback = True
        return False

    async def _judge(self, service: Any) -> bool:
        now = self._cli.now_ns
        if self._converged:
            if service.get("JobStatus") is not None:
                await self._message("job complete")
                return True
            if self._converged_at is None:
                self._converged_at = now
            wait = self._monitor - (now - self._converged_at)
            if wait >= 0:
                # Some time always passes before the real one looks again, so a whole second is never begun.
                seconds = max(1, -(-wait // SECOND))
                text = f"Waiting {seconds} seconds to verify that tasks are stable..."
                await self._show(Line("verify", text))
            return False
        if self._converged_at is not None:
            await self._show(Line("verify", "Detected task failure"))
        self._converged_at = None
        return False


def _updater(service: Any, show: Any) -> Updater:
    mode = service.get("Spec", {}).get("Mode") or {}
    if mode.get("Replicated") is not None and mode["Replicated"].get("Replicas") is not None:
        return _Replicated(show)
    if mode.get("Global") is not None:
        return _Global(show)
    if mode.get("ReplicatedJob") is not None:
        return _ReplicatedJob(show, service)
    if mode.get("GlobalJob") is not None:
        return _GlobalJob(show)
    raise CommandFailed("unrecognized service mode")


def _number(state: str) -> int:
    return NUMBER.get(state, 0)


def _state(task: Any) -> str:
    return str(task.get("Status", {}).get("State", ""))


def _desired(task: Any) -> str:
    return str(task.get("DesiredState", ""))


def _terminal(state: str) -> bool:
    return _number(state) > _RUNNING


def _shortened(error: str) -> str:
    data = error.replace("\n", " ").encode()
    if len(data) <= _MOST_ERROR:
        return data.decode()
    return data[: _MOST_ERROR - 1].decode("utf-8", "replace") + "…"


def _error(task: Any) -> str:
    return str(task.get("Status", {}).get("Err", ""))


def _prefers(existing: Any, task: Any) -> bool:
    """Whether ``existing`` is to be shown rather than ``task`` for the same slot: lowest desired state first."""
    before, after = _number(_desired(existing)), _number(_desired(task))
    if before != after:
        return before < after
    return _number(_state(existing)) <= _number(_state(task))


async def _write_overall(show: Any, done: int, wanted: int, rollback: bool) -> None:
    text = f"{done} out of {wanted} tasks"
    await show(Line("overall progress", f"rolling back update: {text}" if rollback else text))


async def _write_task(show: Any, identity: str, task: Any, total: int = _TOTAL) -> None:
    if _error(task):
        await show(Line(identity, _shortened(_error(task))))
    else:
        state = _state(task)
        await show(Line(identity, state.ljust(_WIDTH), _number(state), total, hide_counts=True))


class _Replicated:
    def __init__(self, show: Any) -> None:
        self._show = show
        self._places: dict[int, int] = {}
        self._started = False
        self._done = False

    async def update(self, service: Any, tasks: list[Any], active: dict[str, None], rollback: bool) -> bool:
        wanted = int(service["Spec"]["Mode"]["Replicated"]["Replicas"])
        if not self._started:
            await _write_overall(self._show, 0, wanted, rollback)
            if wanted <= _MOST_BARS:
                for place in range(1, wanted + 1):
                    await self._show(Line(f"{place}/{wanted}", " "))
            self._started = True
        by_slot = self._by_slot(tasks, active)
        if self._done and any(_state(task) != "running" for task in by_slot.values()):
            self._done = False
        running = 0
        for slot, task in by_slot.items():
            place = self._places.setdefault(slot, len(self._places) + 1)
            running += not _terminal(_desired(task)) and _state(task) == "running"
            await self._write(task, place, wanted)
        if not self._done:
            await _write_overall(self._show, running, wanted, rollback)
            self._done = running == wanted
        return running == wanted

    async def _write(self, task: Any, place: int, wanted: int) -> None:
        if self._done or wanted > _MOST_BARS or place > wanted:
            return
        if _error(task) or not (_terminal(_desired(task)) or _terminal(_state(task))):
            await _write_task(self._show, f"{place}/{wanted}", task)

    @staticmethod
    def _by_slot(tasks: list[Any], active: dict[str, None]) -> dict[int, Any]:
        chosen: dict[int, Any] = {}
        for task in tasks:
            if not _number(_desired(task)) or not _number(_state(task)):
                continue
            slot = int(task.get("Slot", 0))
            if slot in chosen and _prefers(chosen[slot], task):
                continue
            if task.get("NodeID") and task["NodeID"] not in active:
                continue
            chosen[slot] = task
        return {slot: chosen[slot] for slot in sorted(chosen)}


class _Global:
    def __init__(self, show: Any) -> None:
        self._show = show
        self._started = False
        self._done = False

    async def update(self, service: Any, tasks: list[Any], active: dict[str, None], rollback: bool) -> bool:
        by_node = self._by_node(tasks)
        wanted = len(by_node)
        if not self._started:
            if not wanted:
                await self._show(Line("overall progress", "waiting for new tasks"))
                return False
            await _write_overall(self._show, 0, wanted, rollback)
            self._started = True
        if self._done and any(_state(task) != "running" for task in by_node.values()):
            self._done = False
        running = 0
        for node, task in by_node.items():
            if node not in active:
                continue
            running += not _terminal(_desired(task)) and _state(task) == "running"
            await self._write(task, wanted)
        if not self._done:
            await _write_overall(self._show, running, wanted, rollback)
            self._done = running == wanted
        return running == wanted

    async def _write(self, task: Any, wanted: int) -> None:
        if self._done or wanted > _MOST_BARS:
            return
        if _error(task) or not (_terminal(_desired(task)) or _terminal(_state(task))):
            await _write_task(self._show, short_id(task.get("NodeID", "")), task)

    @staticmethod
    def _by_node(tasks: list[Any]) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for task in tasks:
            if not _number(_desired(task)) or not _number(_state(task)):
                continue
            node = str(task.get("NodeID", ""))
            if node in chosen and _prefers(chosen[node], task):
                continue
            chosen[node] = task
        return {node: chosen[node] for node in sorted(chosen)}


class _ReplicatedJob:
    def __init__(self, show: Any, service: Any) -> None:
        self._show = show
        job = service["Spec"]["Mode"]["ReplicatedJob"]
        self._total = int(job.get("TotalCompletions", 1))
        self._concurrent = int(job.get("MaxConcurrent", 1))
        self._iteration = _iteration(service.get("JobStatus") or {})
        self._started = False

    async def update(self, service: Any, tasks: list[Any], active: dict[str, None], rollback: bool) -> bool:
        if not self._started:
            await self._overall(0, 0)
            if self._total <= _MOST_BARS:
                for place in range(1, self._total + 1):
                    await self._show(Line(f"{place}/{self._total}", " "))
            self._started = True
        by_slot: dict[int, Any] = {}
        for task in tasks:
            if _iteration(task) != self._iteration or not _number(_desired(task)) or not _number(_state(task)):
                continue
            slot = int(task.get("Slot", 0))
            if slot not in by_slot or _number(_state(by_slot[slot])) > _number(_state(task)):
                by_slot[slot] = task
        running = complete = 0
        for slot in sorted(by_slot):
            task = by_slot[slot]
            if self._total <= _MOST_BARS:
                await _write_task(self._show, f"{slot + 1}/{self._total}", task, _JOB_TOTAL)
            running += _number(_state(task)) < NUMBER["complete"]
            complete += _state(task) == "complete"
        await self._overall(running, complete)
        return complete == self._total

    async def _overall(self, running: int, complete: int) -> None:
        digits = len(str(self._total))
        text = f"{complete:{digits}d} out of {self._total} complete"
        await self._show(Line("job progress", text, complete, self._total, hide_counts=True))
        wanted = min(self._total - complete, self._concurrent)
        digits = len(str(self._concurrent))
        await self._show(Line("active tasks", f"{running:{digits}d} out of {wanted:{digits}d} tasks"))


class _GlobalJob:
    def __init__(self, show: Any) -> None:
        self._show = show
        self._nodes: dict[str, None] = {}
        self._started = False

    async def update(self, service: Any, tasks: list[Any], active: dict[str, None], rollback: bool) -> bool:
        iteration = _iteration(service.get("JobStatus") or {})
        if not self._started:
            if not tasks and active:
                await self._show(Line("job progress", "waiting for tasks"))
                return False
            self._nodes = {task.get("NodeID", ""): None for task in tasks if _iteration(task) == iteration}
            await self._overall(0)
            self._started = True
        by_node: dict[str, Any] = {}
        for task in tasks:
            node = str(task.get("NodeID", ""))
            if _iteration(task) != iteration or node not in self._nodes:
                continue
            if node not in by_node or _number(_state(by_node[node])) > _number(_state(task)):
                by_node[node] = task
        complete = 0
        for node in sorted(by_node):
            if len(self._nodes) <= _MOST_BARS:
                await _write_task(self._show, node, by_node[node], _JOB_TOTAL)
            complete += _state(by_node[node]) == "complete"
        await self._overall(complete)
        return complete == len(self._nodes)

    async def _overall(self, complete: int) -> None:
        total = len(self._nodes)
        text = f"{complete:{len(str(total))}d} out of {total} complete"
        await self._show(Line("job progress", text, complete, total, hide_counts=True))


def _iteration(holder: Any) -> int | None:
    """The number of a job's run, None for what is no job's."""
    version = holder.get("JobIteration")
    return None if version is None else int(version.get("Index", 0))
