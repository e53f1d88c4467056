"""Which engine a command speaks to: ``-H``, ``-c``, ``DOCKER_HOST`` and ``DOCKER_CONTEXT``.

There is one engine that a command can reach, that of its own node. Whoever names another one gets what
the real client says of an engine that does not answer.

Source: docker/cli opts/hosts.go, cli/command/cli.go, cli/context/store.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NoReturn

from playground.api import Duplex, EngineClient, Response
from playground.api.client import API_VERSION
from playground.docker_cli.cli import HOST, Cli
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.flags.numbers import quoted

_LEVELS = ("panic", "fatal", "error", "warn", "warning", "info", "debug", "trace")
_PROTOCOLS = ("tcp", "unix", "npipe", "fd", "ssh", "http", "https")


class _Elsewhere:
    """An engine that nobody can reach from here."""

    def __init__(self, host: str) -> None:
        self._host = host

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self._fail(method, path)

    async def hijack(self, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Duplex:
        self._fail("POST", path)

    def _fail(self, method: str, path: str) -> NoReturn:
        protocol, _, rest = self._host.partition("://")
        name = rest.rpartition(":")[0]
        if protocol == "tcp" and name and not name.strip("[]").replace(".", "").isdecimal():
            url = quoted(f"http://{rest}/v{API_VERSION}{path}")
            raise CommandFailed(
                f"error during connect: {method.capitalize()} {url}: dial tcp: lookup {name}: no such host"
            )
        raise CommandFailed(f"Cannot connect to the Docker daemon at {self._host}. Is the docker daemon running?")


def choose_engine(cli: Cli, values: Values) -> None:
    """Let a command speak to the engine that its flags and variables name.

    Raises:
        CommandFailed: the context is not there, or a flag's value makes no sense.
    """
    level = values.text("log-level")
    if level not in _LEVELS:
        raise CommandFailed(f"Unable to parse logging level: {level}")
    variables = cli.process.environment
    hosts, context = values.items("host"), values.text("context")
    if hosts and context:
        raise CommandFailed("conflicting options: cannot specify both --host and --context")
    if len(hosts) > 1:
        raise CommandFailed("Specify only one -H")
    wanted = hosts[0] if hosts else "" if context else variables.get("DOCKER_HOST", "")
    if not wanted and not hosts:
        context = context or variables.get("DOCKER_CONTEXT", "")
        if context and context != "default":
            folder = f"{variables.get('HOME', '/root')}/.docker/contexts/meta/{sha256(context.encode()).hexdigest()}"
            raise CommandFailed(
                f"Failed to initialize: unable to resolve docker endpoint: context {quoted(context)}: "
                f"context not found: open {folder}/meta.json: no such file or directory"
            )
    host = _completed(wanted)
    if host != HOST:
        cli.host = host
        client: EngineClient = _Elsewhere(host)
        cli.client = client


def _completed(text: str) -> str:
    """A host with what it leaves out."""
    text = text.strip()
    if not text:
        return HOST
    protocol, found, rest = text.partition("://")
    if not found:
        protocol, rest = "tcp", text
    if protocol not in _PROTOCOLS:
        raise CommandFailed(
            f"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {text}"
        )
    if protocol == "unix":
        return f"unix://{rest or '/var/run/docker.sock'}"
    if protocol == "tcp":
        name, colon, port = rest.rpartition(":")
        rest = f"{name if colon else rest or 'localhost'}:{port if colon and port else 2375}"
    return f"{protocol}://{rest}"
