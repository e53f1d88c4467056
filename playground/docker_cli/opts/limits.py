"""Resources: memory, processor time, ulimits, generic resources, capabilities.

Source: docker/cli opts/opts.go, ulimit.go, capabilities.go; docker/go-units ulimit.go.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.kinds import Kind, replacing
from playground.docker_cli.flags.numbers import parse_int, quoted
from playground.docker_cli.formatter.sizes import bytes_size, ram_in_bytes

ALL = "ALL"
RESET = "RESET"

_ULIMITS = (
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
)


def parse_nano_cpus(text: str) -> int:
    """Billionths of a processor of a text like ``0.5``.

    Raises:
        FlagValueError: it is no number, or finer than that.
    """
    try:
        nano = Fraction(text) * 1_000_000_000
    except (ValueError, ZeroDivisionError):
        raise FlagValueError(f"failed to parse {text} as a rational number") from None
    if nano.denominator != 1:
        raise FlagValueError("value is too precise")
    return int(nano)


def parse_memory_swap(text: str) -> int:
    return -1 if text == "-1" else ram_in_bytes(text)


def parse_ulimit(text: str) -> dict[str, Any]:
    """``nofile=1024:2048`` in the API's form.

    Raises:
        FlagValueError: the name or a number is wrong.
    """
    name, equals, rest = text.partition("=")
    if not equals:
        raise FlagValueError(f"invalid ulimit argument: {text}")
    if name not in _ULIMITS:
        raise FlagValueError(f"invalid ulimit type: {name}")
    limits = rest.split(":")
    if not limits[0] or len(limits) > 2:
        raise FlagValueError(
            f"too many limit value arguments - {rest}, can only have up to two, `soft[:hard]`"
            if len(limits) > 2
            else f"strconv.ParseInt: parsing {quoted('')}: invalid syntax"
        )
    soft = parse_int(limits[0], 64, 10)
    hard = parse_int(limits[1], 64, 10) if len(limits) == 2 else soft
    if hard != -1:
        if soft == -1:
            raise FlagValueError(
                f"ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: {hard}"
            )
        if soft > hard:
            raise FlagValueError(f"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}")
    return {"Name": name, "Hard": hard, "Soft": soft}


def _add_ulimit(old: Iterable[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    limit = parse_ulimit(text)
    return sorted(
        [*(known for known in old if known["Name"] != limit["Name"]), limit], key=lambda item: str(item["Name"])
    )


def generic_resources(texts: Iterable[str]) -> list[dict[str, Any]]:
    """``gpu=2`` and the like in the API's form.

    Raises:
        CommandFailed: one is malformed, or names a resource by a string.
    """
    kinds: dict[str, list[str]] = {}
    for text in texts:
        kind, _, value = text.partition("=")
        if text.count("=") != 1:
            raise _bad_generic(f"incorrect term {text}, missing '=' or malformed expression")
        kinds.setdefault(kind.strip(), []).append(value.strip())
    out: list[dict[str, Any]] = []
    for kind, found in kinds.items():
        numbers = [_whole_number(value) for value in found]
        if len(numbers) > 1 and any(number is not None for number in numbers):
            raise _bad_generic(f"mixed discrete and named resources in expression '{kind}=[{' '.join(found)}]'")
        if numbers[0] is None:
            raise CommandFailed(
                f"invalid generic-resource request `{kind}={found[0]}`, Named Generic Resources is not supported for"
                " service create or update"
            )
        if numbers[0] < 0:
            raise _bad_generic(f"cannot ask for negative resource {kind}")
        out.append({"DiscreteResourceSpec": {"Kind": kind, **({"Value": numbers[0]} if numbers[0] else {})}})
    return out


def _whole_number(text: str) -> int | None:
    try:
        return parse_int(text, 64, 10)
    except FlagValueError:
        return None


def _bad_generic(reason: str) -> CommandFailed:
    return CommandFailed(f"invalid generic resource specification: could not parse GenericResource: {reason}")


def one_generic_resource(text: str) -> str:
    if "=" not in text:
        raise FlagValueError(f"invalid generic-resource format `{text}` expected `name=value`")
    return text


def capabilities(names: Iterable[str]) -> list[str]:
    """Names in the kernel's spelling, sorted, each once."""
    out = []
    for name in names:
        name = name.strip().upper()
        out.append(name if name in (ALL, RESET) or name.startswith("CAP_") else f"CAP_{name}")
    return sorted(dict.fromkeys(out))


def effective_capabilities(add: Iterable[str], drop: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is added and what is dropped, when adding wins and ``ALL`` swallows the rest."""
    added, dropped = capabilities(add), capabilities(drop)
    added = [ALL] if ALL in added else added
    dropped = [ALL] if ALL in dropped else dropped
    dropped = [name for name in dropped if name not in added and name != RESET]
    return [name for name in added if name != RESET], dropped


def _decimal(nano: int) -> str:
    return f"{nano / 1_000_000_000:.3f}"


BYTES = replacing("bytes", ram_in_bytes, 0, lambda size: bytes_size(size))
MEMORY_SWAP = replacing("bytes", parse_memory_swap, 0)
CPUS = replacing("decimal", parse_nano_cpus, 0, _decimal)
ULIMIT = Kind("ulimit", _add_ulimit, ())
