"""Types of API objects, as the real client's structs have them.

Templates need them (a field that is no field is an error, an absent one is empty),
and so does JSON output (order of keys, which empty fields are left out).

A table entry reads ``package.Type:`` and then its fields, separated by ``;``: Go name,
``=name`` in JSON where it differs, type, and ``?`` where empty values are left out;
``+Type`` embeds a type. ``package.Type = other`` names a type.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from playground.docker_cli.wire import client, containers, storage, swarm, system

_INTEGERS = ("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "byte")
_ZERO_TIME = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Field:
    """``embedded`` fields lend their own fields to the type around them."""

    name: str
    key: str
    type_name: str
    optional: bool = False
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class GoType:
    """``kind`` is one of bool int float string bytes time duration slice map pointer struct any."""

    name: str
    kind: str
    element: str = ""
    key: str = ""
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> tuple[Field, ...] | None:
        """The way to a field by its Go name, through embedded ones; None when there is no such field."""
        for field in self.fields:
            if field.name == name:
                return (field,)
        for field in self.fields:
            if field.embedded:
                inner = type_named(field.type_name.lstrip("*")).field(name)
                if inner is not None:
                    return (field, *inner)
        return None


@cache
def type_named(name: str) -> GoType:
    """The type of this name: ``swarm.Service``, ``[]string``, ``*uint64``, ``map[string]string``."""
    if name.startswith("*"):
        return GoType(name, "pointer", name[1:])
    if name in ("[]byte", "[]uint8", "json.RawMessage"):
        return GoType("[]uint8", "bytes")
    if name.startswith("[]"):
        return GoType(name, "slice", name[2:])
    if name.startswith("map["):
        key, _, element = name[4:].partition("]")
        return GoType(name, "map", element, key)
    if name in _INTEGERS:
        return GoType(name, "int")
    if name in ("float32", "float64"):
        return GoType(name, "float")
    if name in ("string", "bool"):
        return GoType(name, name)
    if name in ("any", "interface {}"):
        return GoType("interface {}", "any")
    if name in ("time.Month", "time.Weekday"):
        return GoType(name, "int")
    if name == "struct{}":
        return GoType("struct {}", "struct")
    if name == "time.Time":
        return GoType(name, "time")
    if name == "time.Duration":
        return GoType(name, "duration")
    structs, aliases = _tables()
    if name in structs:
        return GoType(name, "struct", fields=structs[name])
    under = type_named(aliases[name])
    return GoType(name, under.kind, under.element, under.key, under.fields)


def canonical(go_type: GoType, data: Any) -> Any:
    """The object as the real client would encode it after having decoded ``data``."""
    match go_type.kind:
        case "pointer":
            return None if data is None else canonical(type_named(go_type.element), data)
        case "struct":
            out: dict[str, Any] = {}
            _encode_fields(go_type, data or {}, out)
            return out
        case "slice":
            return None if data is None else [canonical(type_named(go_type.element), item) for item in data]
        case "map":
            if data is None:
                return None
            return {str(key): canonical(type_named(go_type.element), data[key]) for key in sorted(data, key=str)}
        case "any":
            return data
        case _:
            return zero(go_type) if data is None else data


def zero(go_type: GoType) -> Any:
    """What a field of this type holds when nothing was decoded into it."""
    match go_type.kind:
        case "int" | "float" | "duration":
            return 0
        case "string":
            return ""
        case "bool":
            return False
        case "time":
            return _ZERO_TIME
        case "struct":
            return {}
        case _:
            return None


def lookup(data: Any, key: str) -> Any:
    """A field's JSON value; keys are compared as Go does, exactly first and then without regard to case."""
    if not isinstance(data, dict):
        return None
    if key in data:
        return data[key]
    folded = key.lower()
    for name, value in data.items():
        if name.lower() == folded:
            return value
    return None


def _encode_fields(go_type: GoType, data: Any, out: dict[str, Any]) -> None:
    for field in go_type.fields:
        inner = type_named(field.type_name)
        if field.embedded:
            struct = type_named(field.type_name.lstrip("*"))
            _encode_fields(struct, data, out)
            continue
        value = lookup(data, field.key)
        if field.optional and _empty(inner, value):
            continue
        out[field.key] = canonical(inner, value)


def _empty(go_type: GoType, value: Any) -> bool:
    """Whether ``omitempty`` leaves the value out."""
    if go_type.kind in ("struct", "time"):
        return False
    if go_type.kind in ("pointer", "any"):
        return value is None
    return not value


_ENTRY = re.compile(r"^(\S+):$")
_ALIAS = re.compile(r"^(\S+) = (\S+)$")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[Field, ...]], dict[str, str]]:
    structs: dict[str, tuple[Field, ...]] = {}
    aliases: dict[str, str] = {}
    bodies: dict[str, str] = {}
    current = ""
    for table in (client.SHAPES, swarm.SHAPES, containers.SHAPES, system.SHAPES, storage.SHAPES):
        for line in table.splitlines():
            if entry := _ENTRY.match(line):
                current = entry[1]
                bodies[current] = ""
            elif alias := _ALIAS.match(line):
                aliases[alias[1]] = alias[2]
            else:
                bodies[current] = f"{bodies.get(current, '')} {line.strip()}".strip()
    for name, body in bodies.items():
        if name:
            structs[name] = tuple(_field(text) for text in body.split(";") if text.strip())
    return structs, aliases


def _field(text: str) -> Field:
    words = text.split()
    if words[0].startswith("+"):
        type_name = words[0][1:]
        return Field(type_name.rsplit(".", 1)[-1].lstrip("*"), "", type_name, embedded=True)
    name, _, key = words[0].partition("=")
    type_name = words[1]
    return Field(name, key or name, type_name.removesuffix("?"), type_name.endswith("?"))
