"""Functions of jq that get filters as arguments, except those whose results have paths."""

from collections.abc import Iterator
from typing import Any, Final, Protocol

from playground.shell.tools.jq_functions import SIMPLE, affix, contains, keys, length, matches, positions
from playground.shell.tools.jq_parser import JqSyntaxError, Tree
from playground.shell.tools.jq_paths import Path, always, changed_at, index_of, items_of
from playground.shell.tools.jq_times import strftime, strptime
from playground.shell.tools.jq_values import ORDER_KEY, JqFailed, add, compare, divide, kind, shown, to_text

Environment = dict[str, Any]
GONE: Final = object()
"""What stands where a filter gave nothing."""


class Evaluator(Protocol):
    """What the functions need of the filter that calls them."""

    def values(self, tree: Tree, value: Any, env: Environment) -> Iterator[Any]:
        """What a filter gives for ``value``."""

    def paths(self, tree: Tree, value: Any, env: Environment) -> list[Path]:
        """Where in ``value`` the results of a filter are."""

    def step(self) -> None:
        """Count a step of work; raises JqFailed when there were too many."""


def called(evaluator: Evaluator, name: str, arguments: list[Tree], value: Any, env: Environment) -> Iterator[Any]:
    """What a function of jq gives whose results are no part of its input.

    Raises:
        JqFailed: it comes to an error.
        JqSyntaxError: there is no such function.
    """

    def each(index: int) -> Iterator[Any]:
        return evaluator.values(arguments[index], value, env)

    def ordered(index: int) -> list[tuple[Any, Any]]:
        if not isinstance(value, list):
            raise JqFailed(f"{shown(value)} cannot be sorted, as it is not an array")
        return [(list(evaluator.values(arguments[index], item, env)), item) for item in value]

    match name, len(arguments):
        case "error", 0:
            raise JqFailed(value)
        case "error", 1:
            raise JqFailed(next(each(0), None))
        case "env", 0:
            yield env["ENV"]
        case "paths", 0:
            yield from (path for path in evaluator.paths(("call", "recurse", []), value, env) if path)
        case "leaf_paths", 0:
            yield from evaluator.values(("call", "paths", [("call", "scalar", [])]), value, env)
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
                yield contains(value, other) if name == "contains" else contains(other, value)
        case "startswith" | "endswith" | "ltrimstr" | "rtrimstr", 1:
            yield from (affix(name, value, other) for other in each(0))
        case "split", 1:
            for other in each(0):
                yield divide(value, other)
        case "join", 1:
            for joint in each(0):
                yield joint.join("" if i is None else i if isinstance(i, str) else to_text(i) for i in items_of(value))
        case "range", 1 | 2 | 3:
            yield from _range(evaluator, [list(each(index)) for index in range(len(arguments))])
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
                results = list(each(1)) if len(arguments) == 2 else items_of(value)
                yield from results[int(number) : int(number) + 1]
        case "until", 2:
            while next(evaluator.values(arguments[0], value, env), None) in (None, False):
                value = next(evaluator.values(arguments[1], value, env))
            yield value
        case ("while", 2) | ("repeat", 1):
            pending = [value]
            while pending:
                evaluator.step()
                value = pending.pop()
                if name == "repeat" or next(evaluator.values(arguments[0], value, env), None) not in (None, False):
                    yield value
                    pending += list(evaluator.values(arguments[-1], value, env))[::-1]
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
                r not in (None, False) for item in items_of(value) for r in evaluator.values(arguments[0], item, env)
            ]
            yield any(truths) if name == "any" else all(truths)
        case "with_entries", 1:
            made = [r for e in SIMPLE["to_entries"](value) for r in evaluator.values(arguments[0], e, env)]
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
                yield positions(name, value, other)
        case "test" | "match" | "capture" | "scan" | "splits" | "sub" | "gsub", _:
            yield from _regular(evaluator, name, arguments, value, env)
        case "getpath", 1:
            for path in each(0):
                inner = value
                for key in path:
                    inner = index_of(inner, key)
                yield inner
        case "setpath", 2:
            for path in each(0):
                for new in each(1):
                    yield changed_at(value, path, always(new))
        case "strftime" | "strflocaltime", 1:
            yield from (strftime(value, pattern) for pattern in each(0))
        case "strptime", 1:
            yield from (strptime(value, pattern) for pattern in each(0))
        case "pow", 2:
            yield from (float(base) ** power for power in each(1) for base in each(0))
        case "input", 0:
            following = next(env["__inputs__"], GONE)
            if following is GONE:
                raise JqFailed("No more inputs")
            yield following
        case "inputs", 0:
            for following in env["__inputs__"]:
                evaluator.step()
                yield following
        case "to_number", 0:
            yield SIMPLE["tonumber"](value)
        case "isempty", 1:
            yield next(each(0), GONE) is GONE
        case "tojson" | "ascii_downcase", _:
            raise JqSyntaxError(f"{name}/{len(arguments)} is not defined")
        case "length", _:
            yield length(value)
        case "keys", _:
            yield keys(value)
        case _:
            raise JqSyntaxError(f"{name}/{len(arguments)} is not defined")


def _range(evaluator: Evaluator, bounds: list[list[Any]]) -> Iterator[Any]:
    starts = bounds[0] if len(bounds) > 1 else [0]
    ends = bounds[1] if len(bounds) > 1 else bounds[0]
    for first in starts:
        for last in ends:
            for step in bounds[2] if len(bounds) > 2 else [1]:
                number = first
                while step and (number < last if step > 0 else number > last):
                    evaluator.step()
                    yield number
                    number += step


def _regular(evaluator: Evaluator, name: str, arguments: list[Tree], value: Any, env: Environment) -> Iterator[Any]:
    values = [next(evaluator.values(tree, value, env), None) for tree in arguments[:1]]
    pattern = values[0] if values else None
    flags_at = 2 if name in ("sub", "gsub") else 1
    flags = next(evaluator.values(arguments[flags_at], value, env), "") if len(arguments) > flags_at else ""
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
                made.append(next(evaluator.values(arguments[1], names, env), ""))
            out = pieces[0]
            for replacement, piece in zip(made, pieces[1:], strict=True):
                out += str(replacement) + piece
            yield out
