"""The ``filters`` query: its two JSON forms, and the ways in which the engine matches with them.

Source: moby ``api/types/filters``.
"""

import json
import re
from collections.abc import Collection, Mapping

from playground.engine.errors import BadParameter

_LONGEST_PATTERN = 128


class Filters:
    """Wanted values by key, in the order in which they were given."""

    def __init__(self, fields: Mapping[str, Collection[str]] | None = None) -> None:
        self._fields = {key: list(values) for key, values in (fields or {}).items()}

    @classmethod
    def parse(cls, text: str) -> "Filters":
        """Read ``{"name": {"web": true}}`` or ``{"name": ["web"]}``; empty text is no filter.

        Raises:
            BadParameter: it is neither.
        """
        if not text:
            return cls()
        try:
            raw = json.loads(text)
        except ValueError:
            raise BadParameter("invalid filter") from None
        if raw is None:
            return cls()
        if not isinstance(raw, dict):
            raise BadParameter("invalid filter")
        fields: dict[str, list[str]] = {}
        forms = set()
        for key, values in raw.items():
            if isinstance(values, dict) and all(isinstance(flag, bool) for flag in values.values()):
                forms.add("map")
                fields[key] = [value for value, flag in values.items() if flag]
            elif isinstance(values, list) and all(isinstance(value, str) for value in values):
                forms.add("list")
                fields[key] = list(dict.fromkeys(values))
            elif values is None:
                fields[key] = []
            else:
                raise BadParameter("invalid filter")
        if len(forms) > 1:
            raise BadParameter("invalid filter")
        return cls(fields)

    def __contains__(self, key: object) -> bool:
        return key in self._fields

    def __len__(self) -> int:
        return len(self._fields)

    def get(self, key: str) -> list[str]:
        return self._fields.get(key, [])

    def as_dict(self) -> dict[str, list[str]]:
        return {key: list(values) for key, values in self._fields.items()}

    def validate(self, accepted: Collection[str]) -> None:
        """Refuse a key that is not ``accepted``.

        Raises:
            BadParameter: naming the first such key.
        """
        for key in self._fields:
            if key not in accepted:
                raise BadParameter(f"invalid filter '{key}'")

    def boolean(self, key: str, default: bool = False) -> bool:
        """A flag among the filters.

        Raises:
            BadParameter: neither or both of true and false were given.
        """
        if key not in self._fields:
            return default
        values = self._fields[key]
        if not values:
            raise BadParameter(f"invalid filter '{key}'")
        no = "0" in values or "false" in values
        yes = "1" in values or "true" in values
        if no == yes:
            raise BadParameter(f"invalid filter '{key}=[{' '.join(values)}]'")
        return yes

    def exact(self, key: str, source: str) -> bool:
        """True when ``source`` is one of the values, or there is no such filter."""
        values = self._fields.get(key)
        return not values or source in values

    def prefix(self, key: str, source: str) -> bool:
        """True when one of the values begins ``source``, or there is no such filter."""
        values = self._fields.get(key)
        return not values or any(source.startswith(value) for value in values)

    def match(self, key: str, source: str) -> bool:
        """True when one of the values is, or as a regular expression matches somewhere in, ``source``."""
        values = self._fields.get(key)
        if values is None:
            return True
        return self.exact(key, source) or any(_search(value, source) for value in values)

    def labels(self, key: str, labels: Mapping[str, str]) -> bool:
        """True when every ``name`` or ``name=value`` among the values is one of ``labels``."""
        for wanted in self._fields.get(key, ()):
            name, has_value, value = wanted.partition("=")
            if name not in labels or (has_value and labels[name] != value):
                return False
        return True


def _search(pattern: str, text: str) -> bool:
    """Search with a pattern that a client gave, in time that the pattern cannot blow up.

    Go's engine is linear; Python's is not. Only what is safe is given to it: literals, classes, ``.``, anchors,
    and single repeats.
    """
    if (
        len(pattern) > _LONGEST_PATTERN
        or "(" in pattern
        or pattern.count("*") + pattern.count("+") > 2
        or "{" in pattern
    ):
        return pattern in text
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError):
        return False
