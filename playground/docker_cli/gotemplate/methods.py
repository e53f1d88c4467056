"""Methods that templates may call on values: those of rows, times and durations."""

from collections.abc import Callable
from typing import Any

from playground.docker_cli.flags.numbers import HOUR, MILLISECOND, MINUTE, SECOND, format_duration
from playground.docker_cli.formatter.instants import go_time, parse_instant
from playground.docker_cli.gotemplate.functions import Function
from playground.docker_cli.gotemplate.values import Any_, Row, Value, content

_TIME: dict[str, Callable[[int], Any]] = {
    "String": lambda at: go_time(at),
    "Unix": lambda at: at // SECOND,
    "UnixNano": lambda at: at,
    "UnixMilli": lambda at: at // MILLISECOND,
    "Nanosecond": lambda at: at % SECOND,
}
_DURATION: dict[str, Callable[[int], Any]] = {
    "String": format_duration,
    "Nanoseconds": lambda span: span,
    "Milliseconds": lambda span: span // MILLISECOND,
    "Seconds": lambda span: span / SECOND,
    "Minutes": lambda span: span / MINUTE,
    "Hours": lambda span: span / HOUR,
}


def method_of(value: Any_, name: str) -> Function | None:
    """The method of this name, None when the value has none."""
    if isinstance(value, Row):
        call = value.methods.get(name)
        if call is None:
            return None
        return Function(call, ("string",) if name in value.hidden else ())
    if not isinstance(value, Value):
        return None
    if value.type.kind == "time" and name in _TIME:
        at, time_method = parse_instant(str(content(value))), _TIME[name]
        return Function(lambda: time_method(at), ())
    if value.type.kind == "duration" and name in _DURATION:
        span, duration_method = int(content(value)), _DURATION[name]
        return Function(lambda: duration_method(span), ())
    return None
