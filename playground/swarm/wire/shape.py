"""What a Go struct looks like as JSON: field order, ``omitempty``, zero values.

The Engine API is what ``encoding/json`` makes of moby's structs. A ``Struct`` says
of one of them which keys it has, in which order, and which of them are left out
while empty, so that a value read from a request or made from the store comes out
as the real engine would print it.

Source of the rules: Go ``encoding/json``: scalars, maps, slices and pointers obey
``omitempty``, struct values never do; unknown keys are dropped; keys match without
regard to case.
"""

from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.swarm.errors import BadConfiguration


class Kind(ABC):
    """How one value is read and written."""

    @property
    @abstractmethod
    def go_type(self) -> str:
        """What the engine's refusals call the type."""

    @abstractmethod
    def zero(self) -> Any:
        """What an absent value is."""

    def is_empty(self, value: Any) -> bool:
        """Whether ``omitempty`` leaves the value out."""
        return not value

    @abstractmethod
    def read(self, value: Any, where: str) -> Any:
        """Return the value in canonical form; ``None`` (JSON null) has been dealt with already.

        Raises:
            BadConfiguration: the JSON type is not the field's; ``where`` is ``InnermostStruct.Field.Field``.
        """


def mismatch(value: Any, where: str, go_type: str, wants_number: bool = False) -> BadConfiguration:
    """The refusal of a JSON value of the wrong type, as the engine words it; a number that is no such one is told."""
    if isinstance(value, bool):
        found = "bool"
    elif isinstance(value, str):
        found = "string"
    elif isinstance(value, Mapping):
        found = "object"
    elif isinstance(value, Sequence):
        found = "array"
    else:
        found = f"number {value}" if wants_number else "number"
    place = f"Go struct field {where}" if "." in where else "Go value"
    return BadConfiguration(f"invalid JSON: json: cannot unmarshal {found} into {place} of type {go_type}")


@dataclass(frozen=True)
class String(Kind):
    go_type: str = "string"

    def zero(self) -> Any:
        return ""

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            raise mismatch(value, where, self.go_type)
        return value


@dataclass(frozen=True)
class Bytes(String):
    """Bytes: base64 text in JSON, and a list of numbers is understood too."""

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, str) or not isinstance(value, Sequence):
            return super().read(value, where)
        octet = Int("uint8", signed=False, bits=8)
        return b64encode(bytes(0 if item is None else octet.read(item, where) for item in value)).decode()


@dataclass(frozen=True)
class Bool(Kind):
    go_type: str = "bool"

    def zero(self) -> Any:
        return False

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, bool):
            raise mismatch(value, where, self.go_type)
        return value


@dataclass(frozen=True)
class Int(Kind):
    """An integer of ``bits`` bits; durations are nanoseconds in ``time.Duration``."""

    go_type: str = "int64"
    signed: bool = True
    bits: int = 64

    def zero(self) -> Any:
        return 0

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise mismatch(value, where, self.go_type, wants_number=True)
        low, high = (-(1 << (self.bits - 1)), 1 << (self.bits - 1)) if self.signed else (0, 1 << self.bits)
        if isinstance(value, float) or not low <= value < high:
            raise mismatch(value, where, self.go_type, wants_number=True)
        return value


@dataclass(frozen=True)
class Float(Kind):
    """A float32; whole numbers print without a fraction, as Go prints them."""

    go_type: str = "float32"

    def zero(self) -> Any:
        return 0

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise mismatch(value, where, self.go_type, wants_number=True)
        return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Time(Kind):
    """An RFC 3339 time; only ever written."""

    go_type: str = "time.Time"

    def zero(self) -> Any:
        return "0001-01-01T00:00:00Z"

    def is_empty(self, value: Any) -> bool:
        return False

    def read(self, value: Any, where: str) -> Any:
        return value


@dataclass(frozen=True)
class Strings(Kind):
    """``map[string]string``. With ``always`` an absent one is ``{}``. Keys are sorted, as Go sorts them."""

    always: bool = False
    go_type: str = "map[string]string"

    def zero(self) -> Any:
        return {} if self.always else None

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise mismatch(value, where, self.go_type)
        read = {}
        for key in sorted(value):
            text = value[key]
            if text is not None and not isinstance(text, str):
                raise mismatch(text, where, "string")
            read[key] = text or ""
        return read


@dataclass(frozen=True)
class List(Kind):
    """A slice; absent it is null."""

    of: Kind

    @property
    def go_type(self) -> str:
        return f"[]{self.of.go_type}"

    def zero(self) -> Any:
        return None

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise mismatch(value, where, self.go_type)
        return [self.of.zero() if item is None else self.of.read(item, where) for item in value]


@dataclass(frozen=True)
class Pointer(Kind):
    """A pointer: absent it is null; pointing at an empty value it is not empty."""

    to: Kind

    @property
    def go_type(self) -> str:
        return self.to.go_type

    def zero(self) -> Any:
        return None

    def is_empty(self, value: Any) -> bool:
        return value is None

    def read(self, value: Any, where: str) -> Any:
        return self.to.read(value, where)


class Struct(Kind):
    """A struct, by its fields in order: ``(key, kind)`` or ``(key, kind, True)`` for ``omitempty``."""

    def __init__(self, name: str, *fields: tuple[str, Kind] | tuple[str, Kind, bool]) -> None:
        self.name = name
        self.fields: list[tuple[str, Kind, bool]] = [(f[0], f[1], len(f) == 3) for f in fields]
        self._keys = {f[0].lower(): f[0] for f in fields}
        self._left_out = frozenset(key for key, kind, omit in self.fields if omit and kind.is_empty(kind.zero()))
        """Keys that do not show when they are absent."""

    @property
    def go_type(self) -> str:
        return self.name if "." in self.name else f"swarm.{self.name}"

    def zero(self) -> Any:
        return self.write({})

    def is_empty(self, value: Any) -> bool:
        return False

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise mismatch(value, where, self.go_type)
        return self.write(value, where)

    def write(self, value: Mapping[str, Any], where: str = "") -> dict[str, Any]:
        """Return the canonical form: known keys in order, empty ones out.

        Raises:
            BadConfiguration: a value has the wrong JSON type.
        """
        # Go names the innermost struct, then the whole way to the field.
        place = f"{self.name.rpartition('.')[2]}.{where.partition('.')[2]}".removesuffix(".")
        given: dict[str, Any] = {}
        for key, item in value.items():
            known = self._keys.get(key.lower())
            if known is not None and item is not None:
                given[known] = item
        written: dict[str, Any] = {}
        for key, kind, omit_empty in self.fields:
            if key in given:
                item = kind.read(given[key], f"{place}.{key}")
            elif key in self._left_out:
                continue
            else:
                item = kind.zero()
            if not (omit_empty and kind.is_empty(item)):
                written[key] = item
        return written


STRING = String()
BOOL = Bool()
INT = Int("int")
INT64 = Int()
UINT32 = Int("uint32", signed=False, bits=32)
UINT64 = Int("uint64", signed=False)
DURATION = Int("time.Duration")
BYTES = Bytes("[]uint8")
TIME = Time()
LABELS = Strings(always=True)
STRINGS = Strings()
