"""``linux/amd64`` and the like: for which machines an image is made.

Source: containerd ``platforms/platforms.go``, ``platforms/database.go``.
"""

import re

from playground.engine.errors import BadParameter, NotFound

_PART = re.compile(r"[A-Za-z0-9_.-]+")
_SYSTEMS = (
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
    "openbsd", "plan9", "solaris", "windows", "zos", "macos",
)  # fmt: skip
_NAMES = {
    "i386": "386", "x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "armel": "arm",
    "armv7l": "arm",
}  # fmt: skip
_ARCHITECTURES = (
    "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le",
    "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm",
)  # fmt: skip


def check_platform(text: str) -> tuple[str, str]:
    """System and architecture of a platform as a client writes it; empty ones of an empty text.

    Raises:
        BadParameter: it is none.
    """
    if not text:
        return "", ""
    parts = text.split("/")
    for part in parts:
        if not _PART.fullmatch(part):
            raise BadParameter(
                f'"{part}" is an invalid component of "{text}": platform specifier component must match '
                '"^[A-Za-z0-9_-]+$": invalid argument'
            )
    if len(parts) > 3:
        raise BadParameter(f'"{text}": cannot parse platform specifier: invalid argument')
    first = parts[0].lower()
    if len(parts) > 1:
        return first, _NAMES.get(parts[1].lower(), parts[1].lower())
    if first in _SYSTEMS:
        return first, "amd64"
    architecture = _NAMES.get(first, first)
    if architecture not in _ARCHITECTURES:
        raise BadParameter(f'"{text}": unknown operating system or architecture: invalid argument')
    return "linux", architecture


def must_match(reference: str, text: str) -> None:
    """Refuse a local image for a platform that is not the machine's; every image here is that of the machine.

    Raises:
        BadParameter: there is no such platform.
        NotFound: it is another one.
    """
    system, architecture = check_platform(text)
    if text and (system, architecture) != ("linux", "amd64"):
        raise NotFound(
            f"image with reference {reference} was found but its platform (linux/amd64) does not match the specified "
            f"platform ({text})"
        )
