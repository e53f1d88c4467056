"""The entities of the view from the objects that a manager of the emulation has in its store."""

from collections.abc import Sequence
from typing import Any

from playground.backends import entities
from playground.swarm import model
from playground.swarm.model import TaskState
from playground.swarm.networks import is_ingress
from playground.swarm.orchestrator.tasks import is_dirty
from playground.swarm.store import MemoryStore

Json = dict[str, Any]

PARTS: dict[type[model.Object], str] = {
    model.Service: "services",
    model.Task: "tasks",
    model.Network: "networks",
}
"""Where in the view the objects of a kind stand, of those kinds whose objects are entities."""


def entity_of(store: MemoryStore, kind: type[model.Object], key: str) -> Json | None:
    """The entity of one object of ``PARTS``; None where there is none, or none is shown."""
    match store.get(kind, key):
        case model.Task() as task:
            return _task(store, task)
        case model.Service() as service:
            return _service(store, service)
        case model.Network(predefined=False) as network:
            return _network(network)
        case _:
            return None


def member_of(store: MemoryStore, node_id: str, hostname: str) -> model.Node | None:
    """The node object of a machine: by the id it says it has, or while it says none, by its name."""
    if node_id:
        return store.get(model.Node, node_id)
    named = [node for node in store.all(model.Node) if node.hostname == hostname]
    return max(named, key=lambda node: (node.created_us, node.id), default=None)


def hostname_of(store: MemoryStore | None, node_id: str) -> str:
    """The machine of a node id, or the empty text."""
    node = store.get(model.Node, node_id) if store is not None and node_id else None
    return node.hostname if node is not None else ""


def names_of(store: MemoryStore | None, kind: type[model.Secret] | type[model.Config]) -> list[str]:
    return sorted(found.name for found in store.all(kind)) if store is not None else []


def swarm_of(store: MemoryStore | None) -> Json | None:
    cluster = store.cluster() if store is not None else None
    return entities.swarm(cluster.id, cluster.spec) if cluster is not None else None


def _task(store: MemoryStore, task: model.Task) -> Json:
    return {
        "id": task.id,
        "service": task.service_id,
        "name": task.name,
        "slot": task.slot,
        "node": hostname_of(store, task.node_id),
        "node_id": task.node_id,
        "state": task.status.state.word,
        "desired": task.desired_state.word,
        "error": task.status.error,
        "message": task.status.message,
        "since": task.status.timestamp_us,
        "image": entities.image(task.spec),
        "version": task.spec_version or 0,
    }


def _service(store: MemoryStore, service: model.Service) -> Json:
    tasks = store.tasks_of_service(service.id)
    update = service.update_status

    def network_name(key: str) -> str:
        network = store.get(model.Network, key)
        return network.name if network is not None else ""

    return entities.service(
        service.id,
        service.spec,
        desired=sum(task.desired_state == TaskState.RUNNING for task in tasks),
        running=sum(task.status.state == TaskState.RUNNING for task in tasks),
        ports=service.ports,
        update={"state": update.state, "message": update.message} if update is not None else None,
        rolling=_rollout(store, service, tasks),
        network_name=network_name,
    )


def _rollout(store: MemoryStore, service: model.Service, tasks: Sequence[model.Task]) -> Json:
    """Which tasks are of another specification than the service's by now, and must be replaced."""
    update = service.update_status
    if update is None or not entities.under_way(update.state):
        return entities.rollout([], 0, None)
    living = [task for task in tasks if task.desired_state <= TaskState.RUNNING]
    one_of = {task.spec_version or 0: task for task in living}
    outdated = [
        version
        for version, task in sorted(one_of.items())
        if is_dirty(service, task, store.get(model.Node, task.node_id))
    ]
    current = sum(
        task.status.state == TaskState.RUNNING and (task.spec_version or 0) not in outdated for task in living
    )
    return entities.rollout(outdated, current, service.previous_spec)


def _network(network: model.Network) -> Json:
    return {
        "id": network.id,
        "name": network.name,
        "driver": network.spec.get("Driver") or "overlay",
        "subnet": str(network.ipam[0].get("Subnet", "")) if network.ipam else "",
        "ingress": is_ingress(network),
    }
