"""Reading and checking what ``POST /swarm/init`` and ``/swarm/join`` ask for.

Source: moby ``daemon/cluster/swarm.go``, ``daemon/cluster/listen_addr.go``.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, ip_address

from playground.swarm.errors import BadConfiguration, SwarmError
from playground.swarm.model import Spec
from playground.swarm.node_disk import StartConfig

DEFAULT_PORT = "2377"
LAST_PORT = 65535
INTERFACES = ("ens3", "eth0")
"""The one interface of a machine besides the loopback and Docker's own, as Ubuntu names it and as most people write."""

BAD_LISTEN = "listen address must be an IP address or network interface (with optional port number)"
BAD_ADVERTISE = "advertise address must be a non-zero IP address or network interface (with optional port number)"
BAD_DATA_PATH = "data path address must be a non-zero IP address or network interface (without a port number)"
MAX_SUBNET_SIZE = 29


def _with_port(address: str) -> str:
    """An address with the default port where it has none; empty is an error of the caller's field."""
    if not address:
        raise ValueError("invalid empty address")
    address = address.removeprefix("tcp://")
    host, colon, port = address.rpartition(":")
    if not colon:
        return f"{address}:{DEFAULT_PORT}"
    return f"{host or '0.0.0.0'}:{port or DEFAULT_PORT}"


def _resolve(host: str, own: str, *, unspecified_is_valid: bool) -> str | None:
    """An IP address from an address or an interface's name; None when it is neither."""
    if host in INTERFACES:
        return own
    if host == "lo":
        return "127.0.0.1"
    try:
        found: IPv4Address | IPv6Address = ip_address(host.strip("[]"))
    except (AddressValueError, ValueError):
        return None
    return str(found) if unspecified_is_valid or not found.is_unspecified else None


def _listen(request: Spec, own: str) -> tuple[str, str]:
    """Host and port to listen on."""
    try:
        address = _with_port(str(request.get("ListenAddr") or ""))
    except ValueError as error:
        raise BadConfiguration(f'invalid ListenAddr "": {error}') from None
    host, _, port = address.rpartition(":")
    resolved = _resolve(host, own, unspecified_is_valid=True)
    if resolved is None:
        raise BadConfiguration(BAD_LISTEN)
    return resolved, port


def _advertise(request: Spec, own: str, port: str) -> str:
    """``ip:port`` to tell others."""
    wanted = str(request.get("AdvertiseAddr") or "")
    if not wanted:
        return f"{own}:{port}"
    host, colon, given_port = wanted.rpartition(":")
    if not colon:
        host, given_port = wanted, port
    resolved = _resolve(host, own, unspecified_is_valid=False)
    if resolved is None:
        raise BadConfiguration(BAD_ADVERTISE)
    return f"{resolved}:{given_port}"


def _check_data_path(request: Spec, own: str) -> None:
    wanted = str(request.get("DataPathAddr") or "")
    if wanted and _resolve(wanted, own, unspecified_is_valid=False) is None:
        raise BadConfiguration(BAD_DATA_PATH)


def _pool(request: Spec) -> tuple[tuple[str, ...], int]:
    pools = tuple(str(pool) for pool in request.get("DefaultAddrPool") or ())
    size = int(request.get("SubnetSize") or 0)
    if not pools:
        return (), size
    if (size or 24) > MAX_SUBNET_SIZE:
        raise SwarmError(f"subnet size is out of range: {size}")
    networks = []
    for pool in pools:
        try:
            network = IPv4Network(pool, strict=False)
        except ValueError:
            raise SwarmError(f"invalid base pool {pool}: invalid CIDR address: {pool}") from None
        if (size or 24) < network.prefixlen:
            raise SwarmError(f'invalid CIDR: "{pool}". Subnet size is too small for pool: {size or 24}')
        networks.append(network)
    return pools, size or 24


def _data_path_port(request: Spec) -> int:
    port = int(request.get("DataPathPort") or 0)
    if not port:
        return 4789
    if not 1024 <= port <= 49151:
        raise SwarmError(f"Datapath port number is not in valid range (1024-49151) : {port}")
    return port


def _availability(request: Spec) -> str:
    availability = str(request.get("Availability") or "active")
    if availability.lower() not in ("active", "pause", "drain"):
        raise SwarmError(f'invalid Availability: "{availability}"')
    return availability.lower()


def _check_port_can_be_had(host: str, port: str, own: str) -> None:
    complaint = "manager stopped: failed to listen on remote API address: listen tcp"
    if not port.isdecimal() or int(port) > LAST_PORT:
        raise SwarmError(f"{complaint}: address {port}: invalid port")
    address = ip_address(host)
    if host != own and not address.is_unspecified and not address.is_loopback:
        raise SwarmError(f"{complaint} {host}:{port}: bind: cannot assign requested address")


def read_init(request: Spec, own: str) -> StartConfig:
    """The start of a new cluster on the machine with the address ``own``.

    Raises:
        BadConfiguration: an address or the spec's name makes no sense.
        SwarmError: the pool, the data path port or the availability makes none (HTTP 500).
    """
    name = ((request.get("Spec") or {}).get("Name")) or "default"
    host, port = _listen(request, own)
    if name != "default":
        raise BadConfiguration('swarm spec must be named "default"')
    advertise = _advertise(request, own, port)
    _check_data_path(request, own)
    pools, size = _pool(request)
    data_path_port, availability = _data_path_port(request), _availability(request)
    _check_port_can_be_had(host, port, own)
    return StartConfig(
        listen=f"{host}:{port}",
        advertise=advertise,
        pool=pools,
        empty_pool=request.get("DefaultAddrPool") == [],
        subnet_size=size,
        data_path_port=data_path_port,
        availability=availability,
        autolock=bool(request.get("AutoLockManagers")),
        force_new_cluster=bool(request.get("ForceNewCluster")),
    )


def read_join(request: Spec, own: str) -> StartConfig:
    """The start of a node that joins.

    Raises:
        BadConfiguration: no or a bad remote address, or a bad listen address.
        SwarmError: a bad availability (HTTP 500).
    """
    host, port = _listen(request, own)
    remotes = list(request.get("RemoteAddrs") or ())
    if not remotes:
        raise BadConfiguration("at least 1 RemoteAddr is required to join")
    for index, remote in enumerate(remotes):
        try:
            remotes[index] = _with_port(str(remote))
        except ValueError as error:
            raise BadConfiguration(f'invalid remoteAddr "{remote}": {error}') from None
    advertise = ""
    if request.get("AdvertiseAddr"):
        try:
            advertise = _advertise(request, own, port)
        except BadConfiguration:
            # The other side sees the address anyway.
            advertise = ""
    _check_data_path(request, own)
    return StartConfig(
        listen=f"{host}:{port}",
        advertise=advertise,
        remote=remotes[0],
        join_address=remotes[0],
        join_token=str(request.get("JoinToken") or ""),
        join_in_progress=True,
        availability=_availability(request),
    )
