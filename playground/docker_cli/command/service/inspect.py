"""``docker service inspect``: show all that is known of services."""

from playground.api import ApiError
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import INSPECT_FORMAT, PRETTY
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.service.summary import summary
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.inspection import Found, inspect


async def run(cli: Cli, values: Values) -> None:
    if values.truth("pretty") and values.text("format"):
        raise CommandFailed("--format is incompatible with human friendly format")
    form = "pretty" if values.truth("pretty") else values.text("format")
    if form.startswith("pretty") and form != "pretty":
        raise CommandFailed("Cannot supply extra formatting options to the pretty template")

    async def find(reference: str) -> Found:
        try:
            service = await cli.get(f"/services/{reference}", {"insertDefaults": "true"})
        except ApiError as error:
            if error.status == 404:
                raise CommandFailed(f"Error: no such service: {reference}") from None
            raise
        return Found(service, "swarm.Service", verbatim=False)

    if form != "pretty":
        await inspect(cli, values.words, "" if form == "raw" else form, find, bad_template_code=1)
        return
    texts = []
    for reference in values.words:
        service = (await find(reference)).data
        names = {}
        for config in service["Spec"]["TaskTemplate"].get("Networks") or []:
            target = config.get("Target", "")
            try:
                names[target] = (await cli.get(f"/networks/{target}", {"scope": "swarm"}))["Name"]
            except ApiError as error:
                if error.status != 404:
                    raise
                names[target] = target
        texts.append(summary(cli, service, names))
    await cli.write("".join(texts))


COMMAND = Command(
    "inspect [OPTIONS] SERVICE [SERVICE...]",
    "Show all that is known of one or more services",
    run,
    at_least(1),
    (INSPECT_FORMAT, PRETTY),
    swarm="manager",
    completes="service",
)
