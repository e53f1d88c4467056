"""The authors' guide and the schema say what the program does."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from playground.lessons.checks import KINDS, parse_check
from playground.lessons.loader import LessonLoader
from playground.lessons.model import Action, Mistake, Outline, Step
from playground.lessons.schema import lesson_schema
from playground.web.assets import LESSONS, REPOSITORY

GUIDE = (REPOSITORY / "docs" / "lessons.md").read_text()
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", GUIDE, re.M | re.S))
SLUGS = sorted(path.parent.name for path in LESSONS.glob("*/lesson.yaml"))


def in_yaml(path: Path) -> object:
    return yaml.load(path.read_text(), Loader=LessonLoader)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_check_is_documented_with_an_example_that_works(kind: str) -> None:
    example = re.search(r"```yaml\n(.*?)```", SECTIONS[kind], re.S)

    assert example is not None
    assert parse_check(yaml.load(example[1], Loader=LessonLoader)).kind == kind


def test_the_guide_documents_no_check_that_is_not_there() -> None:
    checks = GUIDE[GUIDE.index("\n## Checks\n") : GUIDE.index("\n## What `lessons check` proves")]

    assert sorted(re.findall(r"^### (\w+)$", checks, re.M)) == sorted(KINDS)


@pytest.mark.parametrize("part", [Outline, Step, Action, Mistake])
def test_the_guide_names_every_key(part: type[Outline] | type[Step] | type[Action] | type[Mistake]) -> None:
    missing = [key for key in part.model_fields if not re.search(rf"[`\s{{]{key}\b", GUIDE)]

    assert missing == []


def test_every_kind_has_a_docstring_and_says_what_it_wants() -> None:
    for kind, cls in KINDS.items():
        assert cls.__doc__, kind
        assert not cls.__doc__.startswith(f"{cls.__name__}("), kind


def test_the_schema_beside_the_lessons_is_the_program_s() -> None:
    assert json.loads((LESSONS / "lesson.schema.json").read_text()) == lesson_schema()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_schema_takes_the_lessons_that_ship(slug: str) -> None:
    jsonschema.Draft202012Validator(lesson_schema()).validate(in_yaml(LESSONS / slug / "lesson.yaml"))


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": "many"},
        {"stepps": []},
        {"steps": [{"id": "a", "checks": [{"no_such": {}}]}]},
        {"steps": [{"id": "a", "checks": [{"machine": {"node": "a", "is": "on"}}]}]},
        {"steps": [{"id": "a", "checks": [{"machine": {}}]}]},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(change: dict[str, object]) -> None:
    data = {"title": "T", "summary": "S", "minutes": 1, "steps": [{"id": "a"}], **change}

    assert not jsonschema.Draft202012Validator(lesson_schema()).is_valid(data)
