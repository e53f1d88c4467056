"""The JSON Schema of ``lesson.yaml``, for completion and checking in editors."""

from typing import Any

from playground.lessons.model import Outline


def lesson_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    schema = Outline.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Lesson",
        "description": "lesson.yaml of Swarm Playground; see docs/lessons.md",
    }
