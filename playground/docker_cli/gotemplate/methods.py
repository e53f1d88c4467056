"""Methods that templates may call on values: those of rows, times, durations and versions."""

from collections.abc import Callable
from typing import Any

from playground.docker_cli.flags.numbers import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND, format_duration
from playground.docker_cli.formatter.instants import ZERO, calendar, go_time, parse_instant, rfc3339_nano
from playground.docker_cli.gotemplate.functions import CallFailed, Function
from playground.docker_cli.gotemplate.time_layouts import formatted
from playground.docker_cli.gotemplate.values import Any_, Row, Value, content, pointed, shown, typed

_TIME: dict[str, Callable[[int], Any]] = {
    "String": go_time,
    "Unix": lambda at: at // SECOND,
    "UnixNano": lambda at: at,
    "UnixMicro": lambda at: at // MICROSECOND,
    "UnixMilli": lambda at: at // MILLISECOND,
    "Nanosecond": lambda at: at % SECOND,
    "Second": lambda at: calendar(at).second,
    "Minute": lambda at: calendar(at).minute,
    "Hour": lambda at: calendar(at).hour,
    "Day": lambda at: calendar(at).day,
    "Month": lambda at: typed("time.Month", calendar(at).month),
    "Year": lambda at: calendar(at).year,
    "YearDay": lambda at: calendar(at).timetuple().tm_yday,
    "Weekday": lambda at: typed("time.Weekday", calendar(at).isoweekday() % 7),
    "IsZero": lambda at: at == ZERO,
    "UTC": lambda at: typed("time.Time", rfc3339_nano(at)),
    "Local": lambda at: typed("time.Time", rfc3339_nano(at)),
}
_OF_TWO_TIMES: dict[str, Callable[[int, int], Any]] = {
    "Sub": lambda at, other: typed("time.Duration", at - other),
    "Before": lambda at, other: at < other,
    "After": lambda at, other: at > other,
    "Equal": lambda at, other: at == other,
    "Compare": lambda at, other: (at > other) - (at < other),
}
_DURATION: dict[str, Callable[[int], Any]] = {
    "String": format_duration,
    "Nanoseconds": lambda span: span,
    "Microseconds": lambda span: span // MICROSECOND if span >= 0 else -(-span // MICROSECOND),
    "Milliseconds": lambda span: span // MILLISECOND if span >= 0 else -(-span // MILLISECOND),
    "Seconds": lambda span: span / SECOND,
    "Minutes": lambda span: span / MINUTE,
    "Hours": lambda span: span / HOUR,
    "Abs": lambda span: typed("time.Duration", abs(span)),
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
    if value.type.kind == "pointer":
        if value.data is not None:
            return method_of(pointed(value), name)
        method = method_of(Value(typed(value.type.element, None).type, None), name)
        if method is None:
            return None
        return Function(_on_nothing(value.type.element, name), method.parameters)
    if value.type.kind == "time":
        return _of_time(parse_instant(str(content(value))), name)
    if value.type.kind == "duration" and name in _DURATION:
        span, duration_method = int(content(value)), _DURATION[name]
        return Function(lambda: duration_method(span), ())
    if value.type.name == "swarm.Version" and name == "String":
        return Function(lambda: shown(value), ())
    return None


def _of_time(at: int, name: str) -> Function | None:
    if name in _TIME:
        return Function(lambda: _TIME[name](at), ())
    if name == "Format":
        return Function(lambda layout: formatted(at, layout), ("string",))
    if name in _OF_TWO_TIMES:
        return Function(lambda other: _OF_TWO_TIMES[name](at, parse_instant(str(other))), ("time.Time",))
    return None


def _on_nothing(type_name: str, name: str) -> Callable[..., Any]:
    def fails(*_: Any) -> Any:
        package, _dot, short = type_name.rpartition(".")
        raise CallFailed(f"value method {package}.{short}.{name} called using nil *{short} pointer")

    return fails
