"""The tree of all commands."""

from functools import cache

from playground.docker_cli.command.config.noun import noun as config
from playground.docker_cli.command.container import noun as container
from playground.docker_cli.command.context.noun import noun as context
from playground.docker_cli.command.image import noun as image
from playground.docker_cli.command.left_out import left_out
from playground.docker_cli.command.model import Command
from playground.docker_cli.command.network.noun import noun as network
from playground.docker_cli.command.node.noun import noun as node
from playground.docker_cli.command.plugin.noun import noun as plugin
from playground.docker_cli.command.registry.login import commands as registry
from playground.docker_cli.command.secret.noun import noun as secret
from playground.docker_cli.command.service.noun import noun as service
from playground.docker_cli.command.stack.noun import noun as stack
from playground.docker_cli.command.swarm.noun import noun as swarm
from playground.docker_cli.command.system import noun as system
from playground.docker_cli.command.volume.verbs import noun as volume
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


@cache
def root() -> Command:
    """The tree with ``docker`` at its top. Built once: it takes longer than most commands, and nobody changes it."""
    return Command(
        "docker [OPTIONS] COMMAND [ARG...]", "Run containers, and swarms of engines", flags=_GLOBAL_FLAGS
    ).adopt(
        config(),
        container.noun(),
        *container.shorthands(),
        context(),
        image.noun(),
        *image.shorthands(),
        network(),
        node(),
        plugin(),
        *registry(),
        secret(),
        service(),
        stack(),
        swarm(),
        system.noun(),
        *system.shorthands(),
        volume(),
        *left_out(),
    )
