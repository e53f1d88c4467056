"""The program ``swarm-playground``."""

import errno
import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground import __version__
from playground.play_commands import play, replay
from playground.web import assets, servers
from playground.web.doctor import doctor
from playground.web.real_options import (
    claim_data,
    end_politely,
    limits_of,
    node_image,
    open_real,
    play_on,
    real_options,
    refuse_exposure,
)

if TYPE_CHECKING:
    from playground.labs.rehearsal import Report


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
@click.option("--engine-ports", is_flag=True, help="Give every node's engine a TCP port of its own on 127.0.0.1.")
@click.option(
    "--lessons",
    "more_lessons",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Serve the lessons of this folder as well; may be given again.",
)
@click.option(
    "--embed-on",
    "embed_on",
    multiple=True,
    metavar="ORIGIN",
    help="A site that may show the playground in a frame, like https://course.example; may be given again.",
)
@click.option(
    "--xapi", "xapi", metavar="URL", help="Send xAPI statements about progress to this learning record store."
)
@click.option("--xapi-user", "xapi_user", default="", help="Its user; the password is read from XAPI_PASSWORD.")
@click.option("--site", "site", metavar="URL", help="The playground's own address, in statements.")
@click.option(
    "--proxies",
    default=0,
    show_default=True,
    type=click.IntRange(0, 5),
    help="How many reverse proxies of yours stand in front; learners' addresses are taken from what they add.",
)
@click.option(
    "--max-labs", default=1000, show_default=True, type=click.IntRange(min=1), help="Labs that are kept at the most."
)
@click.option(
    "--labs-per-minute",
    default=60,
    show_default=True,
    type=click.IntRange(min=1),
    help="New labs that one address may open in a minute. A class may share one.",
)
@click.option("--watch", is_flag=True, help="Read lessons again when a file of theirs changes, in open pages too.")
@real_options
def serve(
    host: str,
    port: int,
    server: servers.Name,
    data: Path | None,
    memory: bool,
    engine_ports: bool,
    more_lessons: tuple[Path, ...],
    watch: bool,
    embed_on: tuple[str, ...],
    xapi: str | None,
    xapi_user: str,
    site: str | None,
    proxies: int,
    max_labs: int,
    labs_per_minute: int,
    backend: str,
    expose_real: bool,
    keep_real: bool,
    **real_limits: Any,
) -> None:
    """Serve the playground until interrupted."""
    if backend != "emulated":
        refuse_exposure(host, expose_real)
    try:
        servers.prepare(server)
    except ImportError as missing:
        raise click.ClickException(f"--server {server} needs a package that is not installed: {missing.name}") from None
    from playground.web.app import Settings, create_app
    from playground.web.embedding import NoOrigin, origins
    from playground.web.xapi import RecordStore

    try:
        allowed = origins(embed_on)
    except NoOrigin as error:
        raise click.ClickException(f"--embed-on: {error}") from None
    if xapi is not None and not xapi.startswith(("http://", "https://")):
        raise click.ClickException(
            f"--xapi wants the address of a record store, like https://lrs.example/xapi, not {xapi!r}"
        )
    database = None
    if not memory:
        folder = data or Path.home() / ".local" / "share" / "swarm-playground"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"cannot make {folder}: {error.strerror}; choose another with --data") from None
        database = folder / "labs.sqlite3"
    port = free_port(host, port)
    claim = claim_data(database)
    real = verdicts = None
    if backend != "emulated":
        from playground.backends.real.ownership import owner_of
        from playground.labs.real_verdicts import RealVerdicts, look_at_machine

        real = open_real(backend, limits_of(real_limits), claim, keep=keep_real)
        verdicts = RealVerdicts(real, lambda: look_at_machine(owner_of(claim, 0)))
    playground = create_app(
        Settings(
            database=database,
            server=server,
            engine_ports=engine_ports,
            proxies=proxies,
            max_labs=max_labs,
            labs_per_minute=labs_per_minute,
            lessons=(assets.LESSONS, *more_lessons),
            watch=watch,
            real=real,
            verdicts=verdicts,
            exposed=expose_real,
            embed_on=allowed,
            records=None
            if xapi is None
            else RecordStore(xapi, site or f"http://{host}:{port}", xapi_user, os.environ.get("XAPI_PASSWORD", "")),
        )
    )
    for problem in playground.app.config["LESSON_PROBLEMS"]:
        click.echo(f"left out: {problem}", err=True)
    click.echo(f"Swarm Playground {__version__} on http://{host}:{port}")
    sys.stdout.flush()
    if real is not None:
        end_politely()
    try:
        playground.run(host, port)
    finally:
        if real is None:
            claim.release()


