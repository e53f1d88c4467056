"""Lessons as plain Markdown, to read away from the playground, to print, to hand out."""

import re
from collections.abc import Callable, Iterable, Iterator
from string import ascii_lowercase
from typing import NamedTuple

from markdown_it import MarkdownIt

from playground.lessons.model import Action, Lesson, Question
from playground.lessons.render import Facts, fill


class Labels(NamedTuple):
    """The few words that an export adds, in the reader's language."""

    minutes: str = "minutes"
    on: str = "On {machine}:"
    do: str = "Do:"
    done_when: str = "Done when"
    at_the_end: str = "At the end"
    solutions: str = "Solutions"
    wait: str = "wait {seconds} seconds"
    fault: str = "do: {fault}"


ENGLISH = Labels()
_FENCE = re.compile(r"^(?P<fence>```+|~~~+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*\n?", re.M | re.S)


def exercises(
    lesson: Lesson,
    language: str = "en",
    *,
    solutions: bool = False,
    labels: Labels = ENGLISH,
    facts: Facts | None = None,
    retell: Callable[[str], str] = str,
) -> str:
    """One lesson as Markdown that any site shows. Without a lab, addresses and tokens are named, not filled in.

    ``retell`` says in the reader's language what a check says of itself where its author gave it no sentence.
    """
    outline, prose = lesson.outline_in(language), lesson.prose_in(language)
    parts = [f"# {outline.title}", outline.summary, f"{outline.minutes} {labels.minutes}"]
    for step, heading in zip(outline.steps, prose, strict=True):
        parts.append(f"## {heading.title}")
        question = "" if step.question is None else _question(step.question)
        text = fill(_plain(heading.text, question, labels), facts or {}).strip()
        parts.append(text)
        if question and question not in text:
            parts.append(question)
        if step.checks:
            checks = "\n".join(f"- [ ] {check.text or retell(check.says())}" for check in step.checks)
            parts.append(f"**{labels.done_when}**\n\n{checks}")
    if outline.quiz:
        parts += [f"## {labels.at_the_end}", *(_question(question) for question in outline.quiz)]
    if solutions:
        parts.append(f"## {labels.solutions}")
        for step, heading in zip(outline.steps, prose, strict=True):
            parts += _solution(heading.title, step.question, step.solution, labels, facts or {})
        parts += [_answer(question, facts or {}) for question in outline.quiz]
    return "\n\n".join(part for part in parts if part) + "\n"


def all_exercises(
    lessons: Iterable[Lesson],
    language: str = "en",
    *,
    solutions: bool = False,
    labels: Labels = ENGLISH,
    retell: Callable[[str], str] = str,
) -> str:
    """Several lessons, one after another."""
    return "\n".join(
        exercises(lesson, language, solutions=solutions, labels=labels, retell=retell) for lesson in lessons
    )


def printable(markdown: str) -> str:
    """The HTML of an export. Raw HTML in it stays text, and images of other places are not asked for."""
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(markdown)
    return str(rendered).replace("<li>[ ] ", '<li class="box">')


def _plain(text: str, question: str, labels: Labels) -> str:
    """The prose with blocks that any Markdown knows."""

    def block(match: re.Match[str]) -> str:
        language, _, rest = match["info"].strip().partition(" ")
        if language == "question":
            return f"{question}\n"
        if language == "action":
            return f"> **{labels.do}** {rest.strip()}\n"
        fence = f"{match['fence']}{language}\n{match['body']}{match['fence']}\n"
        return f"{labels.on.format(machine=rest.strip())}\n\n{fence}" if language == "sh" and rest.strip() else fence

    return _FENCE.sub(block, text)


def _question(question: Question) -> str:
    lettered = zip(ascii_lowercase, question.choices, strict=False)
    choices = "\n".join(f"- {letter}) {choice}" for letter, choice in lettered)
    return f"**{question.ask}**\n\n{choices}"


def _solution(
    title: str, question: Question | None, actions: list[Action], labels: Labels, facts: Facts
) -> Iterator[str]:
    yield f"### {title}"
    if question is not None:
        yield _answer(question, facts)
    if actions:
        yield "\n".join(f"{number}. {_action(action, labels, facts)}" for number, action in enumerate(actions, 1))


def _answer(question: Question, facts: Facts) -> str:
    letter = ascii_lowercase[question.answer]
    return f"{question.ask} **{letter}) {question.choices[question.answer]}** {fill(question.because, facts)}"


def _action(action: Action, labels: Labels, facts: Facts) -> str:
    if action.run:
        return f"{labels.on.format(machine=action.on)} `{fill(action.run, facts)}`"
    if action.wait:
        return labels.wait.format(seconds=f"{action.wait:g}")
    return labels.fault.format(fault=", ".join(f"{kind} {what}" for kind, what in (action.fault or {}).items()))
