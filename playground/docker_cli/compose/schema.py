"""What a Compose file of version 3 may hold.

Source: docker/cli compose/schema (its JSON schemas 3.0 to 3.13).
"""

from collections.abc import Mapping as Items
from dataclasses import dataclass, field


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
FILE = Mapping(
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
