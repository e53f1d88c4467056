"""What nodes tell each other about the endpoints of services: every node's own records, spread to all others.

Each node owns its records and numbers its states; a newer state replaces an older one. A node that cannot be
reached for some seconds is given up and its records hidden, until it answers again. So a cut node goes on with
what it knew, without those it lost.

Source: moby ``libnetwork/networkdb`` (its tables and life of nodes; memberlist's rounds are shortened to one message).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.sim import MILLISECOND, SECOND, ConnectionRefused, Kernel, Network, Timer, Unreachable

SERVICE = "gossip"
_SPREAD_US = (100 * MILLISECOND, 250 * MILLISECOND)
"""A change waits for the next round of gossip. Source: memberlist ``GossipInterval`` 200 ms."""
_GIVE_UP_US = (4 * SECOND, 6 * SECOND)
"""Failed probe and time of suspicion. Source: memberlist ``DefaultLANConfig``."""
_RETURN_US = (1 * SECOND, 6 * SECOND)
_ANSWER_US = 1 * SECOND
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Record:
    """One running container's place on one overlay network.

    ``address`` and ``virtual_ip`` are without prefix length, empty where there is none. ``serving`` is False
    while it may not get its service's traffic.
    """

    machine: str
    container_id: str
    container_name: str
    network_id: str
    address: str
    names: tuple[str, ...] = ()
    service_id: str = ""
    service_name: str = ""
    service_aliases: tuple[str, ...] = ()
    virtual_ip: str = ""
    ingress_ports: tuple[tuple[str, int, int], ...] = ()
    """(protocol, published port, target port); on the ingress network only."""
    serving: bool = True
    endpoint_id: str = ""


State = tuple[int, tuple[Record, ...]]
"""Number of a node's state, and all its records."""


