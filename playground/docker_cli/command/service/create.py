"""``docker service create``: make a new service."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.service.flags import COMMON_FLAGS, GENERIC_RESOURCES, PREFERENCE
from playground.docker_cli.command.service.new_spec import new_spec
from playground.docker_cli.command.service.registry_digest import pin_image
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import LIST, STRING
from playground.docker_cli.opts import limits, lists
from playground.docker_cli.opts.mounts import MOUNT
from playground.docker_cli.opts.networks import NETWORK
from playground.docker_cli.opts.ports import SERVICE_PORT
from playground.docker_cli.opts.references import CONFIG, SECRET
from playground.docker_cli.service_progress import wait_on_service


async def run(cli: Cli, values: Values) -> None:
    """Create the service, print its id, and follow it until its tasks run (unless ``--detach``)."""
    spec = await new_spec(cli, values)
    warning = await pin_image(cli, spec, not values.truth("no-resolve-image"))
    answer = await cli.post("/services/create", body=spec)
    for text in [*(answer.get("Warnings") or []), *([warning] if warning else [])]:
        await cli.complain(text + "\n")
    await cli.line(answer["ID"])
    if not values.truth("detach"):
        await wait_on_service(cli, answer["ID"], values.truth("quiet"))


COMMAND = Command(
    "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
    "Make a new service",
    run,
    at_least(1),
    (
        *COMMON_FLAGS,
        Flag(
            "mode",
            STRING,
            'Kind of service ("replicated", "global", "replicated-job", "global-job")',
            default="replicated",
        ),
        Flag("name", STRING, "Name of the service"),
        Flag("label", lists.LABELS, "Labels of the service", short="l"),
        Flag("container-label", lists.LABELS, "Labels of its containers"),
        Flag("env", lists.ENVIRONMENT, "Environment variables", short="e"),
        Flag("env-file", LIST, "Files with environment variables, one a line"),
        Flag("mount", MOUNT, "Mount a volume, a directory or a tmpfs"),
        Flag("constraint", LIST, "Where tasks may run, such as node.role==worker"),
        Flag("placement-pref", PREFERENCE, "Over what tasks are spread, such as spread=node.labels.zone"),
        Flag("network", NETWORK, "Networks that the tasks are attached to"),
        Flag("secret", SECRET, "Secrets that the tasks can read"),
        Flag("config", CONFIG, "Configs that the tasks can read"),
        Flag("publish", SERVICE_PORT, "Publish a port on every node", short="p"),
        Flag("group", LIST, "Further groups of the container's user"),
        Flag("dns", lists.ADDRESSES, "DNS servers"),
        Flag("dns-option", LIST, "DNS options"),
        Flag("dns-search", lists.DNS_SEARCH, "DNS search domains"),
        Flag("host", lists.EXTRA_HOSTS, "Names with fixed addresses (HOST:IP)"),
        Flag("sysctl", LIST, "Kernel parameters"),
        Flag("ulimit", limits.ULIMIT, "Limits of the container's processes"),
        Flag("generic-resource", GENERIC_RESOURCES, "Resources of your own kind to set aside"),
    ),
    swarm="manager",
    interspersed=False,
    completes="image",
)
