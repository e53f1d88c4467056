"""Names of images: their parts, their full and their familiar form.

Source: distribution/reference.
"""

import re
from dataclasses import dataclass, replace

_DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = re.compile(rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_PATH_PART = r"[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PATH_PART}(?:/{_PATH_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
IDENTIFIER = re.compile(r"[a-f0-9]{64}")
DEFAULT_DOMAIN = "docker.io"
_OFFICIAL = "library"
_LONGEST = 255


class InvalidReference(ValueError):
    """Not the name of an image; ``str(error)`` says why in Docker's words."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``docker.io/library/nginx:1.25@sha256:...`` in its parts; tag and digest may be empty."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        return f"{self.domain}/{self.path}"

    @property
    def familiar_name(self) -> str:
        """The name without what everybody knows."""
        if self.domain != DEFAULT_DOMAIN:
            return self.name
        owner, slash, rest = self.path.partition("/")
        return rest if owner == _OFFICIAL and slash and "/" not in rest else self.path

    def __str__(self) -> str:
        """The familiar form of the whole, tag and digest included."""
        tag = f":{self.tag}" if self.tag else ""
        return self.familiar_name + tag + (f"@{self.digest}" if self.digest else "")

    def tagged(self) -> "Reference":
        """With ``latest`` where neither tag nor digest says which."""
        return self if self.tag or self.digest else replace(self, tag="latest")

    def with_digest(self, digest: str) -> "Reference":
        return self if self.digest else replace(self, digest=digest)


def parse_reference(text: str) -> Reference:
    """Read a name as a user writes it.

    Raises:
        InvalidReference: it is none.
    """
    if IDENTIFIER.fullmatch(text):
        raise InvalidReference(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    domain, rest = _split_domain(text)
    remote = rest.partition("@")[0]
    slash = remote.rfind("/")
    colon = remote.find(":", slash + 1)
    path = remote[:colon] if colon >= 0 else remote
    if path.lower() != path:
        raise InvalidReference(f"invalid reference format: repository name ({path}) must be lowercase")
    tag = remote[colon + 1 :] if colon >= 0 else ""
    _, at, digest = rest.partition("@")
    if (
        not _DOMAIN.fullmatch(domain)
        or not _PATH.fullmatch(path)
        or (colon >= 0 and not _TAG.fullmatch(tag))
        or (at and not _DIGEST.fullmatch(digest))
    ):
        raise InvalidReference("invalid reference format")
    if len(path) > _LONGEST:
        raise InvalidReference(f"repository name must not be more than {_LONGEST} characters")
    return Reference(domain, path, tag, digest)


def check_any_reference(text: str) -> None:
    """Check what may be a name, an identifier or a digest.

    Raises:
        InvalidReference: it is none of them.
    """
    if not IDENTIFIER.fullmatch(text) and not _DIGEST.fullmatch(text):
        parse_reference(text)


def tagged_or_same(image: str) -> str:
    """The familiar name with a tag; what is no name stays as it is."""
    try:
        return str(parse_reference(image).tagged())
    except InvalidReference:
        return image


def _split_domain(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost" or first.lower() != first):
        domain, rest = DEFAULT_DOMAIN, text
    else:
        domain = first
    if domain == "index.docker.io":
        domain = DEFAULT_DOMAIN
    if domain == DEFAULT_DOMAIN and "/" not in rest:
        rest = f"{_OFFICIAL}/{rest}"
    return domain, rest
