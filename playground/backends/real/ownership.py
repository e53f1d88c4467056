"""Whose the machines of a lab are, and who may remove them.

What belongs to a playground that runs is left alone. What belongs to a database that is still there is that database's
to take up again, and nobody else's to remove, until the time of the lab is over. Everything else is nobody's.
"""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.backends.real.claim import Claim, runs


@dataclass(frozen=True, slots=True)
class Owner:
    """What stands on the machines of a lab. ``lock`` is the file that its playground locks, ``data`` the database that
    knows the lab ("" for none), ``until_s`` the second since 1970 at which the lab's time is over (0: not known)."""

    lock: str
    host: str
    data: str = ""
    until_s: int = 0


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found. ``removed``: why, by lab. ``ours`` are to be taken up. ``waiting``: the database by lab."""

    removed: Mapping[str, str] = field(default_factory=dict)
    ours: tuple[str, ...] = ()
    waiting: Mapping[str, str] = field(default_factory=dict)


def owner_of(claim: Claim, until_s: float) -> Owner:
    """The owner of what this process makes for a lab that may live until then."""
    return Owner(claim.path, claim.host, claim.data, int(until_s))


def abandoned(owner: Owner, now_s: float) -> str:
    """Why anybody may remove what belongs to this owner; empty while nobody else may."""
    if owner.host != socket.gethostname() or runs(owner.lock):
        return ""  # An owner on another machine cannot be seen.
    if not owner.data:
        return "whoever made it runs no more"
    if not _is_there(owner.data):
        return f"its database {owner.data} is gone"
    if now_s >= owner.until_s:
        return f"its time is over, and the playground of {owner.data} did not come back"
    return ""


def _is_there(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # It cannot be looked at, which does not mean that it is gone.
    return True


def sweep(
    owners: Mapping[str, Owner],
    own: str,
    keep: Callable[[str], bool],
    remove: Callable[[str], object],
    now_s: float,
) -> Swept:
    """Remove the labs that are nobody's.

    ``owners`` has the owner of every lab that left something, ``own`` is the lock file that this process holds, and
    ``keep`` says which labs of its own are still known: those are left, to be taken up again. ``now_s`` counts since
    1970.
    """
    removed: dict[str, str] = {}
    ours: list[str] = []
    waiting: dict[str, str] = {}
    for lab, owner in owners.items():
        if owner.lock == own and keep(lab):
            ours.append(lab)
            continue
        why = "this playground does not know it any more" if owner.lock == own else abandoned(owner, now_s)
        if why:
            remove(lab)
            removed[lab] = why
        elif owner.data and owner.host == socket.gethostname() and not runs(owner.lock):
            waiting[lab] = owner.data
    return Swept(removed, tuple(ours), waiting)
