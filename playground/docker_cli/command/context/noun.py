"""``docker context``: there is the one context that every client has.

Source: docker/cli command/context, formatter/context.go.
"""

from hashlib import sha256
from typing import Any

from playground.docker_cli.cli import HOST, Cli
from playground.docker_cli.command.common_flags import FORMAT, INSPECT_FORMAT
from playground.docker_cli.command.model import Command, at_least, exactly, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.table import Columns, render

_DESCRIPTION = "Current DOCKER_HOST based configuration"
COLUMNS = Columns(
    "*formatter.clientContextContext",
    {
        "Name": "NAME",
        "Description": "DESCRIPTION",
        "DockerEndpoint": "DOCKER ENDPOINT",
        "Error": "ERROR",
    },
    "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}",
    quiet="{{.Name}}",
)


async def listing(cli: Cli, values: Values) -> None:
    row = COLUMNS.row(
        {
            "Name": lambda: "default",
            "Current": lambda: True,
            "Description": lambda: _DESCRIPTION,
            "DockerEndpoint": lambda: HOST,
            "Error": lambda: "",
        }
    )
    await cli.write(render(COLUMNS, COLUMNS.format(values.text("format"), values.truth("quiet")), [row]))


async def show(cli: Cli, values: Values) -> None:
    async def find(name: str) -> Found:
        if name != "default":
            raise _not_found(name)
        shape: dict[str, Any] = {
            "Name": "default",
            "Metadata": {},
            "Endpoints": {"docker": {"Host": HOST, "SkipTLSVerify": False}},
            "TLSMaterial": {},
            "Storage": {"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"},
        }
        return Found(shape, "any")

    await inspect(cli, values.words or ["default"], values.text("format"), find)


async def current(cli: Cli, values: Values) -> None:
    await cli.line("default")


async def use(cli: Cli, values: Values) -> None:
    name = values.words[0]
    if name != "default":
        raise _not_found(name)
    await cli.line(name)
    await cli.complain(f"Current context is now {quoted(name)}\n")


def _not_found(name: str) -> CommandFailed:
    return CommandFailed(f"context {quoted(name)}: context not found: open {_meta(name)}: no such file or directory")


def _meta(name: str) -> str:
    return f"/root/.docker/contexts/meta/{sha256(name.encode()).hexdigest()}/meta.json"


def noun() -> Command:
    return Command("context", "Choose among engines", arguments=none).adopt(
        Command("inspect [OPTIONS] [CONTEXT] [CONTEXT...]", "Show contexts", show, at_least(0), (INSPECT_FORMAT,)),
        Command(
            "ls [OPTIONS]",
            "List contexts",
            listing,
            none,
            (FORMAT, Flag("quiet", help="Print nothing but names", short="q")),
            aliases=("list",),
        ),
        Command("show", "Print the name of the context in use", current, none),
        Command("use CONTEXT", "Choose the context to use", use, exactly(1)),
    )
