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
