"""``swarm-playground doctor``: what this machine can do for each backend, and which lessons that leaves."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from playground.web import assets

if TYPE_CHECKING:
    from playground.backends.probes import Finding
    from playground.labs.doctor import Verdict

MARKS = {"works": "✓", "limited": "~", "missing": "✗", "unknown": "?"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Test what this machine can do for each backend, and name the lessons that will not work.

    Starts one throwaway container when Docker Engine and the node image are there; changes nothing else.
    """
    from playground.backends.probes import ThisMachine, nodes_that_fit
    from playground.backends.real.claim import own_claim
    from playground.backends.real.ownership import owner_of
    from playground.labs.doctor import REAL, judge
    from playground.labs.real_verdicts import look_at_machine
    from playground.lessons.loader import load_all

    claim = own_claim()
    try:
        findings = look_at_machine(owner_of(claim, 0))
    finally:
        claim.release()
    lessons, _ = load_all(assets.LESSONS)
    room = {backend: nodes_that_fit(backend, ThisMachine().memory()) for backend in REAL}
    verdicts = list(judge(findings, lessons, room))
    if as_json:
        said = {"findings": [asdict(one) for one in findings], "lessons": [asdict(one) for one in verdicts]}
        click.echo(json.dumps(said, indent=2))
        return
    titles = {slug: lesson.outline.title for slug, lesson in lessons.items()}
    for backend in ("emulated", *REAL):
        _tell(backend, [one for one in findings if one.backend == backend])
        if backend == "emulated":
            click.echo(f"  all {len(lessons)} lessons work\n")
        else:
            _lessons([one for one in verdicts if one.backend == backend], titles)


def _tell(backend: str, findings: Sequence["Finding"]) -> None:
    click.secho(backend, bold=True)
    for one in findings:
        click.echo(f"  {MARKS[one.answer]} {one.topic}: {one.says}")
        if one.remedy:
            click.echo(f"      {one.remedy}")


def _lessons(verdicts: Sequence["Verdict"], titles: Mapping[str, Any]) -> None:
    lost: dict[tuple[str, ...], list[str]] = {}
    for one in verdicts:
        if one.because:
            lost.setdefault(one.because, []).append(one.lesson)
    if len(lost) == 1 and len(*lost.values()) == len(verdicts):
        click.echo(f"  no lesson works: {'; '.join(*lost)}\n")
        return
    click.echo(f"  {len(verdicts) - sum(map(len, lost.values()))} of {len(verdicts)} lessons work")
    for because, slugs in lost.items():
        click.echo(f"  these do not: {'; '.join(because)}")
        for slug in slugs:
            click.echo(f"      {slug}  {titles[slug]}")
    click.echo()