class Gossip:
    """One node's view of all records.

    ``joined`` is False until the node is part of a swarm; then ``join`` with machines to begin from.
    """

    def __init__(self, kernel: Kernel, network: Network, machine: str) -> None:
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._random = kernel.random("gossip", machine)
        self._own: dict[tuple[str, str], Record] = {}
        self._number = 0
        self._states: dict[str, State] = {}
        self._given_up: dict[str, None] = {}
        self._watching: dict[str, Timer] = {}
        self._spread_timer: Timer | None = None
        self._unwatch: Callable[[], None] | None = None
        self.joined = False

    # Life

    def join(self, machines: list[str]) -> None:
        """Become a member, beginning with machines that are members (or are this one)."""
        if not self.joined:
            self.joined = True
            self._network.listen(self._machine, SERVICE, self._hear)
            self._unwatch = self._network.watch(self._look)
            self._states[self._machine] = (self._number, tuple(self._own.values()))
        for machine in machines:
            if machine != self._machine and machine not in self._states:
                self._states[machine] = (-1, ())
                self._kernel.spawn(self._exchange(machine), f"gossip {self._machine} joins {machine}")

    def leave(self) -> None:
        """Say good-bye and forget everything."""
        if not self.joined:
            return
        self._number += 1
        for machine in self._peers():
            self._network.send(self._machine, machine, SERVICE, ("left", self._machine, self._number, ()))
        self.halt()
        self._own.clear()
        self._states.clear()
        self._given_up.clear()

    def halt(self) -> None:
        """The engine stopped, or the machine lost its power: nothing is heard any more. Records wait for ``join``."""
        self.joined = False
        self._network.unlisten(self._machine, SERVICE)
        if self._unwatch is not None:
            self._unwatch()
        if self._spread_timer is not None:
            self._spread_timer.cancel()
            self._spread_timer = None
        for timer in self._watching.values():
            timer.cancel()
        self._watching.clear()
        self._own.clear()
        self._states.clear()
        self._given_up.clear()

    # Records

    def put(self, record: Record) -> None:
        """Add or replace a record of this node."""
        key = (record.container_id, record.network_id)
        if self._own.get(key) != record:
            self._own[key] = record
            self._changed()

    def drop(self, container_id: str) -> None:
        """Remove all records of a container of this node."""
        keys = [key for key in self._own if key[0] == container_id]
        for key in keys:
            del self._own[key]
        if keys:
            self._changed()

    def records(self) -> Iterator[Record]:
        """Every record known here, this node's own included, in order of machines and their making."""
        for machine in sorted(self._states):
            if machine not in self._given_up:
                yield from self._states[machine][1]

    def members(self) -> list[str]:
        """Machines that are members and not given up, this one included."""
        return [machine for machine in sorted(self._states) if machine not in self._given_up]

    def _changed(self) -> None:
        self._number += 1
        if not self.joined:
            return
        self._states[self._machine] = (self._number, tuple(self._own.values()))
        if self._spread_timer is None:
            self._spread_timer = self._kernel.after(self._random.randint(*_SPREAD_US), self._spread)

    def _spread(self) -> None:
        self._spread_timer = None
        for machine in self._peers():
            self._kernel.spawn(self._tell(machine, self._number), f"gossip {self._machine} tells {machine}")

    def _peers(self) -> list[str]:
        return [machine for machine in sorted(self._states) if machine != self._machine]

    async def _tell(self, machine: str, number: int) -> None:
        """Hand this node's state to another; give up when it has changed meanwhile or nobody answers."""
        for _ in range(_TRIES):
            if not self.joined or number != self._number or machine in self._given_up:
                return
            state = self._states[self._machine]
            try:
                await self._network.call(self._machine, machine, SERVICE, ("state", self._machine, *state), _ANSWER_US)
            except (Unreachable, ConnectionRefused):
                await self._kernel.sleep(_ANSWER_US)
            else:
                return

    async def _exchange(self, machine: str) -> None:
        """Learn all that another knows, and tell everybody that this node is there."""
        for _ in range(_TRIES):
            if not self.joined:
                return
            state = self._states[self._machine]
            try:
                known = await self._network.call(
                    self._machine, machine, SERVICE, ("join", self._machine, *state), _ANSWER_US
                )
            except (Unreachable, ConnectionRefused):
                await self._kernel.sleep(_ANSWER_US)
                continue
            if self.joined:
                self._given_up.pop(machine, None)
                new = [other for other in known if other not in self._states]
                for other, (number, records) in known.items():
                    self._take(other, number, records)
                if new:
                    self._spread()
            return

    def _hear(self, _: str, message: tuple[Any, ...]) -> dict[str, State] | None:
        kind, machine, number, records = message
        if kind == "left":
            self._states.pop(machine, None)
            self._given_up.pop(machine, None)
            return None
        self._given_up.pop(machine, None)
        self._take(machine, number, records)
        return dict(self._states) if kind == "join" else None

    def _take(self, machine: str, number: int, records: tuple[Record, ...]) -> None:
        if machine == self._machine:
            return
        known = self._states.get(machine)
        if known is None or number > known[0]:
            self._states[machine] = (number, records)

    # Who can be reached

    def _look(self) -> None:
        """Reachability may have changed: begin to doubt who is gone, or to believe who is back."""
        for machine in self._peers():
            here = self._network.connected(self._machine, machine)
            if here == (machine not in self._given_up):
                timer = self._watching.pop(machine, None)
                if timer is not None:
                    timer.cancel()
            elif machine not in self._watching:
                delay_us = self._random.randint(*(_RETURN_US if here else _GIVE_UP_US))
                self._watching[machine] = self._kernel.after(delay_us, self._decide, machine)

    def _decide(self, machine: str) -> None:
        self._watching.pop(machine, None)
        if machine not in self._states:
            return
        if not self._network.connected(self._machine, machine):
            self._given_up[machine] = None
        else:
            self._kernel.spawn(self._exchange(machine), f"gossip {self._machine} finds {machine} again")
