"""What the leader gives to containers that are no tasks: a place on an attachable network.

Source: swarmkit ``manager/resourceapi/allocator.go``. There an attachment is a task of its own, with an address that
the leader allocates; here the node takes one of those that are free.
"""

from dataclasses import dataclass

from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Network, Task
from playground.swarm.store import View


@dataclass(frozen=True, slots=True)
class Attachment:
    """A network to come onto, and the addresses of it that tasks have."""

    network: Network
    taken: frozenset[str]


def attach_network(store: View, target: str) -> Attachment:
    """Let a container come onto the network of that id or name. Workers may ask this too.

    Raises:
        RpcError: NotFound; PermissionDenied, it is for services only.
    """
    network = store.get(Network, target)
    if network is None:
        named = [each for each in store.all(Network) if each.name == target]
        network = named[0] if len(named) == 1 else None
    if network is None:
        raise RpcError(Code.NOT_FOUND, f"network {target} not found")
    if not network.spec.get("Attachable"):
        raise RpcError(Code.PERMISSION_DENIED, f"network {network.name} not manually attachable")
    taken = (
        address.partition("/")[0]
        for task in store.all(Task)
        for each in task.networks
        if each.network_id == network.id
        for address in each.addresses
    )
    return Attachment(network, frozenset(taken))
