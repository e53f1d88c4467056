"""Whose the virtual machines of labs are, and removing those that nobody owns any more.

Multipass keeps no labels, so who made a lab's machines is written into a folder of the user before the first of them is
launched. Machines of which nothing is written there are left alone: they are somebody else's.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from playground.backends.real import ownership
from playground.backends.real.multipass_driver import labs, remove_lab
from playground.backends.real.ownership import Owner, Swept

FOLDER = Path.home() / ".local" / "share" / "swarm-playground" / "multipass"


class Owners:
    """The notes, one file a lab."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def note(self, lab: str, owner: Owner) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / lab).write_text(json.dumps(asdict(owner)), encoding="utf-8")

    def of(self, lab: str) -> Owner | None:
        """A lab's owner; None when nothing is known."""
        try:
            noted = json.loads((self._folder / lab).read_text(encoding="utf-8"))
            return Owner(str(noted["lock"]), str(noted["host"]), str(noted["data"]), int(noted["until_s"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, lab: str) -> None:
        (self._folder / lab).unlink(missing_ok=True)

    def noted(self) -> list[str]:
        """The labs of which anything is written."""
        return sorted(note.name for note in self._folder.glob("*"))


def sweep(owners: Owners, own: str, keep: Callable[[str], bool], program: str, now_s: float) -> Swept:
    """See ``ownership.sweep``."""

    def remove(lab: str) -> None:
        remove_lab(lab, program)
        owners.forget(lab)

    there = labs(program)
    for lab in owners.noted():
        owner = owners.of(lab)
        # A launch that outlived its playground may still bring a machine, until the lab's time is over.
        if lab not in there and (owner is None or now_s >= owner.until_s):
            owners.forget(lab)
    known = {lab: owner for lab in there if (owner := owners.of(lab)) is not None}
    return ownership.sweep(known, own, keep, remove, now_s)
