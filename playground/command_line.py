"""The program ``swarm-playground``."""

import socket
import sys
from pathlib import Path

import click

from playground import __version__
from playground.web import servers


@click.group()
@click.version_option(__version__, prog_name="swarm-playground")
def main() -> None:
    """Learn Docker Swarm by running one in the browser."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--server",
    "server",
    default="eventlet",
    show_default=True,
    type=click.Choice(servers.NAMES),
    help="What carries the connections.",
)
@click.option(
    "--data",
    "data",
    default=None,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for labs, so that they outlive the program.  [default: ~/.local/share/swarm-playground]",
)
@click.option("--memory", is_flag=True, help="Keep labs in memory only.")
def serve(host: str, port: int, server: servers.Name, data: Path | None, memory: bool) -> None:
    """Serve the playground until interrupted."""
    try:
        servers.prepare(server)
    except ImportError as missing:
        raise click.ClickException(f"--server {server} needs a package that is not installed: {missing.name}") from None
    from playground.web.app import Settings, create_app

    database = None
    if not memory:
        folder = data or Path.home() / ".local" / "share" / "swarm-playground"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"cannot make {folder}: {error.strerror}; choose another with --data") from None
        database = folder / "labs.sqlite3"
    playground = create_app(Settings(database=database, server=server))
    for problem in playground.app.config["LESSON_PROBLEMS"]:
        click.echo(f"lesson left out: {problem}", err=True)
    port = port or free_port(host)
    click.echo(f"Swarm Playground {__version__} on http://{host}:{port}")
    sys.stdout.flush()
    playground.run(host, port)


def free_port(host: str) -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
