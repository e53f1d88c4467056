"""Reads lessons from their folders; says file, line and reason of what is wrong with one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jinja2 import TemplateError
from pydantic import ValidationError

from playground.lessons.model import Action, Heading, Lesson, Location, Outline
from playground.lessons.problem import BrokenLesson, Problem
from playground.lessons.render import BadBlock, fill
from playground.lessons.render import prose as render
from playground.lessons.translation import Words, translated

__all__ = ["ENGLISH", "BrokenLesson", "LessonLoader", "Problem", "load", "load_all", "split_prose", "texts"]

ENGLISH = "en"
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
MAX_BYTES = 1024 * 1024
"""A file of a lesson has to be smaller."""


if TYPE_CHECKING or not hasattr(yaml, "CSafeLoader"):
    _Loader = yaml.SafeLoader
else:
    _Loader = yaml.CSafeLoader


class LessonLoader(_Loader):
    """YAML in which only ``true`` and ``false`` are booleans, as YAML 1.2 has it: ``on`` is a key of ours."""


LessonLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
LessonLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load_all(folder: Path) -> tuple[dict[str, Lesson], list[Problem]]:
    """Read every lesson below ``folder``. A broken one is left out and reported; the others work.

    ``LANGUAGE.yaml`` beside the lessons says how the parts of the course are called, for lessons without a translation.
    """
    lessons: dict[str, Lesson] = {}
    parts, problems = _parts(folder)
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        if not (path / "lesson.yaml").is_file():
            continue
        try:
            lessons[path.name] = _in_its_part(load(path), parts)
        except BrokenLesson as broken:
            problems += broken.problems
    return lessons, problems


def _parts(folder: Path) -> tuple[dict[str, Words], list[Problem]]:
    """How the parts of the course are called, by language; and the files that cannot be read."""
    parts: dict[str, Words] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.yaml")):
        if file.stem == ENGLISH or not _LANGUAGE.match(file.stem):
            continue
        try:
            parts[file.stem] = _words(file, file.name)
        except BrokenLesson as broken:
            problems += broken.problems
    return parts, problems


def _in_its_part(lesson: Lesson, parts: dict[str, Words]) -> Lesson:
    """The lesson with the name of its part in every language that has one; its own translation goes first."""
    outlines = dict(lesson.outlines)
    english = lesson.outline.chapter
    for language, words in parts.items():
        outline = lesson.outline_in(language)
        if english in words and outline.chapter == english:
            outlines[language] = outline.model_copy(update={"chapter": words[english]})
    return lesson.model_copy(update={"outlines": outlines})


def load(folder: Path) -> Lesson:
    """Read one lesson.

    Raises:
        BrokenLesson: a file is missing, or not as it has to be.
    """
    name = f"{folder.name}/lesson.yaml"
    data, lines = _yaml(folder / "lesson.yaml", name)
    if not isinstance(data, dict):
        empty = "the file is empty" if data is None else "it has to map keys to values, as `title: ...`"
        raise BrokenLesson([Problem(name, 1, f"{empty}; `lessons new` writes one to begin with")])
    twice = [number for number, step_id in enumerate(_ids(data)) if step_id in _ids(data)[:number]]
    if twice:
        raise BrokenLesson(
            [
                Problem(name, _line_of(lines, ("steps", number, "id")), f"step {_ids(data)[number]} is there twice")
                for number in twice
            ]
        )
    try:
        outline = Outline.model_validate(data)
    except ValidationError as error:
        found = [
            Problem(name, _line_of(lines, entry["loc"]), f"{_path(entry['loc'])}: {entry['msg']}")
            for entry in error.errors()
        ]
        raise BrokenLesson(found) from None
    prose = {ENGLISH: _prose(folder, ENGLISH, outline)}
    lesson = Lesson(slug=folder.name, outline=outline, prose=prose, lines=lines)
    broken = [*_unfillable(lesson), *_unshowable(lesson)]
    if broken:
        raise BrokenLesson(broken)
    return _with_translations(lesson, folder)


def _ids(data: dict[str, Any]) -> list[object]:
    """The ids of the steps, as far as there are any."""
    steps = data.get("steps")
    return [step["id"] for step in steps if isinstance(step, dict) and "id" in step] if isinstance(steps, list) else []


def _with_translations(lesson: Lesson, folder: Path) -> Lesson:
    """The lesson with all languages in its folder. A broken one is left out, and said to be."""
    prose, outlines = dict(lesson.prose), {ENGLISH: lesson.outline}
    flaws: list[Problem] = []
    names = {path.stem for path in folder.iterdir() if path.suffix in (".md", ".yaml")}
    for language in sorted(name for name in names if name != ENGLISH and _LANGUAGE.match(name)):
        try:
            outline, headings = lesson.outline, lesson.prose[ENGLISH]
            if (folder / f"{language}.yaml").is_file():
                outline = translated(
                    lesson.outline, _words(folder / f"{language}.yaml", f"{folder.name}/{language}.yaml")
                )
            if (folder / f"{language}.md").is_file():
                headings = _prose(folder, language, outline)
            tried = lesson.model_copy(update={"outline": outline, "prose": {language: headings}})
            broken = [*_unfillable(tried, f"{language}.yaml"), *_unshowable(tried)]
            if broken:
                raise BrokenLesson(broken)
        except BrokenLesson as error:
            flaws += error.problems
            continue
        prose[language], outlines[language] = headings, outline
    return lesson.model_copy(update={"prose": prose, "outlines": outlines, "flaws": tuple(flaws)})


def _words(file: Path, name: str) -> Words:
    """The sentences of a translation. One that is not in ``lesson.yaml`` (any more) is no fault, but of no use."""
    data, lines = _yaml(file, name)
    if not isinstance(data, dict):
        raise BrokenLesson([Problem(name, 1, "it has to map each English sentence to its translation")])
    found = []
    for english, said in data.items():
        if not isinstance(english, str) or not isinstance(said, str | None):
            line = _line_of(lines, (str(english),)) or 1
            found.append(Problem(name, line, f"both sides have to be sentences; put quotes around them: {english!r}"))
    if found:
        raise BrokenLesson(found)
    return {english: said for english, said in data.items() if said}


def read_words(folder: Path, language: str) -> tuple[Words, dict[Location, int]]:
    """The sentences of ``LANGUAGE.yaml``, empty ones too, and their lines; nothing where it cannot be read."""
    file = folder / f"{language}.yaml"
    try:
        data, lines = _yaml(file, file.name)
    except BrokenLesson:
        return {}, {}
    if not isinstance(data, dict):
        return {}, {}
    return {text: said if isinstance(said, str) else "" for text, said in data.items() if isinstance(text, str)}, lines


def _text(file: Path, name: str) -> str:
    """Raises BrokenLesson where it cannot be read."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BrokenLesson([Problem(name, 1, f"the file is larger than {MAX_BYTES} bytes; make two lessons of it")])
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenLesson([Problem(name, 1, "the file is missing")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BrokenLesson([Problem(name, line, "it is not UTF-8; save it as UTF-8")]) from None
    except OSError as error:
        raise BrokenLesson([Problem(name, 1, error.strerror or str(error))]) from None


def _yaml(file: Path, name: str) -> tuple[Any, dict[Location, int]]:
    text = _text(file, name)
    try:
        return _read(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise BrokenLesson([Problem(name, mark.line + 1 if mark else 1, reason)]) from None


def _prose(folder: Path, language: str, outline: Outline) -> list[Heading]:
    name = f"{folder.name}/{language}.md"
    headings = split_prose(_text(folder / f"{language}.md", name))
    if len(headings) == len(outline.steps):
        return headings
    more = headings[len(outline.steps)].line - 1 if len(headings) > len(outline.steps) else 1
    missing = [step.id for step in outline.steps[len(headings) :]]
    last = f"; {', '.join(missing)} has none" if missing else ""
    reason = f"{len(outline.steps)} steps in lesson.yaml, but {len(headings)} headings (`## ...`) here{last}"
    raise BrokenLesson([Problem(name, more, reason)])


def _unfillable(lesson: Lesson, file: str = "lesson.yaml") -> Iterator[Problem]:
    """Texts whose braces make no sense, so that no lab can fill them in."""
    for location, text in texts(lesson.outline):
        try:
            fill(text, {})
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            line = lesson.line(*location) if file == "lesson.yaml" else 1
            yield Problem(
                f"{lesson.slug}/{file}", line, f"{_path(location)}: the braces make no sense: {_message(error)}"
            )


def _unshowable(lesson: Lesson) -> Iterator[Problem]:
    for language, headings in lesson.prose.items():
        for step, heading in zip(lesson.outline.steps, headings, strict=True):
            name = f"{lesson.slug}/{language}.md"
            try:
                render(heading.text, {}, step.id, step.question)
            except BadBlock as error:
                yield Problem(name, heading.line + error.line, str(error))
            except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                yield Problem(name, heading.line + line - 1, f"the braces make no sense: {_message(error)}")


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
    for number, question in enumerate(outline.quiz):
        yield ("quiz", number, "because"), question.because


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


def _message(error: Exception) -> str:
    return str(getattr(error, "message", None) or error)


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
    return lines.get(location, 1)
