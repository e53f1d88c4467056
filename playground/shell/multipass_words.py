"""The command line of multipass: its commands, what their options may say, names and sizes.

Source: multipass 1.15.
"""

import re
from typing import Final

from playground.shell.tool import UsageError
from playground.shell.tools.options import Options, read_options

MIN_MEMORY: Final = 128 * 1024**2
MIN_DISK: Final = 512 * 1024**2
DEFAULT_MEMORY: Final = 1024**3
DEFAULT_DISK: Final = 5 * 1024**3
IMAGES: Final = ("docker", "24.04", "noble", "lts", "22.04", "jammy", "release:24.04", "release:docker")
NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
_SIZE: Final = re.compile(r"([0-9]{1,18})(?:(\.[0-9]{1,9})?([KkMmGg])(?:i?[Bb])?|[Bb])?\Z")
ADJECTIVES: Final = (
    "ample",
    "brisk",
    "calm",
    "daring",
    "eager",
    "fluent",
    "gentle",
    "humble",
    "jolly",
    "keen",
    "lively",
)
ANIMALS: Final = (
    "albatross",
    "badger",
    "cicada",
    "dingo",
    "egret",
    "ferret",
    "gecko",
    "heron",
    "ibex",
    "jackal",
    "koala",
)
FINE: Final = 0
COMMAND_LINE: Final = 1
FAILED: Final = 2
PURPOSES: Final = {
    "launch": "Make a virtual machine and start it",
    "list": "Show all machines",
    "info": "Show more of some machines",
    "shell": "Work in a shell on a machine",
    "exec": "Run one command on a machine",
    "start": "Switch machines on",
    "stop": "Switch machines off",
    "restart": "Switch machines off and on again",
    "delete": "Put machines in the bin",
    "recover": "Take machines out of the bin",
    "purge": "Empty the bin",
    "transfer": "Copy files to or from a machine",
    "version": "Show the version",
    "help": "Show this, or a command's usage",
    "find": "Show what can be launched",
    "get": "Show a setting",
}
USAGES: Final = {
    "launch": "[--name NAME] [--cpus N] [--memory SIZE] [--disk SIZE] [IMAGE]",
    "list": "[--format table|json|csv|yaml]",
    "info": "[--format table|json|csv|yaml] [NAME...]",
    "shell": "[NAME]",
    "exec": "[--working-directory DIR] NAME -- COMMAND",
    "start": "[--all] NAME...",
    "stop": "[--all] [--force] NAME...",
    "restart": "[--all] NAME...",
    "delete": "[--all] [--purge] NAME...",
    "recover": "[--all] NAME...",
    "transfer": "SOURCE... TARGET (NAME:PATH for a file on a machine, - for input or output)",
}


def parse_size(text: str) -> int | None:
    """Bytes of ``4G``, ``512M``, ``1.5G``, ``5368709120``; None when it is no size."""
    found = _SIZE.match(text)
    if found is None:
        return None
    whole, fraction, unit = found.groups()
    factor = {None: 1, "k": 1024, "m": 1024**2, "g": 1024**3}[unit.lower() if unit else None]
    return int(whole) * factor + int(float(fraction or 0) * factor)


def read_words(words: list[str], flags: str, valued: str, long: dict[str, str], more_flags: str = "") -> Options:
    """The options of one command.

    Raises:
        UsageError: they are wrong, in multipass's words.
    """
    try:
        return read_options(words, flags + more_flags, valued, long | {"verbose": "v"})
    except UsageError as error:
        found = re.search(r"option '?(?:-- ')?-*([^' ]+)'", str(error))
        name = found.group(1) if found else str(error)
        if "requires" in str(error):
            raise UsageError(f"Missing value after '{'-' if len(name) == 1 else '--'}{name}'.") from None
        raise UsageError(f"Unknown option '{name}'.") from None


def size_of(text: str, default: int) -> int:
    """Bytes that an option asks for.

    Raises:
        UsageError: it is no size.
    """
    if not text:
        return default
    size = parse_size(text)
    if size is None:
        raise UsageError(f"error: {text} is not a valid memory size")
    return size
