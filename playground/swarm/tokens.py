"""The secrets that people copy: join tokens and unlock keys.

Source: swarmkit ``ca/config.go``, ``manager/encryption/encryption.go``.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from random import Random

from playground.swarm.identity import DIGITS, base36

DIGEST_LENGTH = 50
SECRET_LENGTH = 25
SECRET_BITS = 128
UNLOCK_KEY_BYTES = 32
UNLOCK_KEY_PREFIX = "SWMKEY-1-"


class InvalidJoinToken(ValueError):
    """The text is no join token at all."""

    def __init__(self) -> None:
        super().__init__("invalid join token")


class InvalidKeyText(ValueError):
    """The text is no unlock key at all."""

    def __init__(self) -> None:
        super().__init__("invalid key string")


@dataclass(frozen=True, slots=True)
class JoinToken:
    """``digest`` names the root certificate (base 36, as in ``RootCertificate.digest``), ``secret`` the role."""

    digest: str
    secret: str
    fips: bool = False
    """The cluster takes only nodes that follow FIPS 140-2; no node here does."""

    @property
    def fingerprint(self) -> str:
        """The digest in hexadecimal, 64 digits, as the refusal of a foreign root shows it."""
        return f"{int(self.digest, 36):064x}"

    def __str__(self) -> str:
        return f"SWMTKN-1-{self.digest}-{self.secret}"


def new_join_token(root_digest: str, random: Random) -> str:
    """A token for the root certificate of that digest, with a new secret."""
    secret = base36(random.getrandbits(SECRET_BITS)).rjust(SECRET_LENGTH, "0")
    return str(JoinToken(root_digest, secret))


def parse_join_token(text: str) -> JoinToken:
    """Read ``SWMTKN-1-<digest>-<secret>``, or ``SWMTKN-2-<0 or 1>-<digest>-<secret>``, where 1 asks for FIPS.

    Raises:
        InvalidJoinToken: it is not one.
    """
    parts = text.split("-")
    if parts[:2] not in (["SWMTKN", "1"], ["SWMTKN", "2"]) or len(parts) != int(parts[1]) + 3:
        raise InvalidJoinToken
    if len(parts) == 5 and parts[2] not in ("0", "1"):
        raise InvalidJoinToken
    digest, secret = parts[-2:]
    if len(digest) != DIGEST_LENGTH or len(secret) != SECRET_LENGTH or any(letter not in DIGITS for letter in digest):
        raise InvalidJoinToken
    return JoinToken(digest, secret, fips=parts[1] == "2" and parts[2] == "1")


def digest_of_fingerprint(fingerprint: str) -> str:
    """The base-36 digest of a SHA-256 given as 64 hexadecimal digits."""
    return base36(int(fingerprint, 16)).rjust(DIGEST_LENGTH, "0")


def new_unlock_key(random: Random) -> str:
    """A new key as people see it: ``SWMKEY-1-`` and 43 characters of base64."""
    key = random.getrandbits(UNLOCK_KEY_BYTES * 8).to_bytes(UNLOCK_KEY_BYTES, "big")
    return UNLOCK_KEY_PREFIX + b64encode(key).decode("ascii").rstrip("=")


def parse_unlock_key(text: str) -> bytes:
    """The bytes of a key; of any length, as long as it has the form.

    Raises:
        InvalidKeyText: it has not.
    """
    encoded = text.removeprefix(UNLOCK_KEY_PREFIX)
    if encoded == text or encoded.endswith("="):
        raise InvalidKeyText
    try:
        return b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (Base64Error, ValueError):
        raise InvalidKeyText from None
