"""Keys and certificates of emulated swarms, with ``cryptography``.

Deterministic: a private key is a number drawn from the given random, signatures are
ECDSA of RFC 6979, serial numbers are drawn too, and dates come from the lab's clock. So
one seed gives one set of bytes.

Source of the form: swarmkit ``ca/certificates.go`` (and cfssl, which it uses).
"""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from playground.swarm.certificates import ROOT_EXPIRY_US
from playground.swarm.identity import base36
from playground.swarm.model import RootCertificate

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ROOT_NAME = "swarm-ca"
BACKDATE = timedelta(minutes=5)
"""cfssl dates a new root five minutes back and to the whole minute."""


def _moment(wall_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=wall_us)


def _key(random: Random) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(random.randrange(1, P256_ORDER), ec.SECP256R1())


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _attribute(oid: x509.ObjectIdentifier, text: str) -> "x509.NameAttribute[str]":
    """Go encodes names as PrintableString where it can; the subject's bytes show in the API."""
    return x509.NameAttribute(oid, text, _type=_ASN1Type.PrintableString)


def _serial(random: Random) -> int:
    """20 bytes with the top bit clear, as cfssl draws them; never 0."""
    return random.getrandbits(159) | 1


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=not sign_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


@lru_cache(maxsize=256)
def _facts(certificate_pem: str) -> tuple[str, str, str]:
    """Digest in base 36 (50 digits), subject and public key in base64, of a root."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    public_key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = int(hashlib.sha256(certificate_pem.encode()).hexdigest(), 16)
    return (
        base36(digest).rjust(50, "0"),
        b64encode(certificate.subject.public_bytes()).decode(),
        b64encode(public_key).decode(),
    )


def _root(certificate_pem: str, key_pem: str) -> RootCertificate:
    digest, subject, public_key = _facts(certificate_pem)
    return RootCertificate(certificate_pem, key_pem, digest, subject, public_key)


class X509Authority:
    """Implements ``playground.swarm.certificates.Authority``."""

    def create_root(self, random: Random, wall_us: int) -> RootCertificate:
        """A new self-signed root: CN ``swarm-ca``, ECDSA P-256, 20 years."""
        key = _key(random)
        name = x509.Name([_attribute(NameOID.COMMON_NAME, ROOT_NAME)])
        start = _moment(wall_us).replace(second=0, microsecond=0) - BACKDATE
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(_serial(random))
            .not_valid_before(start)
            .not_valid_after(start + timedelta(microseconds=ROOT_EXPIRY_US))
            .add_extension(_usage(sign_certificates=True), critical=True)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
        )
        return _root(_pem(certificate), _key_pem(key))

    def read_root(self, certificate_pem: str, key_pem: str) -> RootCertificate:
        """A root of the user's own.

        Raises:
            ValueError: it is not a certificate, or the key is not its key.
        """
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
        if key_pem:
            key = serialization.load_pem_private_key(key_pem.encode(), password=None)
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
                raise ValueError("the key is not the certificate's key")
        return _root(certificate_pem, key_pem)

    def digest(self, certificate_pem: str) -> str:
        """The 64 hexadecimal digits of the SHA-256 of a PEM bundle."""
        return hashlib.sha256(certificate_pem.encode()).hexdigest()

    def issue(
        self, root: RootCertificate, random: Random, node_id: str, unit: str, cluster_id: str, from_us: int, to_us: int
    ) -> tuple[str, str]:
        """A node's certificate and key, both PEM: CN node id, OU ``unit``, O cluster id."""
        issuer = x509.load_pem_x509_certificate(root.certificate_pem.encode())
        signer = serialization.load_pem_private_key(root.key_pem.encode(), password=None)
        if not isinstance(signer, ec.EllipticCurvePrivateKey):
            raise ValueError("the root's key is not an elliptic-curve key")
        key = _key(random)
        subject = x509.Name(
            [
                _attribute(NameOID.ORGANIZATION_NAME, cluster_id),
                _attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
                _attribute(NameOID.COMMON_NAME, node_id),
            ]
        )
        names = [unit, node_id, *([ROOT_NAME] if unit == "swarm-manager" else [])]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(_serial(random))
            .not_valid_before(_moment(from_us))
            .not_valid_after(_moment(to_us))
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .sign(signer, hashes.SHA256(), ecdsa_deterministic=True)
        )
        return _pem(certificate), _key_pem(key)
