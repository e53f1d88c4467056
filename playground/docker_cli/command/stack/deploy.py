"""``docker stack deploy``: make what a Compose file describes, or bring it up to date.

Source: docker/cli command/stack/swarm/deploy_composefile.go.
"""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.api.image_reference import InvalidReference, check_any_reference
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.common_flags import NO_PROGRESS
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.service.registry_digest import pin_image
from playground.docker_cli.command.stack.objects import of_stack, remove_services, stack_name
from playground.docker_cli.compose import convert, loader
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL, STRING, STRINGS
from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.service_progress import wait_on_service

_RESOLVE = ("always", "changed", "never")
COMPOSE_FILE = Flag("compose-file", STRINGS, 'Compose file to read ("-": the input)', short="c")


async def run(cli: Cli, values: Values) -> None:
    stack = stack_name(values.words[0])
    documents, directory = await loader.read_documents(cli, values.items("compose-file"))
    compose = loader.load(cli, documents, directory)
    for text in loader.warnings(compose, documents):
        await cli.warn(text)
    await cli.complain(loader.notes(documents))
    _check_images(compose)
    resolve = values.text("resolve-image")
    if resolve not in _RESOLVE:
        raise CommandFailed(f"Invalid option {resolve} for flag --resolve-image")
    if values.truth("detach") and not values.changed("detach"):
        await cli.complain(
            "Since --detach=false was not specified, tasks will be created in the background.\n"
            "In a future release, --detach=false will become the default.\n"
        )
    await _need_manager(cli)
    if values.truth("prune"):
        kept = [convert.scoped(stack, name) for name in compose["services"]]
        old = [service for service in await of_stack(cli, "services", stack) if service["Spec"]["Name"] not in kept]
        await remove_services(cli, old)
    create, external = convert.networks(stack, compose)
    await _check_external(cli, external)
    await _create_networks(cli, stack, create)
    for word in ("secret", "config"):
        for spec in convert.payloads(cli, stack, compose.get(f"{word}s", {})):
            await _store(cli, word, spec)
    specs = {name: await convert.service_spec(cli, stack, name, compose) for name in compose["services"]}
    identities = await _deploy(cli, stack, specs, resolve)
    if not values.truth("detach"):
        await _follow(cli, identities, values.truth("quiet"))


def _check_images(compose: loader.Compose) -> None:
    for name, service in sorted(compose["services"].items()):
        complaint = f"invalid image reference for service {name}: "
        if not service.get("image"):
            raise CommandFailed(f"{complaint}no image specified")
        try:
            check_any_reference(service["image"])
        except InvalidReference as error:
            raise CommandFailed(complaint + str(error)) from None


async def _need_manager(cli: Cli) -> None:
    info = await cli.get("/info")
    if not info["Swarm"].get("ControlAvailable"):
        raise CommandFailed(
            'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join"'
            " to connect this node to swarm and try again"
        )


async def _check_external(cli: Cli, names: list[str]) -> None:
    for name in names:
        if name in ("bridge", "host", "none", "default"):
            continue
        try:
            network = await cli.get(f"/networks/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
            raise CommandFailed(
                f"network {quoted(name)} is declared as external, but could not be found."
                " You need to create a swarm-scoped network before the stack is deployed"
            ) from None
        if network["Scope"] != "swarm":
            raise CommandFailed(
                f"network {quoted(name)} is declared as external, but it is not in the right scope:"
                f' {quoted(network["Scope"])} instead of "swarm"'
            )


async def _create_networks(cli: Cli, stack: str, networks: dict[str, dict[str, Any]]) -> None:
    existing = [network["Name"] for network in await of_stack(cli, "networks", stack)]
    for name, options in networks.items():
        if name in existing:
            continue
        await cli.line(f"Creating network {name}")
        body = {"Name": name, **options, "Driver": options["Driver"] or "overlay"}
        await _wrapped(f"failed to create network {name}", cli.post("/networks/create", body=body))


async def _store(cli: Cli, word: str, spec: dict[str, Any]) -> None:
    """Create a secret or config, or update the labels of the one that is there."""
    name = spec["Name"]
    try:
        found = await cli.get(f"/{word}s/{name}")
    except ApiError as error:
        if error.status != 404:
            raise
        await cli.line(f"Creating {word} {name}")
        await _wrapped(f"failed to create {word} {name}", cli.post(f"/{word}s/create", body=spec))
        return
    version = {"version": str(found["Version"]["Index"])}
    await _wrapped(f"failed to update {word} {name}", cli.post(f"/{word}s/{found['ID']}/update", version, spec))


async def _wrapped(what: str, asked: Any) -> Any:
    try:
        return await asked
    except (ApiError, EngineUnreachable) as error:
        raise CommandFailed(f"{what}: {error_text(error)}") from None


async def _deploy(cli: Cli, stack: str, specs: dict[str, dict[str, Any]], resolve: str) -> list[str]:
    existing = {service["Spec"]["Name"]: service for service in await of_stack(cli, "services", stack)}
    identities = []
    for spec in specs.values():
        name = spec["Name"]
        container = spec["TaskTemplate"]["ContainerSpec"]
        service = existing.get(name)
        if service is None:
            await cli.line(f"Creating service {name}")
            warning = await pin_image(cli, spec, resolve != "never")
            what = f"failed to create service {name}"
            answer = await _wrapped(what, cli.post("/services/create", body=spec))
            identities.append(str(answer["ID"]))
        else:
            identity = service["ID"]
            await cli.line(f"Updating service {name} (id: {identity})")
            old = service["Spec"]
            same = container.get("Image") == (old.get("Labels") or {}).get(convert.IMAGE)
            if resolve != "always" and same:
                container["Image"] = old["TaskTemplate"]["ContainerSpec"]["Image"]
            warning = await pin_image(cli, spec, resolve == "always" or (resolve == "changed" and not same))
            spec["TaskTemplate"]["ForceUpdate"] = old["TaskTemplate"].get("ForceUpdate", 0)
            query = {"version": str(service["Version"]["Index"])}
            what = f"failed to update service {name}"
            answer = await _wrapped(what, cli.post(f"/services/{identity}/update", query, spec))
            identities.append(identity)
        for text in [*((answer or {}).get("Warnings") or []), *([warning] if warning else [])]:
            await cli.complain(text + "\n")
    return identities


async def _follow(cli: Cli, identities: list[str], quiet: bool) -> None:
    errors = []
    for identity in identities:
        try:
            await wait_on_service(cli, identity, quiet)
        except (ApiError, EngineUnreachable, CommandFailed) as error:
            errors.append(f"{identity}: {error_text(error)}")
    joined(errors)


COMMAND = Command(
    "deploy [OPTIONS] STACK",
    "Make or update a stack from a Compose file",
    run,
    exactly(1),
    (
        COMPOSE_FILE,
        Flag("with-registry-auth", help="Pass the registry credentials on to the nodes"),
        Flag("prune", help="Remove services that the file no longer has"),
        Flag("resolve-image", STRING, 'When to ask for image digests ("always", "changed", "never")', default="always"),
        Flag("detach", BOOL, "Return at once instead of waiting for the services", short="d", default=True),
        NO_PROGRESS,
    ),
    aliases=("up",),
    swarm="manager",
    completes="stack",
)
