"""All kinds of checks, how they are read from YAML, and their JSON Schema for editors."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from playground.lessons import command_checks, membership_checks, service_checks, store_checks
from playground.lessons.check import KINDS, Check, CheckError, Command, Verdict, View

__all__ = ["KINDS", "Check", "CheckError", "Command", "Verdict", "View", "check_schema", "machines_of", "parse_check"]

MODULES = (membership_checks, service_checks, store_checks, command_checks)
"""Where the kinds are defined; importing them is what fills ``KINDS``."""

_COMMON_FIELDS = ("text", "then")
_MACHINE_FIELDS = ("node", "other_than", "alone")


def parse_check(data: Any) -> Check:
    """Make a check from its YAML form: ``{kind: {field: value, ...}, text: ...}``.

    Raises:
        CheckError: unknown kind or field, a field is missing, or a value is of the wrong type.
    """
    if isinstance(data, Check):
        return data
    if not isinstance(data, dict):
        raise CheckError(f"a check is a mapping with one kind, not {data!r}")
    rest = dict(data)
    text, then = rest.pop("text", ""), rest.pop("then", False)
    if not isinstance(text, str) or not isinstance(then, bool):
        raise CheckError("of a check `text` is a sentence and `then` is true or false")
    if len(rest) != 1:
        raise CheckError(f"a check has one kind (of {', '.join(sorted(KINDS))}), not {sorted(rest)}")
    ((kind, given),) = rest.items()
    if kind not in KINDS:
        raise CheckError(f"there is no check {kind!r}; there are {', '.join(sorted(KINDS))}")
    if not isinstance(given, dict):
        raise CheckError(f"check {kind}: its fields are a mapping, not {given!r}")
    cls = KINDS[kind]
    known = [_yaml_name(field) for field in _fields_of(cls)]
    for name in given:
        if name not in known:
            raise CheckError(f"check {kind}: there is no field {name!r}; there are {', '.join(known)}")
    hints = get_type_hints(cls)
    values = {}
    for field in _fields_of(cls):
        name = _yaml_name(field)
        if name not in given:
            if field.default is MISSING:
                raise CheckError(f"check {kind}: {name!r} is missing")
            continue
        try:
            values[field.name] = TypeAdapter(hints[field.name]).validate_python(given[name], strict=True)
        except ValidationError as error:
            raise CheckError(f"check {kind}: {name}: {error.errors()[0]['msg']}, not {given[name]!r}") from None
    return cls(**values, text=text, then=then)


def check_schema() -> dict[str, Any]:
    """The JSON Schema of one check: exactly one kind, with its fields."""
    return {"oneOf": [_kind_schema(name, cls) for name, cls in sorted(KINDS.items())]}


def _kind_schema(name: str, cls: type[Check]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    doc = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
    own: dict[str, Any] = {"type": "object", "additionalProperties": False, "description": doc, "properties": {}}
    for field in _fields_of(cls):
        own["properties"][_yaml_name(field)] = TypeAdapter(hints[field.name]).json_schema()
    required = [_yaml_name(field) for field in _fields_of(cls) if field.default is MISSING]
    if required:
        own["required"] = required
    text = {"type": "string", "description": "What the learner reads; a sentence is made when it is left out."}
    then = {"type": "boolean", "description": "Look at it only once the checks before it in the step are met."}
    return {
        "type": "object",
        "properties": {name: own, "text": text, "then": then},
        "required": [name],
        "additionalProperties": False,
    }


def machines_of(check: Check) -> Iterator[str]:
    """The machines that a check names (those of a pattern aside)."""
    for field in _fields_of(type(check)):
        if field.name in _MACHINE_FIELDS:
            value = getattr(check, field.name)
            yield from [value] if isinstance(value, str) and value else value or []


def _fields_of(cls: type[Check]) -> list["Field[Any]"]:
    return [field for field in fields(cls) if field.name not in _COMMON_FIELDS]


def _yaml_name(field: "Field[Any]") -> str:
    return {"is_": "is"}.get(field.name, field.name)
