"""``docker stack`` config, ls, ps, rm, services.

Source: docker/cli command/stack.
"""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, NO_RESOLVE, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, at_least, exactly, none
from playground.docker_cli.command.stack.deploy import COMPOSE_FILE
from playground.docker_cli.command.stack.objects import of_stack, remove_each, remove_services, stack_name
from playground.docker_cli.compose import loader
from playground.docker_cli.compose.convert import NAMESPACE
from playground.docker_cli.compose.yaml_text import write_yaml
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL
from playground.docker_cli.formatter.services import services_text
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.tasks import print_tasks
from playground.docker_cli.formatter.texts import natural
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.names import Names
from playground.docker_cli.service_progress import NUMBER

_POLL_US = 200_000
COLUMNS = Columns("*formatter.stackContext", {"Name": "NAME", "Services": "SERVICES"}, "table {{.Name}}\t{{.Services}}")


async def config(cli: Cli, values: Values) -> None:
    documents, directory = await loader.read_documents(cli, values.items("compose-file"))
    compose = loader.load(cli, documents, directory, fill_in=not values.truth("skip-interpolation"), explain=False)
    for text in loader.warnings(compose, documents):
        await cli.warn(text)
    services = {name: compose["services"][name] for name in sorted(compose["services"])}
    await cli.write(write_yaml({**compose, "services": services}))


async def listing(cli: Cli, values: Values) -> None:
    counts: dict[str, int] = {}
    for service in await cli.list("/services", {"label": [NAMESPACE]}):
        labels = service["Spec"].get("Labels") or {}
        if NAMESPACE not in labels:
            raise CommandFailed(f"cannot get label {NAMESPACE} for service {service['ID']}")
        counts[labels[NAMESPACE]] = counts.get(labels[NAMESPACE], 0) + 1

    def row(name: str) -> Row:
        return COLUMNS.row({"Name": lambda: name, "Services": lambda: str(counts[name])})

    rows = [row(name) for name in sorted(counts, key=natural)]
    await cli.write(render(COLUMNS, COLUMNS.format(values.text("format")), rows))


async def ps(cli: Cli, values: Values) -> None:
    stack = stack_name(values.words[0])
    tasks = await of_stack(cli, "tasks", stack, values["filter"])
    if not tasks:
        raise CommandFailed(f"nothing found in stack: {stack}")
    names = Names(cli, values.truth("no-resolve"))
    truncate = not values.truth("no-trunc")
    await print_tasks(cli, tasks, names, values.text("format"), values.truth("quiet"), truncate)


async def services(cli: Cli, values: Values) -> None:
    stack = stack_name(values.words[0])
    quiet = values.truth("quiet")
    filters = {**values["filter"]}
    filters["label"] = [*filters.get("label", []), f"{NAMESPACE}={stack}"]
    query = {} if quiet else {"status": "true"}
    found = await cli.list("/services", filters, **query)
    if not found:
        await cli.complain(f"Nothing found in stack: {stack}\n")
        return
    await cli.write(services_text(found, values.text("format"), quiet))


async def remove(cli: Cli, values: Values) -> None:
    """Remove services, secrets, configs and networks of each stack, in this order."""
    for name in values.words:
        stack_name(name)
    errors = []
    for stack in values.words:
        own = await of_stack(cli, "services", stack)
        networks = await of_stack(cli, "networks", stack)
        secrets, configs = await of_stack(cli, "secrets", stack), await of_stack(cli, "configs", stack)
        if not (own or networks or secrets or configs):
            await cli.complain(f"Nothing found in stack: {stack}\n")
            continue
        failed = await remove_services(cli, own)
        for word, objects in (("secret", secrets), ("config", configs)):
            failed = await remove_each(cli, word, [(item["ID"], item["Spec"]["Name"]) for item in objects]) or failed
        failed = await remove_each(cli, "network", [(item["Id"], item["Name"]) for item in networks]) or failed
        if failed:
            errors.append(f"failed to remove some resources from stack: {stack}")
        elif not values.truth("detach"):
            await _wait_until_stopped(cli, stack)
    joined(errors)


async def _wait_until_stopped(cli: Cli, stack: str) -> None:
    while True:
        tasks = await of_stack(cli, "tasks", stack)
        if all(NUMBER.get(task.get("Status", {}).get("State", ""), 0) > NUMBER["running"] for task in tasks):
            return
        await cli.process.loop.sleep(_POLL_US)


CONFIG = Command(
    "config [OPTIONS]",
    "Print Compose files as they are after merging and filling in variables",
    config,
    none,
    (COMPOSE_FILE, Flag("skip-interpolation", help="Do not fill in variables")),
)
LIST = Command("ls [OPTIONS]", "List stacks", listing, none, (FORMAT,), aliases=("list",), swarm="manager")
PS = Command(
    "ps [OPTIONS] STACK",
    "List the tasks of a stack",
    ps,
    exactly(1),
    (NO_TRUNC, NO_RESOLVE, FILTERS, QUIET, FORMAT),
    swarm="manager",
    completes="stack",
)
REMOVE = Command(
    "rm [OPTIONS] STACK [STACK...]",
    "Remove one or more stacks",
    remove,
    at_least(1),
    (Flag("detach", BOOL, "Return at once instead of waiting until the tasks have stopped", short="d", default=True),),
    aliases=("remove", "down"),
    swarm="manager",
    completes="stack",
)
SERVICES = Command(
    "services [OPTIONS] STACK",
    "List the services of a stack",
    services,
    exactly(1),
    (QUIET, FORMAT, FILTERS),
    swarm="manager",
    completes="stack",
)
