"""A container's way onto its networks and ports, and off them.

Source: moby ``daemon/container_operations.go``.
"""

from playground.engine.containers.clients import Surroundings
from playground.engine.containers.container import Container, Endpoint
from playground.engine.errors import EngineError, NotFound


class Connecting:
    """Attaches containers of one engine to networks, and publishes their ports."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._in = surroundings

    async def attach_all(self, container: Container) -> None:
        """Onto every network that it shall be on, and its ports published.

        Raises:
            EngineError: a network is not there, or a port is taken.
        """
        try:
            await self._onto_networks(container)
        except EngineError as error:
            raise type(error)(f"failed to set up container networking: {error}") from None
        self._publish(container)

    async def _onto_networks(self, container: Container) -> None:
        for endpoint in list(container.endpoints.values()):
            if endpoint.network_name in ("host", "none"):
                local = self._in.networks.find(endpoint.network_name)
                endpoint.network_id = local.id
                local.endpoints[container.id] = (container.name, endpoint)
                continue
            await self.attach(container, endpoint)

    def _publish(self, container: Container) -> None:
        container.ports = {port: [] for port in container.config.get("ExposedPorts") or {}}
        wanted = dict(container.host_config["PortBindings"])
        if container.host_config["PublishAllPorts"]:
            for port in container.ports:
                wanted.setdefault(port, [{"HostIp": "", "HostPort": ""}])
        try:
            for port, bindings in sorted(wanted.items()):
                number, _, protocol = port.partition("/")
                for binding in bindings or [{"HostIp": "", "HostPort": ""}]:
                    address = binding["HostIp"] or "0.0.0.0"
                    first = binding["HostPort"].partition("-")[0]
                    published = self._in.plane.bind(container, protocol or "tcp", int(first or 0), int(number), address)
                    container.ports.setdefault(port, []).append((address, str(published)))
        except EngineError as error:
            first_endpoint = next(iter(container.endpoints.values()))
            raise EngineError(
                "failed to set up container networking: driver failed programming external connectivity on endpoint "
                f"{container.name} ({first_endpoint.endpoint_id}): {error}"
            ) from None

    async def attach(self, container: Container, endpoint: Endpoint) -> None:
        """Bring a running (or starting) container onto a network."""
        if endpoint.network_name in container.service.get("addresses", {}):
            self._in.networks.attach(
                container.id, container.name, endpoint, container.service["addresses"][endpoint.network_name]
            )
            return
        try:
            local = self._in.networks.find(endpoint.network_id or endpoint.network_name)
        except NotFound:
            local = None
        if (local is None or local.driver == "overlay") and self._in.attach_overlay is not None:
            await self._in.attach_overlay(container, endpoint)
        else:
            self._in.networks.attach(container.id, container.name, endpoint)

    def detach_all(self, container: Container) -> None:
        """Off every network; its ports are free again."""
        self._in.plane.unbind(container.id)
        self._in.plane.withdraw(container.id)
        for endpoint in container.endpoints.values():
            if endpoint.network_id:
                self._in.networks.detach(container.id, endpoint)
        container.ports = {}
        self._in.networks.drop_unused()
