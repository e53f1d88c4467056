"""Reads lessons from their folders; says file, line and reason of what is wrong with one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import TemplateError
from pydantic import ValidationError

from playground.lessons.model import Action, Heading, Lesson, Location, Outline
from playground.lessons.render import fill
from playground.lessons.render import prose as render

LANGUAGES = ("en",)


class LessonLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # The base is chosen here.
    """YAML in which only ``true`` and ``false`` are booleans, as YAML 1.2 has it: ``on`` is a key of ours."""


LessonLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
LessonLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author has to mend. ``line`` is 0 where no line can be named."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class BrokenLesson(Exception):
    """A lesson that cannot be used; ``problems`` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def load_all(folder: Path) -> tuple[dict[str, Lesson], list[Problem]]:
    """Read every lesson below ``folder``. A broken one is left out and reported; the others work."""
    lessons: dict[str, Lesson] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        if not (path / "lesson.yaml").is_file():
            continue
        try:
            lessons[path.name] = load(path)
        except BrokenLesson as broken:
            problems += broken.problems
    return lessons, problems


def load(folder: Path) -> Lesson:
    """Read one lesson.

    Raises:
        BrokenLesson: a file is missing, or not as it has to be.
    """
    file = folder / "lesson.yaml"
    name = f"{folder.name}/lesson.yaml"
    try:
        text = file.read_text(encoding="utf-8")
        data, lines = _read(text)
    except OSError as error:
        raise BrokenLesson([Problem(name, 0, error.strerror or str(error))]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise BrokenLesson([Problem(name, mark.line + 1 if mark else 0, reason)]) from None
    try:
        outline = Outline.model_validate(data)
    except ValidationError as error:
        found = [
            Problem(name, _line_of(lines, entry["loc"]), f"{_path(entry['loc'])}: {entry['msg']}")
            for entry in error.errors()
        ]
        raise BrokenLesson(found) from None
    prose = {}
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if path.is_file():
            prose[language] = split_prose(path.read_text(encoding="utf-8"))
    if "en" not in prose:
        raise BrokenLesson([Problem(f"{folder.name}/en.md", 0, "the prose is missing")])
    for language, steps in prose.items():
        if len(steps) != len(outline.steps):
            reason = f"{len(outline.steps)} steps in lesson.yaml, but {len(steps)} headings (`## ...`) here"
            raise BrokenLesson([Problem(f"{folder.name}/{language}.md", 0, reason)])
    lesson = Lesson(slug=folder.name, outline=outline, prose=prose, lines=lines)
    broken = [*_unfillable(lesson), *_unshowable(lesson)]
    if broken:
        raise BrokenLesson(broken)
    return lesson


def _unfillable(lesson: Lesson) -> Iterator[Problem]:
    """Texts of ``lesson.yaml`` whose braces make no sense, so that no lab can fill them in."""
    for location, text in texts(lesson.outline):
        try:
            fill(text, {})
        except TemplateError as error:
            yield Problem(f"{lesson.slug}/lesson.yaml", lesson.line(*location), f"{_path(location)}: {error}")


def _unshowable(lesson: Lesson) -> Iterator[Problem]:
    for language, headings in lesson.prose.items():
        for step, heading in zip(lesson.outline.steps, headings, strict=True):
            name = f"{lesson.slug}/{language}.md"
            try:
                render(heading.text, {}, step.id, step.question)
            except TemplateError as error:
                line = getattr(error, "lineno", None) or 1
                yield Problem(name, heading.line + line - 1, f"the braces make no sense: {error}")
            except yaml.YAMLError as error:
                yield Problem(name, heading.line, f"an action block is not YAML: {error}")


def texts(outline: Outline) -> Iterator[tuple[Location, str]]:
    """The texts of ``lesson.yaml`` that are filled in with the lab's addresses, and where they stand."""

    def commands(actions: list[Action], *location: int | str) -> Iterator[tuple[Location, str]]:
        for index, action in enumerate(actions):
            if action.run:
                yield (*location, index, "run"), action.run

    yield from commands(outline.setup, "setup")
    for number, step in enumerate(outline.steps):
        here: Location = ("steps", number)
        yield from commands(step.solution, *here, "solution")
        for index, alternative in enumerate(step.alternatives):
            yield from commands(alternative, *here, "alternatives", index)
        for index, hint in enumerate(step.hints):
            yield (*here, "hints", index), hint
        for index, mistake in enumerate(step.mistakes):
            yield (*here, "mistakes", index, "says"), mistake.says
            yield from commands(mistake.example, *here, "mistakes", index, "example")
            yield from commands(mistake.mend, *here, "mistakes", index, "mend")
        if step.question is not None:
            yield (*here, "question", "because"), step.question.because


def split_prose(text: str) -> list[Heading]:
    """Split Markdown at its second-level headings: title, text and first line of each step."""
    steps: list[tuple[str, list[str], int]] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        if line.startswith("## ") and not fenced:
            steps.append((line[3:].strip(), [], number + 1))
        elif steps:
            steps[-1][1].append(line)
    return [Heading(title, "\n".join(lines).rstrip() + "\n", line) for title, lines, line in steps]


def _path(location: Location) -> str:
    return ".".join(str(part) for part in location) or "lesson"


def _read(text: str) -> tuple[Any, dict[Location, int]]:
    """What a text says, and on which line each of its keys and list items stands.

    Raises:
        yaml.YAMLError: it is not one document of YAML.
    """
    loader = LessonLoader(text)
    try:
        root = loader.get_single_node()
        return (None, {}) if root is None else (loader.construct_document(root), _lines(root))
    finally:
        loader.dispose()


def _lines(root: yaml.Node) -> dict[Location, int]:
    found: dict[Location, int] = {}

    def walk(node: yaml.Node, path: Location) -> None:
        found[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                walk(value, (*path, str(key.value)))
                found[(*path, str(key.value))] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*path, index))

    walk(root, ())
    return found


def _line_of(lines: dict[Location, int], location: Location) -> int:
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 0)
