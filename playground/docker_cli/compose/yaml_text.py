"""YAML as Go's yaml.v3 reads and writes it."""

import re
from typing import Any

import yaml

from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.numbers import format_duration

_MOST_NODES = 50_000
_OLD = re.compile(
    r"(?:[yY]|[nN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
)
"""Texts that YAML 1.1 takes for truth values or numbers to the base 60; they are written in quotes."""


class Duration(int):
    """Nanoseconds, written ``1m30s``."""


class Bytes(int):
    """A size, written as a quoted number."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of what is a number or a truth value: ``yes`` and ``22:22`` are texts."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _starts in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0b[01]+)$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        "-+0123456789.",
    ),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_starts))


def parse_yaml(text: str) -> dict[str, Any]:
    """A document whose top is a mapping.

    Raises:
        CommandFailed: it is no YAML, no mapping, or grows without measure through its aliases.
    """
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "did not find expected node content"
        raise CommandFailed(f"yaml: line {line}: {_in_go_words(problem)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CommandFailed(f"yaml: {error}") from None
    if not isinstance(document, dict):
        raise CommandFailed("top-level object must be a mapping")
    counter = [0]
    copied = _copied(document, counter, 0)
    assert isinstance(copied, dict)
    return copied


def _in_go_words(problem: str) -> str:
    """The complaint as the Go library words it."""
    if problem == "mapping values are not allowed here":
        return "mapping values are not allowed in this context"
    if problem.startswith("found character") and problem.endswith("that cannot start any token"):
        return "found character that cannot start any token"
    if problem.startswith("expected <block end>"):
        return "did not find expected key"
    return problem


def _copied(value: Any, counter: list[int], depth: int) -> Any:
    """A copy in which nothing is shared and all keys are texts."""
    counter[0] += 1
    if counter[0] > _MOST_NODES or depth > 100:
        raise CommandFailed("yaml: document contains excessive aliasing")
    if isinstance(value, dict):
        return {_key(key): _copied(item, counter, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item, counter, depth + 1) for item in value]
    return value


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if "\n" in value:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    tag = dumper.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    ambiguous = tag != "tag:yaml.org,2002:str" or bool(_OLD.fullmatch(value))
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if ambiguous else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Duration, lambda dumper, value: _text(dumper, format_duration(value)))
_Dumper.add_representer(Bytes, lambda dumper, value: _text(dumper, str(int(value))))


def write_yaml(document: Any) -> str:
    """Block style, two spaces, keys in their order."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1_000_000, allow_unicode=True))
