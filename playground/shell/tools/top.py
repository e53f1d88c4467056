"""``top`` as BusyBox has it, for containers: the usual thing to keep one alive with.

Source of the layout: busybox ``procps/top.c``.
"""

from typing import Final

from playground.api.process import Loop, RunningTask, TerminalReader
from playground.shell.tool import Invocation, UsageError
from playground.shell.tools.options import read_options, refuse

INTERVAL_US: Final = 5_000_000


async def top(invocation: Invocation) -> int:
    """Show the processes again and again: for ever, ``-n`` times, or until ``q``. ``-d`` gives the seconds between."""
    try:
        options = read_options(invocation.arguments[1:], "bmHv", "dn")
        rounds = options.number("n", 0, "number")
        interval_us = options.number("d", INTERVAL_US // 1_000_000, "number") * 1_000_000
    except UsageError as error:
        return await refuse(invocation, error)
    screen = invocation.stdout.is_terminal and not options.has("b")
    keys = _Keys(invocation.loop, invocation.terminal() if screen else None)
    try:
        while True:
            text = _page(invocation, screen)
            await invocation.stdout.write("\x1b[H\x1b[J" + text if screen else text)
            rounds -= 1
            if rounds == 0 or await keys.quit_within(max(interval_us, 100_000)):
                return 0
    finally:
        keys.stop()


class _Keys:
    """The keyboard while the screen stands. Without one, nobody quits."""

    def __init__(self, loop: Loop, keyboard: TerminalReader | None) -> None:
        self._loop = loop
        self._keyboard = keyboard
        self._quitting = False
        self._woken = loop.future()
        self._reading: RunningTask[None] | None = None
        if keyboard is not None:
            keyboard.set_raw(True)
            self._reading = loop.spawn(self._read(keyboard), "keys of top")

    async def _read(self, keyboard: TerminalReader) -> None:
        while data := await keyboard.read():
            if b"q" in data or b"\x03" in data:
                break
        self._quitting = True
        self._woken.set(None)

    async def quit_within(self, delay_us: int) -> bool:
        """Wait; true as soon as somebody wants to quit, false when the time is over."""
        if self._keyboard is None:
            await self._loop.sleep(delay_us)
            return False
        if not self._quitting:
            self._woken = self._loop.future()
            timer = self._loop.spawn(self._wake_after(delay_us), "refresh of top")
            await self._woken
            timer.cancel()
        return self._quitting

    async def _wake_after(self, delay_us: int) -> None:
        await self._loop.sleep(delay_us)
        self._woken.set(None)

    def stop(self) -> None:
        if self._reading is not None and self._keyboard is not None:
            self._reading.cancel()
            self._keyboard.set_raw(False)


def _page(invocation: Invocation, screen: bool) -> str:
    total = invocation.surroundings.memory // 1024
    used, cached = total // 3, total // 4
    title = "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND"
    lines = [
        f"Mem: {used}K used, {total - used}K free, 1100K shrd, 21500K buff, {cached}K cached",
        "CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq",
        "Load average: 0.08 0.03 0.01 1/140 7",
        f"\x1b[7m{title}\x1b[m" if screen else title,
        f"    1     0 {invocation.user[:8]:<8} R     1612   0%   0   0% {' '.join(invocation.arguments)}",
    ]
    return "\n".join(lines) + "\n"
