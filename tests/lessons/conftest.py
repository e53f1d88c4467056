"""A small lesson that is right, to be made wrong one way at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.lessons import skeleton
from playground.lessons.loader import load
from playground.lessons.model import Lesson

Edits = dict[str, str]
Written = Callable[[Edits, Edits], tuple[Lesson, Path]]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write the lesson that ``lessons new`` makes, with texts replaced in its outline and its prose, and read it."""

    def write(outline: Edits, prose: Edits) -> tuple[Lesson, Path]:
        folder = skeleton.create(tmp_path, "01-nodes")
        for name, edits in (("lesson.yaml", outline), ("en.md", prose)):
            text = (folder / name).read_text()
            for old, new in edits.items():
                assert old in text, old
                text = text.replace(old, new)
            (folder / name).write_text(text)
        return load(folder), folder

    return write
