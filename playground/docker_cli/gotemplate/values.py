"""Values in a running template: JSON data that knows its Go type, and rows that have methods.

Source: Go reflect and text/template/exec.go.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.docker_cli.flags.numbers import format_duration
from playground.docker_cli.formatter.instants import go_time, parse_instant
from playground.docker_cli.gotemplate.floats import go_float
from playground.docker_cli.gotemplate.time_layouts import DAYS, MONTHS
from playground.docker_cli.wire.shapes import GoType, canonical, lookup, type_named, zero


@dataclass(frozen=True, slots=True)
class Value:
    """JSON ``data`` seen as ``type``."""

    type: GoType
    data: Any


@dataclass(frozen=True, slots=True)
class Row:
    """An object that has methods instead of data: one line of a table.

    ``embedded`` lends its fields. A ``header`` answers unknown names with no value instead of an error.
    """

    type_name: str
    methods: Mapping[str, Callable[..., Any]]
    embedded: Value | None = None
    header: bool = False
    hidden: tuple[str, ...] = field(default=())
    """Methods that take arguments, which JSON output leaves out."""
    is_struct: bool = False
    """JSON output has a structure's fields in their order; the methods of a row it sorts by name."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """Nothing at all: a missing key of a map."""


NO_VALUE = NoValue()
Any_ = Value | Row | NoValue


def reflect(data: Any) -> Any_:
    """A Python value with the Go type that it stands for."""
    match data:
        case Value() | Row() | NoValue():
            return data
        case None:
            return Value(type_named("any"), None)
        case bool():
            return Value(type_named("bool"), data)
        case int():
            return Value(type_named("int"), data)
        case float():
            return Value(type_named("float64"), data)
        case str():
            return Value(type_named("string"), data)
        case list() | tuple():
            return Value(type_named("[]string" if all(isinstance(item, str) for item in data) else "[]any"), list(data))
        case _:
            strings = all(isinstance(item, str) for item in data.values())
            return Value(type_named("map[string]string" if strings else "map[string]any"), data)


def typed(name: str, data: Any) -> Value:
    """JSON data seen as the named type."""
    return Value(type_named(name), data)


def raw(data: Any) -> Any_:
    """JSON data without a type, as a decoder without one makes it."""
    return unwrapped(Value(type_named("any"), data))


def unwrapped(value: Any_) -> Any_:
    """What an interface holds; other values as they are."""
    if not isinstance(value, Value) or value.type.kind != "any" or value.data is None:
        return value
    if isinstance(value.data, dict):
        return Value(type_named("map[string]any"), value.data)
    if isinstance(value.data, list):
        return Value(type_named("[]any"), value.data)
    return reflect(value.data)


def pointed(value: Any_) -> Any_:
    """What a pointer points to; a nil pointer and other values as they are."""
    value = unwrapped(value)
    while isinstance(value, Value) and value.type.kind == "pointer" and value.data is not None:
        value = unwrapped(Value(type_named(value.type.element), value.data))
    return value


def is_nil(value: Any_) -> bool:
    return isinstance(value, Value) and value.data is None and value.type.kind in ("pointer", "any", "slice", "map")


def kind(value: Any_) -> str:
    """The Go kind, with times as structs and durations as integers."""
    if isinstance(value, Value):
        return {"time": "struct", "duration": "int", "bytes": "slice"}.get(value.type.kind, value.type.kind)
    return "pointer" if isinstance(value, Row) else "invalid"


def type_name(value: Any_) -> str:
    if isinstance(value, Value):
        return value.type.name.replace("]any", "]interface {}") if value.type.name != "any" else "interface {}"
    return value.type_name if isinstance(value, Row) else "<nil>"


def content(value: Any_) -> Any:
    """The data, with the zero value of its type for what was left out."""
    if not isinstance(value, Value):
        return None
    return zero(value.type) if value.data is None else value.data


def items(value: Value) -> list[Any_]:
    """The elements of a slice."""
    element = type_named(value.type.element or "uint8")
    return [Value(element, item) for item in (value.data or [])]


def entries(value: Value) -> list[tuple[Any_, Any_]]:
    """Keys and values of a map, sorted by key."""
    key_type, element = type_named(value.type.key or "string"), type_named(value.type.element)
    data = value.data or {}
    return [(Value(key_type, key), Value(element, data[key])) for key in sorted(data)]


