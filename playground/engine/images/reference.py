"""Image references: ``docker.io/library/nginx:1.27@sha256:...`` and the short forms people type.

Source: distribution/reference ``normalize.go``, ``regexp.go``.
"""

import re
from dataclasses import dataclass, replace

from playground.engine.errors import BadParameter

DEFAULT_DOMAIN = "docker.io"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_DOMAIN = re.compile(
    r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?"
)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository, and which of its images. ``tag`` and ``digest`` are empty where not given."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def familiar_name(self) -> str:
        """The repository as people write it: without the default registry and ``library/``."""
        if self.domain != DEFAULT_DOMAIN:
            return f"{self.domain}/{self.path}"
        return self.path.removeprefix("library/") if self.path.count("/") == 1 else self.path

    @property
    def name(self) -> str:
        return f"{self.domain}/{self.path}"

    def __str__(self) -> str:
        """The familiar form of the whole reference."""
        return self.familiar_name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def tagged(self) -> "Reference":
        """The same with ``latest`` where neither tag nor digest is given."""
        return self if self.tag or self.digest else replace(self, tag="latest")


def parse(text: str) -> Reference:
    """Read a reference in any of its forms.

    Raises:
        BadParameter: it is none.
    """
    if IDENTIFIER.fullmatch(text):
        raise BadParameter(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    rest, _, digest = text.partition("@")
    first, slash, path = rest.partition("/")
    if slash and (any(mark in first for mark in ".:") or first == "localhost" or first.lower() != first):
        domain = DEFAULT_DOMAIN if first == "index.docker.io" else first
    else:
        domain, path = DEFAULT_DOMAIN, rest
    name, colon, tag = path.rpartition(":") if ":" in path.rpartition("/")[2] else (path, "", "")
    if domain == DEFAULT_DOMAIN and "/" not in name:
        name = f"library/{name}"
    if name.lower() != name:
        raise BadParameter(f"invalid reference format: repository name ({name}) must be lowercase")
    if (
        not _PATH.fullmatch(name)
        or not _DOMAIN.fullmatch(domain)
        or (colon and not _TAG.fullmatch(tag))
        or ("@" in text and not _DIGEST.fullmatch(digest))
    ):
        raise BadParameter("invalid reference format")
    if len(name) > _LONGEST:
        raise BadParameter(f"repository name must not be more than {_LONGEST} characters")
    return Reference(domain, name, tag, digest)
