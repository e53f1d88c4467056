"""Tells whoever follows an input what becomes of its log entries on one manager (see ``playground.sim.trail``)."""

from collections.abc import Iterable

from playground.raft.messages import AppendEntries, Entry
from playground.sim.kernel import Kernel
from playground.sim.trail import Trail
from playground.swarm.proposal import Proposal


class LogNotes:
    """The steps of one manager; each is told once for an entry."""

    def __init__(self, kernel: Kernel, machine: str) -> None:
        self._kernel = kernel
        self._machine = machine

    def entry(self, kind: str, entry: Entry, members: int) -> None:
        """``stored``, ``committed`` (by its proposer) or ``applied``; ``members`` are those of the cluster now."""
        cause = _cause(entry)
        if cause is not None and cause.first(kind, self._machine, entry.index, entry.term):
            facts = {"index": entry.index, "term": entry.term, "members": members}
            cause.note(self._kernel.now_us, kind, self._machine, facts)

    def sent(self, message: AppendEntries, target: str, arrives: bool) -> None:
        """Entries left for a machine; ``arrives`` is False where the message is known to be lost."""
        for entry in message.entries:
            cause = _cause(entry)
            if cause is not None and cause.first("sent", self._machine, target, entry.index, entry.term, arrives):
                facts = {"index": entry.index, "term": entry.term, "to": target, "arrives": arrives}
                cause.note(self._kernel.now_us, "sent", self._machine, facts)

    def acknowledged(self, entries: Iterable[Entry], machine: str) -> None:
        """A machine says that it has entries that were not committed yet."""
        for entry in entries:
            cause = _cause(entry)
            if cause is not None and cause.first("acknowledged", machine, entry.index, entry.term):
                facts = {"index": entry.index, "term": entry.term, "from": machine}
                cause.note(self._kernel.now_us, "acknowledged", self._machine, facts)


def _cause(entry: Entry) -> Trail | None:
    cause = entry.data.cause if isinstance(entry.data, Proposal) else None
    return cause if cause is not None and cause.open else None
