"""Who ``/etc/passwd`` and ``/etc/group`` of a file system know.

Source: shadow ``passwd(5)``, ``group(5)``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.api.files import MemoryFiles


@dataclass(frozen=True, slots=True)
class Account:
    """One user. ``group_id`` is that of the group everything of the user's begins with."""

    name: str
    user_id: int
    group_id: int
    home: str


@dataclass(frozen=True, slots=True)
class Group:
    """One group, with the names of those who are in it besides the users that begin with it."""

    name: str
    group_id: int
    members: tuple[str, ...]


def accounts(files: MemoryFiles) -> list[Account]:
    """Every user, in order; lines that make no sense are left out."""
    return [
        Account(fields[0], int(fields[2]), int(fields[3]), fields[5])
        for fields in _lines(files, "/etc/passwd", 6)
        if fields[2].isdecimal() and fields[3].isdecimal()
    ]


def groups(files: MemoryFiles) -> list[Group]:
    """Every group, in order; lines that make no sense are left out."""
    return [
        Group(fields[0], int(fields[2]), tuple(name for name in fields[3].split(",") if name))
        for fields in _lines(files, "/etc/group", 4)
        if fields[2].isdecimal()
    ]


def account_of(files: MemoryFiles, name: str) -> Account | None:
    """The user of a name, or of a number; None where there is none."""
    known = accounts(files)
    found = next((account for account in known if account.name == name), None)
    if found is None and name.isdecimal():
        found = next((account for account in known if account.user_id == int(name)), None)
    return found


def group_name(files: MemoryFiles, number: int) -> str:
    """The name of a group; empty where it has none."""
    return next((group.name for group in groups(files) if group.group_id == number), "")


def memberships(files: MemoryFiles, account: Account) -> tuple[int, ...]:
    """The groups of a user: the one everything begins with, then those that name the user."""
    also = (group.group_id for group in groups(files) if account.name in group.members)
    return tuple(dict.fromkeys((account.group_id, *also)))


def _lines(files: MemoryFiles, path: str, least: int) -> Iterator[list[str]]:
    try:
        text = files.at(user="root").read(path).decode(errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        fields = line.strip().split(":")
        if len(fields) >= least and fields[0] and not line.startswith("#"):
            yield fields
