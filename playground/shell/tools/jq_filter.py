"""Runs a jq filter: values come lazily, each with the path at which it is in the input."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from playground.shell.tools.jq_calls import GONE, Environment, called
from playground.shell.tools.jq_functions import SIMPLE, formatted
from playground.shell.tools.jq_parser import JqSyntaxError, Tree
from playground.shell.tools.jq_paths import Path, always, changed_at, index_of, items_of, joined, without
from playground.shell.tools.jq_prelude import with_prelude
from playground.shell.tools.jq_values import (
    ORDER_KEY,
    JqFailed,
    add,
    compare,
    divide,
    kind,
    modulo,
    multiply,
    shown,
    subtract,
)

MAX_STEPS: Final = 120_000
MAX_CALLS: Final = 100
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


def _combined(operator: str, new: Any, old: Any) -> Any:
    """What ``old operator= new`` puts in the place of ``old``."""
    if operator == "//":
        return new if old in (None, False) else old
    return _BINARY[operator](old, new)


class Filter:
    """Runs one filter. Values come lazily; ``MAX_STEPS`` bound the work on one input."""

    def __init__(self, tree: Tree, variables: Environment) -> None:
        self._tree = tree
        self._variables = with_prelude(variables)
        self._steps = 0
        self._calls = 0

    def run(self, value: Any) -> Iterator[Any]:
        """What the filter gives for one input.

        Raises:
            JqFailed: it came to an error that nobody caught.
            JqSyntaxError: it names what is not defined.
        """
        self._steps = 0
        for _, result in self._eval(self._tree, ([], value), self._variables):
            yield result

    def step(self) -> None:
        """Count a step of work.

        Raises:
            JqFailed: there were too many.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise JqFailed("the filter takes too long")

    def values(self, tree: Tree, value: Any, env: Environment) -> Iterator[Any]:
        """What a filter gives for ``value``."""
        for _, result in self._eval(tree, (None, value), env):
            yield result

    def _eval(self, tree: Tree, at: tuple[Path | None, Any], env: Environment) -> Iterator[tuple[Path | None, Any]]:
        """Results with the paths they are at; None for what is no part of the input."""
        self.step()
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
                for key in list(self.values(index, value, env)):
                    for base, inner in self._eval(source, at, env):
                        yield joined(base, key), index_of(inner, key)
            case ("iterate", source):
                for base, inner in self._eval(source, at, env):
                    names = list(inner) if isinstance(inner, dict) else range(len(items_of(inner)))
                    for key, item in zip(names, items_of(inner), strict=True):
                        yield joined(base, key), item
            case ("slice", source, low, high):
                yield from self._slice(source, low, high, at, env)
            case ("variable", name):
                if name == "__loc__" or name not in env:
                    raise JqSyntaxError(f"${name} is not defined")
                yield None, env[name]
            case ("array", inner):
                yield None, list(self.values(inner, value, env))
            case ("object", entries):
                yield from ((None, made) for made in self._objects(entries, 0, {}, value, env))
            case ("string", how, parts):
                yield from ((None, text) for text in self._strings(how, parts, 0, "", value, env))
            case ("format", how):
                yield None, formatted(how, value)
            case ("negate", operand):
                for number in self.values(operand, value, env):
                    if kind(number) != "number":
                        raise JqFailed(f"{shown(number)} cannot be negated")
                    yield None, -number
            case ("if", condition, then, otherwise):
                for holds in self.values(condition, value, env):
                    yield from self._eval(otherwise if holds is None or holds is False else then, at, env)
            case ("try", body, handler):
                try:
                    yield from self._eval(body, at, env)
                except JqFailed as error:
                    if handler is not None:
                        yield from self._eval(handler, (None, error.value), env)
            case ("as", source, pattern, body):
                for bound in self.values(source, value, env):
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
        lows = [None] if low is None else list(self.values(low, at[1], env))
        highs = [None] if high is None else list(self.values(high, at[1], env))
        for base, inner in self._eval(source, at, env):
            for last in highs:
                for first in lows:
                    key = {"start": first, "end": last}
                    yield joined(base, key), index_of(inner, key)

    def _objects(
        self, entries: list[tuple[Tree, Tree]], index: int, sofar: dict[str, Any], value: Any, env: Environment
    ) -> Iterator[dict[str, Any]]:
        if index == len(entries):
            yield sofar
            return
        key_tree, value_tree = entries[index]
        for key in self.values(key_tree, value, env):
            if not isinstance(key, str):
                raise JqFailed(f"Object keys must be strings, not {shown(key)}")
            for item in self.values(value_tree, value, env):
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
        for item in self.values(parts[index], value, env):
            yield from self._strings(how, parts, index + 1, sofar + formatted(how, item), value, env)

    def _fold(self, tree: Tree, value: Any, env: Environment) -> Iterator[tuple[Path | None, Any]]:
        how, source, pattern, parts = tree
        for state in self.values(parts[0], value, env):
            for item in self.values(source, value, env):
                bound = {**env, **_bindings(pattern, item)}
                last = None
                for last in self.values(parts[1], state, bound):
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
            for a in self.values(left, value, env):
                holds = a is not None and a is not False
                if holds == (operator == "or"):
                    yield None, holds
                    continue
                for b in self.values(right, value, env):
                    yield None, b is not None and b is not False
        elif operator == "|=":
            yield None, self._update(left, value, env, lambda old: next(self.values(right, old, env), GONE))
        elif operator == "=":
            for new in list(self.values(right, value, env)):
                yield None, self._update(left, value, env, always(new))
        elif operator.endswith("="):
            if operator in _BINARY:
                yield from self._computed(operator, left, right, value, env)
                return
            base = operator[:-1]
            for new in list(self.values(right, value, env)):
                yield None, self._update(left, value, env, partial(_combined, base, new))
        else:
            yield from self._computed(operator, left, right, value, env)

    def _computed(
        self, operator: str, left: Tree, right: Tree, value: Any, env: Environment
    ) -> Iterator[tuple[Path | None, Any]]:
        for b in self.values(right, value, env):
            for a in self.values(left, value, env):
                yield None, _BINARY[operator](a, b)

    def paths(self, tree: Tree, value: Any, env: Environment) -> list[Path]:
        """Where in ``value`` the results of a filter are.

        Raises:
            JqFailed: some are no part of it.
        """
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
            if new is GONE:
                gone.append(path)
                return old
            return new

        for path in self.paths(target, value, env):
            value = changed_at(value, path, partial(changed, path))
        for path in reversed(gone):
            value = without(value, path)
        return value

    # Calls

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
            yield from ((None, result) for result in called(self, name, arguments, value, env))

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
                bound = list(self.values(argument, at[1], env))
                choices = [{**choice, parameter[1:]: item} for choice in choices for item in bound]
            else:
                choices = [{**choice, f"{parameter}/0": ([], argument, env)} for choice in choices]
        self._calls += 1
        self._steps += 10  # Each result goes through all calls that are under way.
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
                for holds in self.values(argument, value, env):
                    if holds is not None and holds is not False:
                        yield at
            case "recurse":
                yield from self._recurse(argument, at, env)
            case "first":
                for result in self._eval(argument, at, env):
                    yield result
                    return
            case "path":
                for path in self.paths(argument, value, env):
                    yield None, path
            case "paths":
                for path in self.paths(("call", "recurse", []), value, env):
                    inner = value
                    for key in path:
                        inner = index_of(inner, key)
                    if path and next(self.values(argument, inner, env), False) not in (None, False):
                        yield None, path
            case "map":
                yield None, [result for item in items_of(value) for result in self.values(argument, item, env)]
            case "map_values":
                if isinstance(value, dict):
                    pairs = [(key, next(self.values(argument, item, env), GONE)) for key, item in value.items()]
                    yield None, {key: item for key, item in pairs if item is not GONE}
                else:
                    yield None, [r for item in items_of(value) for r in [*self.values(argument, item, env)][:1]]
            case "del":
                for path in sorted(self.paths(argument, value, env), key=ORDER_KEY, reverse=True):
                    value = without(value, path) if path else None
                yield None, value

    def _recurse(
        self, argument: Tree, at: tuple[Path | None, Any], env: Environment, depth: int = 0
    ) -> Iterator[tuple[Path | None, Any]]:
        if depth > 100:
            raise JqFailed("value nests too deep")
        yield at
        for below in self._eval(argument, at, env):
            yield from self._recurse(argument, below, env, depth + 1)


def _bindings(pattern: Tree, value: Any) -> Environment:
    match pattern:
        case ("variable", name):
            return {name: value}
        case ("array", items):
            bound: Environment = {}
            for index, item in enumerate(items):
                bound |= _bindings(item, index_of(value, index))
            return bound
        case ("object", entries):
            bound = {}
            for key, item in entries:
                bound |= _bindings(item, index_of(value, key))
            return bound
        case _:
            return {}
