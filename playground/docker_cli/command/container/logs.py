"""``docker logs``: what a container wrote."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.log_stream import copy_logs, since_parameter


async def run(cli: Cli, values: Values) -> None:
    container = await cli.get(f"/containers/{values.words[0]}/json")
    query = {
        "stdout": "1",
        "stderr": "1",
        **since_parameter(cli, "since", values.text("since")),
        **since_parameter(cli, "until", values.text("until")),
        **{name: "1" for name in ("timestamps", "details", "follow") if values.truth(name)},
        "tail": values.text("tail"),
    }
    await copy_logs(cli, await cli.response("GET", f"/containers/{container['Id']}/logs", query))


def command(also: str = "docker container logs, docker logs") -> Command:
    return Command(
        "logs [OPTIONS] CONTAINER",
        "Show what a container wrote",
        run,
        exactly(1),
        (
            Flag("follow", help="Go on printing what is written from now on", short="f"),
            Flag("since", STRING, 'Leave out what is older than a time ("2013-01-02T13:23:37Z") or a span ("42m")'),
            Flag("until", STRING, 'Leave out what is newer than a time ("2013-01-02T13:23:37Z") or a span ("42m")'),
            Flag("timestamps", help="Print when each line was written", short="t"),
            Flag("details", help="Print the extra attributes of the log driver"),
            Flag("tail", STRING, "How many of the last lines to print", short="n", default="all"),
        ),
        also=also,
        completes="all containers",
    )
