"""A lab as it was when a step of its lesson began."""

from dataclasses import replace

from playground.labs.journal import Record


def at_step(record: Record, step: str, first: bool) -> Record | None:
    """The record up to the moment at which a step began; None where it has not been reached.

    ``first``: the step is the lesson's first. What came later is left out: a lab is its journal.
    """
    for index, entry in enumerate(record.entries):
        began = entry.input["do"] == "begin" if first else _reaches(entry.input, step)
        if began:
            return replace(record, entries=record.entries[: index + 1], now_us=entry.at_us)
    return None


def _reaches(what: dict[str, object], step: str) -> bool:
    return what["do"] == "progress" and what["step"] == step
