"""What translators are given: the strings of templates, modules and the server's sentences."""

import ast
from pathlib import Path

import pytest

from playground.web.messages import collect, problems, update
from playground.web.sentences import templates

HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
HEADER += '"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "templates/lab.html": '<p>{{ _("Lesson") }}{% trans %}press <kbd>F6</kbd>{% endtrans %}</p>',
        "static/js/lab.js": """t("Cut"); this.#x ??= tn("{count} task", "{count} tasks", n); const r = /"/;
            t("{name} is off", { name });
            `${a ? t("Heal", { why: b || t("or not") }) : ""} ${tn("one", "{count} of them", 2)}`;
            // t("in a comment")
            set("x", "y"); at("no"); t(variable); t('say "it"')""",
        "playground/labs/lab.py": 'raise NotFound(f"there is no lab {lab_id!r}")\nother("not for learners")\n',
        "playground/backends/timeline.py": "self.add('node', f\"{name} is {'on' if up else 'off'}\", name)\n",
        "translations/de/LC_MESSAGES/messages.po": HEADER,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_kind_of_string_is_collected(project: Path) -> None:
    found = {message.id for message in collect(project) if message.id}

    assert found == {
        "Lesson",
        "press <kbd>F6</kbd>",
        "Cut",
        "Heal",
        "or not",
        'say "it"',
        ("one", "{count} of them"),
        ("{count} task", "{count} tasks"),
        "{name} is off",
        "{name} is on",
        "there is no lab {lab_id}",
    }


def test_a_language_is_brought_up_to_date_and_keeps_what_it_has(project: Path) -> None:
    file = project / "translations/de/LC_MESSAGES/messages.po"
    file.write_text(HEADER + 'msgid "Cut"\nmsgstr "Trennen"\n\nmsgid "Gone"\nmsgstr "Weg"\n', encoding="utf-8")

    update(project)

    text = file.read_text(encoding="utf-8")
    assert 'msgid "Cut"\nmsgstr "Trennen"' in text
    assert 'msgid "Lesson"\nmsgstr ""' in text
    assert "Gone" not in text
    before = text
    update(project)
    assert file.read_text(encoding="utf-8") == before


def test_what_is_missing_is_named(project: Path) -> None:
    found = list(problems(project))

    assert len(found) == 11
    assert (
        "translations/de/LC_MESSAGES/messages.po: missing: 'Cut'; run `make translations`, then translate it" in found
    )


def test_a_situation_without_its_translation_or_with_another_command_is_named(project: Path) -> None:
    folder = project / "sandbox" / "01-machines"
    folder.mkdir(parents=True)
    (folder / "en.md").write_text("Look.\n\n```sh manager1\ndocker ps\n```\n", encoding="utf-8")
    update(project)

    found = [problem for problem in problems(project) if problem.startswith("sandbox/")]
    assert found == [
        f"sandbox/01-machines/de.{kind}: missing; translate sandbox/01-machines/en.md" for kind in ("md", "yaml")
    ]

    (folder / "de.yaml").write_text("title: Maschinen\n", encoding="utf-8")
    (folder / "de.md").write_text("Sieh.\n\n```sh manager1\ndocker ps -a\n```\n", encoding="utf-8")
    found = [problem for problem in problems(project) if problem.startswith("sandbox/")]
    assert found == ["sandbox/01-machines/de.md: its code blocks must be those of en.md, letter by letter"]
    (folder / "de.md").write_text("Sieh.\n\n```sh manager1\ndocker ps\n```\n", encoding="utf-8")
    assert [problem for problem in problems(project) if problem.startswith("sandbox/")] == []


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def _word(a):\n    words = {1: f'{a} goes on'}\n    return words[a]", {"{a} goes on"}),
        (
            "def says(self):\n    parts = []\n    parts.append('its tasks')\n    return f'Wanted: {parts}'",
            {"Wanted: {parts}", "its tasks"},
        ),
        ("def f(x):\n    self._tell(_said(x))\n\ndef _said(x):\n    return f'{x} is mended'", {"{x} is mended"}),
        (
            "def f(n):\n    raise LabError(f'it has {counted(n, \"node\")}')",
            {"it has {n}", ("{count} node", "{count} nodes")},
        ),
        ("def f(n):\n    last['text'] = f'It grew to {n or \"nothing yet\"}'", {"It grew to {what}", "nothing yet"}),
        ("def f(n):\n    self.add('node', f'{n} came{\", late\" if n else \"\"}')", {"{n} came", "{n} came, late"}),
        (
            "KINDS = ('slow', 'mend')\n\ndef f():\n    raise LabError(f'one of: {\", \".join(KINDS)}')",
            {"one of: {KINDS}"},
        ),
        ("def f(n):\n    return f'{n} is nobody to hear'", set()),
    ],
)
def test_what_flows_into_a_sentence_is_collected_with_it(
    project: Path, code: str, wanted: set[str | tuple[str, str]]
) -> None:
    before = {message.id for message in collect(project)}
    (project / "playground/labs/more.py").write_text(code, encoding="utf-8")

    assert {message.id for message in collect(project)} - before == wanted


def test_a_translation_that_lost_a_value_or_has_a_strange_one_is_named(project: Path) -> None:
    update(project)
    file = project / "translations/de/LC_MESSAGES/messages.po"
    text = file.read_text(encoding="utf-8")
    text = text.replace('msgid "{name} is off"\nmsgstr ""', 'msgid "{name} is off"\nmsgstr "{nam} ist aus"')
    file.write_text(text, encoding="utf-8")

    found = [problem for problem in problems(project) if "'{name} is off'" in problem]

    assert [problem.partition(": ")[2] for problem in found] == [
        "holds {nam}, which the English has not: '{name} is off'",
        "lacks {name}: '{name} is off'",
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"plain"', ["plain"]),
        ("f\"{a.b} of {c['d']}\"", ["{b} of {d}"]),
        ('f"{x} to {x}"', ["{x} to {x2}"]),
        ('"one" if a else f"many {counted(n, \'task\')}"', ["one", "many {n}"]),
        ("self.text or f\"{n} {'a' if n else 'b'}\"", ["{n} a", "{n} b"]),
        ("variable", []),
    ],
)
def test_a_sentence_becomes_a_template(code: str, expected: list[str]) -> None:
    assert list(templates(ast.parse(code, mode="eval").body)) == expected
