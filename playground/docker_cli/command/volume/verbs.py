"""``docker volume`` create, inspect, ls, prune, rm.

Source: docker/cli command/volume.
"""

from typing import Any

from playground.docker_cli.cli import Cli, filters_json
from playground.docker_cli.command.common_flags import FILTERS, FORCE, FORMAT, INSPECT_FORMAT, QUIET
from playground.docker_cli.command.model import Command, at_least, at_most, none
from playground.docker_cli.command.several import each
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import MAP, STRING
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.sizes import human_size
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import natural
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.opts.lists import FILTER, LABELS, pairs

COLUMNS = Columns(
    "*formatter.volumeContext",
    {
        "Name": "VOLUME NAME",
        "Driver": "DRIVER",
        "Scope": "SCOPE",
        "Availability": "AVAILABILITY",
        "Mountpoint": "MOUNTPOINT",
        "Labels": "LABELS",
        "Links": "LINKS",
        "Size": "SIZE",
        "Group": "GROUP",
        "Status": "STATUS",
    },
    "table {{.Driver}}\t{{.Name}}",
    quiet="{{.Name}}",
    raw="name: {{.Name}}\\ndriver: {{.Driver}}\\n",
    raw_quiet="name: {{.Name}}",
)
_PRUNE = (
    "WARNING! This will remove {} local volumes not used by at least one container.\nAre you sure you want to continue?"
)


def volume_row(volume: Any) -> Row:
    """One line of ``docker volume ls``."""
    labels, usage = volume.get("Labels") or {}, volume.get("UsageData")
    return COLUMNS.row(
        {
            "Name": lambda: volume["Name"],
            "Driver": lambda: volume.get("Driver", ""),
            "Scope": lambda: volume.get("Scope", ""),
            "Mountpoint": lambda: volume.get("Mountpoint", ""),
            "Labels": lambda: ",".join(f"{key}={labels[key]}" for key in labels),
            "Label": lambda name: labels.get(name, ""),
            "Links": lambda: "N/A" if usage is None else str(usage.get("RefCount", 0)),
            "Size": lambda: "N/A" if usage is None else human_size(usage.get("Size", 0)),
            "Availability": lambda: "N/A",
            "Group": lambda: "N/A",
            "Status": lambda: "N/A",
        },
        takes_label=True,
    )


async def create(cli: Cli, values: Values) -> None:
    names = values.words
    if names and values.text("name"):
        raise CommandFailed(
            "conflicting options: cannot specify a volume-name through both --name and as a positional arg"
        )
    body = {
        "Name": names[0] if names else values.text("name"),
        "Driver": values.text("driver"),
        "DriverOpts": values["opt"],
        "Labels": pairs(values.items("label")),
    }
    await cli.line((await cli.post("/volumes/create", body=body))["Name"])


async def show(cli: Cli, values: Values) -> None:
    async def find(name: str) -> Found:
        return Found(await cli.get(f"/volumes/{name}"), "volume.Volume", verbatim=False)

    await inspect(cli, values.words, values.text("format"), find)


async def listing(cli: Cli, values: Values) -> None:
    query = {"filters": filters_json(values["filter"])} if values["filter"] else None
    volumes = ((await cli.get("/volumes", query)) or {}).get("Volumes") or []
    volumes.sort(key=lambda volume: natural(volume["Name"]))
    form = COLUMNS.format(values.text("format"), values.truth("quiet"))
    await cli.write(render(COLUMNS, form, [volume_row(volume) for volume in volumes]))


async def remove(cli: Cli, values: Values) -> None:
    query = {"force": "1"} if values.truth("force") else None
    await each(cli, values.words, lambda name: cli.delete(f"/volumes/{name}", query))


async def prune_volumes(cli: Cli, everything: bool, filters: dict[str, list[str]]) -> tuple[int, str]:
    """Remove unused volumes; the bytes that this freed, and the text that says which."""
    if everything:
        filters = {**filters, "all": ["true"]}
    answer = (await cli.post("/volumes/prune", {"filters": filters_json(filters)} if filters else None)) or {}
    names = answer.get("VolumesDeleted") or []
    text = "Deleted Volumes:\n" + "".join(f"{name}\n" for name in names) if names else ""
    return int(answer.get("SpaceReclaimed", 0)), text


async def prune(cli: Cli, values: Values) -> None:
    everything = values.truth("all")
    if not values.truth("force") and not await cli.confirm(_PRUNE.format("all" if everything else "anonymous")):
        return
    space, text = await prune_volumes(cli, everything, values["filter"])
    await cli.write((text + "\n" if text else "") + f"Total reclaimed space: {human_size(space)}\n")


def noun() -> Command:
    return Command("volume COMMAND", "Look at and change volumes", arguments=none).adopt(
        Command(
            "create [OPTIONS] [VOLUME]",
            "Make a volume",
            create,
            at_most(1),
            (
                Flag("driver", STRING, "Driver of the volume", short="d", default="local"),
                Flag("name", STRING, "Name of the volume", hidden=True),
                Flag("opt", MAP, "Options of the driver", short="o"),
                Flag("label", LABELS, "Labels of the volume"),
            ),
        ),
        Command(
            "inspect [OPTIONS] VOLUME [VOLUME...]",
            "Show all that is known of one or more volumes",
            show,
            at_least(1),
            (INSPECT_FORMAT,),
            completes="volume",
        ),
        Command("ls [OPTIONS]", "List volumes", listing, none, (QUIET, FORMAT, FILTERS), aliases=("list",)),
        Command(
            "prune [OPTIONS]",
            "Remove volumes that no container uses",
            prune,
            none,
            (
                FORCE,
                Flag("all", help="Remove volumes that have names, too", short="a"),
                Flag("filter", FILTER, 'Remove only what fits (such as "label=LABEL")'),
            ),
        ),
        Command(
            "rm [OPTIONS] VOLUME [VOLUME...]",
            "Remove one or more volumes",
            remove,
            at_least(1),
            (Flag("force", help="Remove a volume even if its driver does not agree", short="f"),),
            aliases=("remove",),
            completes="volume",
        ),
    )
