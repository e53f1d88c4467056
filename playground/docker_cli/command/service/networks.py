"""Which networks a service is attached to."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.opts.networks import Attachment


async def network_id(cli: Cli, reference: str) -> str:
    """The id of a network of the swarm.

    Raises:
        ApiError: there is none of that name.
    """
    return str((await cli.get(f"/networks/{reference}", {"scope": "swarm"}))["Id"])


async def attachments(cli: Cli, wanted: list[Attachment]) -> list[dict[str, Any]]:
    """Attachments as a service holds them, sorted by network id."""
    out = [_config(await network_id(cli, attachment.target), attachment) for attachment in wanted]
    return sorted(out, key=lambda config: str(config["Target"]))


async def change_networks(cli: Cli, values: Values, spec: dict[str, Any]) -> None:
    """Apply ``--network-add`` and ``--network-rm``.

    Raises:
        CommandFailed: the service is attached to the network already.
        ApiError: a network is not there.
    """
    if not values.changed("network-add", "network-rm"):
        return
    task = spec["TaskTemplate"]
    current = task.get("Networks") or spec.get("Networks") or []
    spec.pop("Networks", None)
    removed = [await network_id(cli, reference) for reference in values.items("network-rm")]
    kept = [config for config in current if config.get("Target") not in removed]
    for attachment in values.items("network-add"):
        identity = await network_id(cli, attachment.target)
        if any(config.get("Target") == identity for config in kept):
            raise CommandFailed(f"service is already attached to network {attachment.target}")
        kept.append(_config(identity, attachment))
    task["Networks"] = sorted(kept, key=lambda config: str(config.get("Target", "")))


def _config(identity: str, attachment: Attachment) -> dict[str, Any]:
    config: dict[str, Any] = {"Target": identity}
    if attachment.aliases:
        config["Aliases"] = attachment.aliases
    if attachment.driver_options:
        config["DriverOpts"] = attachment.driver_options
    return config
