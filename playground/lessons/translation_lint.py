"""What can be said of a lesson's translations: what is missing, what does not fit the English."""

import re
from collections.abc import Iterator
from pathlib import Path

from playground.lessons.loader import ENGLISH, Problem, read_words
from playground.lessons.model import Heading, Lesson
from playground.lessons.render import Block, blocks
from playground.lessons.translation import sentences

_BRACES = re.compile(r"{{\s*([^}]*?)\s*}}")


def lint_translations(lesson: Lesson, folder: Path) -> Iterator[Problem]:
    """Faults of every language of a lesson; what is only missing is a warning."""
    yield from lesson.flaws
    broken = {problem.file.rpartition("/")[2].partition(".")[0] for problem in lesson.flaws}
    for language in sorted({*lesson.prose, *broken} - {ENGLISH}):
        yield from _sentences(lesson, folder, language)
        if language in lesson.prose:
            yield from _prose(lesson, folder, language)


def _sentences(lesson: Lesson, folder: Path, language: str) -> Iterator[Problem]:
    name = f"{lesson.slug}/{language}.yaml"
    words, lines = read_words(folder, language)
    wanted = [text for _, text in sentences(lesson.outline)]
    if not (folder / f"{language}.yaml").is_file():
        yield Problem(
            name, 1, f"the file is missing: {len(wanted)} sentences of lesson.yaml stay English", warning=True
        )
        return
    for location, text in sentences(lesson.outline):
        line = lines.get((text,), 1)
        said = words.get(text)
        if not said:
            at = lesson.line(*location)
            reason = f"not translated (line {at} of lesson.yaml): {text}"
            yield Problem(name, line, reason, warning=True)
        elif sorted(_BRACES.findall(said)) != sorted(_BRACES.findall(text)):
            yield Problem(name, line, f"the names in braces are others than in the English: {text}")
    for text in words:
        if text not in wanted:
            reason = f"lesson.yaml has no such sentence (any more): {text}"
            yield Problem(name, lines.get((text,), 1), reason, warning=True)


def _prose(lesson: Lesson, folder: Path, language: str) -> Iterator[Problem]:
    name = f"{lesson.slug}/{language}.md"
    file = folder / f"{language}.md"
    if not file.is_file():
        yield Problem(name, 1, "the file is missing: the prose stays English", warning=True)
        return
    title = lesson.outline_in(language).title
    if file.read_text(encoding="utf-8").partition("\n")[0] != f"# {title}":
        yield Problem(name, 1, f"the first line must be the lesson's title: `# {title}`")
    for step, english, heading in zip(lesson.outline.steps, lesson.prose[ENGLISH], lesson.prose[language], strict=True):
        here, there = list(blocks(heading.text)), list(blocks(english.text))
        if len(here) != len(there):
            reason = f"step {step.id} has {len(here)} blocks here and {len(there)} in en.md"
            yield Problem(name, heading.line - 1, reason)
            continue
        for block, model in zip(here, there, strict=True):
            if _does(block) != _does(model):
                line = heading.line + block.line
                yield Problem(
                    name, line, f"this block does not do what the one in en.md does, line {_at(english, model)}"
                )


def _does(block: Block) -> tuple[str, str, str]:
    """What of a block is not prose: a label may be translated, and so may what is only looked at."""
    runs = block.language == "sh" and bool(block.rest)
    return block.language, block.rest if runs else "", block.body if runs or block.language == "action" else ""


def _at(heading: Heading, block: Block) -> int:
    return heading.line + block.line
