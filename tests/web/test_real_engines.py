"""Real engines over REST, with a driver that only plays machines: what is refused, and what is said."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner

from playground.backends.real.limits import Limits
from playground.command_line import main
from playground.labs.real_labs import RealLabs
from playground.web.app import Playground, Settings, create_app
from playground.web.real_options import claim_data, open_real
from tests.backends.real.fake_driver import FakeDriver


@pytest.fixture
def playground() -> Iterator[Playground]:
    driver = FakeDriver()
    real = RealLabs(kind="docker", limits=Limits(), drive=lambda lab: driver, sweep=lambda known: ([], []))
    made = create_app(Settings(real=real))
    made.start()
    yield made
    made.registry.stop()


class Client:
    """REST calls on one lab."""

    def __init__(self, playground: Playground) -> None:
        self._http = playground.app.test_client()
        answer = self._http.post("/api/labs", json={"backend": "docker", "nodes": ["manager1", "worker1"]})
        assert answer.status_code == 201, answer.json
        self._base = f"/api/labs/{answer.json['id']}"
        self._headers = {"Authorization": f"Bearer {answer.json['token']}"}

    def get(self, path: str) -> Any:
        return self._http.get(self._base + path, headers=self._headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self._http.post(self._base + path, json=body or {}, headers=self._headers)

    def settle(self) -> None:
        end_s = time.monotonic() + 10
        while [node["power"] for node in self.get("/view").json["nodes"].values()] != ["on", "on"]:
            assert time.monotonic() < end_s
            time.sleep(0.01)


@pytest.fixture
def client(playground: Playground) -> Client:
    made = Client(playground)
    made.settle()
    return made


def test_a_lab_on_real_engines_is_refused_where_they_are_off() -> None:
    made = create_app()
    answer = made.app.test_client().post("/api/labs", json={"backend": "docker"})

    assert answer.status_code == 409
    assert "--backend docker" in answer.json["error"]
    made.registry.stop()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"paused": True}),
        ("/clock", {"speed": 20}),
        ("/clock", {"advance": 5}),
        ("/clock", {"step": True}),
        ("/undo", {}),
        ("/branch", {"at": 0}),
        ("/share", {"kind": "copy"}),
    ],
)
def test_what_needs_virtual_time_or_a_journal_is_refused_and_says_why(client: Client, path: str, body: Any) -> None:
    client.post("/faults", {"heal": True})
    answer = client.post(path, body)

    assert answer.status_code == 409, answer.json
    assert "real engine" in answer.json["error"]


def test_what_no_api_shows_is_refused_with_the_reason(client: Client) -> None:
    assert client.get("/raft/manager1").status_code == 409
    assert "terms, votes" in client.get("/raft/manager1").json["error"]
    assert client.get("/way").status_code == 409


@pytest.mark.parametrize(
    "fault", [{"unhealthy": "nginx"}, {"virtualization": False}, {"kill": 7}, {"heal": True, "more": 1}, {"undo": "x"}]
)
def test_a_fault_that_real_machines_do_not_take_is_400(client: Client, fault: Any) -> None:
    answer = client.post("/faults", fault)

    assert answer.status_code == 400, answer.json
    assert client.get("/view").json["faults"] == {}


def test_the_pages_offer_real_engines_only_where_there_are_some(playground: Playground) -> None:
    plain = create_app()
    for path in ("/", "/lessons", "/sandbox"):
        assert 'id="real-engines"' in playground.app.test_client().get(path).text
        assert 'id="real-engines"' not in plain.app.test_client().get(path).text
    plain.registry.stop()


def test_real_engines_are_not_served_to_others_without_a_word() -> None:
    answer = CliRunner().invoke(main, ["serve", "--backend", "docker", "--host", "0.0.0.0", "--memory"])

    assert answer.exit_code == 1
    assert "--expose-real" in answer.output


def test_without_an_engine_serve_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(ClickException, match="no Docker engine answers"):
        open_real("docker", Limits(), claim_data(None))
