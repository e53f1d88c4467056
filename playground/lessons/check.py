"""What every check has: typed fields, a sentence for the learner, and a judgement on what is seen.

A check sees the view (``docs/socket-messages.md``), which every backend makes from the
Engine API, and the list of commands with what they answered. ``judge`` says whether the
condition holds, and in words what was seen.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One program that ran on a machine: its words, the end of what it printed, its exit code."""

    machine: str
    line: str
    output: str
    exit: int


@dataclass(frozen=True, slots=True)
class Verdict:
    met: bool
    saw: str


class CheckError(ValueError):
    """The author's check makes no sense; the message says which key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(ABC):
    """``text`` is what the learner reads; every kind has a default.

    ``then``: looked at only once the checks before it in the step are met, for what must hold *again* or *still*.
    """

    kind: ClassVar[str] = ""
    text: str = ""
    then: bool = False

    @abstractmethod
    def says(self) -> str: ...

    @abstractmethod
    def judge(self, view: View, commands: Sequence[Command]) -> Verdict: ...


KINDS: dict[str, type[Check]] = {}
"""Every kind of check by its name in YAML. Filled when the modules that define them are imported."""


def kind(name: str) -> Callable[[type[Check]], type[Check]]:
    """Name a kind of check, so that lessons can use it."""

    def register(cls: type[Check]) -> type[Check]:
        cls.kind = name
        KINDS[name] = cls
        return cls

    return register


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
