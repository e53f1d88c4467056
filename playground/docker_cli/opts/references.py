"""References to secrets and configs, as ``--secret`` and ``--config`` take them.

Source: docker/cli opts/swarmopts/secret.go, config.go; command/service/parse.go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.kinds import Kind, csv_record
from playground.docker_cli.flags.numbers import parse_uint


@dataclass(frozen=True, slots=True)
class Reference:
    """``what`` is ``Secret`` or ``Config``. Without ``mounted`` nothing is mounted (a credential spec)."""

    what: str
    name: str
    target: str = ""
    uid: str = "0"
    gid: str = "0"
    mode: int = 0o444
    mounted: bool = True


def parse_reference(what: str, text: str) -> Reference:
    """A name, or ``source=,target=,uid=,gid=,mode=``.

    Raises:
        FlagValueError: it reads as neither.
    """
    fields = csv_record(text)
    if len(fields) == 1 and "=" not in fields[0]:
        return Reference(what, fields[0], fields[0])
    reference = Reference(what, "")
    for field in fields:
        key, equals, value = field.partition("=")
        if not equals or not key:
            raise FlagValueError(f"invalid field '{field}' must be a key=value pair")
        match key.lower():
            case "source" | "src":
                reference = replace(reference, name=value)
            case "target":
                reference = replace(reference, target=value)
            case "uid":
                reference = replace(reference, uid=value)
            case "gid":
                reference = replace(reference, gid=value)
            case "mode":
                try:
                    reference = replace(reference, mode=parse_uint(value, 32))
                except FlagValueError as error:
                    raise FlagValueError(f"invalid mode specified: {error}") from None
            case _:
                raise FlagValueError(f"invalid field in {what.lower()} request: {key}")
    if not reference.name:
        raise FlagValueError("source is required")
    return replace(reference, target=reference.target or reference.name)


def _kind(what: str) -> Kind:
    return Kind(what.lower(), lambda old, text: [*old, parse_reference(what, text)], ())


SECRET = _kind("Secret")
CONFIG = _kind("Config")


async def resolve(cli: Cli, what: str, references: Sequence[Reference]) -> list[dict[str, Any]]:
    """The references as a service holds them, with the ids that belong to the names.

    Raises:
        CommandFailed: two have the same target, or a name is unknown.
    """
    if not references:
        return []
    word = what.lower()
    targets: dict[str, Reference] = {}
    unmounted: dict[str, Reference] = {}
    for reference in references:
        into, key = (targets, reference.target) if reference.mounted else (unmounted, reference.name)
        if key in into and reference.mounted:
            raise CommandFailed(f"duplicate {word} target for {reference.name} not allowed")
        into[key] = reference
    wanted = [*targets.values(), *unmounted.values()]
    found = await cli.list(f"/{word}s", {"name": [reference.name for reference in wanted]})
    ids = {item["Spec"]["Name"]: item["ID"] for item in found}
    out = []
    for reference in wanted:
        if reference.name not in ids:
            raise CommandFailed(f"{word} not found: {reference.name}")
        place: dict[str, Any] = {
            "File": {
                "Name": reference.target,
                "UID": reference.uid,
                "GID": reference.gid,
                "Mode": reference.mode,
            }
        }
        if not reference.mounted:
            place = {"Runtime": {}}
        out.append({**place, f"{what}ID": ids[reference.name], f"{what}Name": reference.name})
    return out
