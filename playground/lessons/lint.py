"""What can be said of lessons without playing them: structure, words, links, machines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from playground.lessons import command_words
from playground.lessons.checks import machines_of
from playground.lessons.command_checks import Answered
from playground.lessons.loader import Problem
from playground.lessons.model import Action, Heading, Lesson, Location, Step
from playground.lessons.render import BadBlock, Block, blocks, deed
from playground.lessons.translation_lint import lint_translations

HOST = "host"
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
"""What of a lesson's folder is served as an image, and as which type."""
MAX_IMAGE_BYTES = 512 * 1024
_LAUNCHED = re.compile(r"\bmultipass launch\b.*?(?:--name|-n)[ =](\S+)")
_PLACEHOLDER = re.compile(r"{{\s*(ip|token)\.([\w-]+)")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.I)


def lint(lesson: Lesson, folder: Path, others: Mapping[str, Lesson], beside: Sequence[Path] = ()) -> list[Problem]:
    """Return what is wrong with ``lesson``, which lies in ``folder``; ``others`` are all lessons by slug.

    ``beside`` are further folders of lessons that are served together with this one's: a link may lead there.
    """
    linter = _Lint(lesson, folder, others, beside)
    return sorted(linter.problems(), key=lambda problem: (problem.file, problem.line))


