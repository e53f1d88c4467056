"""The managers that a node knows, and how it chooses one of them.

Each has a weight that observations move: half the old weight and half the observed one.
A choice is random by weight; one that failed lately is chosen seldom.

Source: swarmkit ``remotes/remotes.go``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from random import Random

DEFAULT_WEIGHT = 10
MAX_WEIGHT = 256
BIAS = 0.001


@dataclass(frozen=True, slots=True)
class Peer:
    """A manager: its node id (empty for an address that a user typed) and ``ip:port``."""

    node_id: str
    address: str


class Remotes:
    """Weights by peer. ``machine`` addresses are resolved by whoever calls."""

    def __init__(self, random: Random, peers: Iterable[Peer] = ()) -> None:
        self._random = random
        self._weights: dict[Peer, int] = {}
        for peer in peers:
            self.observe(peer, DEFAULT_WEIGHT)

    def peers(self) -> tuple[Peer, ...]:
        return tuple(self._weights)

    def observe(self, peer: Peer, weight: int) -> None:
        """Count a good (positive) or bad (negative) experience with a peer."""
        clipped = max(-MAX_WEIGHT, min(MAX_WEIGHT, weight))
        self._weights[peer] = ceil(0.5 * clipped + 0.5 * self._weights.get(peer, 0))

    def observe_if_known(self, peer: Peer, weight: int) -> None:
        if peer in self._weights:
            self.observe(peer, weight)

    def keep_only(self, peers: Iterable[Peer]) -> None:
        """Forget every other peer."""
        kept = set(peers)
        self._weights = {peer: weight for peer, weight in self._weights.items() if peer in kept}

    def select(self, excluded_node_id: str = "") -> Peer | None:
        """A peer by weighted chance, None when there is none."""
        candidates = [
            (peer, max(0, weight) + BIAS)
            for peer, weight in self._weights.items()
            if not excluded_node_id or peer.node_id != excluded_node_id
        ]
        if not candidates:
            return None
        draw = self._random.random() * sum(weight for _, weight in candidates)
        for peer, weight in candidates:
            draw -= weight
            if draw <= 0:
                return peer
        return candidates[-1][0]
