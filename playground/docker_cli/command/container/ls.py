"""``docker ps``: list containers."""

import re

from playground.docker_cli.cli import Cli, filters_json
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import INT
from playground.docker_cli.formatter.containers import COLUMNS, container_row
from playground.docker_cli.formatter.table import render
from playground.docker_cli.gotemplate import TemplateError, parse

_NOTHING = {"Id": "", "Image": ""}
"""What a template is tried on before the engine is asked."""


async def run(cli: Cli, values: Values) -> None:
    form, quiet = values.text("format"), values.truth("quiet")
    if form and quiet:
        await cli.complain("WARNING: Ignoring custom format, because both --format and --quiet are set.\n")
    size = values.truth("size")
    if form:
        try:
            template = parse(form)
        except TemplateError as error:
            raise CommandFailed(f"failed to parse template: {error}") from None
        try:
            template.execute(container_row(cli, _NOTHING, truncate=True))
        except TemplateError as error:
            raise CommandFailed(f"failed to execute template: {error}") from None
        size = size or (not quiet and not values.changed("size") and _shows_size(form))
    query = {"all": "1"} if values.truth("all") else {}
    last = 1 if values.truth("latest") and values.number("last") == -1 else values.number("last")
    if last > 0:
        query["limit"] = str(last)
    if size:
        query["size"] = "1"
    if values["filter"]:
        query["filters"] = filters_json(values["filter"])
    containers = (await cli.get("/containers/json", query or None)) or []
    wanted = COLUMNS.quiet if quiet and form != "raw" else COLUMNS.format(form, quiet)
    if size and wanted == COLUMNS.table:
        wanted += "\t{{.Size}}"
    truncate = not values.truth("no-trunc")
    await cli.write(render(COLUMNS, wanted, [container_row(cli, item, truncate) for item in containers]))


def _shows_size(form: str) -> bool:
    """True when a template looks at the size, by its name or with the whole row."""
    return ".Size" in form or (form != "json" and re.search(r"\{\{-?\s*json\s+\.\s*-?\}\}", form) is not None)


def command(use: str, aliases: tuple[str, ...] = (), top: int = 0) -> Command:
    return Command(
        use,
        "List containers",
        run,
        none,
        (
            QUIET,
            Flag("size", help="Print how much disk the containers take", short="s"),
            Flag("all", help="List containers that do not run, too", short="a"),
            NO_TRUNC,
            Flag("latest", help="List the newest container, running or not", short="l"),
            Flag("last", INT, "List so many of the newest containers, running or not", short="n", default=-1),
            FORMAT,
            FILTERS,
        ),
        aliases=aliases,
        also="docker container ls, docker container list, docker container ps, docker ps",
        top=top,
    )
