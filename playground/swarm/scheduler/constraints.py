"""Placement constraints: ``node.labels.zone==a``, ``node.role!=manager`` and their like.

Source: swarmkit ``manager/constraint/constraint.go``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from playground.swarm.model import Node, Spec

NODE_LABEL_PREFIX = "node.labels."
ENGINE_LABEL_PREFIX = "engine.labels."
OPERATORS = ("==", "!=")

_KEY = re.compile(r"[a-z_][a-z0-9\-_.]+", re.ASCII | re.IGNORECASE)
_VALUE = re.compile(r"[a-z0-9:\-_\s.*()?+\[\]\\^$|/]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Constraint:
    """``key`` must (or, when not ``equal``, must not) have ``value``; compared whole and without regard to case."""

    key: str
    equal: bool
    value: str

    def allows(self, actual: str) -> bool:
        return (self.value.lower() == actual.lower()) is self.equal


def parse(expressions: Iterable[str]) -> list[Constraint]:
    """Read ``key==value`` and ``key!=value``; blanks around both do not count.

    Raises:
        ValueError: with the daemon's sentence.
    """
    return [_parse_one(expression) for expression in expressions]


def _parse_one(expression: str) -> Constraint:
    for operator in OPERATORS:
        if operator not in expression:
            continue
        key, value = (part.strip() for part in expression.split(operator, 1))
        if not _KEY.fullmatch(key):
            raise ValueError(f"key '{key}' is invalid")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"value '{value}' is invalid")
        return Constraint(key, operator == "==", value)
    raise ValueError(f"constraint expected one operator from {', '.join(OPERATORS)}")


def of_template(template: Spec) -> list[Constraint]:
    """The constraints of a ``TaskTemplate``. Its expressions were validated when it came in."""
    placement = template.get("Placement") or {}
    return parse(placement.get("Constraints") or ())


def matches(node: Node, constraints: Sequence[Constraint]) -> bool:
    """True when the node satisfies every constraint; an unknown key is satisfied by no node."""
    return all(_satisfies(node, constraint) for constraint in constraints)


def _satisfies(node: Node, constraint: Constraint) -> bool:
    key = constraint.key.lower()
    if key == "node.ip":
        return _in_network(node.status.address, constraint)
    actual = node_attribute(node, constraint.key)
    return actual is not None and constraint.allows(actual)


def node_attribute(node: Node, key: str) -> str | None:
    """What a node has under a key: "" where it has nothing, None where there is no such key.

    Keys are compared without regard to case, the names of labels with it.
    """
    lower = key.lower()
    description = node.description or {}
    if lower == "node.id":
        return node.id
    if lower == "node.hostname":
        return node.hostname
    if lower == "node.role":
        return node.role.value
    if lower in ("node.platform.os", "node.platform.arch"):
        platform = description.get("Platform") or {}
        return str(platform.get("OS" if lower.endswith(".os") else "Architecture") or "")
    label = label_value(node, key)
    return label


def label_value(node: Node, key: str) -> str | None:
    """The value of ``node.labels.x`` or ``engine.labels.x``; "" where the node lacks it, None for any other key."""
    lower = key.lower()
    if lower.startswith(NODE_LABEL_PREFIX) and len(key) > len(NODE_LABEL_PREFIX):
        labels = node.spec.get("Labels") or {}
        return str(labels.get(key[len(NODE_LABEL_PREFIX) :], ""))
    if lower.startswith(ENGINE_LABEL_PREFIX) and len(key) > len(ENGINE_LABEL_PREFIX):
        engine = (node.description or {}).get("Engine") or {}
        return str((engine.get("Labels") or {}).get(key[len(ENGINE_LABEL_PREFIX) :], ""))
    return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _in_network(node_address: str, constraint: Constraint) -> bool:
    """Compare with one address or a subnet; a malformed one is satisfied by no node."""
    actual = _address(node_address)
    single = _address(constraint.value)
    if single is not None:
        return (single == actual) is constraint.equal
    base, slash, bits = constraint.value.partition("/")
    if not slash or not bits.isdecimal():
        return False
    try:
        network = ip_network(f"{base}/{bits}", strict=False)
    except ValueError:
        return False
    within = actual is not None and actual.version == network.version and actual in network
    return within is constraint.equal
