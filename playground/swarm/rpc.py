"""What crosses the network between nodes, besides raft: the envelopes of requests, and who may ask.

Services on a machine: ``control``, ``ca``, ``membership``, ``dispatcher`` and ``logs`` on
managers, ``agent`` on every node.
"""

from dataclasses import dataclass
from typing import Any

from playground.swarm.certificates import Certificate
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Cluster


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a manager's service. ``caller`` is None for a machine that has no certificate yet."""

    method: str
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    caller: Certificate | None = None
    address: str = ""
    """The caller's IP address as the first manager saw it."""
    forwarded_by: str = ""
    """The node id of the manager that passed it on to the leader."""


def authorize(caller: Certificate | None, cluster: Cluster | None, cluster_id: str, now_us: int) -> str:
    """Return the caller's node id.

    Source: swarmkit ``ca/auth.go``.

    Raises:
        RpcError: PermissionDenied, no certificate, another cluster's, or that of a removed node;
            Unavailable, an expired one (the TLS handshake fails).
    """
    if caller is None or caller.cluster_id != cluster_id:
        raise RpcError(
            Code.PERMISSION_DENIED,
            "Permission denied: unauthorized peer role: rpc error: code = "
            "PermissionDenied desc = no client certificates in request",
        )
    if caller.expired(now_us):
        raise RpcError(
            Code.UNAVAILABLE,
            'connection error: desc = "transport: authentication handshake failed: '
            'remote error: tls: expired certificate"',
        )
    if cluster is not None and caller.node_id in cluster.removed_nodes:
        raise RpcError(Code.PERMISSION_DENIED, f"Permission denied: node {caller.node_id} was removed from swarm")
    return caller.node_id


def connection_refused(address: str) -> RpcError:
    """What a client of gRPC says when nothing listens at the address."""
    return RpcError(
        Code.UNAVAILABLE,
        f'connection error: desc = "transport: Error while dialing: dial tcp {address}: connect: connection refused"',
    )


def closing() -> RpcError:
    """What a client of gRPC says when the server went away in the middle of a call."""
    return RpcError(Code.UNAVAILABLE, "transport is closing")


def port_service(address: str) -> str:
    """The name under which a manager holds the port of ``ip:port`` open on the network."""
    return f"tcp {address.rpartition(':')[2]}"
