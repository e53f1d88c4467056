"""The tree of all commands."""

from playground.docker_cli.command.model import Command
from playground.docker_cli.command.node.noun import noun as node
from playground.docker_cli.command.service.noun import noun as service
from playground.docker_cli.command.swarm.noun import noun as swarm
from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import LIST, STRING

_GLOBAL_FLAGS = (
    Flag("config", STRING, "Directory of the client's own settings", default="/root/.docker"),
    Flag("debug", help="Switch debugging on", short="D"),
    Flag(
        "log-level",
        STRING,
        'How much the client logs ("debug", "info", "warn", "error", "fatal")',
        short="l",
        default="info",
    ),
    Flag("tls", help="Use TLS (--tlsverify implies it)"),
    Flag("tlsverify", help="Use TLS and verify the engine"),
    Flag("tlscacert", STRING, "Trust only certificates of this CA", default="/root/.docker/ca.pem"),
    Flag("tlscert", STRING, "File of the client's certificate", default="/root/.docker/cert.pem"),
    Flag("tlskey", STRING, "File of the client's key", default="/root/.docker/key.pem"),
    Flag("host", LIST, "Engine to connect to", short="H"),
    Flag("context", STRING, "Context to use instead of DOCKER_HOST and the default context", short="c"),
    Flag("version", help="Print the client's version", short="v"),
)


def root() -> Command:
    """A new tree with ``docker`` at its top."""
    return Command(
        "docker [OPTIONS] COMMAND [ARG...]", "Run containers, and swarms of engines", flags=_GLOBAL_FLAGS
    ).adopt(swarm(), node(), service())
