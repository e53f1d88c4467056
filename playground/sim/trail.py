"""What happened because of one input: a bounded list of steps that the emulation notes as it goes.

The kernel knows of what is happening now which trail it belongs to (``Kernel.cause``), hands that on to
whatever is scheduled from there, and nothing decides anything by it: with or without a trail the same
events happen.
"""

from dataclasses import dataclass, field
from typing import Any

MAX_STEPS = 600
LINGER_US = 60_000_000
"""What still happens so long after the input was answered counts as its consequence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, on a machine (empty: on the leader of then), with what belongs to its kind."""

    at_us: int
    kind: str
    machine: str
    facts: dict[str, Any] = field(default_factory=dict)


class Trail:
    """The steps of one input. ``open`` until it is full, too old, or closed."""

    __slots__ = ("_seen", "ended_us", "full", "open", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.open = True
        self.full = False
        """True when steps were left out."""
        self.ended_us: int | None = None
        """When the input was answered."""
        self._seen: dict[tuple[Any, ...], None] = {}

    def note(self, at_us: int, kind: str, machine: str, facts: dict[str, Any]) -> None:
        """Add a step; does nothing on a closed trail."""
        if not self.open:
            return
        if self.ended_us is not None and at_us - self.ended_us > LINGER_US:
            self.open = False
        elif len(self.steps) >= MAX_STEPS:
            self.open, self.full = False, True
        else:
            self.steps.append(Step(at_us, kind, machine, facts))

    def first(self, *what: Any) -> bool:
        """True the first time that it is asked of ``what``: for steps that are told once."""
        if what in self._seen:
            return False
        self._seen[what] = None
        return True

    def close(self) -> None:
        """Take no more steps, and forget those that were taken."""
        self.open = False
        self.steps = []
        self._seen = {}
