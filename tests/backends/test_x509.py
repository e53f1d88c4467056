"""The certificates of an emulated swarm are real ones, and the same for the same seed."""

import hashlib
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from playground.backends.x509 import X509Authority

WALL_US = 1_800_000_000_000_000


def test_a_root_is_a_self_signed_certificate_for_twenty_years() -> None:
    root = X509Authority().create_root(Random(1), WALL_US)
    certificate = x509.load_pem_x509_certificate(root.certificate_pem.encode())
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=swarm-ca"
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 7300
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"


def test_the_digest_is_that_of_the_pem_in_fifty_digits() -> None:
    authority = X509Authority()
    root = authority.create_root(Random(1), WALL_US)
    digest = hashlib.sha256(root.certificate_pem.encode()).hexdigest()
    assert int(root.digest, 36) == int(digest, 16)
    assert len(root.digest) == 50
    assert authority.digest(root.certificate_pem) == digest


def test_the_subject_is_encoded_as_a_real_engine_shows_it() -> None:
    assert X509Authority().create_root(Random(1), WALL_US).subject_base64 == "MBMxETAPBgNVBAMTCHN3YXJtLWNh"


def test_the_same_random_gives_the_same_bytes() -> None:
    authority = X509Authority()
    assert authority.create_root(Random(5), WALL_US) == authority.create_root(Random(5), WALL_US)
    assert authority.create_root(Random(5), WALL_US) != authority.create_root(Random(6), WALL_US)


def test_a_node_certificate_names_node_role_and_cluster() -> None:
    authority = X509Authority()
    root = authority.create_root(Random(1), WALL_US)
    pem, key = authority.issue(root, Random(2), "node1", "swarm-manager", "cluster1", WALL_US, WALL_US + 10**12)
    certificate = x509.load_pem_x509_certificate(pem.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(root.certificate_pem.encode()))
    assert certificate.subject.rfc4514_string() == "CN=node1,OU=swarm-manager,O=cluster1"
    assert key.startswith("-----BEGIN EC PRIVATE KEY-----")


def test_a_root_of_ones_own_must_come_with_its_key() -> None:
    authority = X509Authority()
    one, other = authority.create_root(Random(1), WALL_US), authority.create_root(Random(2), WALL_US)
    assert authority.read_root(one.certificate_pem, one.key_pem) == one
    with pytest.raises(ValueError, match="not the certificate's key"):
        authority.read_root(one.certificate_pem, other.key_pem)
    with pytest.raises(ValueError, match="PEM"):
        authority.read_root("nonsense", "")
