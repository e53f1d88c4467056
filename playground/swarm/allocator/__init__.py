"""The leader's allocator: subnets, addresses and published ports.

Source: swarmkit ``manager/allocator``; moby ``libnetwork/cnmallocator``.
"""

from playground.swarm.allocator.allocator import Allocator

__all__ = ["Allocator"]