class _Lint:
    def __init__(self, lesson: Lesson, folder: Path, others: Mapping[str, Lesson], beside: Sequence[Path]) -> None:
        self._lesson = lesson
        self._beside = beside
        self._folder = folder
        self._others = others
        self._steps = lesson.outline.steps
        self._prose = lesson.prose["en"]

    def problems(self) -> Iterator[Problem]:
        yield from self._title()
        yield from self._prerequisites()
        yield from self._machines()
        yield from self._commands()
        for index, (step, heading) in enumerate(zip(self._steps, self._prose, strict=True)):
            yield from self._whole(index, step)
            yield from self._hints(index, step)
            yield from self._question(index, step, heading)
            yield from self._links(heading)
        yield from lint_translations(self._lesson, self._folder)

    def _at(self, location: Location, reason: str) -> Problem:
        return Problem(f"{self._lesson.slug}/lesson.yaml", self._lesson.line(*location), reason)

    def _in_prose(self, line: int, reason: str) -> Problem:
        return Problem(f"{self._lesson.slug}/en.md", line, reason)

    # Structure

    def _title(self) -> Iterator[Problem]:
        first = (self._folder / "en.md").read_text(encoding="utf-8").partition("\n")[0]
        if first != f"# {self._lesson.outline.title}":
            yield self._in_prose(1, f"the first line must be the lesson's title: `# {self._lesson.outline.title}`")

    def _prerequisites(self) -> Iterator[Problem]:
        for index, slug in enumerate(self._lesson.outline.prerequisites):
            if slug not in self._others:
                yield self._at(("prerequisites", index), f"there is no lesson {slug!r}")
            elif self._lesson.slug in _all_before(slug, self._others):
                yield self._at(("prerequisites", index), f"{slug} needs {self._lesson.slug} itself: a cycle")

    def _whole(self, index: int, step: Step) -> Iterator[Problem]:
        here: Location = ("steps", index)
        if not step.checks and step.question is None:
            yield self._at(here, f"step {step.id} has neither checks nor a question: nothing can be done in it")
        if step.checks and not step.solution:
            yield self._at(here, f"step {step.id} has no solution: it cannot be played or skipped")
        if step.checks and not step.hints:
            yield self._at(here, f"step {step.id} has no hints")
        for number, mistake in enumerate(step.mistakes):
            at = (*here, "mistakes", number)
            if not mistake.example:
                yield self._at(at, f"mistake {number + 1} of step {step.id} has no example to play")
            if not mistake.command and not mistake.output:
                yield self._at(at, f"mistake {number + 1} of step {step.id} matches every command")

    def _question(self, index: int, step: Step, heading: Heading) -> Iterator[Problem]:
        fences = [block for block in blocks(heading.text) if block.language == "question"]
        if step.question is not None and not fences:
            reason = f"step {step.id} asks a question; its text has no place for it (a fence `question`)"
            yield self._in_prose(heading.line - 1, reason)
        if step.question is None and fences:
            yield self._in_prose(heading.line + fences[0].line, f"step {step.id} has no question in lesson.yaml")
        for fence in fences[1:]:
            yield self._in_prose(heading.line + fence.line, f"step {step.id} has its question twice")

    # Hints

    def _hints(self, index: int, step: Step) -> Iterator[Problem]:
        """No hint holds a whole command of a solution, in backticks or without."""
        answers = {
            command_words.plain(action.run): None
            for actions in (step.solution, *step.alternatives)
            for action in actions
            if " " in action.run.strip()
        }
        for number, hint in enumerate(step.hints):
            text = command_words.plain(hint.replace("`", " "))
            for answer in answers:
                if re.search(rf"(?<![\w-]){re.escape(answer)}(?![\w-]|[=/:]\w)", text):
                    reason = f"hint {number + 1} of step {step.id} gives the solution away: {answer}"
                    yield self._at(("steps", index, "hints", number), reason)
                    break

    # Commands

    def _commands(self) -> Iterator[Problem]:
        """Nothing is typed in the text that was not introduced; nothing is introduced that does not occur."""
        taught = [
            command
            for slug in _all_before(self._lesson.slug, self._others)
            for step in self._others[slug].outline.steps
            for command in step.commands
        ]
        for index, (step, heading) in enumerate(zip(self._steps, self._prose, strict=True)):
            taught += step.commands
            used = list(_typed(heading))
            for line, command in used:
                if command_words.is_teachable(command) and not any(
                    command_words.is_use_of(command, known) for known in taught
                ):
                    name = command_words.name(command)
                    reason = f"`{name}` is used, but no step up to here has it in its `commands`"
                    yield self._in_prose(line, reason)
            played = [action.run for action in step.solution if action.run]
            for number, known in enumerate(step.commands):
                if not any(command_words.is_use_of(command, known) for command in [*played, *(use[1] for use in used)]):
                    reason = f"step {step.id} says that it introduces `{known}`, but neither text nor solution has it"
                    yield self._at(("steps", index, "commands", number), reason)

    # Machines

    def _machines(self) -> Iterator[Problem]:
        known = [HOST, *self._lesson.outline.topology.nodes]
        if self._lesson.outline.terminal not in known:
            yield self._at(("terminal",), f"there is no machine {self._lesson.outline.terminal!r} to open")
        yield from self._action_machines(self._lesson.outline.setup, known, ("setup",))
        for index, (step, heading) in enumerate(zip(self._steps, self._prose, strict=True)):
            here: Location = ("steps", index)
            known += [name for action in step.solution for name in _LAUNCHED.findall(action.run)]
            for number, check in enumerate(step.checks):
                names = list(machines_of(check))
                for name in _unknown(names, known):
                    yield self._at((*here, "checks", number), f"there is no machine {name!r}")
                if isinstance(check, Answered) and not _matches_any(check.on, known):
                    yield self._at((*here, "checks", number), f"no machine is called {check.on!r}")
            yield from self._action_machines(step.solution, known, (*here, "solution"))
            for number, alternative in enumerate(step.alternatives):
                yield from self._action_machines(alternative, known, (*here, "alternatives", number))
            for number, mistake in enumerate(step.mistakes):
                at = (*here, "mistakes", number)
                if mistake.on and not _matches_any(mistake.on, known):
                    yield self._at((*at, "on"), f"no machine is called {mistake.on!r}")
                yield from self._action_machines(mistake.example, known, (*at, "example"))
                yield from self._action_machines(mistake.mend, known, (*at, "mend"))
            yield from self._prose_machines(heading, known)

    def _action_machines(self, actions: Sequence[Action], known: list[str], at: Location) -> Iterator[Problem]:
        for index, action in enumerate(actions):
            for name in _unknown([*([action.on] if action.on else []), *_named_in(action.run)], known):
                yield self._at((*at, index), f"there is no machine {name!r}")
            for name in _unknown(list(_named_in_fault(action.fault)), known):
                yield self._at((*at, index), f"there is no machine {name!r} to act on")

    def _prose_machines(self, heading: Heading, known: list[str]) -> Iterator[Problem]:
        for number, line in enumerate(heading.text.splitlines()):
            for name in _unknown(list(_named_in(line)), known):
                yield self._in_prose(heading.line + number, f"there is no machine {name!r} to take the address of")
        for block in blocks(heading.text):
            line_number = heading.line + block.line
            if block.language == "sh" and block.rest and block.rest not in known:
                yield self._in_prose(line_number, f"there is no machine {block.rest!r} to run this on")
            if block.language == "action":
                if not block.rest:
                    yield self._in_prose(line_number, "an action needs a label: the words after `action`")
                for name in _unknown(list(_named_in_fault(_fault_of(block))), known):
                    yield self._in_prose(line_number, f"there is no machine {name!r} to act on")

    # Links and images

    def _links(self, heading: Heading) -> Iterator[Problem]:
        for line, token in _inlines(heading):
            for child in token.children or []:
                if child.type == "image":
                    yield from self._image(line, child)
                elif child.type == "link_open":
                    yield from self._link(line, str(child.attrGet("href") or ""))

    def _image(self, line: int, token: Token) -> Iterator[Problem]:
        source = str(token.attrGet("src") or "")
        if not token.content.strip():
            yield self._in_prose(line, f"the image {source} has no alternative text")
        if _SCHEME.match(source) or source.startswith(("/", "..")):
            yield self._in_prose(line, f"the image {source} is shown to nobody: put it into the lesson's folder")
        elif not (self._folder / source).is_file():
            yield self._in_prose(line, f"there is no file {source}")
        elif Path(source).suffix.lower() not in IMAGES:
            yield self._in_prose(line, f"{source} is no image that is served: {', '.join(sorted(IMAGES))}")
        elif (size := (self._folder / source).stat().st_size) > MAX_IMAGE_BYTES:
            yield self._in_prose(line, f"{source} has {size // 1024} kB; an image may have {MAX_IMAGE_BYTES // 1024}")

    def _link(self, line: int, target: str) -> Iterator[Problem]:
        if _SCHEME.match(target) or target.startswith("//"):
            return
        path, _, anchor = target.partition("#")
        file = self._folder / path if path else self._folder / "en.md"
        if path.startswith("../") and not file.exists():
            file = next((found for place in self._beside if (found := place / path[3:]).exists()), file)
        if path and not file.exists():
            yield self._in_prose(line, f"there is nothing at {target}")
        elif anchor and file.is_file() and anchor not in _anchors(file.read_text(encoding="utf-8")):
            yield self._in_prose(line, f"there is no heading for #{anchor} in {file.name}")


