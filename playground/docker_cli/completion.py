"""What the last word of a ``docker`` command line may become.

Source: docker/cli command/completion.
"""

from typing import Any

from playground.api import EngineClient, EngineUnreachable
from playground.docker_cli.cli import filters_json
from playground.docker_cli.command.model import Command
from playground.docker_cli.command.tree import root
from playground.docker_cli.compose.convert import NAMESPACE
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.usages import visible

_VALUES = {
    "availability": ["active", "pause", "drain"],
    "role": ["worker", "manager"],
    "mode": ["global", "global-job", "replicated", "replicated-job"],
    "endpoint-mode": ["dnsrr", "vip"],
    "restart-condition": ["any", "none", "on-failure"],
    "update-failure-action": ["continue", "pause", "rollback"],
    "rollback-failure-action": ["continue", "pause"],
    "update-order": ["start-first", "stop-first"],
    "rollback-order": ["start-first", "stop-first"],
    "resolve-image": ["always", "changed", "never"],
    "pull": ["always", "missing", "never"],
    "restart": ["always", "no", "on-failure", "unless-stopped"],
    "log-level": ["debug", "error", "fatal", "info", "warn"],
}
_OBJECTS = {
    "network": "network",
    "network-add": "network",
    "network-rm": "network",
    "secret": "secret",
    "secret-add": "secret",
    "config": "config",
    "config-add": "config",
    "image": "image",
}
"""Flags whose values are names of objects."""


async def complete(words: list[str], client: EngineClient) -> list[str]:
    """Candidates for the last of ``words`` (the first is ``docker``), sorted; empty when nothing fits.

    A candidate that ends with ``=`` wants more after it, without a blank.
    """
    *before, last = words[1:] if len(words) > 1 else [""]
    command, rest = _walk(root(), before)
    values = Values(command.flags)
    pending = _pending(values, rest)
    if pending is not None:
        candidates = await _flag_values(pending, client)
    elif last.startswith("--") and "=" in last:
        name, _, _ = last[2:].partition("=")
        flag = values.flags.get(name)
        candidates = [f"--{name}={value}" for value in (await _flag_values(flag, client) if flag else [])]
    elif last.startswith("-"):
        candidates = [f"--{flag.name}" for flag in visible(command.flags)] + ["--help"]
    elif command.children and rest:
        candidates = []
    elif command.children:
        candidates = [child.name for child in command.children if not child.hidden] + (
            [] if command.parent else ["help"]
        )
    else:
        candidates = await _names(command.completes, client)
        used = [word for word in rest if not word.startswith("-")]
        candidates = [name for name in candidates if name not in used]
    return sorted({name: None for name in candidates if name.startswith(last)})


def _walk(command: Command, words: list[str]) -> tuple[Command, list[str]]:
    for position, word in enumerate(words):
        if word == "help" and command.parent is None:
            return _walk(command, words[position + 1 :])
        if word.startswith("-"):
            continue
        child = command.child(word)
        if child is None:
            return command, words
        return _walk(child, words[position + 1 :])
    return command, [] if command.children else words


def _pending(values: Values, words: list[str]) -> Flag | None:
    """The flag that waits for its value at the end of the words."""
    if not words or not words[-1].startswith("-") or "=" in words[-1] or words[-1] in ("-", "--"):
        return None
    word = words[-1]
    if word.startswith("--"):
        flag = values.flags.get(word[2:])
    else:
        flag = next((each for each in values.flags.values() if each.short == word[-1]), None)
    return flag if flag is not None and not flag.kind.lone else None


async def _flag_values(flag: Flag, client: EngineClient) -> list[str]:
    if flag.name in _VALUES:
        return _VALUES[flag.name]
    return await _names(_OBJECTS.get(flag.name, ""), client)


async def _names(kind: str, client: EngineClient) -> list[str]:
    """Names of the objects of a kind; none when the engine does not tell."""
    match kind:
        case "node":
            nodes = await _listed(client, "/nodes")
            names = [node.get("Description", {}).get("Hostname", "") for node in nodes]
            return [*names, "self"] if names else []
        case "service" | "secret" | "config":
            return [item["Spec"].get("Name", "") for item in await _listed(client, f"/{kind}s")]
        case "scale":
            return [f"{name}=" for name in await _names("service", client)]
        case "role":
            return ["manager", "worker"]
        case "stack":
            services = await _listed(client, "/services", filters=filters_json({"label": [NAMESPACE]}))
            return [(item["Spec"].get("Labels") or {}).get(NAMESPACE, "") for item in services]
        case "network":
            return [network["Name"] for network in await _listed(client, "/networks")]
        case "volume":
            return [volume["Name"] for volume in await _listed(client, "/volumes")]
        case "image":
            images = await _listed(client, "/images/json")
            return [tag for image in images for tag in image.get("RepoTags") or []]
        case "container" | "all containers":
            query = {} if kind == "container" else {"all": "1"}
            containers = await _listed(client, "/containers/json", **query)
            return [name[1:] for item in containers for name in (item.get("Names") or [])[:1]]
    return []


async def _listed(client: EngineClient, path: str, **query: str) -> list[Any]:
    try:
        response = await client.request("GET", path, query or None)
    except EngineUnreachable:
        return []
    body = response.body
    if response.status >= 400:
        return []
    if path == "/volumes":
        body = (body or {}).get("Volumes")
    return list(body or [])
