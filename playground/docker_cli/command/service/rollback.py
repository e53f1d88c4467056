"""``docker service rollback``: undo the last change of a service."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import NO_PROGRESS
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.service.flags import DETACH
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.service_progress import wait_on_service


async def run(cli: Cli, values: Values) -> None:
    reference = values.words[0]
    service = await cli.get(f"/services/{reference}")
    query = {"version": str(service["Version"]["Index"]), "rollback": "previous"}
    answer = await cli.post(f"/services/{service['ID']}/update", query, service["Spec"]) or {}
    for text in answer.get("Warnings") or []:
        await cli.complain(text + "\n")
    await cli.line(reference)
    if not values.truth("detach"):
        await wait_on_service(cli, reference, values.truth("quiet"))


COMMAND = Command(
    "rollback [OPTIONS] SERVICE",
    "Undo the last change of a service",
    run,
    exactly(1),
    (DETACH, NO_PROGRESS),
    swarm="manager",
    completes="service",
)
