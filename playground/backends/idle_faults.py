"""Faults that would change nothing: a whole link that is to be mended, a machine that is off and is to be stopped."""

from collections.abc import Callable, Container
from typing import Any, Protocol

from playground.engine.images.flaws import Flaws
from playground.engine.machine import Machine, Power
from playground.sim import Network

Json = dict[str, Any]


class Cluster(Protocol):
    """The cluster, as far as it matters here."""

    network: Network
    machines: dict[str, Machine]
    partition: Json | None

    def virtualization(self) -> bool: ...


def ends(a: str, b: str) -> tuple[str, str]:
    """A link, whichever end is named first."""
    return (a, b) if a < b else (b, a)


def idle(
    fault: Json, cluster: Cluster, flaws: Flaws, cuts: Container[tuple[str, str]], image_of: Callable[[str], str]
) -> str:
    """Why a fault would change nothing; empty when it would change something.

    ``cuts`` are the links that were cut for themselves, not by a partition.
    """
    links = {(a, b): link for a, b, link in cluster.network.disturbed()}

    def power(name: str) -> Power:
        return cluster.machines[name].power

    match fault:
        case {"all": several}:
            whys = [idle(each, cluster, flaws, cuts, image_of) for each in several]
            return whys[0] if all(whys) else ""
        case {"heal": True} if cluster.partition is None and not links:
            return "the network is whole, so there is nothing to heal"
        case {"mend": [a, b]} if ends(a, b) not in links:
            return f"nothing is broken between {a} and {b}, so there is nothing to mend"
        case {"cut": [a, b]} if ends(a, b) in links and links[ends(a, b)].cut and ends(a, b) in cuts:
            return f"the link between {a} and {b} is cut already"
        case {"slow": [a, b], "ms": ms} if ends(a, b) in links and links[ends(a, b)].extra_latency_us == int(ms * 1000):
            return f"the link between {a} and {b} is that slow already"
        case {"lose": [a, b], "percent": percent} if ends(a, b) in links and links[ends(a, b)].loss == percent / 100:
            return f"the link between {a} and {b} loses that much already"
        case {"stop": name} | {"kill": name} if power(name) is Power.OFF:
            return f"{name} is off already; start it first"
        case {"start": name} if power(name) in (Power.ON, Power.BOOTING):
            return f"{name} is on already"
        case {"virtualization": on} if on == cluster.virtualization():
            return f"virtualization is {'on' if on else 'off'} already"
        case {"unhealthy": name} if image_of(name) in flaws.unhealthy:
            return f"the health check of {name} fails already"
        case {"crash": name} if image_of(name) in flaws.crash:
            return f"new containers of {name} fail already"
        case {"slow_start": name, "seconds": seconds} if flaws.slow_us.get(image_of(name)) == int(seconds * 1_000_000):
            return f"new containers of {name} start that slowly already"
        case {"mend_image": name}:
            image = image_of(name)
            if image not in flaws.unhealthy and image not in flaws.crash and image not in flaws.slow_us:
                return f"nothing is broken about {name}, so there is nothing to mend"
    return ""
