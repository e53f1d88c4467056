"""One request on its way through the route table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.engine.filters import Filters
from playground.swarm.errors import BadConfiguration


@dataclass(frozen=True, slots=True)
class Call:
    """``parameters`` are those of the path; ``body`` is decoded JSON (or bytes of an archive)."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]
    version: tuple[int, ...]
    """The client's version of the API."""

    @property
    def filters(self) -> Filters:
        """
        Raises:
            BadParameter: they cannot be read.
        """
        return Filters.parse(self.query.get("filters", ""))

    def object(self, go_type: str) -> Mapping[str, Any]:
        """The body, which must be a JSON object; absent it is empty.

        Raises:
            BadConfiguration: it is something else.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, Mapping):
            found = {bool: "bool", str: "string", list: "array"}.get(type(self.body), "number")
            raise BadConfiguration(f"invalid JSON: json: cannot unmarshal {found} into Go value of type {go_type}")
        return self.body
