"""``docker system prune``: remove what nothing uses."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FORCE
from playground.docker_cli.command.container.look import prune_containers
from playground.docker_cli.command.image.verbs import prune_images
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.network.verbs import prune_networks
from playground.docker_cli.command.volume.verbs import prune_volumes
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.formatter.sizes import human_size
from playground.docker_cli.opts.lists import FILTER


async def run(cli: Cli, values: Values) -> None:
    filters = values["filter"]
    if values.truth("volumes") and "until" in filters:
        raise CommandFailed('ERROR: The "until" filter is not supported with "--volumes"')
    if not values.truth("force") and not await cli.confirm(_question(values)):
        return
    total, text = await prune_containers(cli, filters)
    texts = [text, (await prune_networks(cli, filters)).removesuffix("\n")]
    if values.truth("volumes"):
        space, text = await prune_volumes(cli, False, filters)
        total += space
        texts.append(text)
    space, text = await prune_images(cli, values.truth("all"), filters)
    total += space
    texts.append(text)
    await cli.write("".join(f"{text}\n" for text in texts if text))
    await cli.line(f"Total reclaimed space: {human_size(total)}")


def _question(values: Values) -> str:
    parts = ["all stopped containers", "all networks not used by at least one container"]
    if values.truth("volumes"):
        parts.append("all anonymous volumes not used by at least one container")
    everything = values.truth("all")
    parts.append(
        "all images without at least one container associated to them" if everything else "all dangling images"
    )
    parts.append("all build cache" if everything else "unused build cache")
    text = "WARNING! This will remove:\n" + "".join(f"  - {part}\n" for part in parts)
    if values["filter"]:
        shown = [f"{key}={value}" for key in sorted(values["filter"]) for value in values["filter"][key]]
        text += "\n  Items to be pruned will be filtered with:\n" + "".join(f"  - {item}\n" for item in shown)
    return text + "\nAre you sure you want to continue?"


COMMAND = Command(
    "prune [OPTIONS]",
    "Remove what nothing uses",
    run,
    none,
    (
        FORCE,
        Flag("all", help="Remove images that have names, too", short="a"),
        Flag("volumes", help="Remove unnamed volumes, too"),
        Flag("filter", FILTER, 'Remove only what fits (such as "label=KEY=VALUE")'),
    ),
)
