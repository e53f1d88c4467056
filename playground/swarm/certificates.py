"""Certificates of a swarm: the root of trust, nodes' certificates, their renewal.

Source: swarmkit ``ca/certificates.go``, ``ca/server.go``, ``ca/renewer.go``.
"""

from random import Random
from typing import Protocol

from playground.swarm.model import RootCertificate


class Authority(Protocol):
    """Key and X.509 operations, which pure Python has not. Everything is drawn from ``random``.

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
        self, root: RootCertificate, random: Random, node_id: str, role: str, cluster_id: str, from_us: int, to_us: int
    ) -> tuple[str, str]:
        """A node's certificate and key, both PEM: CN node id, OU ``role``, O cluster id."""
