"""Gives the swarm the keys by which its nodes talk of networks, and new ones every 12 hours.

Nothing is encrypted here, so a key is only its number. What shows is the change of the cluster object: its version
counts on, right after ``swarm init`` already.

Source: swarmkit ``manager/keymanager/keymanager.go``.
"""

from dataclasses import replace

from playground.sim.kernel import SECOND, Kernel, Timer
from playground.swarm.errors import RpcError
from playground.swarm.store import ReplicatedStore, Transaction

ROTATION_US = 12 * 3600 * SECOND
SUBSYSTEMS = 2
"""Gossip and IPsec, each with a ring of keys of its own."""
RING = 3


class KeyManager:
    """Runs on the leader only."""

    def __init__(self, kernel: Kernel, store: ReplicatedStore) -> None:
        self._kernel = kernel
        self._store = store
        self._timer: Timer | None = None

    def start(self) -> None:
        cluster = self._store.view.cluster()
        if cluster is not None and not cluster.network_key:
            self._make(SUBSYSTEMS * RING)
        self._timer = self._kernel.after(ROTATION_US, self._rotate)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _rotate(self) -> None:
        self._make(SUBSYSTEMS)
        self._timer = self._kernel.after(ROTATION_US, self._rotate)

    def _make(self, keys: int) -> None:
        self._kernel.spawn(self._write(keys), "keys of the networks")

    async def _write(self, keys: int) -> None:
        def write(transaction: Transaction) -> None:
            cluster = transaction.cluster()
            if cluster is not None:
                transaction.update(replace(cluster, network_key=cluster.network_key + keys))

        try:
            await self._store.update(write)
        except RpcError:
            # The next leader makes them, or waits for its own 12 hours.
            return
