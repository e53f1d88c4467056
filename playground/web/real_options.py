"""Options of ``serve`` about labs on real engines, and what they lead to."""

import ipaddress
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from playground.backends.real.claim import Claim, own_claim
from playground.backends.real.limits import Limits

if TYPE_CHECKING:
    from playground.labs.real_labs import RealLabs

MIB = 1024**2
MIN_MEMORY = 128
"""MiB below which dockerd does not live. The engine takes 0 for no limit at all, so it is refused like less."""
F = TypeVar("F", bound=Callable[..., Any])


def real_options(command: F) -> F:
    """Add the options to a command."""
    options = [
        click.option(
            "--backend",
            default="emulated",
            show_default=True,
            type=click.Choice(["emulated", "docker", "multipass"]),
            help="Let labs run on real engines too, if they ask for it. Read about safety in the README first.",
        ),
        click.option(
            "--real-nodes",
            default=7,
            show_default=True,
            type=click.IntRange(1, 50),
            help="Nodes of one lab on real engines.",
        ),
        click.option(
            "--real-memory",
            default=1024,
            show_default=True,
            type=click.IntRange(min=MIN_MEMORY),
            help="MiB of memory a real node may use.",
        ),
        click.option(
            "--real-cpus",
            default=1.0,
            show_default=True,
            type=click.FloatRange(min=0.1),
            help="Processors a real node may use.",
        ),
        click.option(
            "--real-minutes",
            default=120,
            show_default=True,
            type=click.IntRange(1, 7 * 24 * 60),
            help="How long a lab on real engines lives.",
        ),
        click.option(
            "--real-idle",
            default=20,
            show_default=True,
            type=click.IntRange(1, 7 * 24 * 60),
            help="Minutes after which an unused one ends.",
        ),
        click.option(
            "--real-labs",
            default=2,
            show_default=True,
            type=click.IntRange(min=1),
            help="Labs on real engines at the same time.",
        ),
        click.option(
            "--keep-real",
            is_flag=True,
            help="Let labs on real engines go on when the program ends in order; the next start takes them up.",
        ),
        click.option(
            "--expose-real",
            is_flag=True,
            help="Serve real engines on an address that others can reach: whoever opens a lab has root in its nodes.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def refuse_exposure(host: str, agreed: bool) -> None:
    """Raises ClickException when real engines would be served to others without a word from the operator."""
    if not agreed and not is_loopback(host):
        raise click.ClickException(
            f"real engines on {host} can be used by everybody who reaches that address, and a learner on a real "
            "node is as good as root on this machine; listen on 127.0.0.1, or agree with --expose-real"
        )


def is_loopback(host: str) -> bool:
    """True for the names and addresses under which only this machine reaches itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def claim_data(database: Path | None) -> Claim:
    """Take the folder of a database for this process: two that write the same labs would part their histories.

    Raises:
        ClickException: another playground has it, or no lock can be kept.
    """
    try:
        return own_claim() if database is None else Claim(database.with_suffix(".lock"), database)
    except BlockingIOError:
        where = "this process's number" if database is None else database.parent
        raise click.ClickException(
            f"another playground uses {where}; stop it, or give this one a folder of its own with --data"
        ) from None
    except OSError as error:
        raise click.ClickException(
            f"no note of who owns the labs can be kept: {error}; choose another folder with --data"
        ) from None


def limits_of(options: Mapping[str, Any]) -> Limits:
    """What the options say."""
    return Limits(
        nodes=options["real_nodes"],
        cpus=options["real_cpus"],
        memory=options["real_memory"] * MIB,
        life_s=options["real_minutes"] * 60.0,
        idle_s=options["real_idle"] * 60.0,
        labs=options["real_labs"],
    )


def open_real(backend: str, limits: Limits, claim: Claim, *, keep: bool = False) -> "RealLabs":
    """Make the backend ready; ``claim`` marks its machines as this process's, ``keep`` lets them outlive it.

    Raises:
        ClickException: it cannot be used here; the sentence says what to do.
    """
    from playground.backends.real.driver import DriverError
    from playground.labs.real_labs import docker_labs, multipass_labs

    try:
        if backend == "multipass":
            return multipass_labs(limits, claim, keep=keep)
        return docker_labs(limits, claim, keep=keep)
    except DriverError as error:
        claim.release()
        raise click.ClickException(str(error)) from None


def play_on(backend: str) -> dict[str, Any]:
    """How ``lessons check`` plays a lesson on a backend, as its further arguments."""
    if backend == "emulated":
        return {}
    from playground.labs.real_rehearsal import rehearse_on

    labs = open_real(backend, Limits(), claim_data(None))
    labs.sweep(lambda lab: False)
    end_politely()
    return {"play_one": lambda lesson: rehearse_on(labs, lesson)}


def end_politely() -> None:
    """SIGTERM (from systemd, or docker stop) and SIGHUP (the terminal was closed) are ends like Ctrl-C.

    What was made is taken down, or left in order. A SIGHUP that is ignored, as under nohup, stays so.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: sys.exit(0))


@click.command("node-image")
@click.option("--from-packages", is_flag=True, help="Build it from Debian's packages even where a registry answers.")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), help="Keep the unpacked packages here for next time."
)
@click.option("--again", is_flag=True, help="Build it even if it is there.")
def node_image(from_packages: bool, cache: Path | None, again: bool) -> None:
    """Make the image of which nodes of `--backend docker` are made."""
    from playground.backends.real import docker_image
    from playground.backends.real.docker_driver import connect
    from playground.backends.real.driver import DriverError

    try:
        client = connect()
        if docker_image.is_there(client) and not again:
            click.echo(f"{docker_image.IMAGE} is there; --again builds it anew")
            return
        if cache is not None:
            cache.mkdir(parents=True, exist_ok=True)
        packages = from_packages or not docker_image.registry_answers()
        docker_image.build(client, from_packages=packages, told=click.echo, cache=cache)
    except DriverError as error:
        raise click.ClickException(str(error)) from None
