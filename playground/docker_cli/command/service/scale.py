"""``docker service scale``: say how many tasks services have."""

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.service.flags import DETACH
from playground.docker_cli.errors import CommandFailed, FlagValueError, joined
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.flags.numbers import parse_uint
from playground.docker_cli.service_progress import wait_on_service

_USE = "scale SERVICE=REPLICAS [SERVICE=REPLICAS...]"
_SHORT = "Say how many tasks one or more services have"
_REAL_SHORT = "Scale one or multiple replicated services"


def _arguments(command: Command, words: list[str]) -> None:
    at_least(1)(command, words)
    for word in words:
        name, equals, number = word.partition("=")
        if not equals or not name or not number:
            raise CommandFailed(
                f"invalid scale specifier '{word}'.\nSee '{command.path} --help'.\n\n"
                f"Usage:  {command.use_line}\n\n{_REAL_SHORT}"
            )


async def run(cli: Cli, values: Values) -> None:
    """Scale each service, then follow them one after the other (unless ``--detach``)."""
    errors: list[str] = []
    scaled: list[str] = []
    for word in values.words:
        reference, _, number = word.partition("=")
        try:
            replicas = parse_uint(number, 64, 10)
        except FlagValueError as error:
            errors.append(f"{reference}: invalid replicas value {number}: {error}")
            continue
        try:
            warnings = await _scale(cli, reference, replicas)
        except (ApiError, EngineUnreachable, CommandFailed) as failure:
            errors.append(f"{reference}: {error_text(failure)}")
            continue
        for text in warnings:
            await cli.complain(text + "\n")
        await cli.line(f"{reference} scaled to {replicas}")
        scaled.append(reference)
    if not values.truth("detach"):
        for reference in scaled:
            try:
                await wait_on_service(cli, reference, quiet=False)
            except (ApiError, EngineUnreachable, CommandFailed) as failure:
                errors.append(f"{reference}: {error_text(failure)}")
    joined(errors)


async def _scale(cli: Cli, reference: str, replicas: int) -> list[str]:
    service = await cli.get(f"/services/{reference}")
    mode = service["Spec"].get("Mode") or {}
    if mode.get("Replicated") is not None:
        mode["Replicated"]["Replicas"] = replicas
    elif mode.get("ReplicatedJob") is not None:
        mode["ReplicatedJob"]["TotalCompletions"] = replicas
    else:
        raise CommandFailed("scale can only be used with replicated or replicated-job mode")
    query = {"version": str(service["Version"]["Index"])}
    answer = await cli.post(f"/services/{service['ID']}/update", query, service["Spec"]) or {}
    return list(answer.get("Warnings") or [])


COMMAND = Command(_USE, _SHORT, run, _arguments, (DETACH,), swarm="manager", completes="scale")
