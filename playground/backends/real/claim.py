"""Who runs: a lock on a file that lives exactly as long as the process that holds it.

Every machine carries the path of its owner's file and the name of the owner's host (``ownership.py``). A start that
finds machines takes the lock to see whether the owner still runs; no process number has to be trusted, and kill -9
frees the lock.
"""

import fcntl
import os
import socket
import tempfile
from pathlib import Path


class Claim:
    """A held lock. ``path``, ``host`` and ``data`` go into labels, so they are whole paths: others look from elsewhere.

    ``data`` is the database that knows the labs, "" where they are kept in memory only.
    """

    def __init__(self, path: Path, data: Path | None = None) -> None:
        """
        Raises:
            BlockingIOError: another process holds it.
        """
        path = path.absolute()
        self.path = str(path)
        self.data = str(data.absolute()) if data is not None else ""
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


def runs(path: str) -> bool:
    """Whether somebody holds a claim, or may hold it."""
    try:
        handle = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # Another user's, whose folder cannot be looked into: it may well run.
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


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
        if str(other) != claim.path and not runs(str(other)):
            other.unlink(missing_ok=True)
    return claim
