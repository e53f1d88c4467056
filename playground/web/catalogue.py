"""What the chapter map shows."""

from playground.labs.registry import Registry


def lesson_list(registry: Registry) -> list[dict[str, object]]:
    """The lessons in order, without their content."""
    return [
        {
            "slug": lesson.slug,
            "title": lesson.outline.title,
            "summary": lesson.outline.summary,
            "minutes": lesson.outline.minutes,
            "steps": len(lesson.outline.steps),
        }
        for lesson in registry.lessons.values()
    ]
