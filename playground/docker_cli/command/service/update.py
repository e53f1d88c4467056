"""``docker service update``: change a service."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.service.changed_spec import change_spec
from playground.docker_cli.command.service.flags import COMMON_FLAGS, GENERIC_RESOURCES, PREFERENCE
from playground.docker_cli.command.service.registry_digest import pin_image
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import LIST, STRING
from playground.docker_cli.opts import limits, lists, references
from playground.docker_cli.opts.mounts import MOUNT
from playground.docker_cli.opts.networks import NETWORK
from playground.docker_cli.opts.ports import SERVICE_PORT
from playground.docker_cli.service_progress import wait_on_service

_WITH_ROLLBACK = ("rollback", "detach", "quiet")


async def run(cli: Cli, values: Values) -> None:
    """Send the service's specification with the flags' changes, and follow it (unless ``--detach``)."""
    reference = values.words[0]
    service = await cli.get(f"/services/{reference}")
    spec = service["Spec"]
    query = {"version": str(service["Version"]["Index"]), "registryAuthFrom": "spec"}
    if values.truth("rollback"):
        if any(name not in _WITH_ROLLBACK for name in values.given()):
            raise CommandFailed("other flags may not be combined with --rollback")
        query["rollback"] = "previous"
    await change_spec(cli, values, spec)
    container = spec["TaskTemplate"]["ContainerSpec"]
    await _secrets(cli, values, container)
    await _configs(cli, values, container)
    resolve = values.changed("image") and not values.truth("no-resolve-image")
    warning = await pin_image(cli, spec, resolve)
    answer = await cli.post(f"/services/{service['ID']}/update", query, spec) or {}
    for text in [*(answer.get("Warnings") or []), *([warning] if warning else [])]:
        await cli.complain(text + "\n")
    await cli.line(reference)
    if not values.truth("detach"):
        await wait_on_service(cli, reference, values.truth("quiet"))


async def _secrets(cli: Cli, values: Values, container: dict[str, Any]) -> None:
    if not values.changed("secret-add", "secret-rm"):
        return
    removed = values.items("secret-rm")
    kept = [secret for secret in container.get("Secrets") or [] if secret["SecretName"] not in removed]
    container["Secrets"] = kept + await references.resolve(cli, "Secret", values.items("secret-add"))


async def _configs(cli: Cli, values: Values, container: dict[str, Any]) -> None:
    if not values.changed("config-add", "config-rm", "credential-spec"):
        return
    removed = values.items("config-rm")
    configs = container.get("Configs") or []
    kept = [config for config in configs if "Runtime" not in config and config["ConfigName"] not in removed]
    wanted = values.items("config-add")
    credentials = values["credential-spec"]
    if credentials and credentials["Config"]:
        wanted.append(references.Reference("Config", credentials["Config"], mounted=False))
    elif not values.changed("credential-spec"):
        kept += [config for config in configs if "Runtime" in config]
    container["Configs"] = kept + await references.resolve(cli, "Config", wanted)
    if values.changed("credential-spec"):
        privileges = container.setdefault("Privileges", {"SELinuxContext": None})
        for config in container["Configs"]:
            if credentials and config["ConfigName"] == credentials["Config"]:
                credentials = {**credentials, "Config": config["ConfigID"]}
        privileges["CredentialSpec"] = credentials or None


COMMAND = Command(
    "update [OPTIONS] SERVICE",
    "Change a service",
    run,
    exactly(1),
    (
        *COMMON_FLAGS,
        Flag("image", STRING, "New image of the service"),
        Flag("args", lists.COMMAND, "New arguments of the service's command"),
        Flag("rollback", help="Go back to what the service was before its last change"),
        Flag("force", help="Replace all tasks even if nothing changed"),
        Flag("env-add", lists.ENVIRONMENT, "Set an environment variable"),
        Flag("env-rm", LIST, "Take an environment variable away"),
        Flag("group-add", LIST, "Add a group of the container's user"),
        Flag("group-rm", LIST, "Take a group of the container's user away"),
        Flag("label-add", lists.LABELS, "Set a label of the service"),
        Flag("label-rm", LIST, "Take a label of the service away"),
        Flag("container-label-add", lists.LABELS, "Set a label of the containers"),
        Flag("container-label-rm", LIST, "Take a label of the containers away"),
        Flag("mount-add", MOUNT, "Add a mount, or replace the one on the same target"),
        Flag("mount-rm", LIST, "Take the mount on this target away"),
        Flag("publish-add", SERVICE_PORT, "Publish a port"),
        Flag("publish-rm", SERVICE_PORT, "Unpublish a port, named by its port in the container"),
        Flag("constraint-add", LIST, "Add a placement constraint"),
        Flag("constraint-rm", LIST, "Take a placement constraint away"),
        Flag("placement-pref-add", PREFERENCE, "Add a placement preference"),
        Flag("placement-pref-rm", PREFERENCE, "Take a placement preference away"),
        Flag("network-add", NETWORK, "Attach to a network"),
        Flag("network-rm", LIST, "Detach from a network"),
        Flag("secret-add", references.SECRET, "Give a secret"),
        Flag("secret-rm", LIST, "Take a secret away"),
        Flag("config-add", references.CONFIG, "Give a config"),
        Flag("config-rm", LIST, "Take a config away"),
        Flag("dns-add", lists.ADDRESSES, "Add a DNS server"),
        Flag("dns-rm", LIST, "Take a DNS server away"),
        Flag("dns-option-add", LIST, "Add a DNS option"),
        Flag("dns-option-rm", LIST, "Take a DNS option away"),
        Flag("dns-search-add", lists.DNS_SEARCH, "Add a DNS search domain"),
        Flag("dns-search-rm", LIST, "Take a DNS search domain away"),
        Flag("host-add", lists.EXTRA_HOSTS, "Add a name with a fixed address (HOST:IP)"),
        Flag("host-rm", LIST, "Take a name with a fixed address away (HOST:IP)"),
        Flag("sysctl-add", LIST, "Set a kernel parameter"),
        Flag("sysctl-rm", LIST, "Take a kernel parameter away"),
        Flag("ulimit-add", limits.ULIMIT, "Set a limit of the container's processes"),
        Flag("ulimit-rm", LIST, "Take a limit of the container's processes away"),
        Flag("generic-resource-add", GENERIC_RESOURCES, "Set aside a resource of your own kind"),
        Flag("generic-resource-rm", LIST, "No longer set aside a resource of your own kind"),
    ),
    swarm="manager",
    completes="service",
)
