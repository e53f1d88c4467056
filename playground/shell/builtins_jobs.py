"""Builtins for what runs in the background: ``jobs``, ``wait``, ``kill``, ``fg``, ``bg``."""

from typing import TYPE_CHECKING, Final

from playground.api.process import Interrupted
from playground.shell.jobs import Job
from playground.shell.signals import SIGNALS, signal_named, signal_table

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


_HARMLESS: Final = ("0", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "CHLD", "URG", "WINCH")
"""Signals that end nothing; a job cannot be stopped here."""


async def jobs(shell: "Interpreter", arguments: list[str]) -> int:
    table = shell.processes
    for job in table.jobs:
        if arguments[1:] == ["-p"]:
            await shell.write(f"{job.pid}\n")
        else:
            await shell.write(table.line(job, pids=arguments[1:] == ["-l"]))
    table.forget_done()
    return 0


async def wait(shell: "Interpreter", arguments: list[str]) -> int:
    table = shell.processes
    names = [name for name in arguments[1:] if not name.startswith("-")]
    if "-n" in arguments[1:]:
        return await _wait_for_one(shell, [table.find(name) for name in names] or list(table.jobs))
    if not names:
        for job in list(table.jobs):
            await _finish(job)
        table.forget_done()
        return 0
    status = 0
    for name in names:
        found = table.find(name)
        if found is None:
            kind = "no such job" if name.startswith("%") else f"pid {name} is not a child of this shell"
            await shell.complain(f"wait: {name}: {kind}" if name.startswith("%") else f"wait: {kind}")
            status = 127
            continue
        await _finish(found)
        status = found.status or 0
        found.reported = True
    return status


async def _wait_for_one(shell: "Interpreter", jobs: list[Job | None]) -> int:
    """``wait -n``: the status of the job that ends first; 127 where there is none."""
    waited = [job for job in jobs if job is not None]
    if not waited:
        return 127
    if all(job.status is None for job in waited):
        any_done = shell.loop.future()
        for job in waited:
            job.finished.when_done(lambda _: any_done.set(None))
        await any_done
    ended = next(job for job in waited if job.status is not None)
    shell.processes.jobs = [job for job in shell.processes.jobs if job is not ended]
    return ended.status or 0


async def _finish(job: Job) -> None:
    if job.status is None:
        await job.finished


async def kill(shell: "Interpreter", arguments: list[str]) -> int:
    words = arguments[1:]
    signal = "TERM"
    if words[:1] == ["-l"]:
        return await _list_signals(shell, words[1:])
    if words[:1] == ["-s"]:
        signal, words = (words[1:2] or ["TERM"])[0], words[2:]
    elif words and words[0].startswith("-") and len(words[0]) > 1:
        signal, words = words[0][1:], words[1:]
    named = "0" if signal == "0" else signal_named(signal)
    if named is None:
        await shell.complain(f"kill: {signal}: invalid signal specification")
        return 1
    signal = named
    if not words:
        usage = "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
        await shell.write_error(usage)
        return 2
    status = 0
    for name in words:
        if name == str(shell.state.pid) and signal in shell.state.traps:
            await shell.run_text(shell.state.traps[signal])
            continue
        if name == str(shell.state.pid) and signal in ("0", "EXIT"):
            continue  # Only asked whether it is alive, and it is.
        job = shell.processes.find(name)
        if job is None or job.task is None or job.status is not None:
            if name.startswith("%"):
                await shell.complain(f"kill: {name}: no such job")
            elif name.lstrip("-").isdigit():
                busybox = shell.state.flavour == "busybox"
                await shell.complain(
                    f"can't kill pid {name}: No such process" if busybox else f"kill: ({name}) - No such process"
                )
            else:
                await shell.complain(f"kill: {name}: arguments must be process or job IDs")
            status = 1
        elif signal == "INT":
            job.task.throw(Interrupted())
        elif signal not in _HARMLESS:
            job.signal = "Killed" if signal == "KILL" else "Terminated"
            job.task.cancel()
    return status


async def _list_signals(shell: "Interpreter", words: list[str]) -> int:
    """``kill -l``: all signals; or the names of numbers, where a status above 128 counts too, and the other way."""
    if not words:
        await shell.write(signal_table())
        return 0
    status = 0
    for word in words:
        number = int(word[:4]) if word.isascii() and word.isdigit() else None
        name = signal_named(str(number - 128 if number > 128 else number) if number is not None else word)
        if name is None:
            await shell.complain(f"kill: {word}: invalid signal specification")
            status = 1
        else:
            await shell.write(f"{SIGNALS[name] if number is None else name}\n")
    return status


async def fg(shell: "Interpreter", arguments: list[str]) -> int:
    if not shell.state.interactive:
        await shell.complain("fg: no job control")
        return 1
    job = shell.processes.find(arguments[1] if len(arguments) > 1 else "")
    if job is None or job.task is None:
        await shell.complain(f"fg: {arguments[1] if len(arguments) > 1 else 'current'}: no such job")
        return 1
    await shell.write(job.text + "\n")
    try:
        await _finish(job)
    except Interrupted:
        job.task.throw(Interrupted())
        raise
    finally:
        job.reported = True
    return job.status or 0


async def disown(shell: "Interpreter", arguments: list[str]) -> int:
    """Forget jobs: they go on, and nobody hears of their end."""
    table = shell.processes
    words = arguments[1:]
    if words[:1] in (["-a"], ["-r"]):
        table.jobs.clear()
        return 0
    for name in words or [""]:
        job = table.find(name)
        if job is None:
            await shell.complain(f"disown: {name or 'current'}: no such job")
            return 1
        table.jobs.remove(job)
    return 0


async def bg(shell: "Interpreter", arguments: list[str]) -> int:
    if not shell.state.interactive:
        await shell.complain("bg: no job control")
        return 1
    job = shell.processes.find(arguments[1] if len(arguments) > 1 else "")
    if job is None:
        await shell.complain(f"bg: {arguments[1] if len(arguments) > 1 else 'current'}: no such job")
        return 1
    await shell.complain(f"bg: job {job.number} already in background")
    return 0
