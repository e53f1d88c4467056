"""The commands that ``vi`` takes behind a colon: files, lines, ``s///``."""

import re
from typing import Final

from playground.shell.streams import BytesReader, Capture, TooMuchOutput, decoded, encoded
from playground.shell.tool import Invocation
from playground.shell.tools.full_screen import MAX_TEXT
from playground.shell.tools.vi_text import Text

_COMMAND: Final = re.compile(r"([0-9.$,%+ -]*)\s*([A-Za-z]*)(!?)\s*(.*)", re.DOTALL)


class Leave(Exception):
    """The editor ends, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class ExCommands:
    """A text with the file it is from and goes to, and what one may ask for by name."""

    def __init__(self, invocation: Invocation, path: str, read_only: bool) -> None:
        self._invocation = invocation
        self._path = path
        self._read_only = read_only
        self._ends_plainly = False
        self.text = Text([])
        self.message = ""
        self.numbered = False
        self.jump = ""

    async def load(self) -> None:
        """Read the file, as far as there is one."""
        files = self._invocation.files
        if self._path and files.exists(self._path):
            try:
                data = files.read(self._path)
                content = decoded(data[: 2 * MAX_TEXT])
                self._ends_plainly = bool(content) and not content.endswith("\n")
                self.text = Text(content.removesuffix("\n").split("\n"))
                mark = "" if files.may(self._path, "write") and not self._read_only else "[readonly] "
                plain = "[noeol] " if self._ends_plainly else ""
                self.message = f'"{self._path}" {mark}{plain}{len(self.text.lines) if data else 0}L, {len(data)}B'
            except OSError as error:
                what = "is a directory" if error.errno == 21 else f"[{error.strerror}]"
                self.message = f'"{self._path}" {what}'
        elif self._path:
            self.message = f'"{self._path}" [New]'
        if self.jump:
            self.text.go(len(self.text.lines) if not self.jump.isdigit() else int(self.jump[:6]) - 1, 0)

    def described(self) -> str:
        lines = len(self.text.lines)
        percent = (self.text.row + 1) * 100 // lines
        return f'"{self._path or "[No Name]"}"{" [Modified]" if self.text.changed else ""} {lines} lines --{percent}%--'

    async def execute(self, line: str) -> None:
        """Carry out what stands behind the colon.

        Raises:
            Leave: it ends the editor.
        """
        if line.startswith(("!", "r !", "r!")):
            self.message = "Other commands cannot be run from here. Leave with :q, then run them."
            return
        found = _COMMAND.fullmatch(line)
        lines = self._range(found.group(1).replace(" ", "")) if found else None
        if found is None or lines is None:
            self.message = "E16: Invalid range" if found else f"E492: Not an editor command: {line}"
            return
        _, name, forced, rest = found.groups()
        match name:
            case "w" | "write" | "wq" | "x" | "xit" | "wa" | "wqa" | "xa" | "up" | "update":
                if not self._write(rest, bool(forced)) or name in ("w", "write", "wa", "up", "update"):
                    return
                raise Leave(0)
            case "q" | "quit" | "qa" | "qall":
                if self.text.changed and not forced:
                    self.message = "E37: No write since last change (add ! to override)"
                    return
                raise Leave(0)
            case "cq" | "cquit":
                raise Leave(1)
            case "e" | "edit":
                if self.text.changed and not forced:
                    self.message = "E37: No write since last change (add ! to override)"
                    return
                self._path = rest or self._path
                self.text = Text([])
                await self.load()
            case "":
                self.text.go(lines[1], 0)
                self.text.column = self.text.first_column()
            case "d" | "delete":
                self.text.keep()
                self.text.remove_lines(*lines)
            case "r" | "read":
                self._read(rest)
            case "s" | "substitute":
                await self._substitute(lines, rest)
            case "set" | "se":
                self._set(rest)
            case "noh" | "nohlsearch" | "syntax" | "sy" | "file" | "f":
                self.message = self.described() if name[0] == "f" else ""
            case "u" | "undo":
                self.text.undo()
            case "h" | "help":
                self.message = "i inserts, Escape ends it, :wq writes and leaves, :q! leaves without writing"
            case _:
                self.message = f"E492: Not an editor command: {line}"

    async def save_and_leave(self) -> None:
        """``ZZ``."""
        if not self.text.changed or self._write("", False):
            raise Leave(0)

    def _range(self, text: str) -> tuple[int, int] | None:
        """The first and last row of ``1,$``, ``%``, ``.``, ``.+2`` or nothing; None of what is no range."""
        last = len(self.text.lines) - 1
        if text in ("", "%"):
            return (0, last) if text else (self.text.row, self.text.row)
        rows: list[int] = []
        for part in text.split(","):
            found = re.fullmatch(r"([0-9]{1,6}|[.$])?([-+][0-9]{0,6})?", part)
            if found is None:
                return None
            base, step = found.groups()
            row = self.text.row if base in (None, ".") else last if base == "$" else int(base) - 1
            rows.append(row + (int(step + "1" if len(step) == 1 else step) if step else 0))
        first, end = rows[0], rows[-1]
        if first > end or end > last:
            return None
        return max(0, first), max(0, end)

    def _write(self, path: str, forced: bool) -> bool:
        """Write the text to its file, or another; says how that went."""
        target = path or self._path
        files = self._invocation.files
        if not target:
            self.message = "E32: No file name"
            return False
        if self._read_only and not forced and not path:
            self.message = "E45: 'readonly' option is set (add ! to override)"
            return False
        if path and path != self._path and files.exists(path) and not forced:
            self.message = "E13: File exists (add ! to override)"
            return False
        new = "" if files.exists(target) else " [New]"
        content = "\n".join(self.text.lines) + ("" if self._ends_plainly else "\n")
        content = "" if self.text.lines == [""] else content
        try:
            files.write(target, encoded(content))
        except OSError as error:
            self.message = f'"{target}" E212: Can\'t open file for writing: {error.strerror}'
            return False
        self._path = self._path or target
        self.text.changed = self.text.changed and target != self._path
        self.message = f'"{target}"{new} {content.count(chr(10))}L, {len(encoded(content))}B written'
        return True

    def _read(self, path: str) -> None:
        try:
            lines = decoded(self._invocation.files.read(path or self._path)).removesuffix("\n").split("\n")
        except OSError:
            self.message = f"E484: Can't open file {path or self._path}"
            return
        if self.text.size() + sum(map(len, lines)) > MAX_TEXT:
            self.message = "The text would get too long"
            return
        self.text.keep()
        self.text.lines[self.text.row + 1 : self.text.row + 1] = lines
        self.text.go(self.text.row + 1, 0)

    async def _substitute(self, lines: tuple[int, int], rest: str) -> None:
        """``:s``, worked out by ``sed``, whose patterns are nearly the same."""
        first, last = lines
        before = self.text.lines[first : last + 1]
        out, errors = Capture(self._invocation.loop, MAX_TEXT), Capture(self._invocation.loop)
        given = BytesReader(encoded("\n".join(before) + "\n"))
        script = "s" + rest.replace("\\v", "").removesuffix("c")
        try:
            status = await self._invocation.shell.run(["sed", script], stdin=given, stdout=out, stderr=errors)
        except TooMuchOutput:
            status = 1
        after = decoded(bytes(out.data)).removesuffix("\n").split("\n")
        if status:
            sentence = decoded(bytes(errors.data)).strip().rpartition(": ")[2]
            self.message = f"E486: {sentence}" if sentence else "The text would get too long"
        elif after == before:
            self.message = f"E486: Pattern not found: {rest[1:].partition(rest[:1])[0] if rest else ''}"
        else:
            self.text.keep()
            self.text.lines[first : last + 1] = after
            changed = [row for row, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
            self.text.go(first + (changed[-1] if changed else 0), 0)
            if len(changed) > 2:
                self.message = f"{len(changed)} substitutions on {len(changed)} lines"

    def _set(self, rest: str) -> None:
        for word in rest.split():
            if word in ("nu", "number", "nonu", "nonumber", "nu!", "number!"):
                self.numbered = not word.startswith("no") if not word.endswith("!") else not self.numbered
            else:
                self.message = f"Nothing here changes by :set {word}"
