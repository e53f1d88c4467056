"""A lesson in another language."""

from pathlib import Path

import pytest

from playground.lessons import skeleton
from playground.lessons.lint import lint
from playground.lessons.loader import load, load_all
from playground.lessons.run import LessonRun
from playground.lessons.translating import translate

GERMAN = {
    "Which of the two nodes can tell you about both?": "Welcher der beiden Knoten kennt beide?",
    "manager1 lists both nodes": "manager1 nennt beide Knoten",
    "Nodes are listed with a verb of `docker node`.": "Ein Verb von `docker node` nennt sie, siehe {{ ip.manager1 }}.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = skeleton.create(tmp_path, "01-nodes")
    text = (folder / "lesson.yaml").read_text()
    hint = "- Nodes are listed with a verb of `docker node`."
    (folder / "lesson.yaml").write_text(text.replace(hint, hint[:-1] + ", see {{ ip.manager1 }}."))
    return folder


def german(folder: Path, *, title: str = "Knoten", prose: str = "") -> None:
    translate(folder, "de")
    file = folder / "de.yaml"
    text = file.read_text(encoding="utf-8")
    for english, said in {"Nodes": title, **GERMAN}.items():
        key = english.replace("`docker node`.", "`docker node`, see {{ ip.manager1 }}.")
        assert f'"{key}": ""' in text
        text = text.replace(f'"{key}": ""', f'"{key}": "{said}"')
    file.write_text(text, encoding="utf-8")
    md = folder / "de.md"
    md.write_text(prose or md.read_text().replace("# Nodes", f"# {title}").replace("See the nodes", "Die Knoten"))


def run(folder: Path) -> LessonRun:
    return LessonRun(load(folder), lambda: {"ip": {"manager1": "10.0.0.1"}})


def test_a_learner_gets_what_is_translated_and_the_rest_in_english(folder: Path) -> None:
    german(folder)
    content = run(folder).content("de")

    assert (content["language"], content["title"], content["steps"][0]["title"]) == ("de", "Knoten", "Die Knoten")
    assert content["steps"][0]["checks"] == ["manager1 nennt beide Knoten"]
    assert content["steps"][0]["slips"] == ["A worker has nothing to list. Ask manager1."]
    assert "Welcher der beiden" in content["steps"][0]["html"]
    assert run(folder).hint("nodes", 1, "de") == "Ein Verb von <code>docker node</code> nennt sie, siehe 10.0.0.1."


def test_a_language_that_is_not_there_is_english(folder: Path) -> None:
    content = run(folder).content("fr")

    assert (content["language"], content["title"]) == ("en", "Nodes")
    assert content["steps"][0]["checks"] == ["manager1 lists both nodes"]


def test_what_is_judged_and_kept_does_not_depend_on_the_language(folder: Path) -> None:
    before = run(folder)
    german(folder)
    after = run(folder)

    assert after.state() == before.state()
    assert after.progress() == before.progress()


def test_missing_sentences_are_warned_of_with_their_line(folder: Path) -> None:
    german(folder)
    problems = lint(load(folder), folder, {"01-nodes": load(folder)})

    assert problems
    assert all(problem.warning for problem in problems)
    for problem in problems:
        line = (folder.parent / problem.file).read_text().splitlines()[problem.line - 1]
        assert problem.reason.rpartition("of lesson.yaml): ")[2] in line
    assert "not translated (line 3 of lesson.yaml): One sentence that says" in problems[0].reason


@pytest.mark.parametrize(
    ("edit", "file", "reason"),
    [
        (("yaml", "siehe {{ ip.manager1 }}", "siehe {{ ip.worker1 }}"), "de.yaml", "the names in braces are others"),
        (("yaml", "siehe {{ ip.manager1 }}", "siehe {{ ip.manager1 "), "de.yaml", "the braces make no sense"),
        (("yaml", "manager1 lists both nodes", "manager1 lists none"), "de.yaml", "no such sentence (any more)"),
        (("yaml", '": "manager1 nennt', '": ["manager1 nennt'), "de.yaml", "expected ',' or ']'|did not find"),
        (("yaml", '"manager1 nennt beide Knoten"', "[1, 2]"), "de.yaml", "both sides have to be sentences"),
        (("md", "# Knoten", "# Nodes"), "de.md", "the first line must be the lesson's title: `# Knoten`"),
        (("md", "docker node ls", "docker node rm"), "de.md", "does not do what the one in en.md does, line 10"),
        (("md", "```sh manager1\ndocker node ls\n```", ""), "de.md", "step nodes has 1 blocks here and 2 in en.md"),
        (
            ("md", "## Die Knoten", "Die Knoten"),
            "de.md",
            "1 steps in lesson.yaml, but 0 headings (`## ...`) here; nodes",
        ),
        (("md", "## Die Knoten", "## Die Knoten\n## Noch einer"), "de.md", "1 steps in lesson.yaml, but 2 headings"),
    ],
)
def test_what_does_not_fit_is_named_and_the_lesson_still_works(
    folder: Path, edit: tuple[str, str, str], file: str, reason: str
) -> None:
    german(folder)
    kind, old, new = edit
    path = folder / f"de.{kind}"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    lessons, broken = load_all(folder.parent)
    problems = lint(lessons["01-nodes"], folder, lessons)

    assert broken == []
    found = [
        problem
        for problem in problems
        if problem.file == f"01-nodes/{file}" and any(part in problem.reason for part in reason.split("|"))
    ]
    assert found, problems
    assert found[0].line > 0
    LessonRun(lessons["01-nodes"], dict).content("de")


def test_a_translation_is_brought_up_to_date(folder: Path) -> None:
    german(folder)
    outline = folder / "lesson.yaml"
    outline.write_text(outline.read_text().replace("manager1 lists both nodes", "manager1 lists two nodes"))

    begun = translate(folder, "de")

    assert (begun.dropped, begun.prose_is_new) == (1, False)
    assert load(folder).outline_in("de").title == "Knoten"
    assert '"manager1 lists two nodes": ""' in (folder / "de.yaml").read_text()


@pytest.mark.parametrize("language", ["en", "../de", "German", ""])
def test_only_a_code_of_a_language_is_taken(folder: Path, language: str) -> None:
    with pytest.raises(ValueError, match="a language is a code"):
        translate(folder, language)


def test_the_part_of_a_lesson_that_is_not_translated_has_a_name_in_the_other_language(folder: Path) -> None:
    file = folder / "lesson.yaml"
    file.write_text(file.read_text() + "\nchapter: The start\n")
    (folder.parent / "de.yaml").write_text('"The start": "Der Anfang"\n')
    lesson = load_all(folder.parent)[0]["01-nodes"]
    assert (lesson.outline_in("de").chapter, lesson.outline.chapter) == ("Der Anfang", "The start")
    assert "de" not in lesson.prose

    (folder.parent / "de.yaml").write_text("[")
    lessons, broken = load_all(folder.parent)
    assert list(lessons) == ["01-nodes"]
    assert [(problem.file, problem.line) for problem in broken] == [("de.yaml", 2)]
