"""Checks a Compose file against the schema of version 3 and words the first thing that is wrong.

Source: docker/cli compose/schema/schema.go (how it chooses among errors).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.docker_cli.compose.schema import FILE, Either, Mapping, Sequence, Shape, Types
from playground.docker_cli.compose.versions import too_new
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import parse_duration
from playground.docker_cli.opts.ports import parse_mapping

DEFAULT_VERSION = "3.13"
_VERSIONS = tuple(f"3.{minor}" for minor in range(14))


@dataclass(frozen=True, slots=True)
class Problem:
    """``path`` is where (``services.web``), ``kind`` the schema's word for what."""

    path: tuple[str, ...]
    kind: str
    text: str
    expected: str = ""

    @property
    def where(self) -> str:
        return ".".join(self.path) or "(root)"


def version_of(document: dict[str, Any]) -> str:
    """The file's version; the newest where it names none, or just ``3``."""
    version = document.get("version", "")
    version = "<nil>" if version is None else str(version)
    return DEFAULT_VERSION if version in ("", "3") else version


def validate(document: dict[str, Any], version: str) -> None:
    """Check a file.

    Raises:
        CommandFailed: the version is unknown, or something does not fit; the most specific of all is told.
    """
    if version not in _VERSIONS:
        raise CommandFailed(f"unsupported Compose file version: {version}")
    problems = _check(FILE, document, ())
    problems += [_unknown(path[:-1], path[-1]) for path in too_new(document, version)]
    if not problems:
        return
    worst = 0
    for position, problem in enumerate(problems):
        before = problems[worst]
        if len(problem.path) > len(before.path) or (
            len(problem.path) == len(before.path) and problem.kind == "invalid_type" and before.kind != "invalid_type"
        ):
            worst = position
    chosen = problems[worst]
    text = chosen.text
    if chosen.kind == "invalid_type":
        text = f"must be a {_humanly(chosen.expected)}"
    elif chosen.kind == "number_one_of" and worst + 1 < len(problems):
        text = problems[worst + 1].text
    raise CommandFailed(f"{chosen.where} {text}")


def _humanly(expected: str) -> str:
    if expected.startswith("["):
        words = [_humanly(word) for word in expected[1:-1].split(",")]
        return f"{', '.join(words[:-1])} or {words[-1]}"
    return {"object": "mapping", "array": "list"}.get(expected, expected)


def _check(shape: Shape, value: Any, path: tuple[str, ...]) -> list[Problem]:
    match shape:
        case Types():
            return _check_type(shape, value, path)
        case Sequence():
            return _check_sequence(shape, value, path)
        case Either():
            return _check_either(shape, value, path)
        case Mapping():
            return _check_mapping(shape, value, path)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _wrong_type(expected: tuple[str, ...], value: Any, path: tuple[str, ...]) -> list[Problem]:
    wanted = expected[0] if len(expected) == 1 else f"[{','.join(expected)}]"
    return [Problem(path, "invalid_type", f"Invalid type. Expected: {wanted}, given: {_kind(value)}", wanted)]


def _fits(kind: str, names: tuple[str, ...]) -> bool:
    return not names or kind in names or (kind == "integer" and "number" in names)


def _is_duration(value: Any) -> bool:
    try:
        parse_duration(value)
    except FlagValueError:
        return False
    return True


def _is_ports(value: Any) -> bool:
    try:
        parse_mapping(str(value))
    except FlagValueError:
        return False
    return True


_FORMATS: dict[str, Callable[[Any], bool]] = {"duration": _is_duration, "ports": _is_ports}


def _check_type(shape: Types, value: Any, path: tuple[str, ...]) -> list[Problem]:
    if not _fits(_kind(value), shape.names):
        return _wrong_type(shape.names, value, path)
    if shape.choices and value not in shape.choices:
        allowed = ", ".join(f'"{choice}"' for choice in shape.choices)
        return [Problem(path, "enum", f"{'.'.join(path)} must be one of the following: {allowed}")]
    if shape.format and not _FORMATS[shape.format](value):
        return [Problem(path, "format", f"Does not match format '{shape.format}'")]
    return []


def _check_sequence(shape: Sequence, value: Any, path: tuple[str, ...]) -> list[Problem]:
    if not isinstance(value, list):
        return _wrong_type(("array",), value, path)
    problems: list[Problem] = []
    for position, item in enumerate(value):
        problems += _check(shape.item, item, (*path, str(position)))
    if shape.unique:
        for second, item in enumerate(value):
            if item in value[:second]:
                first = value.index(item)
                problems.append(Problem(path, "unique", f"array items[{first},{second}] must be unique"))
    return problems


def _check_either(shape: Either, value: Any, path: tuple[str, ...]) -> list[Problem]:
    attempts = [_check(each, value, path) for each in shape.shapes]
    if not all(attempts):
        return []
    best = next(
        (problems for problems in attempts if not any(p.kind == "invalid_type" and p.path == path for p in problems)),
        attempts[0],
    )
    return [Problem(path, "number_one_of", "Must validate one and only one schema (oneOf)"), *best]


def _unknown(path: tuple[str, ...], key: str) -> Problem:
    return Problem(path, "additional_property_not_allowed", f"Additional property {key} is not allowed")


def _check_mapping(shape: Mapping, value: Any, path: tuple[str, ...]) -> list[Problem]:
    if (value is None and shape.nullable) or (isinstance(value, bool) and shape.or_truth):
        return []
    if not isinstance(value, dict):
        also = (("boolean",) if shape.or_truth else (), ("null",) if shape.nullable else ())
        return _wrong_type((*also[0], "object", *also[1]), value, path)
    problems = [Problem(path, "required", f"{name} is required") for name in shape.required if name not in value]
    for key in sorted(value):
        inner = shape.fields.get(key)
        if inner is None:
            inner = next((each for pattern, each in shape.patterns.items() if re.search(pattern, key)), None)
        if inner is not None:
            problems += _check(inner, value[key], (*path, key))
        elif not shape.open:
            problems.append(_unknown(path, key))
    return problems
