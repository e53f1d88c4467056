"""Certificates: who a node is to the others, for how long, and who says so.

A node's X.509 certificate is only made when somebody reads it; what the cluster goes
by is ``Certificate``, the facts in it.

Source: swarmkit ``ca/certificates.go``, ``ca/config.go``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from playground.sim.kernel import SECOND
from playground.swarm.model import Cluster, Role, RootCertificate

DEFAULT_NODE_EXPIRY_US = 2160 * 3600 * SECOND
MIN_NODE_EXPIRY_US = 3600 * SECOND
BACKDATE_US = 3600 * SECOND
REMOVED_GRACE_US = 7 * 24 * 3600 * SECOND
ROOT_EXPIRY_US = 630_720_000 * SECOND


class Authority(Protocol):
    """Key and X.509 operations, which pure Python has not. Everything random is drawn from ``random``.

    Times are microseconds since 1970 (UTC). Source: swarmkit ``ca/certificates.go``.
    """

    def create_root(self, random: Random, wall_us: int) -> RootCertificate:
        """A new self-signed root: CN ``swarm-ca``, ECDSA P-256, 20 years."""

    def read_root(self, certificate_pem: str, key_pem: str) -> RootCertificate:
        """A root of the user's own (``swarm ca --rotate --ca-cert``).

        Raises:
            ValueError: it is not a certificate, or the key is not its key.
        """

    def digest(self, certificate_pem: str) -> str:
        """The 64 hexadecimal digits of the SHA-256 of a PEM bundle."""

    def issue(
        self, root: RootCertificate, random: Random, node_id: str, unit: str, cluster_id: str, from_us: int, to_us: int
    ) -> tuple[str, str]:
        """A node's certificate and key, both PEM: CN node id, OU ``unit``, O cluster id."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a node's certificate says. Times are microseconds of the lab (the start lies an hour back)."""

    node_id: str
    role: Role
    cluster_id: str
    from_us: int
    to_us: int
    root: str
    """PEM of the root that signed it."""

    def expired(self, now_us: int) -> bool:
        return now_us > self.to_us

    def renewal_us(self, now_us: int, random: Random) -> int:
        """How long to wait until the next renewal: 50 to 80 % of the time from its start to its end.

        Source: swarmkit ``ca/renewer.go``, ``calculateRandomExpiry``.
        """
        life_us = self.to_us - self.from_us
        due_us = self.from_us + random.randint(life_us // 2, life_us * 4 // 5)
        return max(0, due_us - now_us)


def node_expiry_us(cluster: Cluster) -> int:
    """How long this cluster's node certificates live; less than an hour means the default of 90 days."""
    nanoseconds = int(cluster.spec.get("CAConfig", {}).get("NodeCertExpiry", 0))
    expiry_us = nanoseconds // 1000
    return expiry_us if expiry_us >= MIN_NODE_EXPIRY_US else DEFAULT_NODE_EXPIRY_US


def still_refused(removed: Mapping[str, int | None], now_us: int) -> dict[str, int | None]:
    """The removed nodes that must still be told apart: a week after its certificate's end nobody lets one in anyway.

    Source: swarmkit ``manager/controlapi/cluster.go``, ``expireBlacklistedCerts``.
    """
    return {
        node_id: ends_us
        for node_id, ends_us in removed.items()
        if ends_us is None or now_us - REMOVED_GRACE_US <= ends_us
    }


def new_certificate(
    node_id: str, role: Role, cluster_id: str, root: str, now_us: int, expiry_us: int = DEFAULT_NODE_EXPIRY_US
) -> Certificate:
    """A certificate issued now."""
    return Certificate(node_id, role, cluster_id, now_us - BACKDATE_US, now_us + expiry_us, root)
