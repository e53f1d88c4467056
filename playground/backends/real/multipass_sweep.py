"""Whose the virtual machines of labs are, and removing those that nobody owns any more.

Multipass keeps no labels, so who made a lab's machines is written into a folder of the user before the first of them is
launched. Machines of which nothing is written there are left alone: they are somebody else's.
"""

import json
from collections.abc import Callable
from pathlib import Path

from playground.backends.real import claim
from playground.backends.real.claim import Claim
from playground.backends.real.multipass_driver import labs, remove_lab

FOLDER = Path.home() / ".local" / "share" / "swarm-playground" / "multipass"


class Owners:
    """The notes, one file a lab."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def note(self, lab: str, maker: Claim) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / lab).write_text(json.dumps({"owner": maker.path, "host": maker.host}), encoding="utf-8")

    def of(self, lab: str) -> tuple[str, str] | None:
        """Lock file and host of a lab's owner; None when nothing is known."""
        try:
            noted = json.loads((self._folder / lab).read_text(encoding="utf-8"))
            return str(noted["owner"]), str(noted["host"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, lab: str) -> None:
        (self._folder / lab).unlink(missing_ok=True)


def sweep(owners: Owners, own: str, keep: Callable[[str], bool], program: str) -> tuple[list[str], list[str]]:
    """See ``claim.sweep``."""

    def remove(lab: str) -> None:
        remove_lab(lab, program)
        owners.forget(lab)

    known = {lab: owner for lab in labs(program) if (owner := owners.of(lab)) is not None}
    return claim.sweep(known, own, keep, remove)
