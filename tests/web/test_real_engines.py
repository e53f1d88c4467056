"""Real engines over REST, with a driver that only plays machines: what is refused, and what is said."""

from collections.abc import Iterator
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner

from playground.backends.real.driver import DriverError
from playground.backends.real.limits import Limits
from playground.backends.real.ownership import Swept
from playground.command_line import main
from playground.labs.real_labs import RealLabs
from playground.web.app import Playground, Settings, create_app
from playground.web.real_options import claim_data, open_real
from tests.backends.real.fake_driver import FakeDriver
from tests.waiting import until


@pytest.fixture
def playground() -> Iterator[Playground]:
    driver = FakeDriver()
    real = RealLabs(kind="docker", limits=Limits(), drive=lambda lab, until_s: driver, sweep=lambda known: Swept())
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
        until(lambda: [node["power"] for node in self.get("/view").json["nodes"].values()] == ["on", "on"])


@pytest.fixture
def client(playground: Playground) -> Client:
    made = Client(playground)
    made.settle()
    return made


def test_while_the_engine_is_gone_a_lab_is_refused_with_what_to_do() -> None:
    def drive(lab: str, until_s: float) -> FakeDriver:
        raise DriverError("no Docker engine answers; start one")

    real = RealLabs(kind="docker", limits=Limits(), drive=drive, sweep=lambda known: Swept())
    answer = create_app(Settings(real=real)).app.test_client().post("/api/labs", json={"backend": "docker"})
    assert answer.status_code == 409
    assert answer.json["error"] == "no Docker engine answers; start one"


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


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},  # A name of theirs that leads to 127.0.0.1.
        {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"},
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},  # A form of theirs.
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
    ],
)
def test_another_sites_page_gets_no_machines_of_this_server(playground: Playground, headers: dict[str, str]) -> None:
    answer = playground.app.test_client().post(
        "/api/labs", data='{"backend": "docker", "nodes": ["manager1"]}', headers=headers
    )

    assert answer.status_code == 403, answer.json
    assert "real engines are switched on" in answer.json["error"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8137", "[::1]:8000", "lab.localhost:81"])
def test_under_the_names_of_this_machine_it_answers(playground: Playground, host: str) -> None:
    client = playground.app.test_client()

    assert client.get("/", headers={"Host": host}).status_code == 200
    asked = client.post("/api/labs", json={}, headers={"Host": host, "Origin": f"http://{host}"})
    assert asked.status_code == 201, asked.json


def test_pages_of_other_names_are_told_where_to_go(playground: Playground) -> None:
    answer = playground.app.test_client().get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 403
    assert "open it as http://localhost" in answer.text


def test_where_the_operator_serves_others_any_name_does_but_no_other_sites_page() -> None:
    real = RealLabs(
        kind="docker", limits=Limits(), drive=lambda lab, until_s: FakeDriver(), sweep=lambda known: Swept()
    )
    made = create_app(Settings(real=real, exposed=True))
    client = made.app.test_client()

    own = client.post("/api/labs", json={}, headers={"Host": "lab.example", "Origin": "https://lab.example"})
    other = client.post("/api/labs", json={}, headers={"Host": "lab.example", "Origin": "https://evil.example"})
    made.registry.stop()

    assert (own.status_code, other.status_code) == (201, 403)


@pytest.mark.parametrize(
    "option", ["--real-nodes=0", "--real-memory=0", "--real-memory=-5", "--real-cpus=0", "--real-labs=0",
               "--real-minutes=0", "--real-idle=-1"]
)  # fmt: skip
def test_a_limit_that_is_none_is_refused(option: str) -> None:
    answer = CliRunner().invoke(main, ["serve", "--backend", "docker", "--memory", option])

    assert answer.exit_code == 2
    assert option.partition("=")[0] in answer.output


def test_real_engines_are_not_served_to_others_without_a_word() -> None:
    answer = CliRunner().invoke(main, ["serve", "--backend", "docker", "--host", "0.0.0.0", "--memory"])

    assert answer.exit_code == 1
    assert "--expose-real" in answer.output


def test_without_an_engine_serve_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(ClickException, match="no Docker engine answers"):
        open_real("docker", Limits(), claim_data(None))
