"""Back and forth in a lab's time: other labs made from its journal."""

from collections.abc import Callable

from playground.labs.clock import SECOND
from playground.labs.errors import Conflict, LabError
from playground.labs.journal import Record
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.undo import says, without_last

Between = Callable[[float], object]


def branch(registry: Registry, lab: Lab, at_us: int, between: Between | None = None) -> Lab:
    """A new lab that is what this one was at a moment, and goes its own way from there.

    Raises:
        LabError: that moment has not been; also as ``Registry.add``.
    """
    record = lab.record()
    if not 0 <= at_us <= record.now_us:
        raise LabError(f"`at` must be a moment that has been: from 0 to {record.now_us / SECOND:g} seconds")
    entries = [entry for entry in record.entries if entry.at_us <= at_us]
    new = registry.add(record.header, at_us, entries, between=between)
    new.clock.like(lab.clock, new.now_us)
    new.keep_pace()
    return new


def undo(registry: Registry, lab: Lab, between: Between | None = None) -> tuple[Lab, str]:
    """The lab as if the last act had not been; returns it and what was undone, in words.

    Raises:
        Conflict: there is nothing to undo, or the lab plays a recording.
    """
    with lab.lock:
        if lab.on_tape:
            raise Conflict("a recording plays; stop it first")
        record = lab.record()
        undone = without_last(record.entries)
        if undone is None:
            raise Conflict("there is nothing to undo: nothing was done in this lab yet")
        words = says(undone.removed, lab.history.entries)
        stack = [*lab.undone, (record, words)]
    before = Record(record.id, record.token, record.header, undone.now_us, undone.entries)
    new = registry.rebuild(lab, before, between)
    new.undone = stack
    new.clock_changed()
    return new, words


def redo(registry: Registry, lab: Lab, between: Between | None = None) -> tuple[Lab, str]:
    """The lab as it was before the last ``undo``; returns it and what is done again.

    Raises:
        Conflict: nothing was undone, or something else was done since.
    """
    with lab.lock:
        if not lab.undone:
            raise Conflict("there is nothing to do again: nothing was undone, or something else was done since")
        record, words = lab.undone[-1]
        stack = lab.undone[:-1]
    new = registry.rebuild(lab, record, between)
    new.undone = stack
    new.clock_changed()
    return new, words
