"""What the chapter map shows."""

from playground.labs.registry import Registry


def lesson_list(registry: Registry, language: str = "en") -> list[dict[str, object]]:
    """The lessons in order, in a language as far as they are translated, without their content."""
    return [
        {
            "slug": lesson.slug,
            "title": outline.title,
            "summary": outline.summary,
            "chapter": outline.chapter,
            "minutes": outline.minutes,
            "steps": len(outline.steps),
            "language": language if language in lesson.prose else "en",
        }
        for lesson in registry.lessons.values()
        for outline in (lesson.outline_in(language),)
    ]
