"""Reads Compose files: parse, fill in variables, check, bring into the long form, merge.

Source: docker/cli compose/loader, command/stack/loader.
"""

import posixpath
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.compose import normal_form, validation
from playground.docker_cli.compose.interpolation import interpolate
from playground.docker_cli.compose.merging import merge
from playground.docker_cli.compose.yaml_text import OddMapping, parse_yaml
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.opts.lists import lines_of
from playground.docker_cli.opts.ports import parse_mapping

UNSUPPORTED = (
    "build",
    "cgroupns_mode",
    "cgroup_parent",
    "devices",
    "domainname",
    "external_links",
    "ipc",
    "links",
    "mac_address",
    "network_mode",
    "pid",
    "privileged",
    "restart",
    "security_opt",
    "shm_size",
    "userns_mode",
)
DEPRECATED = {
    "container_name": "Setting the container name is not supported.",
    "expose": (
        "Exposing ports is unnecessary - services on the same network can access each other's containers on any port."
    ),
}
_USE_DEPLOY = "Set resource limits using deploy.resources"
FORBIDDEN = {
    "extends": "Support for `extends` is not implemented yet.",
    "volume_driver": (
        "Instead of setting the volume driver on the service, define a volume using the top-level `volumes` option"
        " and specify the driver there."
    ),
    "volumes_from": (
        "To share a volume between services, define it using the top-level `volumes` option and reference it from"
        " each service that shares it using the service-level `volumes` option."
    ),
    **dict.fromkeys(("cpu_quota", "cpu_shares", "cpuset", "mem_limit", "memswap_limit"), _USE_DEPLOY),
}
_SECTIONS = {"networks": "network", "volumes": "volume", "secrets": "secret", "configs": "config"}

Compose = dict[str, Any]
"""``version``, ``services``, ``networks``, ``volumes``, ``secrets``, ``configs``, all in the long form."""


async def read_documents(cli: Cli, paths: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The parsed files, and the directory that relative paths are relative to.

    Raises:
        CommandFailed: there is none, or one is no YAML.
        OSError: one cannot be read.
    """
    if not paths:
        raise CommandFailed("Specify a Compose file (with --compose-file)")
    working = cli.process.environment.get("PWD", "/")
    directory = working if paths == ["-"] else posixpath.dirname(posixpath.join(working, paths[0]))
    documents = []
    for path in paths:
        try:
            data = await cli.read_all() if path == "-" else cli.process.files.read(path)
        except OSError as error:
            raise CommandFailed(f"open {path}: {(error.strerror or str(error)).lower()}") from None
        documents.append(parse_yaml(data.decode("utf-8", "replace")))
    return documents, directory


def load(
    cli: Cli, documents: list[dict[str, Any]], directory: str, fill_in: bool = True, explain: bool = True
) -> Compose:
    """Check and merge the documents. ``explain``: what to do instead of what is forbidden.

    Raises:
        CommandFailed: something in them is wrong.
    """
    version = validation.version_of(documents[0])
    loaded = []
    for document in documents:
        own = validation.version_of(document)
        if own != version:
            raise CommandFailed(f"version mismatched between two composefiles : {version} and {own}")
        _refuse_forbidden(document, explain)
        odd = _has_odd_keys(document)
        if fill_in:
            document = interpolate(document, cli.process.environment)
        if odd:
            raise CommandFailed("json: unsupported type: map[interface {}]interface {}")
        validation.validate(document, version)
        loaded.append(_sections(cli, document, version, directory))
    return merge(loaded)


def notes(documents: list[dict[str, Any]]) -> str:
    """What of the files is passed over, for standard error."""
    services = [definition for document in documents for definition in _services(document).values()]
    unsupported = sorted(name for name in UNSUPPORTED if any(name in service for service in services))
    text = f"Ignoring unsupported options: {', '.join(unsupported)}\n\n" if unsupported else ""
    deprecated = {key: words for key, words in DEPRECATED.items() if any(key in service for service in services)}
    return text + (f"Ignoring deprecated options:\n\n{_explained(deprecated)}\n\n" if deprecated else "")


def warnings(compose: Compose, documents: list[dict[str, Any]]) -> list[str]:
    """What the real client's log warns of."""
    out = []
    for document in documents:
        for service in _services(document).values():
            for port in service.get("ports") or []:
                address = parse_mapping(port)[0].host_ip if isinstance(port, str) and "$" not in port else ""
                if address:
                    text = port if "/" in port else f"{port}/tcp"
                    out.append(f"ignoring IP-address ({text}) service will listen on '0.0.0.0'")
        for section, kind in _SECTIONS.items():
            for name in compose.get(section, {}):
                definition = (document.get(section) or {}).get(name) or {}
                external = definition.get("external")
                if isinstance(external, dict) and external.get("name"):
                    out.append(f"{kind} {name}: {kind}.external.name is deprecated in favor of {kind}.name")
    return out


def _services(document: dict[str, Any]) -> dict[str, Any]:
    services = document.get("services")
    return {
        name: definition
        for name, definition in (services.items() if isinstance(services, dict) else ())
        if isinstance(definition, dict)
    }


def _explained(properties: dict[str, str]) -> str:
    return "\n\n".join(sorted(f"{name}: {words}" for name, words in properties.items()))


def _has_odd_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, OddMapping) or any(_has_odd_keys(item) for item in value.values())
    return isinstance(value, list) and any(_has_odd_keys(item) for item in value)


