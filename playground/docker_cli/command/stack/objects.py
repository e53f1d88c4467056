"""What belongs to a stack."""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.compose.convert import NAMESPACE
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.numbers import quoted


def stack_name(name: str) -> str:
    """The name, if it can be one.

    Raises:
        CommandFailed: there is nothing in it but blanks and quotes.
    """
    if not name.strip().strip("\"'").strip():
        raise CommandFailed(f"invalid stack name: {quoted(name)}")
    return name


async def of_stack(cli: Cli, kind: str, stack: str, filters: dict[str, list[str]] | None = None) -> list[Any]:
    """Services, tasks, networks, secrets or configs that carry the stack's label."""
    wanted = {**(filters or {})}
    wanted["label"] = [*wanted.get("label", []), f"{NAMESPACE}={stack}"]
    return await cli.list(f"/{kind}", wanted)


async def remove_services(cli: Cli, services: list[Any]) -> bool:
    """Remove services in order of their names; true when one could not be removed."""
    services = sorted(services, key=lambda service: str(service["Spec"]["Name"]))
    return await remove_each(cli, "service", [(service["ID"], service["Spec"]["Name"]) for service in services])


async def remove_each(cli: Cli, word: str, objects: list[tuple[str, str]]) -> bool:
    """Remove objects given by id and name; true when one could not be removed."""
    failed = False
    for identity, name in objects:
        await cli.line(f"Removing {word} {name}")
        try:
            await cli.delete(f"/{word}s/{identity}")
        except (ApiError, EngineUnreachable) as error:
            failed = True
            await cli.complain(f"Failed to remove {word} {identity}: {error_text(error)}")
    return failed
