"""Where a node that joins finds its own address: on the way to the manager it was given.

Source: moby ``daemon/cluster/cluster.go`` (``newNodeRunner``); Go's ``net.Dial``.
"""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

from playground.swarm.errors import SwarmError
from playground.swarm.node_disk import StartConfig

LAST_PORT = 65535
DNS_SERVER = "127.0.0.53:53"


def with_remote_found(config: StartConfig, address_of: Callable[[str], str | None]) -> StartConfig:
    """``config`` with the manager's name, if it is one, replaced by what ``address_of`` knows of it.

    Raises:
        SwarmError: nothing can be sent to that manager.
    """
    try:
        remote = _dialled(config.remote, address_of)
    except ValueError as error:
        if not ip_address(config.listen.rpartition(":")[0].strip("[]")).is_unspecified:
            return config  # Its own address is known, so nobody dials yet.
        raise SwarmError(f"could not find local IP address: dial udp: {error}") from None
    return replace(config, remote=remote, join_address=remote)


def _dialled(remote: str, address_of: Callable[[str], str | None]) -> str:
    host, _, port = remote.rpartition(":")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"address {remote}: too many colons in address")
    if not port.isdecimal():
        raise ValueError(f"lookup udp/{port}: unknown port")
    if int(port) > LAST_PORT:
        raise ValueError(f"address {port}: invalid port")
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        address = address_of(host)
        if address is None:
            raise ValueError(f"lookup {host} on {DNS_SERVER}: no such host") from None
        return f"{address}:{port}"
    return remote
