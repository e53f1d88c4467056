"""The prompt: ``PS1`` with its backslash sequences, as Ubuntu sets it."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter

COLOURED: Final = r"\[\e[01;32m\]\u@\h\[\e[00m\]:\[\e[01;34m\]\w\[\e[00m\]\$ "
PLAIN: Final = r"\u@\h:\w\$ "
BUSYBOX: Final = r"\w \$ "
STYLES: Final = {"ubuntu": COLOURED, "plain": PLAIN, "busybox": BUSYBOX}

_SEQUENCE: Final = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)


def prompt_text(shell: "Interpreter", pattern: str) -> str:
    """What a prompt's pattern means now."""
    directory = shell.files.directory
    home = shell.state.value("HOME")
    if home and home != "/" and (directory == home or directory.startswith(home + "/")):
        directory = "~" + directory[len(home) :]
    user = shell.files.user
    seconds = (shell.surroundings.wall_us + shell.loop.now_us) // 1_000_000 % 86_400
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    meanings = {
        "u": user,
        "h": shell.surroundings.hostname.split(".")[0],
        "H": shell.surroundings.hostname,
        "w": directory,
        "W": directory.rsplit("/", 1)[-1] or "/",
        "$": "#" if user == "root" else "$",
        "n": "\n",
        "e": "\x1b",
        "a": "\a",
        "[": "",
        "]": "",
        "t": f"{clock}:{seconds % 60:02d}",
        "A": clock,
        "s": "bash",
        "j": str(len(shell.processes.jobs)),
        "!": str(len(shell.state.history) + 1),
        "#": str(len(shell.state.history) + 1),
        "\\": "\\",
    }

    def meaning(found: re.Match[str]) -> str:
        letters = found.group(1)
        return chr(int(letters, 8) & 0x7F) if len(letters) == 3 else meanings.get(letters, found.group())

    return _SEQUENCE.sub(meaning, pattern)
