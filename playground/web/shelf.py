"""The lessons that are served: read from one folder or several, and read again when a file has changed."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playground.lessons.lint import lint
from playground.lessons.loader import load_all
from playground.lessons.model import Lesson
from playground.lessons.problem import Problem

LOOK_EVERY_S = 0.5
State = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """For authors. ``broken`` lessons are left out; ``faults`` by lesson are what the lint says of the others."""

    lessons: list[Lesson]
    broken: dict[str, list[Problem]]
    faults: dict[str, list[Problem]]


class Shelf(Mapping[str, Lesson]):
    """Lessons by slug, in order. A later folder's lesson takes the place of an earlier one's of that name.

    Every method may be called from any thread.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = list(folders)
        self._guard = threading.RLock()
        self._state: State = ()
        self._lessons: dict[str, Lesson] = {}
        self._places: dict[str, Path] = {}
        self._problems: list[Problem] = []
        self._report: Report | None = None
        self.read()

    def __getitem__(self, slug: str) -> Lesson:
        return self._lessons[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lessons)

    def __len__(self) -> int:
        return len(self._lessons)

    @property
    def problems(self) -> list[Problem]:
        """Why lessons were left out."""
        return self._problems

    def folder(self, slug: str) -> Path:
        """Where a lesson lies. Raises KeyError."""
        return self._places[slug]

    def read(self) -> list[str]:
        """Read all that has changed since the last time; returns the slugs of lessons that are others now."""
        state = self._look()
        with self._guard:
            if state == self._state:
                return []
            before, self._state = self._lessons, state
            lessons: dict[str, Lesson] = {}
            places: dict[str, Path] = {}
            problems: list[Problem] = []
            for folder in self._folders:
                found, broken = load_all(folder)
                lessons.update(found)
                places.update({slug: folder / slug for slug in found})
                problems += broken
            self._lessons = {slug: lessons[slug] for slug in sorted(lessons)}
            self._places, self._problems, self._report = places, problems, None
            return [slug for slug, lesson in self._lessons.items() if slug in before and before[slug] != lesson]

    def report(self) -> Report:
        """What authors have to mend; made when it is asked for."""
        with self._guard:
            if self._report is None:
                broken: dict[str, list[Problem]] = {}
                for problem in self._problems:
                    broken.setdefault(problem.file.partition("/")[0], []).append(problem)
                faults = {
                    slug: found
                    for slug, lesson in self._lessons.items()
                    if (found := lint(lesson, self._places[slug], self._lessons, self._folders))
                }
                self._report = Report(list(self._lessons.values()), broken, faults)
            return self._report

    def watch(self, sleep: Callable[[float], object], changed: Callable[[list[str]], object]) -> None:
        """Look for ever whether a file has changed, and tell which lessons are others."""
        while True:
            sleep(LOOK_EVERY_S)
            if slugs := self.read():
                changed(slugs)

    def _look(self) -> State:
        """Names, times and sizes of all files of the lessons."""
        found = []
        for folder in self._folders:
            for file in sorted([*folder.glob("*.yaml"), *folder.glob("*/*")]):
                try:
                    state = file.stat()
                except OSError:
                    continue
                found.append((str(file), state.st_mtime_ns, state.st_size))
        return tuple(found)
