"""Static files are addressed by their content."""

import os
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from playground.web.static_files import KEPT, name_static_files_by_content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "lab.js").write_text("first")
    (tmp_path / "vendor" / "chunk-AB12.js").write_text("shared")
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Flask:
    app = Flask("tried", static_folder=str(folder), static_url_path="/static")
    name_static_files_by_content(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, name: str = "vendor/lab.js") -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def test_an_address_changes_with_the_content(app: Flask, folder: Path) -> None:
    before = address(app)
    file = folder / "vendor" / "lab.js"
    file.write_text("other")
    os.utime(file, ns=(1, 1))
    assert address(app) != before
    file.write_text("first")
    os.utime(file, ns=(2, 2))
    assert address(app) == before


def test_what_is_asked_for_by_its_content_may_be_kept(app: Flask, client: FlaskClient) -> None:
    with client.get(address(app)) as answer:
        assert answer.data == b"first"
        assert answer.headers["Cache-Control"] == KEPT


@pytest.mark.parametrize("asked", ["/static/vendor/lab.js", "/static/vendor/lab.js?v=000000000000"])
def test_what_is_not_is_asked_for_again(client: FlaskClient, asked: str) -> None:
    with client.get(asked) as answer:
        assert answer.headers["Cache-Control"] != KEPT


def test_files_that_carry_a_hash_in_their_names_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/vendor/chunk-AB12.js") as answer:
        assert answer.headers["Cache-Control"] == KEPT


def test_a_file_that_is_not_there_has_an_address_and_is_not_found(app: Flask, client: FlaskClient) -> None:
    with client.get(address(app, "vendor/gone.js")) as answer:
        assert answer.status_code == 404
        assert answer.headers.get("Cache-Control") != KEPT
