"""Names of users and groups, and their numbers, on machines and in containers."""

from typing import Final

from playground.api.file_tree import ROOT

_NUMBERS: Final = {ROOT: 0, "adm": 4, "sudo": 27, "docker": 111}
_FIRST_OF_PEOPLE: Final = 1000


def number_of(name: str) -> int:
    """The number of a user or group; one whose name is a number has that, other people have the first."""
    return int(name) if name.isascii() and name.isdigit() else _NUMBERS.get(name, _FIRST_OF_PEOPLE)


def name_of(number: str) -> str:
    """The name that everybody has for a number: only that of root; any other stays as it is."""
    return ROOT if number == "0" else number
