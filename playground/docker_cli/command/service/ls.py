"""``docker service ls``: list services."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, QUIET
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.services import services_text


async def run(cli: Cli, values: Values) -> None:
    quiet = values.truth("quiet")
    query = {} if quiet else {"status": "true"}
    services = await cli.list("/services", values["filter"], **query)
    await cli.write(services_text(services, values.text("format"), quiet))


COMMAND = Command(
    "ls [OPTIONS]", "List services", run, none, (QUIET, FORMAT, FILTERS), aliases=("list",), swarm="manager"
)
