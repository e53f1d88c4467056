"""The Engine API's JSON of swarm objects, both ways.

``objects`` writes it from the store's objects, ``specs`` reads what a client sends.
"""

from playground.swarm.wire.objects import cluster_info, config, network, node, secret, service, swarm, task
from playground.swarm.wire.times import rfc3339

__all__ = ["cluster_info", "config", "network", "node", "rfc3339", "secret", "service", "swarm", "task"]
