"""Filters of lists.

Names and ids are prefixes; several values of a key mean any of them, several keys mean
all of them; every label given must match.

Source: moby ``daemon/cluster/filters.go``; swarmkit ``manager/controlapi/common.go``.
"""

from collections.abc import Mapping, Sequence

from playground.swarm.errors import BadConfiguration, SwarmError

Filters = Mapping[str, Sequence[str]]
"""Filter keys with their values, as parsed from the query."""

NODE_KEYS = ("id", "label", "membership", "name", "node.label", "role")
SERVICE_KEYS = ("id", "label", "mode", "name", "runtime")
TASK_KEYS = ("_up-to-date", "desired-state", "id", "label", "name", "node", "runtime", "service")
SECRET_KEYS = ("id", "label", "name", "names")
CONFIG_KEYS = ("id", "label", "name")


class InvalidFilterValue(SwarmError):
    """A filter has a value that none of its enumeration has (HTTP 500)."""


def check_keys(filters: Filters, accepted: Sequence[str]) -> None:
    """Check that every filter is known.

    Raises:
        BadConfiguration: one is not.
    """
    for key in filters:
        if key not in accepted:
            raise BadConfiguration(f"invalid filter '{key}'")


def enumeration(filters: Filters, key: str, words: Sequence[str]) -> list[str]:
    """The values of a filter whose values come from a list of words, in lower case; empty ones do not count.

    Raises:
        InvalidFilterValue: a value is no such word.
    """
    values = []
    for value in filters.get(key, ()):
        if value.lower() in words:
            values.append(value.lower())
        elif value:
            raise InvalidFilterValue(f"Invalid {key} filter: '{value}'")
    return values


def one_of(value: str, wanted: Sequence[str]) -> bool:
    """Whether a filter lets a value pass: it is among those wanted, or there is no filter."""
    return not wanted or value in wanted


def starts_with_one_of(value: str, prefixes: Sequence[str]) -> bool:
    """Whether a filter of prefixes lets a value pass."""
    return not prefixes or any(value.startswith(prefix) for prefix in prefixes)


def matches_labels(labels: Mapping[str, str] | None, wanted: Sequence[str]) -> bool:
    """Whether labels have every ``key`` or ``key=value`` wanted; of one key given twice the last counts."""
    pairs = dict(_pair(each) for each in wanted)
    have = labels or {}
    return all(key in have and (not value or have[key] == value) for key, value in pairs.items())


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value
