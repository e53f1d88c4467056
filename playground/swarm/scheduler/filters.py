"""The reasons for which a node cannot take a task, one small class each.

Source: swarmkit ``manager/scheduler/filter.go``.
"""

from collections.abc import Callable
from typing import Any, Protocol

from playground.swarm.model import EMPTY, Network, Spec, Task
from playground.swarm.scheduler import constraints
from playground.swarm.scheduler.node_info import NodeInfo, generic_amounts, host_ports, reservations


class Filter(Protocol):
    """One reason. ``check`` and ``explain`` are only asked after ``set_task`` returned True."""

    def set_task(self, task: Task) -> bool:
        """Take the task that the next checks are about; False when the filter does not concern it."""

    def check(self, info: NodeInfo) -> bool:
        """True when the node can take the task."""

    def explain(self, nodes: int) -> str:
        """What it means that this many nodes failed the check."""


def _on_nodes(what: str, nodes: int) -> str:
    return f"{what} on 1 node" if nodes == 1 else f"{what} on {nodes} nodes"


def _placement(task: Task) -> Spec:
    return task.spec.get("Placement") or EMPTY


class ReadyFilter:
    """The node is READY and its availability is active."""

    def set_task(self, task: Task) -> bool:
        return True

    def check(self, info: NodeInfo) -> bool:
        return info.ready

    def explain(self, nodes: int) -> str:
        return "1 node not available for new tasks" if nodes == 1 else f"{nodes} nodes not available for new tasks"


class ResourceFilter:
    """What the task reserves is left on the node. Limits and real use do not count."""

    def __init__(self) -> None:
        self._cpu = 0
        self._memory = 0
        self._generic: list[tuple[str, int]] = []

    def set_task(self, task: Task) -> bool:
        wanted = reservations(task.spec)
        self._cpu = int(wanted.get("NanoCPUs") or 0)
        self._memory = int(wanted.get("MemoryBytes") or 0)
        self._generic = list(generic_amounts(wanted.get("GenericResources")))
        return bool(self._cpu or self._memory or self._generic)

    def check(self, info: NodeInfo) -> bool:
        return (
            self._cpu <= info.cpu_left
            and self._memory <= info.memory_left
            and all(info.generic_left.get(kind, -1) >= amount for kind, amount in self._generic)
        )

    def explain(self, nodes: int) -> str:
        return _on_nodes("insufficient resources", nodes)


class PluginFilter:
    """The node lists the volume, network and log drivers that the task needs."""

    def __init__(self, network: Callable[[str], Network | None]) -> None:
        self._network = network
        self._required: list[tuple[str, str]] = []
        self._log_driver = ""

    def set_task(self, task: Task) -> bool:
        container = task.spec.get("ContainerSpec") or EMPTY
        volumes = [name for name in map(_volume_driver, container.get("Mounts") or ()) if name not in ("", "local")]
        networks = []
        for attachment in task.networks:
            network = self._network(attachment.network_id)
            if network is not None and not network.predefined:
                networks.append(str(network.spec.get("Driver") or "overlay"))
        log_driver = task.spec.get("LogDriver")
        self._required = [("Volume", name) for name in volumes] + [("Network", name) for name in networks]
        self._log_driver = str((log_driver or EMPTY).get("Name") or "")
        return bool(volumes or task.networks or log_driver is not None)

    def check(self, info: NodeInfo) -> bool:
        engine = (info.node.description or EMPTY).get("Engine")
        if engine is None:
            return True
        plugins = engine.get("Plugins") or ()
        if not all(_has_plugin(plugins, kind, name) for kind, name in self._required):
            return False
        if self._log_driver in ("", "none"):
            return True
        # An old engine lists no log drivers at all; it is not held against it.
        listed = any(plugin.get("Type") == "Log" for plugin in plugins)
        return not listed or _has_plugin(plugins, "Log", self._log_driver)

    def explain(self, nodes: int) -> str:
        return _on_nodes("missing plugin", nodes)


