"""What the container of a task is made of: the request that makes it, its service, its secrets and configs.

Source: moby ``daemon/cluster/executor/container/{container,adapter}.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from playground.api.file_tree import BARE
from playground.api.files import MemoryFiles
from playground.api.owners import name_of
from playground.engine import wire
from playground.engine.containers.container import GIVEN, Container
from playground.engine.errors import BadParameter, EngineError
from playground.engine.images.reference import parse
from playground.swarm.model import Config, Network, Node, Secret, Spec, Task
from playground.swarm.payload_template import Payloads
from playground.swarm.template import Context, expand_container

LABEL = "com.docker.swarm"


def request_of(task: Task, assigned: Mapping[str, Network], description: Spec) -> dict[str, Any]:
    """The body of the request that makes a task's container; ``description`` is the node's.

    Raises:
        EngineError, TemplateError: the specification makes no sense.
    """
    node = Node(id=task.node_id, description=description)
    spec = expand_container(task.spec.get("ContainerSpec") or {}, Context.of(task, node))
    labels = {**(spec.get("Labels") or {})}
    labels |= {
        f"{LABEL}.task": "",
        f"{LABEL}.task.id": task.id,
        f"{LABEL}.task.name": task.full_name,
        f"{LABEL}.node.id": task.node_id,
        f"{LABEL}.service.id": task.service_id,
        f"{LABEL}.service.name": task.service_name,
    }
    host_ports = [port for port in task.endpoint_ports if port.get("PublishMode") == "host"]
    ports = {f"{port['TargetPort']}/{port.get('Protocol', 'tcp')}": port for port in host_ports}
    image = str(spec["Image"])
    try:
        image = str(parse(image).tagged())
    except BadParameter:
        pass
    command, arguments = spec.get("Command") or None, spec.get("Args") or None
    limits = (task.spec.get("Resources") or {}).get("Limits") or {}
    dns = spec.get("DNSConfig") or {}
    log = task.spec.get("LogDriver") or {}
    networks = [assigned[a.network_id] for a in task.networks if a.network_id in assigned]
    return wire.read(
        wire.CREATE,
        {
            "Hostname": spec.get("Hostname", ""),
            "User": spec.get("User", ""),
            "Tty": spec.get("TTY", False),
            "OpenStdin": spec.get("OpenStdin", False),
            "Env": list(spec.get("Env") or ()) or None,
            "Entrypoint": command,
            "Cmd": arguments,
            "Image": image,
            "WorkingDir": spec.get("Dir", ""),
            "Labels": labels,
            "StopSignal": spec.get("StopSignal", ""),
            "Healthcheck": spec.get("Healthcheck"),
            "ExposedPorts": {key: {} for key in ports},
            "HostConfig": {
                "PortBindings": {
                    name: [{"HostIp": "", "HostPort": str(port.get("PublishedPort") or "")}]
                    for name, port in ports.items()
                },
                "Mounts": list(spec.get("Mounts") or ()),
                "NetworkMode": next((network.name for network in networks if network.predefined), "bridge"),
                "Init": spec.get("Init"),
                "ReadonlyRootfs": spec.get("ReadOnly", False),
                "Sysctls": spec.get("Sysctls"),
                "CapAdd": spec.get("CapabilityAdd"),
                "CapDrop": spec.get("CapabilityDrop"),
                "Ulimits": spec.get("Ulimits"),
                "OomScoreAdj": spec.get("OomScoreAdj", 0),
                "GroupAdd": spec.get("Groups"),
                "ExtraHosts": [_extra_host(entry) for entry in spec.get("Hosts") or ()] or None,
                "Dns": dns.get("Nameservers"),
                "DnsSearch": dns.get("Search"),
                "DnsOptions": dns.get("Options"),
                "LogConfig": {"Type": log.get("Name", ""), "Config": log.get("Options")},
                "Isolation": spec.get("Isolation", ""),
                "Memory": limits.get("MemoryBytes", 0),
                "NanoCpus": limits.get("NanoCPUs", 0),
                "PidsLimit": limits.get("Pids") or None,
            },
            "NetworkingConfig": {
                "EndpointsConfig": {
                    network.name: {
                        "Aliases": list(attachment.aliases) or None,
                        "IPAMConfig": {"IPv4Address": attachment.addresses[0].partition("/")[0]}
                        if attachment.addresses and not network.predefined
                        else None,
                    }
                    for attachment in task.networks
                    for network in (assigned.get(attachment.network_id),)
                    if network is not None
                }
            },
        },
    )


def service_of(task: Task, assigned: Mapping[str, Network]) -> dict[str, Any]:
    """What the data plane has to know of the service of a task's container."""
    addresses = {}
    for attachment in task.networks:
        network = assigned.get(attachment.network_id)
        if network is not None and attachment.addresses:
            addresses[network.name] = attachment.addresses[0].partition("/")[0]
    return {
        "id": task.service_id,
        "name": task.service_name,
        "addresses": addresses,
        "aliases": {attachment.network_id: attachment.aliases for attachment in task.networks},
        "virtual_ips": {network: address.partition("/")[0] for network, address in task.virtual_ips},
        "ports": tuple(
            (str(port.get("Protocol", "tcp")), int(port["PublishedPort"]), int(port.get("TargetPort", 0)))
            for port in task.endpoint_ports
            if port.get("PublishMode", "ingress") == "ingress" and port.get("PublishedPort")
        ),
    }


def write_dependencies(
    container: Container,
    task: Task,
    secrets: Mapping[str, Secret],
    configs: Mapping[str, Config],
    clock: Callable[[], int],
) -> None:
    """Secrets below ``/run/secrets``, configs where they were asked for; ``clock`` tells microseconds since 1970.

    Raises:
        EngineError: one of them was removed.
        TemplateError: one of them is a template that cannot be filled in.
    """
    spec = task.spec.get("ContainerSpec") or {}
    payloads = Payloads(task, secrets, configs)
    for reference in spec.get("Secrets") or ():
        secret = secrets.get(reference["SecretID"])
        file = reference.get("File") or {}
        if secret is None:
            raise _removed("secret", reference["SecretID"])
        name = str(file.get("Name") or reference.get("SecretName", ""))
        path = name if name.startswith("/") else f"/run/secrets/{name}"
        _give(container, path, payloads.secret(secret), file, clock)
    for reference in spec.get("Configs") or ():
        config = configs.get(reference["ConfigID"])
        file = reference.get("File") or {}
        if config is None:
            raise _removed("config", reference["ConfigID"])
        if file:
            name = str(file.get("Name") or reference.get("ConfigName", ""))
            _give(container, name if name.startswith("/") else f"/{name}", payloads.config(config), file, clock)


def _removed(kind: str, object_id: str) -> EngineError:
    """A task that asks for what is no longer there, as after a rollback."""
    return EngineError(f"unable to get {kind} from {kind} store: {kind} {object_id} not found")


def _give(container: Container, path: str, data: bytes, file: Mapping[str, Any], clock: Callable[[], int]) -> None:
    own = MemoryFiles(base=BARE, clock=clock)
    own.write(GIVEN, data)
    own.chmod(GIVEN, int(file.get("Mode", 0o444)))
    owner, group = (name_of(str(file.get(key) or "0")) for key in ("UID", "GID"))
    own.chown(GIVEN, owner, group)
    container.given[path] = own


def _extra_host(entry: str) -> str:
    """``address name`` of a service's hosts as ``name:address``."""
    address, _, names = entry.strip().partition(" ")
    return f"{names.split(maxsplit=1)[0] if names.strip() else ''}:{address}"