main.add_command(node_image)
main.add_command(doctor)


main.add_command(play)
main.add_command(replay)


@main.group()
def lessons() -> None:
    """Write lessons: check them, begin a new one."""


@lessons.command()
@click.argument("folder", default=assets.LESSONS, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--only", "only", multiple=True, metavar="SLUG", help="Check this lesson; may be given again.")
@click.option("--no-play", is_flag=True, help="Read and lint only; do not play anything.")
@click.option(
    "--backend",
    default="emulated",
    show_default=True,
    type=click.Choice(["emulated", "docker", "multipass"]),
    help="What to play on. Real engines get the set-up and the solutions, in real time.",
)
def check(folder: Path, only: tuple[str, ...], no_play: bool, backend: str) -> None:
    """Read, lint and play the lessons in FOLDER (those that ship, when it is left out), or the one lesson there.

    Problems are printed as FILE:LINE: REASON, and the exit code is 1 when there are any. Warnings (translations
    that are missing) are printed too, and are no problems.
    """
    from playground.labs.lesson_check import NoSuchLesson
    from playground.labs.lesson_check import check as check_lessons

    root = folder.resolve().parent if (folder / "lesson.yaml").is_file() else folder
    count = 0
    try:
        for checked in check_lessons(folder, only, shipped=assets.LESSONS, play=not no_play, **play_on(backend)):
            for problem in checked.problems:
                click.echo(f"{root}/{problem}")
            count += sum(not problem.warning for problem in checked.problems)
            if checked.good:
                click.echo(_good(checked.slug, checked.report), err=True)
    except NoSuchLesson as error:
        raise click.ClickException(str(error)) from None
    if count:
        click.echo(f"{count} problem{'s' if count > 1 else ''}", err=True)
        sys.exit(1)


def _good(slug: str, report: "Report | None") -> str:
    if report is None:
        return f"{slug}: reads well; not played"
    excepted = getattr(report, "excepted", None)
    if excepted is not None:
        played = f"{slug}: played {len(report.steps)} steps on real engines"
        return "\n".join([played, *(f"{slug}: excepted: {reason}" for reason in excepted)])
    steps, alternatives, mistakes = (
        len(report.steps),
        sum(step.alternatives for step in report.steps),
        sum(step.mistakes for step in report.steps),
    )
    return f"{slug}: played {steps} steps, {alternatives} alternatives and {mistakes} mistakes; all as written"


@lessons.command()
@click.argument("slug")
@click.option(
    "--in",
    "folder",
    default=assets.LESSONS,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of lessons.  [default: where those that ship lie]",
)
def new(slug: str, folder: Path) -> None:
    """Begin the lesson SLUG (two digits and words, like 07-drain) with a small one that works."""
    from playground.lessons import skeleton

    try:
        lesson = skeleton.create(folder, slug)
    except FileExistsError:
        raise click.ClickException(f"there is a lesson {slug} in {folder} already; choose another name") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot make {folder / slug}: {error.strerror}") from None
    click.echo(
        f"{lesson}: now write lesson.yaml and en.md, and check them with `swarm-playground lessons check {lesson}`"
    )


@lessons.command()
@click.argument("journal", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("slug")
@click.option("--title", default="", help="The lesson's title.  [default: made of SLUG]")
@click.option(
    "--in",
    "folder",
    default=assets.LESSONS,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of lessons.  [default: where those that ship lie]",
)
def record(journal: Path, slug: str, title: str, folder: Path) -> None:
    """Make a draft of the lesson SLUG out of a lab's JOURNAL, as GET /api/labs/ID/journal exports it."""
    from playground.labs.errors import LabError
    from playground.labs.journal_file import from_file
    from playground.labs.recording import draft_of
    from playground.lessons import skeleton

    if skeleton.SLUG.match(slug) is None:
        raise click.ClickException(f"a lesson is called like 07-drain: two digits, then words; not {slug!r}")
    if (folder / slug).exists():
        raise click.ClickException(f"there is a lesson {slug} in {folder} already; choose another name")
    try:
        header, now_us, entries = from_file(json.loads(journal.read_text(encoding="utf-8")))
        files = draft_of(header, now_us, entries, title or slug[3:].replace("-", " ").capitalize())
    except (ValueError, LabError) as error:
        raise click.ClickException(f"{journal}: {error}") from None
    (folder / slug).mkdir(parents=True)
    for name, text in files.items():
        (folder / slug / name).write_text(text, encoding="utf-8")
    skeleton.put_schema(folder)
    click.echo(f"{folder / slug}: a draft; give its steps titles and prose, then run `swarm-playground lessons check`")


@lessons.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port to listen on.  [default: a free one]")
@click.option(
    "--server", default="eventlet", show_default=True, type=click.Choice(servers.NAMES), help="What carries it."
)
def preview(folder: Path, port: int, server: servers.Name) -> None:
    """Show the lesson in FOLDER, or all lessons there, and show it anew whenever a file is saved.

    Labs are kept in memory only. What is wrong with the lessons stands on the page /authors.
    """
    servers.prepare(server)
    from playground.web.app import Settings, create_app

    alone = (folder / "lesson.yaml").is_file()
    root = folder.resolve().parent if alone else folder
    playground = create_app(Settings(server=server, lessons=(root,), watch=True))
    port = free_port("127.0.0.1", port)
    address = f"http://127.0.0.1:{port}"
    for problem in playground.app.config["LESSON_PROBLEMS"]:
        click.echo(f"left out: {root}/{problem}", err=True)
    click.echo(f"{address}/lessons/{folder.resolve().name}" if alone else f"{address}/lessons")
    click.echo(f"{address}/authors says what is to be mended")
    sys.stdout.flush()
    playground.run("127.0.0.1", port)


@lessons.command()
@click.argument("slug")
@click.option("--language", required=True, metavar="CODE", help="The language to translate to, like de or pt-BR.")
@click.option(
    "--in",
    "folder",
    default=assets.LESSONS,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of lessons.  [default: where those that ship lie]",
)
def translate(slug: str, language: str, folder: Path) -> None:
    """Begin the translation of the lesson SLUG, or bring the one that is there up to date with the English."""
    from playground.lessons import translating
    from playground.lessons.problem import BrokenLesson

    try:
        begun = translating.translate(folder / slug, language)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except BrokenLesson as broken:
        raise click.ClickException("\n".join(map(str, broken.problems))) from None
    click.echo(f"{folder / slug / language}.yaml: {begun.sentences} sentences, {begun.missing} to be translated")
    if begun.dropped:
        click.echo(f"{begun.dropped} sentences were taken out: the English has changed")
    if begun.prose_is_new:
        click.echo(f"{folder / slug / language}.md: a copy of en.md; translate it in place")


@lessons.command()
def schema() -> None:
    """Print the JSON Schema of lesson.yaml, for editors."""
    from playground.lessons.schema import lesson_schema

    click.echo(json.dumps(lesson_schema(), indent=2))


def free_port(host: str, port: int = 0) -> int:
    """``port``, or for 0 one that nobody listens on now.

    Raises:
        click.ClickException: nothing can listen there.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            return int(probe.getsockname()[1])
    except OSError as error:
        hint = "choose another with --port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "look at --host"
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}; {hint}") from None


if __name__ == "__main__":
    main()
