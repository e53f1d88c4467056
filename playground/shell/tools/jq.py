"""``jq``: filters JSON. The language as people use it, without modules, ``input``, streams and SQL-like extras."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.jq_functions import (
    MAX_ITEMS,
    ORDER_KEY,
    SIMPLE,
    JqFailed,
    add,
    compare,
    divide,
    formatted,
    keys,
    kind,
    length,
    matches,
    modulo,
    multiply,
    shown,
    subtract,
    to_text,
)
from playground.shell.tools.jq_parser import JqParser, JqSyntaxError, Tree
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import whole

MAX_STEPS: Final = 300_000
MAX_CALLS: Final = 50

Environment = dict[str, Any]
Path = list[Any]


_BINARY: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "==": lambda a, b: compare(a, b) == 0,
    "!=": lambda a, b: compare(a, b) != 0,
    "<": lambda a, b: compare(a, b) < 0,
    "<=": lambda a, b: compare(a, b) <= 0,
    ">": lambda a, b: compare(a, b) > 0,
    ">=": lambda a, b: compare(a, b) >= 0,
}


def _index(value: Any, key: Any) -> Any:
    if value is None and (key is None or isinstance(key, str | int | float | dict)):
        return None
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int | float) and not isinstance(key, bool):
        position = int(key // 1)
        position = position + len(value) if position < 0 else position
        return value[position] if 0 <= position < len(value) else None
    if isinstance(value, list | str) and isinstance(key, dict):
        start, end = key.get("start"), key.get("end")
        return value[None if start is None else int(start) : None if end is None else int(-(-end // 1))]
    named = f'"{key}"' if isinstance(key, str) else kind(key)
    raise JqFailed(f"Cannot index {kind(value)} with {'string ' if isinstance(key, str) else ''}{named}")


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise JqFailed(f"Cannot iterate over {kind(value) if value is None else shown(value)}")


def _with(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """``value`` with what is at ``path`` changed."""
    if not path:
        return change(value)
    key = path[0]
    if isinstance(key, dict):
        before = _index(value, key)
        start = int(key.get("start") or 0)
        end = key.get("end")
        stop = len(value or []) if end is None else int(end)
        return list(value or [])[:start] + list(_with(before, path[1:], change)) + list(value or [])[stop:]
    inner = _with(_index(value, key), path[1:], change)
    if isinstance(key, str):
        return {**(value or {}), key: inner}
    copy = list(value or [])
    position = int(key) + len(copy) if key < 0 else int(key)
    if position < 0:
        raise JqFailed("Out of bounds negative array index")
    if position > MAX_ITEMS:
        raise JqFailed("Array index too large")
    copy += [None] * (position + 1 - len(copy))
    copy[position] = inner
    return copy


def _without(value: Any, path: Path) -> Any:
    if len(path) > 1:
        return _with(value, path[:-1], lambda inner: None if inner is None else _without(inner, path[-1:]))
    key = path[0]
    if isinstance(value, dict):
        return {k: v for k, v in value.items() if k != key}
    if isinstance(value, list) and isinstance(key, int):
        position = key + len(value) if key < 0 else key
        return [v for i, v in enumerate(value) if i != position]
    if isinstance(value, list) and isinstance(key, dict):
        gone = range(len(value))[key.get("start") : key.get("end")]
        return [v for i, v in enumerate(value) if i not in gone]
    return value


class Filter:
    """Runs one filter. Values come lazily; ``MAX_STEPS`` bound the work on one input."""

    def __init__(self, tree: Tree, variables: Environment) -> None:
        self._tree = tree
        self._variables = variables
        self._steps = 0
        self._calls = 0

    def run(self, value: Any) -> Iterator[Any]:
        self._steps = 0
        for _, result in self._eval(self._tree, ([], value), self._variables):
            yield result

    def _values(self, tree: Tree, value: Any, env: Environment) -> Iterator[Any]:
        for _, result in self._eval(tree, (None, value), env):
            yield result

    def _eval(self, tree: Tree, at: tuple[Path | None, Any], env: Environment) -> Iterator[tuple[Path | None, Any]]:
        """Results with the paths they are at; None for what is no part of the input."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise JqFailed("the filter takes too long")
        _, value = at
        match tree:
            case ("identity",):
                yield at
            case ("literal", constant):
                yield None, constant
            case ("pipe", left, right):
                for middle in self._eval(left, at, env):
                    yield from self._eval(right, middle, env)
            case ("comma", left, right):
                yield from self._eval(left, at, env)
                yield from self._eval(right, at, env)
            case ("index", source, index):
                for key in list(self._values(index, value, env)):
                    for base, inner in self._eval(source, at, env):
                        yield _joined(base, key), _index(inner, key)
            case ("iterate", source):
                for base, inner in self._eval(source, at, env):
                    names = list(inner) if isinstance(inner, dict) else range(len(_items(inner)))
                    for key, item in zip(names, _items(inner), strict=True):
                        yield _joined(base, key), item
            case ("slice", source, low, high):
                yield from self._slice(source, low, high, at, env)
            case ("variable", name):
                if name == "__loc__" or name not in env:
                    raise JqSyntaxError(f"${name} is not defined")
                yield None, env[name]
            case ("array", inner):
                yield None, list(self._values(inner, value, env))
            case ("object", entries):
                yield from ((None, made) for made in self._objects(entries, 0, {}, value, env))
            case ("string", how, parts):
                yield from ((None, text) for text in self._strings(how, parts, 0, "", value, env))
            case ("format", how):
                yield None, formatted(how, value)
            case ("negate", operand):
                for number in self._values(operand, value, env):
                    if kind(number) != "number":
                        raise JqFailed(f"{shown(number)} cannot be negated")
                    yield None, -number
            case ("if", condition, then, otherwise):
                for holds in self._values(condition, value, env):
                    yield from self._eval(otherwise if holds is None or holds is False else then, at, env)
            case ("try", body, handler):
                try:
                    yield from self._eval(body, at, env)
                except JqFailed as error:
                    if handler is not None:
                        yield from self._eval(handler, (None, error.value), env)
            case ("as", source, pattern, body):
                for bound in self._values(source, value, env):
                    yield from self._eval(body, at, {**env, **_bindings(pattern, bound)})
            case ("reduce" | "foreach", source, pattern, parts):
                yield from self._fold(tree, value, env)
            case ("def", name, parameters, body, rest):
                function = (parameters, body, env)
                inner_env = {**env, f"{name}/{len(parameters)}": function}
                inner_env[f"{name}/{len(parameters)}"] = (parameters, body, inner_env)
                yield from self._eval(rest, at, inner_env)
            case ("binary", operator, left, right):
                yield from self._binary(operator, left, right, at, env)
            case ("call", name, arguments):
                yield from self._call(name, arguments, at, env)

    def _slice(
        self, source: Tree, low: Tree | None, high: Tree | None, at: tuple[Path | None, Any], env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        lows = [None] if low is None else list(self._values(low, at[1], env))
        highs = [None] if high is None else list(self._values(high, at[1], env))
        for base, inner in self._eval(source, at, env):
            for last in highs:
                for first in lows:
                    key = {"start": first, "end": last}
                    yield _joined(base, key), _index(inner, key)

    def _objects(
        self, entries: list[tuple[Tree, Tree]], index: int, sofar: dict[str, Any], value: Any, env: Environment
    ) -> Iterator[dict[str, Any]]:
        if index == len(entries):
            yield sofar
            return
        key_tree, value_tree = entries[index]
        for key in self._values(key_tree, value, env):
            if not isinstance(key, str):
                raise JqFailed(f"Object keys must be strings, not {shown(key)}")
            for item in self._values(value_tree, value, env):
                yield from self._objects(entries, index + 1, {**sofar, key: item}, value, env)

    def _strings(
        self, how: str, parts: list[Any], index: int, sofar: str, value: Any, env: Environment
    ) -> Iterator[str]:
        if index == len(parts):
            yield sofar
            return
        if isinstance(parts[index], str):
            yield from self._strings(how, parts, index + 1, sofar + parts[index], value, env)
            return
        for item in self._values(parts[index], value, env):
            yield from self._strings(how, parts, index + 1, sofar + formatted(how, item), value, env)

    def _fold(self, tree: Tree, value: Any, env: Environment) -> Iterator[tuple[Path | None, Any]]:
        how, source, pattern, parts = tree
        for state in self._values(parts[0], value, env):
            for item in self._values(source, value, env):
                bound = {**env, **_bindings(pattern, item)}
                last = None
                for last in self._values(parts[1], state, bound):
                    if how == "foreach":
                        if len(parts) > 2:
                            yield from self._eval(parts[2], (None, last), bound)
                        else:
                            yield None, last
                state = last
            if how == "reduce":
                yield None, state

    def _binary(
        self, operator: str, left: Tree, right: Tree, at: tuple[Path | None, Any], env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        value = at[1]
        if operator == "//":
            found = False
            try:
                for result in self._eval(left, at, env):
                    if result[1] is not None and result[1] is not False:
                        found = True
                        yield result
            except JqFailed:
                pass
            if not found:
                yield from self._eval(right, at, env)
        elif operator in ("and", "or"):
            for a in self._values(left, value, env):
                holds = a is not None and a is not False
                if holds == (operator == "or"):
                    yield None, holds
                    continue
                for b in self._values(right, value, env):
                    yield None, b is not None and b is not False
        elif operator == "|=":
            yield None, self._update(left, value, env, lambda old: next(self._values(right, old, env), _GONE))
        elif operator == "=":
            for new in list(self._values(right, value, env)):
                yield None, self._update(left, value, env, lambda _, n=new: n)  # type: ignore[misc]
        elif operator.endswith("="):
            if operator in _BINARY:
                yield from self._computed(operator, left, right, value, env)
                return
            base = operator[:-1]
            for new in list(self._values(right, value, env)):
                if base == "//":
                    yield None, self._update(left, value, env, lambda o, n=new: n if o in (None, False) else o)  # type: ignore[misc]
                else:
                    yield None, self._update(left, value, env, lambda o, n=new: _BINARY[base](o, n))  # type: ignore[misc]
        else:
            yield from self._computed(operator, left, right, value, env)

    def _computed(
        self, operator: str, left: Tree, right: Tree, value: Any, env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        for b in self._values(right, value, env):
            for a in self._values(left, value, env):
                yield None, _BINARY[operator](a, b)

    def _paths(self, tree: Tree, value: Any, env: Environment) -> list[Path]:
        found: list[Path] = []
        for path, _ in self._eval(tree, ([], value), env):
            if path is None:
                raise JqFailed("Invalid path expression")
            found.append(path)
        return found

    def _update(self, target: Tree, value: Any, env: Environment, change: Callable[[Any], Any]) -> Any:
        gone: list[Path] = []

        def changed(path: Path, old: Any) -> Any:
            new = change(old)
            if new is _GONE:
                gone.append(path)
                return old
            return new

        for path in self._paths(target, value, env):
            value = _with(value, path, lambda old, p=path: changed(p, old))  # type: ignore[misc]
        for path in reversed(gone):
            value = _without(value, path)
        return value

    # Functions

    def _call(
        self, name: str, arguments: list[Tree], at: tuple[Path | None, Any], env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        value = at[1]
        own = env.get(f"{name}/{len(arguments)}")
        if own is not None:
            yield from self._call_own(own, arguments, at, env)
        elif not arguments and name in SIMPLE:
            try:
                yield None, SIMPLE[name](value)
            except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
                raise JqFailed(f"{shown(value)} cannot be used with {name}") from None
        elif len(arguments) == 1 and name in (
            "select",
            "recurse",
            "first",
            "path",
            "map",
            "map_values",
            "del",
            "paths",
        ):
            yield from self._by_filter(name, arguments[0], at, env)
        elif name == "recurse" and not arguments:
            yield from self._recurse(("try", ("iterate", ("identity",)), None), at, env)
        elif name == "empty" and not arguments:
            return
        else:
            yield from ((None, result) for result in self._plain_call(name, arguments, value, env))

    def _call_own(
        self, own: Any, arguments: list[Tree], at: tuple[Path | None, Any], env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        parameters, body, scope = own
        if self._calls >= MAX_CALLS:
            raise JqFailed("function calls nest too deep")
        inner: Environment = dict(scope)
        choices: list[Environment] = [inner]
        for parameter, argument in zip(parameters, arguments, strict=True):
            if parameter.startswith("$"):
                bound = list(self._values(argument, at[1], env))
                choices = [{**choice, parameter[1:]: item} for choice in choices for item in bound]
            else:
                choices = [{**choice, f"{parameter}/0": ([], argument, env)} for choice in choices]
        self._calls += 1
        try:
            for choice in choices:
                yield from self._eval(body, at, choice)
        finally:
            self._calls -= 1

    def _by_filter(
        self, name: str, argument: Tree, at: tuple[Path | None, Any], env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        value = at[1]
        match name:
            case "select":
                for holds in self._values(argument, value, env):
                    if holds is not None and holds is not False:
                        yield at
            case "recurse":
                yield from self._recurse(argument, at, env)
            case "first":
                for result in self._eval(argument, at, env):
                    yield result
                    return
            case "path":
                for path in self._paths(argument, value, env):
                    yield None, path
            case "paths":
                for path in self._paths(("call", "recurse", []), value, env):
                    inner = value
                    for key in path:
                        inner = _index(inner, key)
                    if path and next(self._values(argument, inner, env), False) not in (None, False):
                        yield None, path
            case "map":
                yield None, [result for item in _items(value) for result in self._values(argument, item, env)]
            case "map_values":
                if isinstance(value, dict):
                    pairs = [(key, next(self._values(argument, item, env), _GONE)) for key, item in value.items()]
                    yield None, {key: item for key, item in pairs if item is not _GONE}
                else:
                    yield None, [r for item in _items(value) for r in [*self._values(argument, item, env)][:1]]
            case "del":
                for path in sorted(self._paths(argument, value, env), key=ORDER_KEY, reverse=True):
                    value = _without(value, path) if path else None
                yield None, value

    def _recurse(
        self, argument: Tree, at: tuple[Path | None, Any], env: Environment, depth: int = 0
    ) -> Iterator[tuple[Path | None, Any]]:
        if depth > 100:
            raise JqFailed("value nests too deep")
        yield at
        for below in self._eval(argument, at, env):
            yield from self._recurse(argument, below, env, depth + 1)

    def _plain_call(self, name: str, arguments: list[Tree], value: Any, env: Environment) -> Iterator[Any]:
        def each(index: int) -> Iterator[Any]:
            return self._values(arguments[index], value, env)

        def ordered(index: int) -> list[tuple[Any, Any]]:
            if not isinstance(value, list):
                raise JqFailed(f"{shown(value)} cannot be sorted, as it is not an array")
            return [(list(self._values(arguments[index], item, env)), item) for item in value]

        match name, len(arguments):
            case "error", 0:
                raise JqFailed(value)
            case "error", 1:
                raise JqFailed(next(each(0), None))
            case "env", 0:
                yield env["ENV"]
            case "paths", 0:
                yield from (path for path in self._paths(("call", "recurse", []), value, env) if path)
            case "leaf_paths", 0:
                yield from self._values(("call", "paths", [("call", "scalar", [])]), value, env)
            case "scalar" | "scalars", 0:
                if name == "scalar":
                    yield not isinstance(value, list | dict)
                elif not isinstance(value, list | dict):
                    yield value
            case "arrays" | "objects" | "strings" | "numbers" | "booleans" | "nulls", 0:
                if kind(value) == name[:-1]:
                    yield value
            case "values", 0:
                if value is not None:
                    yield value
            case "now", 0:
                yield env["__now__"]
            case "ascii", 0:
                yield chr(value)
            case "has", 1:
                for key in each(0):
                    if isinstance(value, dict) == isinstance(key, str) and isinstance(value, dict | list):
                        yield key in value if isinstance(value, dict) else 0 <= key < len(value)
                    else:
                        raise JqFailed(f"Cannot check whether {kind(value)} has a {kind(key)} key")
            case "in", 1:
                for holder in each(0):
                    yield value in holder if isinstance(holder, dict) else 0 <= value < len(holder)
            case "contains" | "inside", 1:
                for other in each(0):
                    yield _contains(value, other) if name == "contains" else _contains(other, value)
            case "startswith" | "endswith" | "ltrimstr" | "rtrimstr", 1:
                yield from (_affix(name, value, other) for other in each(0))
            case "split", 1:
                for other in each(0):
                    yield divide(value, other)
            case "join", 1:
                for joint in each(0):
                    yield joint.join(
                        "" if i is None else i if isinstance(i, str) else to_text(i) for i in _items(value)
                    )
            case "range", 1 | 2 | 3:
                yield from self._range([list(each(index)) for index in range(len(arguments))])
            case "limit", 2:
                for count in each(0):
                    taken = 0
                    if count > 0:
                        for result in each(1):
                            yield result
                            taken += 1
                            if taken >= count:
                                break
            case "last", 1:
                results = list(each(0))
                yield from results[-1:]
            case "nth", 1 | 2:
                for number in each(0):
                    results = list(each(1)) if len(arguments) == 2 else _items(value)
                    yield from results[int(number) : int(number) + 1]
            case "until", 2:
                while next(self._values(arguments[0], value, env), None) in (None, False):
                    value = next(self._values(arguments[1], value, env))
                yield value
            case "sort_by", 1:
                yield [item for _, item in sorted(ordered(0), key=lambda pair: ORDER_KEY(pair[0]))]
            case "group_by" | "unique_by", 1:
                groups: list[tuple[Any, list[Any]]] = []
                for key, item in sorted(ordered(0), key=lambda pair: ORDER_KEY(pair[0])):
                    if groups and compare(groups[-1][0], key) == 0:
                        groups[-1][1].append(item)
                    else:
                        groups.append((key, [item]))
                yield [items if name == "group_by" else items[0] for _, items in groups]
            case "min_by" | "max_by", 1:
                pairs = sorted(ordered(0), key=lambda pair: ORDER_KEY(pair[0]))
                yield None if not pairs else pairs[0 if name == "min_by" else -1][1]
            case "any" | "all", 1:
                truths = [
                    r not in (None, False) for item in _items(value) for r in self._values(arguments[0], item, env)
                ]
                yield any(truths) if name == "any" else all(truths)
            case "with_entries", 1:
                made = [r for e in SIMPLE["to_entries"](value) for r in self._values(arguments[0], e, env)]
                yield SIMPLE["from_entries"](made)
            case "add", 1:
                total: Any = None
                for item in each(0):
                    total = add(total, item)
                yield total
            case "flatten", 1:
                for depth in each(0):
                    flat = list(value)
                    for _ in range(min(int(depth), 50)):
                        flat = [x for item in flat for x in (item if isinstance(item, list) else [item])]
                    yield flat
            case "index" | "rindex" | "indices", 1:
                for other in each(0):
                    yield _positions(name, value, other)
            case "test" | "match" | "capture" | "scan" | "splits" | "sub" | "gsub", _:
                yield from self._regular(name, arguments, value, env)
            case "getpath", 1:
                for path in each(0):
                    inner = value
                    for key in path:
                        inner = _index(inner, key)
                    yield inner
            case "setpath", 2:
                for path in each(0):
                    for new in each(1):
                        yield _with(value, path, lambda _, n=new: n)  # type: ignore[misc]
            case "to_number", 0:
                yield SIMPLE["tonumber"](value)
            case "isempty", 1:
                yield next(each(0), _GONE) is _GONE
            case "tojson" | "ascii_downcase", _:
                raise JqSyntaxError(f"{name}/{len(arguments)} is not defined")
            case "length", _:
                yield length(value)
            case "keys", _:
                yield keys(value)
            case _:
                raise JqSyntaxError(f"{name}/{len(arguments)} is not defined")

    def _range(self, bounds: list[list[Any]]) -> Iterator[Any]:
        starts = bounds[0] if len(bounds) > 1 else [0]
        ends = bounds[1] if len(bounds) > 1 else bounds[0]
        for first in starts:
            for last in ends:
                for step in bounds[2] if len(bounds) > 2 else [1]:
                    number = first
                    while step and (number < last if step > 0 else number > last):
                        self._steps += 1
                        if self._steps > MAX_STEPS:
                            raise JqFailed("the filter takes too long")
                        yield number
                        number += step

    def _regular(self, name: str, arguments: list[Tree], value: Any, env: Environment) -> Iterator[Any]:
        values = [next(self._values(tree, value, env), None) for tree in arguments[:1]]
        pattern = values[0] if values else None
        flags_at = 2 if name in ("sub", "gsub") else 1
        flags = next(self._values(arguments[flags_at], value, env), "") if len(arguments) > flags_at else ""
        if isinstance(pattern, list):
            pattern, flags = pattern[0], pattern[1] if len(pattern) > 1 else flags
        everywhere = name in ("scan", "splits", "gsub")
        found = matches(value, pattern, (flags or "") + ("g" if everywhere else ""))
        match name:
            case "test":
                yield bool(found)
            case "match":
                yield from found
            case "capture":
                for one in found:
                    yield {c["name"]: c["string"] for c in one["captures"] if c["name"]}
            case "scan":
                for one in found:
                    yield [c["string"] for c in one["captures"]] if one["captures"] else one["string"]
            case _:
                pieces: list[str] = []
                at = 0
                for one in found:
                    pieces.append(value[at : one["offset"]])
                    at = one["offset"] + one["length"]
                pieces.append(value[at:])
                if name == "splits":
                    yield from pieces
                    return
                made = []
                for one in found:
                    names = {c["name"]: c["string"] for c in one["captures"] if c["name"]}
                    made.append(next(self._values(arguments[1], names, env), ""))
                out = pieces[0]
                for replacement, piece in zip(made, pieces[1:], strict=True):
                    out += str(replacement) + piece
                yield out


_GONE: Final = object()


def _joined(base: Path | None, key: Any) -> Path | None:
    return None if base is None else [*base, key]


def _bindings(pattern: Tree, value: Any) -> Environment:
    match pattern:
        case ("variable", name):
            return {name: value}
        case ("array", items):
            bound: Environment = {}
            for index, item in enumerate(items):
                bound |= _bindings(item, _index(value, index))
            return bound
        case ("object", entries):
            bound = {}
            for key, item in entries:
                bound |= _bindings(item, _index(value, key))
            return bound
        case _:
            return {}


def _contains(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return all(key in a and _contains(a[key], inner) for key, inner in b.items())
    if isinstance(a, list) and isinstance(b, list):
        return all(any(_contains(x, y) for x in a) for y in b)
    if isinstance(a, str) and isinstance(b, str):
        return b in a
    if kind(a) == kind(b):
        return compare(a, b) == 0
    raise JqFailed(f"{shown(a)} and {shown(b)} cannot have their containment checked")


def _affix(name: str, value: Any, other: Any) -> Any:
    if not isinstance(value, str) or not isinstance(other, str):
        if name.endswith("trimstr"):
            return value
        raise JqFailed(f"{name}() requires string inputs")
    match name:
        case "startswith":
            return value.startswith(other)
        case "endswith":
            return value.endswith(other)
        case "ltrimstr":
            return value.removeprefix(other)
        case _:
            return value.removesuffix(other)


def _positions(name: str, value: Any, other: Any) -> Any:
    if value is None:
        return None
    found: list[int] = []
    if isinstance(value, str):
        at = value.find(other) if other else -1
        while at >= 0:
            found.append(at)
            at = value.find(other, at + 1)
    else:
        found = [i for i, item in enumerate(value) if compare(item, other) == 0]
    if name == "indices":
        return found
    return None if not found else found[0 if name == "index" else -1]


_LONG: Final = {
    "raw-output": "r",
    "compact-output": "c",
    "slurp": "s",
    "null-input": "n",
    "exit-status": "e",
    "sort-keys": "S",
    "raw-input": "R",
    "join-output": "j",
    "tab": "T",
    "color-output": "C",
    "monochrome-output": "M",
    "indent": "i=",
    "ascii-output": "a",
}


async def jq(invocation: Invocation) -> int:
    words, variables = _variables(invocation.arguments[1:])
    try:
        options = read_options(words, "rcsneSRjCMa", "", _LONG)
        indent = options.number("i", 2)
    except UsageError as error:
        await invocation.stderr.write(
            f"jq: Unknown arguments\nUse jq --help for help with command-line options ({error})\n"
        )
        return 2
    if not options.words:
        await invocation.stderr.write("Usage:\tjq [OPTIONS] FILTER [FILES...]\n")
        return 2
    text = options.words[0]
    now_us = invocation.wall_us + invocation.loop.now_us
    variables |= {"ENV": dict(invocation.environment), "__now__": now_us / 1_000_000}
    try:
        tree = JqParser(text).parse()
    except (JqSyntaxError, RecursionError) as error:
        message = str(error) if isinstance(error, JqSyntaxError) else "filter nests too deep"
        hint = " (Unix shell quoting issues?)" if message.startswith("syntax error") else ""
        await invocation.stderr.write(
            f"jq: error: {message}{hint} at <top-level>, line 1:\n{text}\njq: 1 compile error\n"
        )
        return 3
    data = ""
    if not options.has("n"):
        for path in options.words[1:] or ["-"]:
            piece = await whole(invocation, path)
            if piece is None:
                return 2
            data += decoded(piece)
    colour = options.has("C") or (invocation.stdout.is_terminal and not options.has("M"))
    width = None if options.has("c") else indent
    filtering = Filter(tree, variables)
    status = 0
    last: Any = None
    try:
        for value in _inputs(data, options.has("n"), options.has("R"), options.has("s")):
            try:
                for result in filtering.run(value):
                    last = result
                    raw = options.has("r", "j") and isinstance(result, str)
                    shown_text = result if raw else to_text(result, width, options.has("S"), colour)
                    await invocation.stdout.write(shown_text + ("" if options.has("j") else "\n"))
            except JqFailed as error:
                sentence = str(error) if isinstance(error.value, str) else f"{to_text(error.value)} (not a string)"
                await invocation.stderr.write(f"jq: error (at <stdin>:{data.count(chr(10))}): {sentence}\n")
                status = 5
            except (RecursionError, MemoryError):
                await invocation.stderr.write("jq: error: filter nests too deep\n")
                status = 5
            await invocation.loop.sleep(100)
    except JqSyntaxError as error:
        await invocation.stderr.write(f"jq: error: {error} at <top-level>, line 1:\n{text}\njq: 1 compile error\n")
        return 3
    except (ValueError, RecursionError) as error:
        await invocation.stderr.write(f"jq: parse error: {_parse_error(error, data)}\n")
        return 5
    if options.has("e") and not status:
        return 1 if last is None or last is False else 0
    return status


def _parse_error(error: BaseException, data: str) -> str:
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(data.rstrip()):
            end = len(data)
            return f"Unfinished JSON term at EOF at line {data.count(chr(10)) + 1}, column {_column(data, end)}"
        word = re.match(r"[^\s\[\]{},:\"]*", data[error.pos :])
        end = min(error.pos + (word.end() if word else 0) + 1, len(data))
        return f"Invalid numeric literal at line {data.count(chr(10), 0, end) + 1}, column {_column(data, end)}"
    return "Exceeds depth limit for parsing"


def _column(data: str, end: int) -> int:
    """How far into its line jq had read. It counts what it has taken, so that a line begins at 0."""
    return end - (data.rfind("\n", 0, end) + 1)


def _inputs(data: str, none: bool, raw: bool, slurp: bool) -> Iterator[Any]:
    if none:
        yield None
        return
    if raw:
        if slurp:
            yield data
        else:
            yield from data.splitlines()
        return
    values = _documents(data)
    if slurp:
        yield list(values)
    else:
        yield from values


def _documents(data: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(data) and data[at] in " \t\r\n":
            at += 1
        if at >= len(data):
            return
        value, at = decoder.raw_decode(data, at)
        yield value


def _variables(arguments: list[str]) -> tuple[list[str], Environment]:
    """Take ``--arg name value``, ``--argjson`` and ``--args`` out of the arguments."""
    rest: list[str] = []
    variables: Environment = {"named": {}}
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word in ("--arg", "--argjson") and index + 2 < len(arguments):
            name, value = arguments[index + 1 : index + 3]
            try:
                variables[name] = value if word == "--arg" else json.loads(value)
            except ValueError:
                variables[name] = None
            index += 3
            continue
        rest.append(word)
        index += 1
    return rest, variables


JQ_TOOLS: Final[dict[str, Tool]] = {"jq": jq}