def member(value: Value, name: str) -> Value | None:
    """A field of a struct by its Go name; None when it has none of that name."""
    way = value.type.field(name)
    if way is None:
        return None
    data = value.data
    for step in way:
        if not step.embedded:
            data = lookup(data, step.key)
    return Value(type_named(way[-1].type_name), data)


def truth(value: Any_) -> bool:
    """Whether ``if`` takes the value for true.

    Source: text/template exec.go (IsTrue).
    """
    if isinstance(value, Row):
        return True
    if isinstance(value, NoValue):
        return False
    if value.type.kind in ("struct", "time"):
        return True
    if value.type.kind == "pointer":
        return value.data is not None
    value = unwrapped(value)
    return bool(content(value)) if isinstance(value, Value) and value.type.kind != "any" else not is_nil(value)


def shown(value: Any_, top: bool = True, named: bool = False) -> str:
    """The value as Go's ``%v`` prints it, or as ``%+v`` does with ``named``: the fields of structs with their names."""
    if isinstance(value, NoValue):
        return "<no value>" if top else "<nil>"
    if isinstance(value, Row):
        return "&{}"
    value = unwrapped(value)
    if not isinstance(value, Value):
        return shown(value, top, named)
    data = content(value)
    match value.type.kind:
        case "bool":
            return "true" if data else "false"
        case "float":
            return go_float(float(data))
        case "bytes":
            return "[" + " ".join(str(byte) for byte in octets(data)) + "]"
        case "slice":
            return "[" + " ".join(shown(item, False, named) for item in items(value)) + "]"
        case "map":
            pairs = (f"{shown(key)}:{shown(item, False, named)}" for key, item in entries(value))
            return "map[" + " ".join(pairs) + "]"
        case "pointer":
            if data is None:
                return "<nil>"
            target = Value(type_named(value.type.element), data)
            if has_string(target):
                return shown(target)
            if target.type.kind in ("struct", "slice", "map"):
                return "&" + shown(target, False, named) if top else "0xc000123450"
            return shown(target) if top else "0xc000123458"
        case "any":
            return "<nil>"
        case _ if has_string(value):
            return _said(value)
        case "struct":
            return "{" + " ".join(_fields_shown(value, named)) + "}"
        case _:
            return str(data)


def has_string(value: Value) -> bool:
    """Whether the type has a ``String`` method, which Go's printing asks first."""
    return value.type.kind in ("duration", "time") or value.type.name in (
        "fs.FileMode", "swarm.Version", "time.Month", "time.Weekday"
    )  # fmt: skip


def _said(value: Value) -> str:
    """What the ``String`` method of a value says."""
    data = content(value)
    match value.type.name:
        case "fs.FileMode":
            return file_mode(int(data))
        case "swarm.Version":
            return str(lookup(data, "Index") or 0)
        case "time.Month":
            return MONTHS[int(data) - 1]
        case "time.Weekday":
            return DAYS[int(data)]
    return format_duration(int(data)) if value.type.kind == "duration" else go_time(parse_instant(str(data)))


def file_mode(bits: int) -> str:
    """A file mode as Go prints it: ``-r--r--r--``.

    Source: Go io/fs (FileMode.String).
    """
    special = "".join(letter for at, letter in enumerate("dalTLDpSugct?") if bits >> (31 - at) & 1)
    return (special or "-") + "".join(letter if bits >> (8 - at) & 1 else "-" for at, letter in enumerate("rwxrwxrwx"))


def encodable(value: Any_) -> Any:
    """The value as Go's JSON encoder sees it."""
    if isinstance(value, Value):
        if isinstance(value.data, list) and any(isinstance(item, Row) for item in value.data):
            return [encodable(reflect(item)) for item in value.data]
        return canonical(value.type, value.data)
    if isinstance(value, Row):
        names = [name for name in value.methods if name not in value.hidden]
        shown_names = names if value.is_struct else sorted(names)
        return {name: encodable(reflect(value.methods[name]())) for name in shown_names}
    return None


def _fields_shown(value: Value, named: bool) -> list[str]:
    out = []
    for item in value.type.fields:
        inner = type_named(item.type_name)
        data = value.data if item.embedded else lookup(value.data, item.key)
        text = shown(Value(inner, data), False, named)
        out.append(f"{item.name}:{text}" if named else text)
    return out


def octets(data: Any) -> bytes:
    """The bytes that JSON carries in base 64."""
    if isinstance(data, bytes):
        return data
    return b64decode(data or "")