def _volume_driver(mount: Spec) -> str:
    if mount.get("Type") != "volume":
        return ""
    options = mount.get("VolumeOptions") or EMPTY
    return str((options.get("DriverConfig") or EMPTY).get("Name") or "")


def _has_plugin(plugins: Any, kind: str, name: str) -> bool:
    return any(plugin.get("Type") == kind and plugin.get("Name") in (name, f"{name}:latest") for plugin in plugins)


class ConstraintFilter:
    """The node satisfies the placement constraints."""

    def __init__(self) -> None:
        self._constraints: list[constraints.Constraint] = []

    def set_task(self, task: Task) -> bool:
        self._constraints = constraints.of_template(task.spec)
        return bool(self._constraints)

    def check(self, info: NodeInfo) -> bool:
        return constraints.matches(info.node, self._constraints)

    def explain(self, nodes: int) -> str:
        return _on_nodes("scheduling constraints not satisfied", nodes)


class PlatformFilter:
    """The image exists for the node's platform; an image that names none runs anywhere."""

    def __init__(self) -> None:
        self._platforms: list[tuple[str, str]] = []

    def set_task(self, task: Task) -> bool:
        self._platforms = [
            (_architecture(str(platform.get("Architecture") or "")), str(platform.get("OS") or ""))
            for platform in _placement(task).get("Platforms") or ()
        ]
        return bool(self._platforms)

    def check(self, info: NodeInfo) -> bool:
        platform = (info.node.description or EMPTY).get("Platform")
        if platform is None:
            return False
        architecture = _architecture(str(platform.get("Architecture") or ""))
        system = str(platform.get("OS") or "")
        return any(wanted in ("", architecture) and on in ("", system) for wanted, on in self._platforms)

    def explain(self, nodes: int) -> str:
        return _on_nodes("unsupported platform", nodes)


def _architecture(name: str) -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(name, name)


class HostPortFilter:
    """The host-mode ports that the task publishes are free on the node."""

    def __init__(self) -> None:
        self._ports: list[tuple[str, int]] = []

    def set_task(self, task: Task) -> bool:
        self._ports = host_ports(task)
        return bool(self._ports)

    def check(self, info: NodeInfo) -> bool:
        return not any(port in info.used_host_ports for port in self._ports)

    def explain(self, nodes: int) -> str:
        return _on_nodes("host-mode port already in use", nodes)


class MaxReplicasFilter:
    """The node has fewer active tasks of the service than ``Placement.MaxReplicas``."""

    def __init__(self) -> None:
        self._service_id = ""
        self._most = 0

    def set_task(self, task: Task) -> bool:
        self._service_id = task.service_id
        self._most = int(_placement(task).get("MaxReplicas") or 0)
        return self._most > 0

    def check(self, info: NodeInfo) -> bool:
        return info.active_by_service.get(self._service_id, 0) < self._most

    def explain(self, nodes: int) -> str:
        return "max replicas per node limit exceed"


class VolumesFilter:
    """The cluster (CSI) volumes that the task mounts can be had on the node.

    There are no cluster volumes here, so a task that asks for one fits nowhere.
    """

    def set_task(self, task: Task) -> bool:
        container = task.spec.get("ContainerSpec") or EMPTY
        return any(mount.get("Type") == "cluster" for mount in container.get("Mounts") or ())

    def check(self, info: NodeInfo) -> bool:
        return False

    def explain(self, nodes: int) -> str:
        return _on_nodes("cannot fulfill requested CSI volume mounts", nodes)


def all_filters(network: Callable[[str], Network | None]) -> list[Filter]:
    """Every filter, in the order in which a failure is charged. ``network`` finds a network by id."""
    return [
        ReadyFilter(),
        ResourceFilter(),
        PluginFilter(network),
        ConstraintFilter(),
        PlatformFilter(),
        HostPortFilter(),
        MaxReplicasFilter(),
        VolumesFilter(),
    ]
