"""What the client says of itself: a plain Docker CE 28.1.1 on Linux."""

from dataclasses import dataclass
from typing import Any

from playground.api.client import API_VERSION, ENGINE_VERSION, GIT_COMMIT

VERSION = ENGINE_VERSION
PLATFORM = "Docker Engine - Community"
GO_VERSION = "go1.23.8"
BUILT = "Fri Apr 18 09:52:57 2025"


@dataclass(frozen=True, slots=True)
class Plugin:
    name: str
    description: str
    version: str
    path: str
    vendor: str = "Docker Inc."


PLUGINS = (
    Plugin("buildx", "Docker Buildx", "v0.23.0", "/usr/libexec/docker/cli-plugins/docker-buildx"),
    Plugin("compose", "Docker Compose", "v2.35.1", "/usr/libexec/docker/cli-plugins/docker-compose"),
)


def version_shape() -> dict[str, Any]:
    """The client's half of ``docker version``."""
    return {
        "Platform": {"Name": PLATFORM},
        "Version": VERSION,
        "ApiVersion": API_VERSION,
        "DefaultAPIVersion": API_VERSION,
        "GitCommit": GIT_COMMIT,
        "GoVersion": GO_VERSION,
        "Os": "linux",
        "Arch": "amd64",
        "BuildTime": BUILT,
        "Context": "default",
    }


def info_shape() -> dict[str, Any]:
    """The client's half of ``docker info``."""
    shape = version_shape()
    del shape["ApiVersion"]
    plugins = [
        {
            "SchemaVersion": "0.1.0",
            "Vendor": plugin.vendor,
            "Version": plugin.version,
            "ShortDescription": plugin.description,
            "Name": plugin.name,
            "Path": plugin.path,
        }
        for plugin in PLUGINS
    ]
    return {"Debug": False, **shape, "Plugins": plugins, "Warnings": None}