def _refuse_forbidden(document: dict[str, Any], explain: bool) -> None:
    services = _services(document).values()
    found = {name: words for name, words in FORBIDDEN.items() if any(name in service for service in services)}
    if found:
        if not explain:
            raise CommandFailed("Configuration contains forbidden properties")
        raise CommandFailed(f"Compose file contains unsupported options:\n\n{_explained(found)}\n")


def _sections(cli: Cli, document: dict[str, Any], version: str, directory: str) -> Compose:
    services = {}
    for name, definition in (document.get("services") or {}).items():
        services[name] = _service(cli, definition, directory)
    out: Compose = {"version": version, "services": services}
    for section, kind in _SECTIONS.items():
        objects = {}
        for name, definition in sorted((document.get(section) or {}).items()):
            objects[name] = normal_form.named_object(kind, name, definition)
            if kind in ("secret", "config") and not (objects[name].get("external") or objects[name].get("driver")):
                objects[name]["file"] = posixpath.normpath(posixpath.join(directory, objects[name].get("file", "")))
        if objects:
            out[section] = objects
    return {**out, **{key: document[key] for key in sorted(document) if key.startswith("x-")}}


def _service(cli: Cli, definition: dict[str, Any], directory: str) -> dict[str, Any]:
    service = normal_form.service(definition)
    variables: dict[str, str | None] = {}
    for path in service.get("env_file", []):
        for line in lines_of(cli, posixpath.join(directory, path)):
            key, equals, value = line.partition("=")
            if equals or key in cli.process.environment:
                variables[key] = value if equals else cli.process.environment[key]
    variables.update(service.get("environment", {}))
    for key, known in variables.items():
        if not known and key in cli.process.environment:
            variables[key] = cli.process.environment[key]
    if variables:
        before = list(service)
        service["environment"] = {key: variables[key] for key in sorted(variables)}
        if "environment" not in before:
            service = normal_form.service({**service, "environment": service["environment"]})
    for volume in service.get("volumes", []):
        if volume.get("type") == "bind":
            if not volume.get("source"):
                raise CommandFailed('invalid mount config for type "bind": field Source must not be empty')
            volume["source"] = _host_path(cli, volume["source"], directory)
    return service


def _host_path(cli: Cli, path: str, directory: str) -> str:
    if path.startswith("~") and "HOME" in cli.process.environment:
        path = cli.process.environment["HOME"] + path[1:]
    absolute = path.startswith("/") or (path[1:2] == ":" and path[2:3] in ("/", "\\"))
    return path if absolute else posixpath.normpath(posixpath.join(directory, path))
