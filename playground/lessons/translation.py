"""A lesson in another language: ``de.md`` has the prose, ``de.yaml`` the sentences of ``lesson.yaml``.

``de.yaml`` maps each English sentence to what it is in German. So a sentence that was changed is seen to lack its
translation, and none is ever shown with another's. What is not translated is shown in English.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from playground.lessons.model import Location, Outline, Question, Step

Words = Mapping[str, str]


def sentences(outline: Outline) -> Iterator[tuple[Location, str]]:
    """What of ``lesson.yaml`` is read by learners, and where it stands; each sentence where it stands first."""
    seen: set[str] = set()
    for location, text in _all(outline):
        if text and text not in seen:
            seen.add(text)
            yield location, text


def _all(outline: Outline) -> Iterator[tuple[Location, str]]:
    yield ("title",), outline.title
    yield ("summary",), outline.summary
    yield ("chapter",), outline.chapter
    for number, step in enumerate(outline.steps):
        here: Location = ("steps", number)
        if step.question is not None:
            yield from _of_question(step.question, *here, "question")
        for index, check in enumerate(step.checks):
            yield (*here, "checks", index), check.text
        for index, hint in enumerate(step.hints):
            yield (*here, "hints", index), hint
        for index, mistake in enumerate(step.mistakes):
            yield (*here, "mistakes", index, "says"), mistake.says
    for number, question in enumerate(outline.quiz):
        yield from _of_question(question, "quiz", number)


def _of_question(question: Question, *here: int | str) -> Iterator[tuple[Location, str]]:
    yield (*here, "ask"), question.ask
    for index, choice in enumerate(question.choices):
        yield (*here, "choices", index), choice
    yield (*here, "because"), question.because


def translated(outline: Outline, words: Words) -> Outline:
    """The outline with its sentences in another language, as far as there are words for them."""

    def said(text: str) -> str:
        return words.get(text) or text

    def asked(question: Question) -> Question:
        return question.model_copy(
            update={
                "ask": said(question.ask),
                "choices": [said(choice) for choice in question.choices],
                "because": said(question.because),
            }
        )

    def stepped(step: Step) -> Step:
        return step.model_copy(
            update={
                "question": None if step.question is None else asked(step.question),
                "checks": [replace(check, text=said(check.text)) for check in step.checks],
                "hints": [said(hint) for hint in step.hints],
                "mistakes": [mistake.model_copy(update={"says": said(mistake.says)}) for mistake in step.mistakes],
            }
        )

    return outline.model_copy(
        update={
            "title": said(outline.title),
            "summary": said(outline.summary),
            "chapter": said(outline.chapter),
            "steps": [stepped(step) for step in outline.steps],
            "quiz": [asked(question) for question in outline.quiz],
        }
    )
