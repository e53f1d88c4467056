"""Published ports of the routing mesh.

Source: swarmkit ``manager/allocator/portallocator.go``.
"""

from collections.abc import Sequence
from dataclasses import replace

from playground.swarm.allocator.pools import Numbers, PoolError
from playground.swarm.model import Service, Spec

DYNAMIC_START = 30_000
DYNAMIC_END = 32_767
PROTOCOLS = ("tcp", "udp", "sctp")

PortKey = tuple[str, str, int]
"""Name, protocol and target port: what makes two ports of one service the same."""


def _key(port: Spec) -> PortKey:
    return (port.get("Name", ""), port["Protocol"], port.get("TargetPort", 0))


def _specified(service: Service) -> Sequence[Spec]:
    ports: Sequence[Spec] = (service.spec.get("EndpointSpec") or {}).get("Ports") or ()
    return ports


def has_endpoint(service: Service) -> bool:
    """Whether the allocator has ever dealt with the service's endpoint."""
    return service.endpoint_spec is not None or bool(service.ports) or bool(service.virtual_ips)


class _Allocated:
    """The ports that a service was given, to be matched one by one with those that it wants."""

    def __init__(self, ports: Sequence[Spec]) -> None:
        self._by_key: dict[PortKey, dict[int, Spec]] = {}
        for port in ports:
            self._by_key.setdefault(_key(port), {})[port.get("PublishedPort", 0)] = port

    def take(self, wanted: Spec) -> Spec | None:
        """Take out the port that a spec asks for: that number, or, where it names none, any number."""
        given = self._by_key.get(_key(wanted), {})
        number = wanted.get("PublishedPort", 0)
        if number:
            return given.pop(number, None)
        for each in given:
            if each:
                return given.pop(each)
        return None


class _PortSpace:
    """The ports of one protocol."""

    def __init__(self) -> None:
        self._all = Numbers(1, 65_535)
        self._dynamic = Numbers(DYNAMIC_START, DYNAMIC_END)

    def allocate(self, number: int) -> int:
        """Take that port, or with 0 one of the dynamic range.

        Raises:
            PoolError: it is taken, or none is left.
        """
        if not number:
            number = self._dynamic.take_next()
        elif DYNAMIC_START <= number <= DYNAMIC_END:
            self._dynamic.take(number)
        try:
            self._all.take(number)
        except PoolError:
            self._dynamic.release(number)
            raise
        return number

    def free(self, number: int) -> None:
        self._dynamic.release(number)
        self._all.release(number)


class PortAllocator:
    """Which ports of the routing mesh are whose. Host-mode ports are only passed on."""

    def __init__(self) -> None:
        self._spaces = {protocol: _PortSpace() for protocol in PROTOCOLS}

    def allocate(self, service: Service) -> Service:
        """Return the service with the ports that its spec asks for; what it had it keeps where it can.

        Raises:
            PoolError: a port is taken, or none is left; the service has none of them then.
        """
        if service.spec.get("EndpointSpec") is None:
            return service
        wanted = _reconciled(service)
        self.free(service)
        given: list[Spec] = []
        try:
            for port in wanted:
                if port["PublishMode"] != "ingress":
                    given.append(port)
                    continue
                number = self._spaces[port["Protocol"]].allocate(port.get("PublishedPort", 0))
                given.append({**port, "PublishedPort": number})
        except PoolError:
            self.free(replace(service, ports=tuple(given)))
            raise
        return replace(service, ports=tuple(given))

    def free(self, service: Service) -> Service:
        """Let the service's ports go; returns it without them."""
        for port in service.ports:
            if port["PublishMode"] == "ingress":
                self._spaces[port["Protocol"]].free(port.get("PublishedPort", 0))
        return replace(service, ports=())


def _reconciled(service: Service) -> Sequence[Spec]:
    """The ports wanted, those without a number with the number they had."""
    specified = _specified(service)
    if not has_endpoint(service) or len(specified) != len(service.ports):
        return specified
    given = _Allocated([port for port in service.ports if port["PublishMode"] == "ingress"])
    first: list[Spec] = []
    dynamic: list[Spec] = []
    for port in specified:
        if port["PublishMode"] != "ingress":
            first.append(port)
        elif port.get("PublishedPort", 0):
            given.take(port)
            first.append(port)
        else:
            dynamic.append(port)
    return [*first, *(given.take(port) or port for port in dynamic)]


def host_ports_changed(service: Service) -> bool:
    """Whether the spec names a host-mode port that the service has not."""
    given = _Allocated([port for port in service.ports if port["PublishMode"] == "host"])
    return any(
        port["PublishMode"] == "host" and port.get("PublishedPort", 0) and given.take(port) is None
        for port in _specified(service)
    )


def with_host_ports(service: Service) -> Service:
    """The service with its host-mode ports as the spec now has them."""
    ingress = tuple(port for port in service.ports if port["PublishMode"] != "host")
    host = tuple(port for port in _specified(service) if port["PublishMode"] == "host")
    return replace(service, ports=(*ingress, *host), endpoint_spec=service.spec.get("EndpointSpec"))


def are_allocated(service: Service, *, starting: bool = False) -> bool:
    """Whether the service has the ports that its spec asks for.

    ``starting``: the allocator has only just begun and does not know yet whose dynamic ports are whose.
    """
    specified = _specified(service)
    wants = service.spec.get("EndpointSpec") is not None
    if not wants and not has_endpoint(service):
        return True
    if wants != has_endpoint(service) or len(specified) != len(service.ports):
        return False
    given = _Allocated([port for port in service.ports if port["PublishMode"] == "ingress"])
    host_targets = [port.get("TargetPort", 0) for port in service.ports if port["PublishMode"] == "host"]
    ingress = [port for port in specified if port["PublishMode"] == "ingress"]
    if any(port.get("PublishedPort", 0) and given.take(port) is None for port in ingress):
        return False
    for port in specified:
        if port["PublishMode"] == "host":
            if port.get("TargetPort", 0) not in host_targets:
                return False
        elif not port.get("PublishedPort", 0) and (given.take(port) is None or starting):
            return False
    return True
