"""Reads lessons from their folders; says file, line and reason of what is wrong with one."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from playground.lessons.model import Lesson, Outline

LANGUAGES = ("en",)


class LessonLoader(yaml.SafeLoader):
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
        data = yaml.load(text, Loader=LessonLoader)
    except OSError as error:
        raise BrokenLesson([Problem(name, 0, error.strerror or str(error))]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise BrokenLesson([Problem(name, mark.line + 1 if mark else 0, reason)]) from None
    try:
        outline = Outline.model_validate(data)
    except ValidationError as error:
        lines = _lines(text)
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
    return Lesson(slug=folder.name, outline=outline, prose=prose)


def split_prose(text: str) -> list[tuple[str, str]]:
    """Split Markdown at its second-level headings: title and text of each step."""
    steps: list[tuple[str, list[str]]] = []
    fenced = False
    for line in text.splitlines():
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        if line.startswith("## ") and not fenced:
            steps.append((line[3:].strip(), []))
        elif steps:
            steps[-1][1].append(line)
    return [(title, "\n".join(lines).strip() + "\n") for title, lines in steps]


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "lesson"


def _lines(text: str) -> dict[tuple[int | str, ...], int]:
    """The line on which each key and list item stands."""
    found: dict[tuple[int | str, ...], int] = {}

    def walk(node: yaml.Node, path: tuple[int | str, ...]) -> None:
        found[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                walk(value, (*path, str(key.value)))
                found[(*path, str(key.value))] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*path, index))

    root = yaml.compose(text, Loader=LessonLoader)
    if root is not None:
        walk(root, ())
    return found


def _line_of(lines: dict[tuple[int | str, ...], int], location: tuple[int | str, ...]) -> int:
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 0)
