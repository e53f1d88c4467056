"""What the last word of a ``multipass`` command line may become.

Source: multipass ``completions/bash/multipass``.
"""

import re
from typing import Final

from playground.api.machine import Instance
from playground.shell.multipass_words import IMAGES, PURPOSES, USAGES

_FLAG: Final = re.compile(r"(--[a-z-]+)( [^\]]+)?\]")
_ON: Final = ("Running",)
_OFF: Final = ("Stopped", "Suspended")
_BINNED: Final = ("Deleted",)
_STATES: Final[dict[str, tuple[str, ...]]] = {
    "shell": (*_ON, *_OFF),
    "exec": _ON,
    "start": _OFF,
    "stop": _ON,
    "restart": _ON,
    "info": (*_ON, *_OFF, *_BINNED),
    "delete": (*_ON, *_OFF),
    "recover": _BINNED,
}
"""The instances that each command can be used on; those of any other state do not come either."""
_SEVERAL: Final = ("start", "stop", "restart", "info", "delete", "recover")
_SHORT: Final = {"sh": "shell", "connect": "shell", "ls": "list", "copy-files": "transfer"}


def complete(words: list[str], instances: list[Instance]) -> list[str]:
    """Candidates for the last of ``words`` (the first is ``multipass``), sorted; empty when nothing fits."""
    *before, last = words[1:] if len(words) > 1 else [""]
    if not before:
        return _fitting(sorted(PURPOSES), last)
    command = _SHORT.get(before[0], before[0])
    if command == "help":
        return _fitting(sorted(PURPOSES), last) if len(before) == 1 else []
    flags = {found[1]: (found[2] or "").strip() for found in _FLAG.finditer(USAGES.get(command, ""))}
    if "--" in before:
        return []  # The words of the command inside.
    if before[-1] in flags and flags[before[-1]]:
        value = flags[before[-1]]
        return _fitting(value.split("|"), last) if "|" in value else []
    if last.startswith("-"):
        return _fitting(sorted([*flags, "--help"]), last)
    given = before[1:]
    if command == "launch":
        return _fitting(sorted(IMAGES), last)
    if command == "transfer":
        return _fitting([f"{each.name}:" for each in instances if each.state in _ON], last)
    if command not in _STATES or (given and command not in _SEVERAL and not given[-1].startswith("-")):
        return []
    names = [each.name for each in instances if each.state in _STATES[command] and each.name not in given]
    return _fitting(sorted(names), last)


def _fitting(candidates: list[str], last: str) -> list[str]:
    return [each for each in candidates if each.startswith(last)]
