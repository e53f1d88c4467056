"""Which published ports collide with those of other services.

Source: swarmkit ``manager/controlapi/service.go``, ``checkPortConflicts``.
"""

from collections.abc import Iterable, Sequence

from playground.swarm.control.part import invalid
from playground.swarm.model import Service, Spec

Published = tuple[str, int]
"""Protocol and number."""


def check_port_conflicts(spec: Spec, others: Iterable[Service]) -> None:
    """Check the ports that a spec publishes against what other services publish or were given.

    Host-mode ports may be shared: the scheduler keeps such tasks on different nodes.

    Raises:
        RpcError: a port is taken.
    """
    wanted = (spec.get("EndpointSpec") or {}).get("Ports") or ()
    ingress, host = _published(wanted, "ingress"), _published(wanted, "host")
    if not ingress and not host:
        return
    for service in others:
        specified = (service.spec.get("EndpointSpec") or {}).get("Ports") or ()
        for port in (*specified, *service.ports):
            number = port.get("PublishedPort", 0)
            key = (port["Protocol"], number)
            taken = f"port '{number}' is already in use by service '{service.name}' ({service.id})"
            if not number:
                continue
            if port["PublishMode"] == "host" and key in ingress:
                raise invalid(f"{taken} as a host-published port")
            if port["PublishMode"] == "ingress" and (key in ingress or key in host):
                raise invalid(f"{taken} as an ingress port")


def _published(ports: Sequence[Spec], mode: str) -> dict[Published, None]:
    return {
        (port["Protocol"], port["PublishedPort"]): None
        for port in ports
        if port["PublishMode"] == mode and port.get("PublishedPort", 0)
    }