def _typed(heading: Heading) -> Iterator[tuple[int, str]]:
    """Commands that the text has the reader type or names: line, command."""
    for block in blocks(heading.text):
        if block.language == "sh":
            for number, command in command_words.of_script(block.body):
                yield heading.line + block.line + 1 + number, command
    for line, token in _inlines(heading):
        for child in token.children or []:
            if child.type == "code_inline" and command_words.looks_like_one(child.content):
                yield line, child.content


def _inlines(heading: Heading) -> Iterator[tuple[int, Token]]:
    for token in MarkdownIt("commonmark").enable("table").parse(heading.text):
        if token.type == "inline":
            yield heading.line + (token.map[0] if token.map else 0), token


def _named_in(text: str) -> Iterator[str]:
    """Machines whose address a text wants to have filled in."""
    for kind, name in _PLACEHOLDER.findall(text):
        if kind == "ip":
            yield name


def _named_in_fault(fault: Any) -> Iterator[str]:
    """All machines in a fault: every text in it that is not a key."""
    if isinstance(fault, str):
        yield fault
    elif isinstance(fault, list):
        for part in fault:
            yield from _named_in_fault(part)
    elif isinstance(fault, dict):
        for part in fault.values():
            yield from _named_in_fault(part)


def _fault_of(block: Block) -> Any:
    """The fault of an action block; the loader has refused those that are none."""
    try:
        return deed(block).get("fault")
    except BadBlock:
        return None


def _unknown(names: Sequence[str], known: Sequence[str]) -> list[str]:
    return [name for name in names if name not in known]


def _matches_any(pattern: str, known: Sequence[str]) -> bool:
    return any(re.fullmatch(pattern, name) for name in known)


def _all_before(slug: str, lessons: Mapping[str, Lesson]) -> list[str]:
    """The lessons that one builds on, directly and indirectly; a cycle is walked once."""
    found: list[str] = []
    waiting = list(lessons[slug].outline.prerequisites) if slug in lessons else []
    while waiting:
        name = waiting.pop(0)
        if name not in found and name in lessons:
            found.append(name)
            waiting += lessons[name].outline.prerequisites
    return found


def _anchors(markdown: str) -> list[str]:
    """Anchors of the headings, as Markdown sites make them."""
    headings = re.findall(r"^#+ +(.+)$", markdown, re.M)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings]
