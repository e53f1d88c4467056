"""Checks a Compose file against the schema of version 3 and words the first thing that is wrong.

Source: docker/cli compose/schema (its JSON schemas 3.0 to 3.13, and how it chooses among errors).
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Items
from dataclasses import dataclass, field
from typing import Any

from playground.docker_cli.compose.versions import too_new
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import parse_duration
from playground.docker_cli.opts.ports import parse_mapping

DEFAULT_VERSION = "3.13"
_VERSIONS = tuple(f"3.{minor}" for minor in range(14))


@dataclass(frozen=True, slots=True)
class Types:
    """A value of one of these JSON types, of a format where one is named, one of ``choices`` where there are any."""

    names: tuple[str, ...]
    format: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """``fields`` by name, others by pattern; anything else only when ``open``."""

    fields: "Items[str, Shape]" = field(default_factory=dict)
    patterns: "Items[str, Shape]" = field(default_factory=dict)
    required: tuple[str, ...] = ()
    open: bool = False
    nullable: bool = False
    or_truth: bool = False
    """A truth value will do as well."""


@dataclass(frozen=True, slots=True)
class Sequence:
    item: "Shape"
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    shapes: "tuple[Shape, ...]"


Shape = Types | Mapping | Sequence | Either


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


def _one(name: str) -> Types:
    return Types((name,))


_STRING, _INTEGER, _NUMBER, _BOOLEAN = _one("string"), _one("integer"), _one("number"), _one("boolean")
_DURATION = Types(("string",), "duration")
_ANY = Types(())
_STRINGS = Sequence(_STRING)
_UNIQUE = Sequence(_STRING, unique=True)
_STRING_OR_LIST = Either((_STRING, _UNIQUE))
_COMMAND = Either((_STRING, _STRINGS))
_LIST_OR_MAP = Either((Mapping(patterns={".+": Types(("string", "number", "null"))}), _UNIQUE))
_OPTIONS = Mapping(patterns={"^.+$": Types(("string", "number"))}, open=True)
_EXTRA = {"^x-": _ANY}
_EXTERNAL = Mapping({"name": _STRING}, open=True, or_truth=True)
_FILE_REFERENCE = Either(
    (
        _STRING,
        Mapping({"source": _STRING, "target": _STRING, "uid": _STRING, "gid": _STRING, "mode": _NUMBER}, open=True),
    )
)
_UPDATE = Mapping(
    {
        "parallelism": _INTEGER,
        "delay": _DURATION,
        "failure_action": _STRING,
        "monitor": _DURATION,
        "max_failure_ratio": _NUMBER,
        "order": Types(("string",), choices=("start-first", "stop-first")),
    }
)
_GENERIC = Sequence(Mapping({"discrete_resource_spec": Mapping({"kind": _STRING, "value": _NUMBER})}))
_DEPLOY = Mapping(
    {
        "mode": _STRING,
        "endpoint_mode": _STRING,
        "replicas": _INTEGER,
        "labels": _LIST_OR_MAP,
        "rollback_config": _UPDATE,
        "update_config": _UPDATE,
        "resources": Mapping(
            {
                "limits": Mapping({"cpus": _STRING, "memory": _STRING, "pids": _INTEGER}),
                "reservations": Mapping({"cpus": _STRING, "memory": _STRING, "generic_resources": _GENERIC}),
            }
        ),
        "restart_policy": Mapping(
            {"condition": _STRING, "delay": _DURATION, "max_attempts": _INTEGER, "window": _DURATION}
        ),
        "placement": Mapping(
            {
                "constraints": _STRINGS,
                "preferences": Sequence(Mapping({"spread": _STRING})),
                "max_replicas_per_node": _INTEGER,
            }
        ),
    },
    nullable=True,
)
_SERVICE = Mapping(
    {
        "deploy": _DEPLOY,
        "build": Either((_STRING, Mapping(open=True))),
        "cap_add": _UNIQUE,
        "cap_drop": _UNIQUE,
        "cgroupns_mode": _STRING,
        "cgroup_parent": _STRING,
        "command": _COMMAND,
        "configs": Sequence(_FILE_REFERENCE),
        "container_name": _STRING,
        "credential_spec": Mapping({"config": _STRING, "file": _STRING, "registry": _STRING}),
        "depends_on": _UNIQUE,
        "devices": _UNIQUE,
        "dns": _STRING_OR_LIST,
        "dns_search": _STRING_OR_LIST,
        "domainname": _STRING,
        "entrypoint": _COMMAND,
        "env_file": _STRING_OR_LIST,
        "environment": _LIST_OR_MAP,
        "expose": Sequence(Types(("string", "number")), unique=True),
        "external_links": _UNIQUE,
        "extra_hosts": _LIST_OR_MAP,
        "healthcheck": Mapping(
            {
                "disable": _BOOLEAN,
                "interval": _DURATION,
                "retries": _NUMBER,
                "test": _COMMAND,
                "timeout": _DURATION,
                "start_period": _DURATION,
                "start_interval": _DURATION,
            }
        ),
        "hostname": _STRING,
        "image": _STRING,
        "init": _BOOLEAN,
        "ipc": _STRING,
        "isolation": _STRING,
        "labels": _LIST_OR_MAP,
        "links": _UNIQUE,
        "logging": Mapping(
            {
                "driver": _STRING,
                "options": Mapping(patterns={"^.+$": Types(("string", "number", "null"))}, open=True),
            }
        ),
        "mac_address": _STRING,
        "network_mode": _STRING,
        "networks": Either(
            (
                _UNIQUE,
                Mapping(
                    patterns={
                        "^[a-zA-Z0-9._-]+$": Mapping(
                            {
                                "aliases": _UNIQUE,
                                "driver_opts": _OPTIONS,
                                "ipv4_address": _STRING,
                                "ipv6_address": _STRING,
                            },
                            nullable=True,
                        )
                    }
                ),
            )
        ),
        "pid": Types(("string", "null")),
        "ports": Sequence(
            Either(
                (
                    Types(("number",), "ports"),
                    Types(("string",), "ports"),
                    Mapping({"mode": _STRING, "target": _INTEGER, "published": _INTEGER, "protocol": _STRING}),
                )
            ),
            unique=True,
        ),
        "privileged": _BOOLEAN,
        "read_only": _BOOLEAN,
        "restart": _STRING,
        "security_opt": _UNIQUE,
        "shm_size": Types(("number", "string")),
        "secrets": Sequence(_FILE_REFERENCE),
        "sysctls": _LIST_OR_MAP,
        "stdin_open": _BOOLEAN,
        "stop_grace_period": _DURATION,
        "stop_signal": _STRING,
        "tmpfs": _STRING_OR_LIST,
        "tty": _BOOLEAN,
        "ulimits": Mapping(
            patterns={
                "^[a-z]+$": Either((_INTEGER, Mapping({"hard": _INTEGER, "soft": _INTEGER}, required=("soft", "hard"))))
            },
            open=True,
        ),
        "oom_score_adj": _INTEGER,
        "user": _STRING,
        "userns_mode": _STRING,
        "volumes": Sequence(
            Either(
                (
                    _STRING,
                    Mapping(
                        {
                            "type": _STRING,
                            "source": _STRING,
                            "target": _STRING,
                            "read_only": _BOOLEAN,
                            "consistency": _STRING,
                            "bind": Mapping({"propagation": _STRING}, open=True),
                            "volume": Mapping({"nocopy": _BOOLEAN, "subpath": _STRING}, open=True),
                            "image": Mapping({"subpath": _STRING}, open=True),
                            "tmpfs": Mapping({"size": _INTEGER}, open=True),
                            "cluster": Mapping(open=True),
                        },
                        required=("type",),
                    ),
                )
            )
        ),
        "working_dir": _STRING,
    },
    _EXTRA,
)
_NETWORK = Mapping(
    {
        "name": _STRING,
        "driver": _STRING,
        "driver_opts": _OPTIONS,
        "ipam": Mapping({"driver": _STRING, "config": Sequence(Mapping({"subnet": _STRING}))}),
        "external": _EXTERNAL,
        "internal": _BOOLEAN,
        "attachable": _BOOLEAN,
        "labels": _LIST_OR_MAP,
    },
    _EXTRA,
    nullable=True,
)
_VOLUME = Mapping(
    {
        "name": _STRING,
        "driver": _STRING,
        "driver_opts": _OPTIONS,
        "external": _EXTERNAL,
        "labels": _LIST_OR_MAP,
    },
    _EXTRA,
    nullable=True,
)
_CONFIG_FIELDS: dict[str, Shape] = {
    "name": _STRING,
    "file": _STRING,
    "external": _EXTERNAL,
    "labels": _LIST_OR_MAP,
    "template_driver": _STRING,
}
_SECRET = Mapping({**_CONFIG_FIELDS, "driver": _STRING, "driver_opts": _OPTIONS}, _EXTRA)
_NAME = "^[a-zA-Z0-9._-]+$"
_ROOT = Mapping(
    {
        "version": _STRING,
        "services": Mapping(patterns={_NAME: _SERVICE}),
        "networks": Mapping(patterns={_NAME: _NETWORK}, open=True),
        "volumes": Mapping(patterns={_NAME: _VOLUME}),
        "secrets": Mapping(patterns={_NAME: _SECRET}),
        "configs": Mapping(patterns={_NAME: Mapping(_CONFIG_FIELDS, _EXTRA)}),
    },
    _EXTRA,
)


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
    problems = _check(_ROOT, document, ())
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
