"""Checks a folder of lessons: reads, lints and plays each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playground.labs.rehearsal import Report, rehearse
from playground.lessons.lint import lint
from playground.lessons.loader import Problem, load_all
from playground.lessons.model import Lesson


class NoSuchLesson(LookupError):
    """There is no lesson to check; ``str(error)`` is a sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One lesson's result. ``report`` is None where it was not played."""

    slug: str
    problems: list[Problem]
    report: Report | None

    @property
    def good(self) -> bool:
        """Nothing has to be mended; there may be warnings."""
        return all(problem.warning for problem in self.problems)


def check(
    folder: Path,
    only: Sequence[str] = (),
    *,
    shipped: Path | None = None,
    play: bool = True,
    play_one: Callable[[Lesson], Report] = rehearse,
) -> Iterator[Checked]:
    """Check the lessons of ``folder``, in order; those named in ``only``, or all. ``folder`` may be one lesson's own.

    ``play_one`` plays a lesson: on the emulation, unless something else is given. The lessons may build on those in
    the folder ``shipped``, and link to them.

    Raises:
        NoSuchLesson: there is nothing to check, or none of a name.
    """
    if (folder / "lesson.yaml").is_file():
        only, folder = [folder.resolve().name], folder.resolve().parent
    lessons, broken = load_all(folder)
    slugs = sorted({*lessons, *(problem.file.partition("/")[0] for problem in broken)})
    if not slugs:
        raise NoSuchLesson(f"there is no lesson in {folder}: none of its folders has a lesson.yaml")
    for slug in only:
        if slug not in slugs:
            raise NoSuchLesson(f"there is no lesson {slug!r} in {folder}; there are: {', '.join(slugs)}")
    beside = [] if shipped is None or shipped.resolve() == folder.resolve() else [shipped]
    known = {**{slug: lesson for place in beside for slug, lesson in load_all(place)[0].items()}, **lessons}
    for slug in slugs:
        if only and slug not in only:
            continue
        problems = [problem for problem in broken if problem.file.partition("/")[0] == slug]
        report = None
        if slug in lessons:
            problems += lint(lessons[slug], folder / slug, known, beside)
            if play:
                report = play_one(lessons[slug])
                problems += report.problems
        yield Checked(slug, problems, report)
