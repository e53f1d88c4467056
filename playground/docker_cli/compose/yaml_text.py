"""YAML as Go's yaml.v3 reads and writes it."""

import re
from typing import Any

import yaml

from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.numbers import format_duration, quoted

_MOST_NODES = 50_000
_OLD = re.compile(
    r"(?:[yY]|[nN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
)
"""Texts that YAML 1.1 takes for truth values or numbers to the base 60; they are written in quotes."""


class Duration(int):
    """Nanoseconds, written ``1m30s``."""


class Bytes(int):
    """A size, written as a quoted number."""


class OddMapping(dict[str, Any]):
    """A mapping of which not all keys were texts; the Go library cannot write such a one as JSON."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of what is a number or a truth value: ``yes`` and ``22:22`` are texts."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._open: list[str] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse what contains itself."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # The stubs give it no types.
        anchor = event.anchor
        if isinstance(event, yaml.AliasEvent):
            if anchor in self._open:
                raise CommandFailed(f"yaml: anchor '{anchor}' value contains itself")
            return super().compose_node(parent, index)
        self._open.append(anchor)
        node = super().compose_node(parent, index)
        self._open.pop()
        return node


_RESOLVERS: tuple[tuple[str, str, Any], ...] = (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9_]*|0o?[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$", "-+0123456789"),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        "-+0123456789.",
    ),
    ("merge", r"^<<$", "<"),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _starts in _RESOLVERS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_starts))


def parse_yaml(text: str) -> dict[str, Any]:
    """The first document, whose top is a mapping.

    Raises:
        CommandFailed: it is no YAML, no mapping, or grows without measure through its aliases.
    """
    version = re.match(r"%YAML[ \t]+(\S+)", text)
    if version and version[1] != "1.1":
        raise CommandFailed("yaml: found incompatible YAML document")
    try:
        loader = _Loader(text if text.endswith("\n") else text + "\n")
        node = loader.get_node() if loader.check_node() else None
        if node is not None:
            _refuse_twice(node)
        document = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise CommandFailed(f"yaml: {_where(error)}{_in_go_words(error)}") from None
    except yaml.reader.ReaderError:
        raise CommandFailed("yaml: control characters are not allowed") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CommandFailed(f"yaml: {error}") from None
    counter = [0]
    copied = _copied(document, counter, 0)
    if not isinstance(copied, dict) or isinstance(copied, OddMapping):
        raise CommandFailed("top-level object must be a mapping")
    return copied


def _refuse_twice(top: yaml.Node) -> None:
    """Refuse keys that stand twice in a mapping; what is in such a mapping is not looked at."""
    complaints: list[str] = []
    seen: dict[int, None] = {}
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen[id(node)] = None
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
            continue
        before = len(complaints)
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                if key.value in lines:
                    twice = f"mapping key {quoted(key.value)} already defined at line {lines[key.value]}"
                    complaints.append(f"  line {line}: {twice}")
                lines.setdefault(key.value, line)
        if len(complaints) == before:
            waiting += [value for _, value in reversed(node.value)]
    if complaints:
        raise CommandFailed("yaml: unmarshal errors:\n" + "\n".join(complaints))


def _where(error: yaml.MarkedYAMLError) -> str:
    """The line as the Go library counts it: that of the context, from 0, unless a token itself is bad."""
    marks = (error.context_mark, error.problem_mark)
    line = next((mark.line for mark in marks if mark is not None and mark.line), 0)
    if isinstance(error, yaml.composer.ComposerError) or not line:
        return ""
    return f"line {line + isinstance(error, yaml.scanner.ScannerError)}: "


_WORDINGS = (
    (r"(?:mapping values|mapping keys|block sequence entries) are not allowed", r"\g<0> in this context"),
    (r"sequence entries are not allowed", "block sequence entries are not allowed in this context"),
    (r"found character .* that cannot start any token", "found character that cannot start any token"),
    (r"expected ('[,-].*|<document start>), but (?:found|got) .*", r"did not find expected \1"),
    (r"expected the node content, but .*", "did not find expected node content"),
    (r"found unknown escape character .*", "found unknown escape character"),
    (r"found undefined alias ('.*')", r"unknown anchor \1 referenced"),
)


def _in_go_words(error: yaml.MarkedYAMLError) -> str:
    """The complaint as the Go library words it."""
    problem = error.problem or "unknown problem parsing YAML content"
    if problem.startswith("expected <block end>"):
        return "did not find expected " + ("key" if "mapping" in (error.context or "") else "'-' indicator")
    for pattern, words in _WORDINGS:
        match = re.match(pattern, problem)
        if match:
            return match.expand(words)
    return problem


def _copied(value: Any, counter: list[int], depth: int) -> Any:
    """A copy in which nothing is shared and all keys are texts."""
    counter[0] += 1
    if counter[0] > _MOST_NODES or depth > 100:
        raise CommandFailed("yaml: document contains excessive aliasing")
    if isinstance(value, dict):
        pairs = {_key(key): _copied(item, counter, depth + 1) for key, item in value.items()}
        return pairs if all(isinstance(key, str) for key in value) else OddMapping(pairs)
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
    tag = dumper.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]  # As above.
    ambiguous = tag != "tag:yaml.org,2002:str" or bool(_OLD.fullmatch(value))
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if ambiguous else None)


_Dumper.yaml_implicit_resolvers = {}
_DAY = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?$"
for _tag, _pattern, _starts in (*_RESOLVERS, ("timestamp", _DAY, "0123456789")):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_starts))
_Dumper.add_representer(str, _text)
_Dumper.add_representer(Duration, lambda dumper, value: _text(dumper, format_duration(value)))
_Dumper.add_representer(Bytes, lambda dumper, value: _text(dumper, str(int(value))))


def write_yaml(document: Any) -> str:
    """Block style, two spaces, keys in their order."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1_000_000, allow_unicode=True))
