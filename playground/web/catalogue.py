"""What the chapter map shows."""

from typing import TYPE_CHECKING

from playground.labs.registry import Registry

if TYPE_CHECKING:
    from playground.labs.real_verdicts import RealVerdicts


def lesson_list(
    registry: Registry, language: str = "en", verdicts: "RealVerdicts | None" = None
) -> list[dict[str, object]]:
    """The lessons in order, in a language as far as they are translated, without their content.

    With ``verdicts`` each says what of it does not work on this server's real engines.

    A part of the chapter is called alike in all its lessons, translated or not.
    """
    lessons = list(registry.lessons.values())
    parts = {
        lesson.outline.chapter: lesson.outline_in(language).chapter for lesson in lessons if language in lesson.outlines
    }
    return [
        {
            "slug": lesson.slug,
            "title": outline.title,
            "summary": outline.summary,
            "chapter": parts.get(lesson.outline.chapter, outline.chapter),
            "minutes": outline.minutes,
            "steps": len(outline.steps),
            "language": language if language in lesson.prose else "en",
            **({} if verdicts is None else {"real": verdicts.of(lesson)}),
        }
        for lesson in lessons
        for outline in (lesson.outline_in(language),)
    ]
