"""Whose a lab's machines are: a lock on a file that lives exactly as long as the process that holds it.

Every machine carries the path of its owner's file and the name of the owner's host. A start that finds machines takes
the lock to see whether the owner still runs; no process number has to be trusted, and kill -9 frees the lock.
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path


class Claim:
    """A held lock. ``path`` and ``host`` go into labels."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            BlockingIOError: another process holds it.
        """
        self.path = str(path)
        self.host = socket.gethostname()
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            self._file = path.open("a")
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(self._file.fileno()), path.stat()):
                    return
            except FileNotFoundError:
                pass
            except BlockingIOError:
                self._file.close()
                raise
            self._file.close()  # Somebody removed the file between opening and locking: nobody would see this lock.

    def release(self) -> None:
        """Whoever comes later may have it; the file goes too."""
        Path(self.path).unlink(missing_ok=True)
        self._file.close()


def is_orphan(path: str, host: str) -> bool:
    """True when the owner is known to run no more. An owner on another machine cannot be seen, so it is left alone."""
    if host != socket.gethostname():
        return False
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # Another user's, whose folder cannot be looked into: it may well run.
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def own_claim() -> Claim:
    """A claim of this process alone, in a folder of the user's, where no tidying of ``/tmp`` takes it for old.

    Files that processes left there when they were killed are removed.
    """
    folder = Path.home() / ".local" / "share" / "swarm-playground" / "owners"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"swarm-playground-owners-{os.getuid()}"
    claim = Claim(folder / f"{os.getpid()}.lock")
    for other in folder.glob("*.lock"):
        if str(other) != claim.path and is_orphan(str(other), claim.host):
            other.unlink(missing_ok=True)
    return claim


def sweep(
    owners: Mapping[str, tuple[str, str]], own: str, keep: Callable[[str], bool], remove: Callable[[str], object]
) -> tuple[list[str], list[str]]:
    """Remove the labs whose owner runs no more.

    ``owners`` has the owner's lock file and host of every lab that left something, ``own`` is the lock file that this
    process holds, and ``keep`` says which labs of its own are still known: those are left, to be taken up again.
    Returns the ids removed and those left for us.
    """
    removed, ours = [], []
    for lab, (owner, host) in owners.items():
        if owner == own and keep(lab):
            ours.append(lab)
        elif owner == own or is_orphan(owner, host):
            remove(lab)
            removed.append(lab)
    return removed, ours
