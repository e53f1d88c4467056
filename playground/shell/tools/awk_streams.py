"""What an awk program reads with ``getline`` and prints to: files, commands, its output and its errors."""

from playground.api.files import MemoryFiles
from playground.shell.streams import decoded, encoded
from playground.shell.tools.awk_functions import MAX_TEXT
from playground.shell.tools.awk_lexer import AwkError


def _backwards(text: str) -> list[str]:
    """The lines of a text, the first one last."""
    lines = text.split("\n")[::-1]
    return lines[1:] if lines[0] == "" else lines


class AwkStreams:
    """Files are written at once. The rest gathers here until whoever runs the program takes it."""

    def __init__(self, files: MemoryFiles) -> None:
        self.out: list[str] = []
        self.errors: list[str] = []
        self.pipes: dict[str, list[str]] = {}
        """What was printed to commands that have not run yet."""
        self.closed: list[str] = []
        """Commands whose input is complete: they are to run now."""
        self._files = files
        self._written: list[str] = []
        self._readers: dict[tuple[str, bool], list[str]] = {}

    def next_line(self, name: str, command: bool = False) -> str | None:
        """The next line, without its end, of a file or of what a ``command`` has printed (see ``take``).

        None where there is none, or no such file (see ``is_open``).
        """
        if (name, command) not in self._readers:
            try:
                self._readers[name, command] = _backwards(decoded(self._files.read(name)))
            except OSError:
                return None
        lines = self._readers[name, command]
        return lines.pop() if lines else None

    def take(self, command: str, output: str) -> None:
        """A command has been run to be read, and this is what it printed."""
        self._readers[command, True] = _backwards(output)

    def is_open(self, name: str, command: bool = False) -> bool:
        """True for a file, or a ``command``, that is being read."""
        return (name, command) in self._readers

    def put(self, mode: str, name: str, text: str) -> None:
        """Print to a file (``>``, ``>>``) or a command (``|``).

        Raises:
            AwkError: a command's input gets too long.
            OSError: the file cannot be written.
        """
        if mode == "|":
            waiting = self.pipes.setdefault(name, [])
            if sum(map(len, waiting)) > MAX_TEXT:
                raise AwkError("out of memory")
            waiting.append(text)
        elif name in ("/dev/stdout", "/dev/stderr"):
            (self.out if name == "/dev/stdout" else self.errors).append(text)
        else:
            if mode == ">" and name not in self._written:
                self._files.write(name, b"")
                self._written.append(name)
            self._files.append(name, encoded(text))

    def close(self, name: str) -> None:
        """``close(name)``: a file is read, or written, from its beginning next time; a command runs."""
        self._readers.pop((name, False), None)
        self._readers.pop((name, True), None)
        if name in self._written:
            self._written.remove(name)
        if name in self.pipes:
            self.closed.append(name)
