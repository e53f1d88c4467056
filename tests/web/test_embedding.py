"""In a frame of another site, and what other systems are told."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from playground.web.app import Settings, create_app
from playground.web.embedding import NoOrigin, origins
from playground.web.xapi import QUEUE, TRIES, RecordStore, Statements

SITE = "https://course.example"


def policy(*sites: str) -> tuple[str, str | None]:
    made = create_app(Settings(embed_on=sites))
    answer = made.app.test_client().get("/embed/lessons/01-init")
    made.registry.stop()
    assert answer.status_code == 200
    directives = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    return directives["frame-ancestors"], answer.headers.get("X-Frame-Options")


def test_only_pages_of_our_own_may_frame_us_unless_the_operator_says_so() -> None:
    assert policy() == ("'self'", "SAMEORIGIN")
    assert policy(SITE, "http://localhost:8080") == (f"'self' {SITE} http://localhost:8080", None)


@pytest.mark.parametrize(
    "origin",
    ["course.example", "*", "https://*", "https://a.example/path", "https://a b", "https://a;script-src *", "", "null"],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(NoOrigin, match="is no origin"):
        origins([origin])


def test_the_pages_know_to_whom_they_may_speak() -> None:
    made = create_app(Settings(embed_on=(SITE,)))
    client = made.app.test_client()

    assert f'data-embed-origins="{SITE}"' in client.get("/embed/sandbox").text
    assert f'data-embed-origins="{SITE}"' in client.get("/labs/abc?embed=1").text
    assert client.get("/embed/lessons/99-none").status_code == 404
    made.registry.stop()


class RecordKeeper:
    """A stand-in for a learning record store."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answers: list[int] = []
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                keeper.requests.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(keeper.answers.pop(0) if keeper.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}/xapi"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def statements(self) -> list[dict[str, Any]]:
        return [statement for _, _, some in self.requests for statement in some]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def keeper() -> Iterator[RecordKeeper]:
    made = RecordKeeper()
    yield made
    made.stop()


def finish(settings: Settings, **wanted: Any) -> Statements:
    """Go through a lesson by playing all of it; returns the statements that wait."""
    made = create_app(settings)
    client = made.app.test_client()
    lab = client.post("/api/labs", json={"lesson": "01-init", "clock": "manual", "seed": 3, **wanted}).get_json()
    headers = {"Authorization": f"Bearer {lab['token']}"}
    below = f"/api/labs/{lab['id']}"
    command = "multipass launch docker --name manager1 --cpus 2 --disk 40G --memory 4G"
    client.post(f"{below}/exec", json={"node": "host", "command": command}, headers=headers)
    client.post(f"{below}/lesson", json={"skip": "second"}, headers=headers)
    held = made.registry.get(lab["id"], lab["token"])
    for _ in range(2000):
        held.pump()
        if not held.playing:
            break
        client.post(f"{below}/clock", json={"advance": 0.5}, headers=headers)
    statements: Statements = made.app.extensions["statements"]
    made.registry.stop()
    return statements


def test_each_step_is_one_statement_and_the_learner_is_who_the_site_says(keeper: RecordKeeper) -> None:
    store = RecordStore(keeper.endpoint, "https://playground.example/", "me", "secret")
    statements = finish(Settings(records=store), learner="learner-7")

    statements.send(lambda _: None)

    assert [statement["object"]["id"] for statement in keeper.statements] == [
        "https://playground.example/lessons/01-init#launch",
        "https://playground.example/lessons/01-init#second",
    ]
    first, second = keeper.statements
    assert first["actor"]["account"] == {"homePage": "https://playground.example", "name": "learner-7"}
    assert first["verb"]["id"].endswith("/progressed")
    assert "extensions" not in first["result"]
    assert second["result"]["extensions"]
    path, headers, _ = keeper.requests[0]
    assert path == "/xapi/statements"
    assert headers["X-Experience-API-Version"] == "1.0.3"
    assert headers["Authorization"].startswith("Basic ")
    assert len(statements) == 0


def lab_of(lab_id: str) -> Any:
    """A lab in a lesson of one step."""
    step = SimpleNamespace(id="one")
    outline = SimpleNamespace(title="Title", steps=(step,))
    lesson = SimpleNamespace(slug="01-a", outline=outline, prose={"en": [SimpleNamespace(title="One")]})
    return SimpleNamespace(id=lab_id, lesson=SimpleNamespace(lesson=lesson), header=SimpleNamespace(learner=""))


def lesson_done(store: RecordStore, times: int = 1) -> Statements:
    """Statements about a lesson whose only step was done, in so many labs."""
    statements = Statements(store)
    for number in range(times):
        statements.progressed(lab_of(f"abc{number or ''}"), {"done": []}, {"done": ["one"], "step": ""})
    return statements


def test_a_lesson_that_is_finished_is_a_statement_too(keeper: RecordKeeper) -> None:
    statements = lesson_done(RecordStore(keeper.endpoint, "http://site"))

    statements.send(lambda _: None)

    assert [statement["verb"]["display"]["en"] for statement in keeper.statements] == ["progressed", "completed"]
    assert keeper.statements[1]["object"]["id"] == "http://site/lessons/01-a"
    assert keeper.statements[1]["actor"]["account"]["name"] == "abc"


def test_a_step_that_is_begun_again_is_stated_again_only_when_it_was_played_before() -> None:
    statements = lesson_done(RecordStore("http://127.0.0.1:9", "http://site"), times=0)

    def done(*, played: bool) -> int:
        before = len(statements)
        after = {"done": ["one"], "step": "", **({"played": ["one"]} if played else {})}
        statements.progressed(lab_of("abc"), {"done": []}, after)
        return len(statements) - before

    assert done(played=True) == 2
    assert done(played=True) == 0
    assert done(played=False) == 1
    assert done(played=False) == 0


def test_a_store_that_fails_is_asked_again_later_each_time(keeper: RecordKeeper) -> None:
    statements = lesson_done(RecordStore(keeper.endpoint, "http://site"))
    keeper.answers = [500, 503, 429]
    pauses: list[float] = []

    statements.send(pauses.append)

    assert pauses == [1.0, 2.0, 4.0]
    assert len({statement["id"] for statement in keeper.statements}) == 2
    assert statements.lost == 0


def test_what_the_store_refuses_or_never_takes_is_given_up(
    keeper: RecordKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    refused = lesson_done(RecordStore(keeper.endpoint, "http://site"))
    keeper.answers = [401]
    refused.send(lambda _: None)
    assert (refused.lost, len(keeper.requests)) == (2, 1)

    pauses: list[float] = []
    unheard = lesson_done(RecordStore("http://127.0.0.1:9/xapi", "http://site", password="hidden"))
    unheard.send(pauses.append)
    assert (unheard.lost, len(pauses)) == (2, TRIES - 1)
    assert "2 statements were given up" in caplog.text
    assert "hidden" not in caplog.text + repr(RecordStore("http://a", "http://b", password="hidden"))


def test_the_queue_is_bounded_and_the_oldest_go() -> None:
    statements = lesson_done(RecordStore("http://127.0.0.1:9", "http://site"), times=QUEUE)

    assert len(statements) == QUEUE
    assert statements.lost == QUEUE
