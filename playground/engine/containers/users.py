"""As whom a process of a container runs: the user and the groups that a text like ``1000:staff`` means there.

Source: moby ``daemon/oci_linux.go`` (getUser), ``github.com/moby/sys/user`` (GetExecUser, GetAdditionalGroups).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from playground.api.accounts import account_of, groups, memberships
from playground.api.file_tree import ROOT
from playground.api.files import MemoryFiles
from playground.engine.errors import BadParameter

_MOST = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Person:
    """``name`` is that by which files are owned: a number where the container knows no name for it."""

    name: str
    groups: tuple[int, ...]
    """All of them, in order; the first for new files is ``group``."""
    group: int
    home: str


def find(files: MemoryFiles, text: str, also: Iterable[str] = ()) -> Person:
    """Whom ``USER[:GROUP]`` means; ``also`` are further groups.

    Raises:
        BadParameter: the container knows nobody of that name, or no such group.
    """
    name, _, group = text.partition(":")
    name = name or "0"
    account = account_of(files, name)
    if account is None and not name.isdecimal():
        raise BadParameter(f"unable to find user {name}: no matching entries in passwd file")
    if name.isdecimal() and int(name) > _MOST:
        raise BadParameter("uids and gids must be in range 0-2147483647")
    first = 0 if account is None else account.group_id
    inside: tuple[int, ...] = () if account is None else memberships(files, account)
    if group:
        first = group_number(files, group, "unable")
        inside = ()
    more = [group_number(files, each, "Unable") for each in also if each]
    everything = tuple(sorted({first, *inside, *more}))
    if account is None:
        return Person(ROOT if int(name) == 0 else str(int(name)), everything, first, "/root" if int(name) == 0 else "/")
    return Person(ROOT if account.user_id == 0 else account.name, everything, first, account.home)


def group_number(files: MemoryFiles, text: str, unable: str) -> int:
    """The number of a group; ``unable`` is the first word of the sentence about one that is not there.

    Raises:
        BadParameter: the container has no such group.
    """
    found = next((group.group_id for group in groups(files) if group.name == text), None)
    if found is not None:
        return found
    if not text.isdecimal():
        raise BadParameter(f"{unable} to find group {text}: no matching entries in group file")
    return int(text)
