"""``docker node inspect``: show all that is known of nodes."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import INSPECT_FORMAT, PRETTY
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.node.reference import node_reference
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.instants import go_time, parse_instant
from playground.docker_cli.formatter.sizes import bytes_size
from playground.docker_cli.formatter.texts import pretty


async def run(cli: Cli, values: Values) -> None:
    form = "pretty" if values.truth("pretty") else values.text("format")
    if form.startswith("pretty") and form != "pretty":
        raise CommandFailed("cannot supply extra formatting options to the pretty template")

    async def find(reference: str) -> Found:
        node = await cli.get(f"/nodes/{await node_reference(cli, reference)}")
        return Found(node, "swarm.Node", verbatim=False)

    if form != "pretty":
        await inspect(cli, values.words, form, find, bad_template_code=1)
        return
    texts = [summary((await find(reference)).data) for reference in values.words]
    await cli.write("".join(texts))


def summary(node: Any) -> str:
    """A node as ``--pretty`` shows it.

    Source: docker/cli command/node/formatter.go.
    """
    spec, description, status = node.get("Spec", {}), node.get("Description", {}), node.get("Status", {})
    lines = [f"ID:\t\t\t{node['ID']}"]
    if spec.get("Name"):
        lines.append(f"Name:\t\t\t{spec['Name']}")
    lines += _labels("Labels", spec.get("Labels") or {})
    lines.append(f"Hostname:              \t{description.get('Hostname', '')}")
    lines.append(f"Joined at:             \t{pretty(go_time(parse_instant(node.get('CreatedAt', ''))))}")
    lines += ["Status:", f" State:\t\t\t{pretty(status.get('State', ''))}"]
    if status.get("Message"):
        lines.append(f" Message:              \t{pretty(status['Message'])}")
    lines.append(f" Availability:         \t{pretty(spec.get('Availability', ''))}")
    if status.get("Addr"):
        lines.append(f" Address:\t\t{status['Addr']}")
    lines += _manager(node.get("ManagerStatus"))
    platform, resources = description.get("Platform", {}), description.get("Resources", {})
    memory = resources.get("MemoryBytes", 0)
    lines += [
        "Platform:",
        f" Operating System:\t{platform.get('OS', '')}",
        f" Architecture:\t\t{platform.get('Architecture', '')}",
        "Resources:",
        f" CPUs:\t\t\t{resources.get('NanoCPUs', 0) // 1_000_000_000}",
        f" Memory:\t\t{bytes_size(memory) if memory else ''}",
    ]
    engine = description.get("Engine", {})
    lines += _plugins(engine.get("Plugins") or [])
    lines.append(f"Engine Version:\t\t{engine.get('EngineVersion', '')}")
    lines += _labels("Engine Labels", engine.get("Labels") or {})
    lines += _tls(description.get("TLSInfo") or {})
    return "\n".join(lines) + "\n"


def _labels(title: str, labels: dict[str, str]) -> list[str]:
    if not labels:
        return []
    return [f"{title}:", *(f" - {key}{'=' + labels[key] if labels[key] else ''}" for key in sorted(labels))]


def _manager(status: Any) -> list[str]:
    if status is None:
        return []
    return [
        "Manager Status:",
        f" Address:\t\t{status.get('Addr', '')}",
        f" Raft Status:\t\t{pretty(status.get('Reachability', ''))}",
        f" Leader:\t\t{'Yes' if status.get('Leader') else 'No'}",
    ]


def _plugins(plugins: list[Any]) -> list[str]:
    by_type: dict[str, list[str]] = {}
    for plugin in plugins:
        by_type.setdefault(plugin.get("Type", ""), []).append(plugin.get("Name", ""))
    if not by_type:
        return []
    return ["Plugins:", *(f" {kind}:\t\t{', '.join(by_type[kind])}" for kind in sorted(by_type))]


def _tls(info: Any) -> list[str]:
    if not info:
        return []
    return [
        "TLS Info:",
        " TrustRoot:",
        info.get("TrustRoot", ""),
        f" Issuer Subject:\t{info.get('CertIssuerSubject', '')}",
        f" Issuer Public Key:\t{info.get('CertIssuerPublicKey', '')}",
    ]


COMMAND = Command(
    "inspect [OPTIONS] self|NODE [NODE...]",
    "Show all that is known of one or more nodes",
    run,
    at_least(1),
    (INSPECT_FORMAT, PRETTY),
    swarm="manager",
    completes="node",
)
