"""What multipass shows while one waits."""

from typing import Final

from playground.api.process import Process, RunningTask

SPINNER_US: Final = 100_000


class Spinner:
    """A message with a turning bar behind it, on a terminal; nothing elsewhere."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._live = process.stdout.is_terminal
        self._drawing: RunningTask[None] | None = None

    async def start(self, message: str) -> None:
        """Show another message, with its bar."""
        if not self._live:
            return
        await self.stop()
        await self._process.stdout.write(f"\x1b[2K\r{message}  ")
        self._drawing = self._process.loop.spawn(self._draw(), "spinner")

    async def _draw(self) -> None:
        step = 0
        while True:
            step += 1
            await self._process.stdout.write("\b" + "|/-\\"[step % 4])
            await self._process.loop.sleep(SPINNER_US)

    async def stop(self) -> None:
        """Take the message away."""
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
            await self._process.stdout.write("\b \x1b[2K\r")
