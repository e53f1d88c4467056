"""The page speaks the languages there are catalogues for."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from playground.web.languages import Languages, speak_languages

PO = """\
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

#: templates/lab.html
msgid "Lesson"
msgstr "Lektion"

#: static/js/lab.js
msgid "Cut </script>"
msgstr "Trennen </script>"

#: static/js/lab.js
msgid "{count} task"
msgid_plural "{count} tasks"
msgstr[0] "{count} Task"
msgstr[1] "{count} Tasks"

#: playground/backends/timeline.py
msgid "{name} is locked"
msgstr "{name} ist gesperrt"
"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    file = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(PO, encoding="utf-8")
    app = Flask("tried")
    speak_languages(app, Languages(tmp_path))

    @app.get("/")
    def page() -> str:
        return render_template_string('{{ language }} {{ _("Lesson") }} {{ _("%%") }} {{ words_url or "" }}')

    @app.get("/api/lessons")
    def api() -> str:
        return render_template_string("{{ language }}")

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_browser_that_accepts_german_gets_german(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "fr, de-AT;q=0.8, en;q=0.5"})

    assert answer.text.startswith("de Lektion %")
    assert answer.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize("accepts", ["", "fr", "*", "en-GB, de;q=0.9", "de;q=0, en", ";;;q=x"])
def test_everybody_else_gets_english(client: FlaskClient, accepts: str) -> None:
    assert client.get("/", headers={"Accept-Language": accepts}).text.startswith("en Lesson")


def test_what_was_chosen_comes_before_what_the_browser_accepts(client: FlaskClient) -> None:
    client.set_cookie("language", "de")

    assert client.get("/", headers={"Accept-Language": "en"}).text.startswith("de")


def test_an_address_that_names_a_language_comes_before_all(client: FlaskClient) -> None:
    client.set_cookie("language", "en")

    assert client.get("/?language=de").text.startswith("de")


@pytest.mark.parametrize("nonsense", ["xx", "../../etc", "<script>", "d" * 3000])
def test_a_language_that_is_not_there_is_passed_over(client: FlaskClient, nonsense: str) -> None:
    client.set_cookie("language", nonsense)

    assert client.get("/", query_string={"language": nonsense}).text.startswith("en")


def test_the_api_does_not_look_at_the_cookie(client: FlaskClient) -> None:
    client.set_cookie("language", "de")

    assert client.get("/api/lessons").text == "en"
    assert client.get("/api/lessons", headers={"Accept-Language": "de"}).text == "de"


def test_the_pages_modules_get_their_messages_and_the_servers_sentences(client: FlaskClient) -> None:
    address = client.get("/?language=de").text.split()[-1]
    answer = client.get(address)
    catalogue = json.loads(re.search(r"pageWords=(.*);\n", answer.text)[1])

    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    assert catalogue["messages"]["Cut </script>"] == "Trennen </script>"
    assert catalogue["messages"]["{count} task"] == ["{count} Task", "{count} Tasks"]
    assert "Lesson" not in catalogue["messages"]
    assert catalogue["sentences"] == [["{name} is locked", "{name} ist gesperrt"]]
    assert "plural=(n)=>Number((n != 1))" in answer.text


def test_a_script_that_is_asked_for_without_its_version_is_not_kept(client: FlaskClient) -> None:
    assert "Cache-Control" not in client.get("/words/de.js").headers
    assert client.get("/words/xx.js").status_code == 404


def test_english_needs_no_catalogue(client: FlaskClient) -> None:
    assert client.get("/").text.split()[-1] == "%"


def test_a_plural_rule_that_is_no_rule_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(PO.replace("plural=(n != 1)", "plural=alert(n)"), encoding="utf-8")

    with pytest.raises(ValueError, match=r"plural"):
        _ = Languages(tmp_path).all["de"].script
