"""``docker plugin``: an engine here has none, and installs none.

Source: docker/cli command/plugin.
"""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, INSPECT_FORMAT, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, at_least, none
from playground.docker_cli.command.several import each
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.table import Columns, render

_COLUMNS = Columns(
    "*plugin.pluginContext",
    {"ID": "ID", "Name": "NAME", "Description": "DESCRIPTION", "Enabled": "ENABLED", "PluginReference": "REFERENCE"},
    "table {{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}",
)


async def listing(cli: Cli, values: Values) -> None:
    await cli.list("/plugins", values["filter"])
    await cli.write(render(_COLUMNS, _COLUMNS.format(values.text("format"), values.truth("quiet")), []))


async def show(cli: Cli, values: Values) -> None:
    async def find(reference: str) -> Found:
        return Found(await cli.get(f"/plugins/{reference}/json"), "any")

    await inspect(cli, values.words, values.text("format"), find)


async def remove(cli: Cli, values: Values) -> None:
    await each(cli, values.words, lambda name: cli.delete(f"/plugins/{name}"))


async def refuse(cli: Cli, values: Values) -> None:
    raise CommandFailed("plugins cannot be installed in this playground")


def noun() -> Command:
    return Command("plugin", "Look at the engine's plugins", arguments=none).adopt(
        Command(
            "inspect [OPTIONS] PLUGIN [PLUGIN...]",
            "Show all that is known of one or more plugins",
            show,
            at_least(1),
            (INSPECT_FORMAT,),
        ),
        Command("install [OPTIONS] PLUGIN [KEY=VALUE...]", "Install a plugin", refuse, at_least(1)),
        Command(
            "ls [OPTIONS]",
            "List plugins",
            listing,
            none,
            (QUIET, NO_TRUNC, FORMAT, FILTERS),
            aliases=("list",),
        ),
        Command(
            "rm [OPTIONS] PLUGIN [PLUGIN...]",
            "Remove one or more plugins",
            remove,
            at_least(1),
            (Flag("force", help="Remove a plugin that is in use", short="f"),),
            aliases=("remove",),
        ),
    )
