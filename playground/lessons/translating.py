"""Begins a translation of a lesson, and brings one that is there up to date with the English."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.lessons.loader import ENGLISH, load, read_words
from playground.lessons.translation import sentences

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
HEAD = "# On the left the English of lesson.yaml, on the right the translation.\n"


@dataclass(frozen=True, slots=True)
class Begun:
    """``sentences`` in all, ``missing`` of them to be translated; ``dropped`` are of no use any more."""

    sentences: int
    missing: int
    dropped: int
    prose_is_new: bool


def in_yaml(words: Mapping[str, str]) -> str:
    """One line a sentence, both sides in quotes: JSON's strings are YAML's."""
    lines = (
        f"{json.dumps(text, ensure_ascii=False)}: {json.dumps(said, ensure_ascii=False)}\n"
        for text, said in words.items()
    )
    return HEAD + "".join(lines)


def translate(folder: Path, language: str) -> Begun:
    """Write ``LANGUAGE.yaml`` with every sentence of the lesson in ``folder``, and ``LANGUAGE.md`` where there is none.

    Raises:
        ValueError: that is no language to translate to.
        BrokenLesson: the lesson cannot be read.
    """
    if language == ENGLISH or _LANGUAGE.match(language) is None:
        raise ValueError(f"a language is a code like de or pt-BR, other than en; not {language!r}")
    lesson = load(folder)
    known, _ = read_words(folder, language)
    words = {text: known.get(text) or "" for _, text in sentences(lesson.outline)}
    (folder / f"{language}.yaml").write_text(in_yaml(words), encoding="utf-8")
    prose = folder / f"{language}.md"
    new = not prose.exists()
    if new:
        shutil.copyfile(folder / f"{ENGLISH}.md", prose)
    missing = sum(not said for said in words.values())
    return Begun(len(words), missing, sum(text not in words for text in known), new)
