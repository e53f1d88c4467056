"""Requests to break something, and to mend it: what can be asked, and what is wrong with a request that makes no sense.

The same for all kinds of machines; what only one kind can do, its own faults check.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from playground.backends.errors import BadRequest

Json = dict[str, Any]

MAX_SLOW_MS = 10_000
MAX_START_S = 600
MAX_NAME = 256
MAX_TOGETHER = 8

FIELDS: dict[str, tuple[str, ...]] = {
    "partition": (),
    "heal": (),
    "cut": (),
    "mend": (),
    "slow": ("ms",),
    "lose": ("percent",),
    "stop": (),
    "kill": (),
    "start": (),
    "restart": (),
    "kill_task": (),
    "undo": (),
    "all": (),
}
"""What can be asked of every cluster, each with the further fields that it needs."""
_FIGURES = {"slow": ("ms", 1, MAX_SLOW_MS), "lose": ("percent", 1, 100), "slow_start": ("seconds", 1, MAX_START_S)}
AT_ONCE = ("cut", "mend", "slow", "lose", "unhealthy", "crash", "slow_start", "mend_image")
"""What can be asked together, as one act: all that is true from one instant to the next."""


class Require(Protocol):
    """Raises UnknownMachine unless there is such a machine (or, for a terminal, it is the host)."""

    def __call__(self, name: Any, *, terminal: bool = False) -> None: ...


def asked(fault: Any, fields: Mapping[str, tuple[str, ...]], usage: str) -> tuple[str, Any]:
    """The verb of a request, and what it is about.

    Raises:
        BadRequest: it has no verb of ``fields``, or several; other fields than that one needs, or a number that is
            too small or too large.
    """
    verbs = [verb for verb in fault if verb in fields] if isinstance(fault, dict) else []
    if len(verbs) != 1 or set(fault) - {verbs[0], *fields[verbs[0]]}:
        raise BadRequest(usage)
    verb = verbs[0]
    _check_figure(verb, fault)
    return verb, fault[verb]


def check_common(verb: str, what: Any, require: Require, lasting: Callable[[], Iterable[str]]) -> None:
    """Look at what is asked alike of all machines: partitions, links, undoing. ``lasting`` tells what is broken.

    Raises:
        BadRequest: it makes no sense.
        UnknownMachine: it names a machine that is not there.
    """
    match verb:
        case "partition":
            _check_partition(what, require)
        case "heal":
            if what is not True:
                raise BadRequest('`heal` takes true: {"heal": true}')
        case "cut" | "mend" | "slow" | "lose":
            _check_link(verb, what, require)
        case "undo":
            _check_undo(what, list(lasting()))


def _check_figure(verb: str, fault: Json) -> None:
    if verb in _FIGURES:
        name, least, most = _FIGURES[verb]
        value = fault.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise BadRequest(f"`{name}` must be a number from {least} to {most}")


def _check_partition(groups: Any, require: Require) -> None:
    if not isinstance(groups, list) or len(groups) < 2 or not all(isinstance(group, list) for group in groups):
        raise BadRequest('a partition has two or more lists of nodes: {"partition": [["manager1"], ["manager2"]]}')
    names = [name for group in groups for name in group]
    for name in names:
        require(text("partition", name, "lists of names of nodes"), terminal=True)
    if len(names) != len(set(names)):
        raise BadRequest("a node can be on one side of a partition only")
    if not all(groups):
        raise BadRequest("every side of a partition needs a node")


def _check_link(verb: str, ends: Any, require: Require) -> None:
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadRequest(f'`{verb}` takes the two ends of a link: {{"{verb}": ["manager1", "manager2"]}}')
    for name in ends:
        require(text(verb, name, "the names of two nodes"), terminal=True)
    if ends[0] == ends[1]:
        raise BadRequest("a link has two different ends")


def _check_undo(fault_id: Any, lasting: list[str]) -> None:
    if text("undo", fault_id, 'the id of a fault, or "all"') not in ("all", *lasting):
        there = ", ".join(lasting) or "none"
        raise BadRequest(f"there is no fault {fault_id!r} to undo; there are: {there}")


def together(several: Any) -> list[Json]:
    """The faults of one that is several at once.

    Raises:
        BadRequest: it is no such list.
    """
    if not isinstance(several, list) or not 1 <= len(several) <= MAX_TOGETHER:
        raise BadRequest(f"`all` takes a list of 1 to {MAX_TOGETHER} faults")
    if not all(isinstance(each, dict) and sum(verb in each for verb in AT_ONCE) == 1 for each in several):
        raise BadRequest('`all` takes faults of links and images, as {"all": [{"cut": [a, b]}, {"crash": image}]}')
    return several


def text(verb: str, what: Any, wanted: str) -> str:
    """``what``, where it is a text of a name's length. Raises BadRequest with ``wanted``, what it should be."""
    if not isinstance(what, str) or not 0 < len(what) <= MAX_NAME:
        raise BadRequest(f"`{verb}` takes {wanted}")
    return what
