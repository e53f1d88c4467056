"""Placeholders in a service's container spec: ``{{.Service.Name}}``, ``{{.Node.Hostname}}`` and their like.

Only what Swarm's documentation offers is understood: fields of ``Context``, text and
number literals, and the functions ``join``, ``index``, ``print`` and ``len``, with ``|``
between them. Branches and loops are refused.

Source: swarmkit ``template/{context,expand,template}.go``; Go ``text/template``.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.swarm.model import Node, Spec, Task

_ACTION = re.compile(r"\{\{(-\s)?\s*(.*?)\s*(\s-)?\}\}", re.DOTALL)
_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|[|()]|[^\s|()"`]+')
_NUMBER = re.compile(r"[+-]?\d+")
_KEYWORDS = ("if", "else", "end", "range", "with", "define", "block", "template", "break", "continue")
_STRUCTS = {
    "": "*template.Context",
    ".Service": "struct { ID string; Name string; Labels map[string]string }",
    ".Node": "struct { ID string; Hostname string; Platform template.Platform }",
    ".Node.Platform": "template.Platform",
    ".Task": "struct { ID string; Name string; Slot string }",
}


class TemplateError(Exception):
    """The template cannot be read or executed; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a template may name, by dotted path; a value that is a mapping may be looked into."""

    values: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """More functions than every template has; what they cannot do they raise as ``KeyError``."""

    @staticmethod
    def of(task: Task, node: Node | None, functions: Mapping[str, Callable[..., Any]] | None = None) -> "Context":
        """The values of a task on its node."""
        platform = ((node.description or {}).get("Platform") or {}) if node else {}
        return Context(
            {
                ".Service.ID": task.service_id,
                ".Service.Name": task.service_name,
                ".Service.Labels": task.service_labels,
                ".Node.ID": task.node_id,
                ".Node.Hostname": node.hostname if node else "",
                ".Node.Platform.Architecture": platform.get("Architecture", ""),
                ".Node.Platform.OS": platform.get("OS", ""),
                ".Task.ID": task.id,
                ".Task.Name": task.full_name,
                ".Task.Slot": str(task.slot or task.node_id),
            },
            functions or {},
        )

    def expand(self, text: str) -> str:
        """Fill the placeholders in.

        Raises:
            TemplateError: the text is no template, or names what there is not.
        """
        if "{{" not in text:
            return text
        parts: list[str] = []
        at = 0
        for action in _ACTION.finditer(text):
            before = text[at : action.start()]
            if action[1]:
                before = before.rstrip()
            parts.append(before)
            if not action[2].startswith("/*"):
                offset = action.start(2) - (text.rfind("\n", 0, action.start(2)) + 1)
                line = text.count("\n", 0, action.start(2)) + 1
                parts.append(_text(_Pipeline(action[2], line, offset, self).value()))
            at = action.end()
            if action[3]:
                at += len(text[at:]) - len(text[at:].lstrip())
        if "{{" in text[at:]:
            line = text.count("\n", 0, text.index("{{", at)) + 1
            raise TemplateError(f"template: expansion:{line}: unclosed action")
        return "".join([*parts, text[at:]])


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{value[key]}" for key in sorted(value)) + "]"
    return str(value)


class _Pipeline:
    """One action, as words."""

    def __init__(self, source: str, line: int, offset: int, context: Context) -> None:
        self._source = source
        self._line = line
        self._offset = offset
        self._context = context
        self._words = [(word.start(), word[0]) for word in _WORD.finditer(source)]
        if not self._words:
            raise TemplateError(f"template: expansion:{line}: missing value for command")
        self._next = 0

    def value(self) -> Any:
        value = self._commands()
        if self._next < len(self._words):
            raise TemplateError(f"template: expansion:{self._line}: unexpected right paren")
        return value

    def _commands(self) -> Any:
        value = self._command()
        while self._peek() == "|":
            self._next += 1
            value = self._command(value)
        return value

    def _peek(self) -> str:
        return self._words[self._next][1] if self._next < len(self._words) else ""

    def _command(self, *piped: Any) -> Any:
        word = self._peek()
        if word in ("", "|", ")"):
            raise TemplateError(f"template: expansion:{self._line}: missing value for command")
        if not (word[0].isalpha() and word not in ("true", "false")):
            value = self._operand()
            if piped or self._peek() not in ("", "|", ")"):
                raise TemplateError(
                    f'template: expansion:{self._line}:{self._offset}: executing "expansion" at <{word}>: '
                    f"can't give argument to non-function {word}"
                )
            return value
        at = self._words[self._next][0]
        self._next += 1
        if word in _KEYWORDS:
            raise TemplateError(f"template: expansion:{self._line}: {{{{{word}}}}} is not emulated")
        function = _FUNCTIONS.get(word) or self._context.functions.get(word)
        if function is None:
            raise TemplateError(f'template: expansion:{self._line}: function "{word}" not defined')
        arguments = []
        while self._peek() not in ("", "|", ")"):
            arguments.append(self._operand())
        try:
            return function(*arguments, *piped)
        except (TypeError, KeyError, IndexError) as error:
            last_at, last = self._words[self._next - 1]
            raise TemplateError(
                f'template: expansion:{self._line}:{self._offset + at}: executing "expansion" at '
                f"<{self._source[at : last_at + len(last)]}>: error calling {word}: {error.args[0]}"
            ) from None

    def _operand(self) -> Any:
        at, word = self._words[self._next]
        self._next += 1
        if word == "(":
            value = self._commands()
            if self._peek() != ")":
                raise TemplateError(f"template: expansion:{self._line}: unclosed left paren")
            self._next += 1
            return value
        if word[0] == ".":
            return self._field(at, word)
        if word[0] == '"':
            return json.loads(word)
        if word[0] == "`":
            return word[1:-1]
        if _NUMBER.fullmatch(word):
            return int(word)
        if word in ("true", "false"):
            return word
        raise TemplateError(f'template: expansion:{self._line}: function "{word}" not defined')

    def _field(self, at: int, path: str) -> Any:
        values = self._context.values
        if path in values:
            return values[path]
        done = ""
        for name in path.split(".")[1:]:
            parent = values.get(done)
            if isinstance(parent, Mapping):
                if name not in parent:
                    raise self._failed(at, path, done, f"map has no entry for key {json.dumps(name)}")
                return parent[name]
            reached = f"{done}.{name}"
            if reached not in values and reached not in _STRUCTS:
                kind = _STRUCTS.get(done, "string")
                raise self._failed(at, path, done, f"can't evaluate field {name} in type {kind}")
            done = reached
        return {key.removeprefix(f"{done}."): _text(value) for key, value in values.items() if key.startswith(done)}

    def _failed(self, at: int, path: str, done: str, why: str) -> TemplateError:
        column = self._offset + at + len(done)
        return TemplateError(f'template: expansion:{self._line}:{column}: executing "expansion" at <{path}>: {why}')


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        value = value.get(key, "") if isinstance(value, Mapping) else value[key]
    return value


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "join": lambda separator, *parts: str(separator).join(str(part) for part in parts),
    "index": _index,
    "print": lambda *parts: "".join(_text(part) for part in parts),
    "len": len,
}


_SAMPLE = Context.of(Task(id="", service_id="serviceid", service_name="servicename", slot=1, node_id="nodeid"), None)


def check_container(container: Spec) -> None:
    """Check the templates of a container spec by filling them in once.

    Raises:
        TemplateError: one of them is bad; the text says which.
    """
    expand_container(container, _SAMPLE)


def expand_container(container: Spec, context: Context) -> dict[str, Any]:
    """Return the container spec with environment, mounts and hostname filled in.

    Raises:
        TemplateError: a template is bad; the text says which.
    """
    expanded = dict(container)
    if container.get("Env"):
        expanded["Env"] = [_env(each, context) for each in container["Env"]]
    if container.get("Mounts"):
        expanded["Mounts"] = [_mount(each, context) for each in container["Mounts"]]
    if container.get("Hostname"):
        expanded["Hostname"] = _expand(container["Hostname"], context, "expanding hostname failed")
    return expanded


def _expand(text: str, context: Context, doing: str) -> str:
    try:
        return context.expand(text)
    except TemplateError as error:
        raise TemplateError(f"{doing}: {error}") from None


def _env(entry: str, context: Context) -> str:
    name, equals, value = entry.partition("=")
    return name + equals + _expand(value, context, f"expanding env failed: expanding env {json.dumps(entry)}")


def _mount(mount: Spec, context: Context) -> dict[str, Any]:
    expanded = dict(mount)
    for key in ("Source", "Target"):
        if mount.get(key):
            doing = f"expanding mounts failed: expanding mount {key.lower()} {json.dumps(mount[key])}"
            expanded[key] = _expand(mount[key], context, doing)
    options = mount.get("VolumeOptions")
    if options is not None and options.get("Labels"):
        labels = {key: _expand_entry(key, value, context) for key, value in options["Labels"].items()}
        expanded["VolumeOptions"] = {**options, "Labels": labels}
    return expanded


def _expand_entry(key: str, value: str, context: Context) -> str:
    doing = "expanding mounts failed: expanding volume labels: expanding map entry "
    return _expand(value, context, f"{doing}{json.dumps(key)}={json.dumps(value)}")
