"""How much of the machine labs on real engines may use."""

from dataclasses import dataclass

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """For one lab, but ``labs``, which is for the whole server. Memory in bytes a node, times in seconds."""

    nodes: int = 7
    cpus: float = 1.0
    memory: int = 1024 * MIB
    life_s: float = 2 * 3600.0
    idle_s: float = 20 * 60.0
    """A lab that nobody watches or touches for so long is removed."""
    labs: int = 2
