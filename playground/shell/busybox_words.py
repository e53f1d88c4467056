"""How BusyBox's tools say what GNU's say otherwise, in containers whose commands are BusyBox's.

Source: BusyBox 1.35, asked, and its ``libbb/wfopen.c``, ``libbb/remove_file.c``, ``libbb/copy_file.c`` and applets.
"""

import re
from collections.abc import Iterable
from typing import Final

_Row = tuple[re.Pattern[str], str]


def _rows(*pairs: tuple[str, str]) -> tuple[_Row, ...]:
    return tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in pairs)


_PLAIN: Final = r"\1: \2"
_CANNOT_OPEN: Final = r"can't open '\1': \2"
_UNNAMED: Final = _rows((r"cannot access '(.*)': (.*)", _PLAIN))
_OPENED: Final = _rows((r".*: Is a directory", "read error: Is a directory"), (r"([^']*): (.*)", _CANNOT_OPEN))
_NUMBER: Final = (r"invalid number of \w+: ‘(.*)’", r"invalid number '\1'")
_OWNER: Final = (r"invalid (user|group): ‘(.*)’", r"unknown \1 \2")
_LINE_READERS: Final = ("cat", "less", "md5sum", "more", "sha1sum", "sha256sum", "sha512sum", "uniq")

_WORDS: Final[dict[str, tuple[_Row, ...]]] = {
    **dict.fromkeys(_LINE_READERS, _OPENED),
    "awk": _rows((r'cannot open "(.*)" \((.*)\)', _PLAIN)),
    "chgrp": _UNNAMED + _rows(_OWNER),
    "chmod": _UNNAMED + _rows((r"invalid mode: ‘(.*)’", r"invalid mode '\1'")),
    "chown": _UNNAMED + _rows(_OWNER),
    "cp": _rows(
        (r"cannot stat '(.*)': (.*)", r"can't stat '\1': \2"),
        (r"cannot create (?:regular file|directory) '(.*)': (.*)", r"can't create '\1': \2"),
        (r"-r not specified; (.*)", r"\1"),
    ),
    "cut": _rows((r"you must specify a list of .*", "expected a list of bytes, characters, or fields")),
    "date": _rows((r"invalid date ‘(.*)’", r"invalid date '\1'")),
    "diff": _rows((r"(.*): No such file or directory", r"can't stat '\1': No such file or directory")),
    "du": _UNNAMED,
    "expr": _rows((r"syntax error.*", "syntax error")),
    "find": _rows((r"‘(.*)’: (.*)", _PLAIN)),
    "head": _rows((r"cannot open '(.*)' for reading: (.*)", _PLAIN), _NUMBER),
    "ln": _rows(
        (r"failed to create symbolic link '(.*)': (.*)", _PLAIN),
        (r"failed to create hard link '(.*?)'(?: => '.*')?: (.*)", _PLAIN),
        (r"failed to access '(.*)': (.*)", _PLAIN),
    ),
    "ls": _UNNAMED,
    "mkdir": _rows((r"cannot create directory ‘(.*)’: (.*)", r"can't create directory '\1': \2")),
    "mv": _rows(
        (r"cannot stat '(.*)': (.*)", r"can't rename '\1': \2"),
        (r"cannot move '(.*)' to '.*': (.*)", r"can't rename '\1': \2"),
    ),
    "rev": _rows((r"cannot open (.*): (.*)", _PLAIN)),
    "rm": _rows(
        (r"cannot remove '(.*)': Is a directory", r"'\1' is a directory"),
        (r"cannot remove '(.*)': (.*)", r"can't remove '\1': \2"),
    ),
    "rmdir": _rows((r"failed to remove '(.*)': (.*)", r"'\1': \2")),
    "sed": _rows((r"can't read (.*): (.*)", _PLAIN)),
    "sleep": _rows((r"invalid time interval ‘(.*)’", r"invalid number '\1'")),
    "sort": _rows((r"cannot read: (.*): (.*)", _PLAIN)),
    "stat": _rows((r"cannot statx '(.*)': (.*)", r"can't stat '\1': \2")),
    "tac": _rows((r"failed to open (.*?)(?: for reading)?: (.*)", _PLAIN)),
    "tail": _rows((r"cannot open '(.*)' for reading: (.*)", _CANNOT_OPEN), _NUMBER),
    "timeout": _rows((r"failed to run command ‘(.*)’: (.*)", r"can't execute '\1': \2")),
    "touch": _rows((r"cannot touch '(.*)': (.*)", _PLAIN)),
}

_ENDS_WITH_1: Final = frozenset({"awk", "ls", "sed"})
"""Where GNU's end with 2 when a file cannot be read."""


def in_busybox_words(name: str, message: str) -> str:
    """What the applet says where GNU's tool of that name says ``message``; the same when it is not known to differ."""
    rows: Iterable[_Row] = _WORDS.get(name, ())
    for pattern, words in rows:
        if found := pattern.fullmatch(message):
            return found.expand(words)
    return message


def busybox_status(name: str, status: int) -> int:
    """The exit code of the applet where GNU's tool of that name ends with ``status``."""
    return 1 if status == 2 and name in _ENDS_WITH_1 else status
