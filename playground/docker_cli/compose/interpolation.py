"""Fills variables into a Compose file: ``$NAME``, ``${NAME:-default}``, ``${NAME?complaint}``.

Source: docker/cli compose/template, compose/interpolation, loader/interpolate.go.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import parse_int, quoted

_SUBSTITUTION = r"[_a-z][_a-z0-9]*(?::?[-?][^}]*)?"
_PATTERN = re.compile(
    rf"\$(?:(?P<escaped>\$)|(?P<named>{_SUBSTITUTION})|\{{(?P<braced>{_SUBSTITUTION})\}}|(?P<invalid>))", re.IGNORECASE
)
_SECTIONS = ("services", "volumes", "networks", "secrets", "configs")


class _Invalid(Exception):
    pass


def _integer(text: str) -> int:
    try:
        return parse_int(text, 64, 10)
    except FlagValueError as error:
        raise ValueError(str(error).replace("strconv.ParseInt", "strconv.Atoi")) from None


def _boolean(text: str) -> bool:
    if text.lower() in ("y", "yes", "true", "on"):
        return True
    if text.lower() in ("n", "no", "false", "off"):
        return False
    raise ValueError(f"invalid boolean: {text}")


_CASTS: dict[str, Callable[[str], Any]] = {
    **{
        f"services.*.{path}": _integer
        for path in (
            "configs.[].mode",
            "secrets.[].mode",
            "healthcheck.retries",
            "deploy.replicas",
            "deploy.update_config.parallelism",
            "deploy.rollback_config.parallelism",
            "deploy.restart_policy.max_attempts",
            "deploy.placement.max_replicas_per_node",
            "ports.[].target",
            "ports.[].published",
            "ulimits.*",
            "ulimits.*.hard",
            "ulimits.*.soft",
            "oom_score_adj",
        )
    },
    **{
        f"services.*.{path}": _boolean
        for path in (
            "healthcheck.disable",
            "privileged",
            "read_only",
            "stdin_open",
            "tty",
            "volumes.[].read_only",
            "volumes.[].volume.nocopy",
        )
    },
    "services.*.deploy.update_config.max_failure_ratio": float,
    "services.*.deploy.rollback_config.max_failure_ratio": float,
    **{f"{section}.*.external": _boolean for section in ("networks", "volumes", "secrets", "configs")},
    "networks.*.internal": _boolean,
    "networks.*.attachable": _boolean,
}
_MATCHERS = [
    (
        re.compile(r"\.".join({"*": r"[^.]+", "[]": r"\[\]"}.get(part, re.escape(part)) for part in path.split("."))),
        cast,
    )
    for path, cast in _CASTS.items()
]


def interpolate(document: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """A copy with every text in the known sections filled in.

    Raises:
        CommandFailed: a text is malformed, or a variable that must be there is not.
    """
    out = dict(document)
    for section in _SECTIONS:
        if isinstance(document.get(section), dict):
            out[section] = {
                key: _filled(value, f"{section}.{key}", variables, f"{section}.*")
                for key, value in document[section].items()
            }
    return out


def _filled(value: Any, path: str, variables: Mapping[str, str], pattern: str) -> Any:
    if isinstance(value, dict):
        return {
            key: _filled(item, f"{path}.{key}", variables, f"{pattern}.{key.replace('.', '_')}")
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_filled(item, f"{path}.[]", variables, f"{pattern}.[]") for item in value]
    if not isinstance(value, str):
        return value
    try:
        text = substitute(value, variables)
    except _Invalid as error:
        message = str(error)
        raise CommandFailed(
            f"invalid interpolation format for {path}: {quoted(message)}; you may need to escape any $ with another $"
        ) from None
    if text == value:
        return value
    for matcher, cast in _MATCHERS:
        if matcher.fullmatch(pattern.replace(".*", "._", 1)):
            try:
                return cast(text)
            except ValueError as error:
                raise CommandFailed(
                    f"error while interpolating {path}: failed to cast to expected type: {error}"
                ) from None
    return text


def substitute(template: str, variables: Mapping[str, str]) -> str:
    """Fill in one text.

    Raises:
        _Invalid: it is malformed, or a required variable is missing.
    """

    def fill(match: re.Match[str]) -> str:
        if match["escaped"]:
            return match["escaped"]
        substitution = match["named"] or match["braced"]
        if not substitution:
            raise _Invalid(template)
        return _value(substitution, variables)

    return _PATTERN.sub(fill, template)


def _value(substitution: str, variables: Mapping[str, str]) -> str:
    for separator in (":-", "-"):
        if separator in substitution:
            name, _, default = substitution.partition(separator)
            value = variables.get(name)
            return default if value is None or (separator == ":-" and not value) else value
    for separator in (":?", "?"):
        if separator in substitution:
            name, _, complaint = substitution.partition(separator)
            value = variables.get(name)
            if value is None or (separator == ":?" and not value):
                raise _Invalid(f"required variable {name} is missing a value: {complaint}")
            return value
    return variables.get(substitution, "")
