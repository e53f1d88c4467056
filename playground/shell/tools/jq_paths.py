"""Where values are in other values: by keys, numbers and slices. Nothing is changed in place."""

from collections.abc import Callable
from typing import Any

from playground.shell.tools.jq_values import MAX_ITEMS, JqFailed, kind, shown

Path = list[Any]


def index_of(value: Any, key: Any) -> Any:
    """What is at ``key``: a name, a number, or a slice; null where there is nothing.

    Raises:
        JqFailed: such a value has no such keys.
    """
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


def items_of(value: Any) -> list[Any]:
    """The items of an array, or the values of an object.

    Raises:
        JqFailed: it is neither.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise JqFailed(f"Cannot iterate over {kind(value) if value is None else shown(value)}")


def changed_at(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """``value`` with what is at ``path`` changed."""
    if not path:
        return change(value)
    key = path[0]
    if isinstance(key, dict):
        before = index_of(value, key)
        start = int(key.get("start") or 0)
        end = key.get("end")
        stop = len(value or []) if end is None else int(end)
        return list(value or [])[:start] + list(changed_at(before, path[1:], change)) + list(value or [])[stop:]
    inner = changed_at(index_of(value, key), path[1:], change)
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


def without(value: Any, path: Path) -> Any:
    """``value`` without what is at ``path``."""
    if len(path) > 1:
        return changed_at(value, path[:-1], lambda inner: None if inner is None else without(inner, path[-1:]))
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


def joined(base: Path | None, key: Any) -> Path | None:
    """The path one step on; None from what is no part of the input."""
    return None if base is None else [*base, key]


def always(value: Any) -> Callable[[Any], Any]:
    """A change that puts ``value`` in the place of anything."""
    return lambda _: value
