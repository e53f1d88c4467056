"""Address pools: which subnets of the cluster's pools are taken, and which addresses of a subnet.

Source: moby ``libnetwork/ipams/defaultipam``, ``libnetwork/internal/addrset``, ``libnetwork/bitmap``.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network


class PoolError(Exception):
    """No such subnet or address is to be had."""


class Numbers:
    """Numbers from ``first`` to ``last``, each taken once.

    The next one given is the first free one after the last one given, so that what is let
    go of is not taken again at once. Naming a number does not move that place.
    """

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self._last = last
        self._next = first
        self._taken: set[int] = set()

    def take_next(self) -> int:
        """Take a number.

        Raises:
            PoolError: none is free.
        """
        for begin, end in ((self._next, self._last), (self._first, self._next - 1)):
            for number in range(begin, end + 1):
                if number not in self._taken:
                    self._taken.add(number)
                    self._next = number + 1 if number < self._last else self._first
                    return number
        raise PoolError("none is free")

    def take(self, number: int) -> None:
        """Take that number.

        Raises:
            PoolError: it is taken, or is none of them.
        """
        if not self._first <= number <= self._last:
            raise PoolError(f"{number} does not belong to the set")
        if number in self._taken:
            raise PoolError(f"{number} is already allocated")
        self._taken.add(number)

    def release(self, number: int) -> None:
        self._taken.discard(number)


class AddressPool:
    """The addresses of one subnet, or of ``within`` where only a part of it is to be given out.

    The subnet's own address and its broadcast address are never given.
    """

    def __init__(self, subnet: IPv4Network, within: IPv4Network | None = None) -> None:
        self.subnet = subnet
        base = int(subnet.network_address)
        self._all = Numbers(base, int(subnet.broadcast_address))
        if subnet.prefixlen < 31:
            self._all.take(base)
            self._all.take(int(subnet.broadcast_address))
        self._within = within if within is not None and within != subnet and within.subnet_of(subnet) else None
        self._cursor = 0

    def request(self, preferred: str = "") -> str:
        """Take an address, that one if one is named; returns it with its prefix length (``10.0.1.5/24``).

        Raises:
            PoolError: it is taken, or outside; or none is free.
        """
        if preferred:
            address = IPv4Interface(preferred).ip
            if address not in self.subnet:
                raise PoolError(f"{address} is out of range")
            self._all.take(int(address))
        elif self._within is None:
            address = IPv4Address(self._all.take_next())
        else:
            address = self._next_within(self._within)
        return f"{address}/{self.subnet.prefixlen}"

    def _next_within(self, within: IPv4Network) -> IPv4Address:
        first, size = int(within.network_address), within.num_addresses
        for step in range(size):
            offset = (self._cursor + step) % size
            try:
                self._all.take(first + offset)
            except PoolError:
                continue
            self._cursor = offset + 1
            return IPv4Address(first + offset)
        raise PoolError("none is free")

    def release(self, address: str) -> None:
        """Let an address go; one that is not taken is no error."""
        self._all.release(int(IPv4Interface(address).ip))


class SubnetPool:
    """The cluster's default pools, cut into subnets of one size, beside subnets that users name."""

    def __init__(self, pools: Sequence[str], prefix_length: int) -> None:
        kept: list[IPv4Network] = []
        for pool in sorted(IPv4Network(each, strict=False) for each in pools):
            if not any(pool.overlaps(other) for other in kept):
                kept.append(pool)
        self._pools = kept
        self._prefix_length = prefix_length
        self._taken: list[IPv4Network] = []

    def take(self, subnet: IPv4Network) -> None:
        """Take that subnet.

        Raises:
            PoolError: it overlaps one that is taken.
        """
        if any(subnet.overlaps(other) for other in self._taken):
            raise PoolError("invalid pool request: Pool overlaps with other one on this address space")
        self._taken.append(subnet)

    def take_next(self) -> IPv4Network:
        """Take the lowest free subnet of the default pools.

        Raises:
            PoolError: they are used up.
        """
        for pool in self._pools:
            candidate = int(pool.network_address)
            last = int(pool.broadcast_address)
            while candidate <= last:
                subnet = IPv4Network((candidate, max(self._prefix_length, pool.prefixlen)))
                blocking = [other for other in self._taken if other.overlaps(subnet)]
                if not blocking:
                    self._taken.append(subnet)
                    return subnet
                after = max(int(other.broadcast_address) for other in blocking) + 1
                candidate = max(
                    candidate + subnet.num_addresses, -(-after // subnet.num_addresses) * subnet.num_addresses
                )
        raise PoolError("all predefined address pools have been fully subnetted")

    def release(self, subnet: IPv4Network) -> None:
        if subnet in self._taken:
            self._taken.remove(subnet)
