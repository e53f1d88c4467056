"""``swarm-playground play`` and ``replay``: scenarios and journals from files."""

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--backend", default="emulated", show_default=True, type=click.Choice(["emulated"]), help="What makes the machines."
)
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="Play on a lab of this server, which stays there, instead of one of its own.",
)
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help="Of the lab: the same seed gives the same lab."
)
@click.option(
    "--record",
    default=None,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what came of it, a JSON object a line.",
)
def play(file: Path, backend: str, url: str, seed: int, record: Path | None) -> None:
    """Play FILE, a scenario: commands and faults, a line each. It begins with `nodes: manager1 worker1`.

    The lab's time passes as fast as it can. The exit code is 1 when a `~` line never matched.
    """
    from playground.backends.errors import Refusal
    from playground.labs import scenario
    from playground.labs.scenario_stage import HereStage, ServerStage

    try:
        read = scenario.parse(_text(file))
    except scenario.BadScenario as error:
        raise click.ClickException(f"{file}: {error}") from None
    steps: list[dict[str, Any]] = []
    try:
        stage = ServerStage(url, read.nodes, seed) if url else HereStage(read.nodes, seed)
        for step in scenario.play(read, stage):
            click.echo(scenario.words(step), nl=False)
            steps.append(step)
    except Refusal as error:
        raise click.ClickException(f"{file}: {error}") from None
    finally:
        if record is not None and steps:
            _write(record, "".join(json.dumps(step) + "\n" for step in steps))
    if isinstance(stage, ServerStage):
        click.echo(f"The lab is at {stage.url}", err=True)
    if any(step.get("met") is False for step in steps):
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def replay(file: Path) -> None:
    """Do again what FILE holds, the journal of a lab, and tell what happened, what terminals showed and how it ended.

    A journal is saved from a lab's Share dialog, or with GET /api/labs/ID/journal. To walk around in the lab, open the
    file on the start page.
    """
    from playground.backends.errors import Refusal
    from playground.labs.journal_file import from_file
    from playground.labs.replay import replayed, told
    from playground.lessons.loader import load_all
    from playground.web import assets

    try:
        data = json.loads(_text(file))
    except ValueError:
        raise click.ClickException(f"{file} is not JSON, so it is no journal") from None
    try:
        header, now_us, entries = from_file(data)
        lesson = load_all(assets.LESSONS)[0].get(header.lesson) if header.lesson else None
        for line in told(replayed(header, now_us, entries, lesson)):
            click.echo(line)
    except Refusal as error:
        raise click.ClickException(f"{file}: {error}") from None


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"cannot read {file}: {error}") from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
