"""The REST API: what it does, and what it refuses without changing anything."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.web.app import Playground
from tests.web.conftest import LabClient

MakeLab = Callable[..., LabClient]


def test_a_lab_is_made_used_and_deleted(a_lab: MakeLab) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])

    assert lab.lab["nodes"]["manager1"]["ip"] == "10.222.216.2"
    assert lab.run("manager1", "hostname") == {"stdout": "manager1\n", "stderr": "", "exit": 0}
    assert lab.call("DELETE").status_code == 204
    assert lab.call("GET").status_code == 404


def test_an_unknown_command_answers_as_a_shell_does(a_lab: MakeLab) -> None:
    result = a_lab().run("manager1", "frobnicate")

    assert result["exit"] == 127
    assert "frobnicate: not found" in result["stderr"]


def test_a_command_that_does_not_end_is_ended_in_virtual_time(a_lab: MakeLab) -> None:
    lab = a_lab()
    before = lab.call("POST", "/clock", {"advance": 0}).get_json()["now"]

    result = lab.run("manager1", "echo begun; echo doubts >&2; sleep 3600", timeout=30)

    assert result == {"stdout": "begun\n", "stderr": "doubts\n[no end in 30 s]", "exit": 124}
    assert lab.call("POST", "/clock", {"advance": 0}).get_json()["now"] == pytest.approx(before + 30, abs=1)


def test_a_manual_clock_moves_only_when_told(a_lab: MakeLab) -> None:
    lab = a_lab()
    first = lab.call("POST", "/clock", {"advance": 5}).get_json()["now"]

    assert lab.call("POST", "/clock", {"advance": 2.5}).get_json()["now"] == pytest.approx(first + 2.5)


def test_much_time_at_once_holds_its_caller_only_so_long_and_says_how_much_is_left(
    a_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = a_lab()
    lab.run("manager1", "docker swarm init")
    day = 86_400
    begun = lab.call("POST", "/clock", {"advance": 1}).get_json()
    assert begun["left"] == 0

    monkeypatch.setattr("playground.web.rest.HELD_S", 0.1)
    some = lab.call("POST", "/clock", {"advance": day}).get_json()

    assert 0 < some["left"] < day
    assert some["now"] - begun["now"] == pytest.approx(day - some["left"])
    monkeypatch.undo()
    rest = lab.call("POST", "/clock", {"advance": min(60, some["left"])}).get_json()
    assert (rest["left"], rest["now"]) == (0, pytest.approx(some["now"] + min(60, some["left"])))


def test_the_same_seed_gives_the_same_tokens(a_lab: MakeLab) -> None:
    tokens = []
    for _ in range(2):
        lab = a_lab(seed=99)
        lab.run("manager1", "docker swarm init")
        tokens.append(lab.run("manager1", "docker swarm join-token -q worker")["stdout"])

    assert tokens[0] == tokens[1]
    assert tokens[0].startswith("SWMTKN-1-")


def test_a_partition_is_seen_in_the_view_and_healed(a_lab: MakeLab) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])

    assert lab.call("POST", "/faults", {"partition": [["manager1"], ["worker1"]]}).get_json() == {"ok": True}
    view = lab.call("GET", "/view").get_json()
    assert view["partition"]["groups"] == [["manager1"], ["worker1"]]
    assert view["links"]["manager1|worker1"]["cut"] is True

    lab.call("POST", "/faults", {"heal": True})
    view = lab.call("GET", "/view").get_json()
    assert view["partition"] is None
    assert view["links"] == {}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"nodes": ["Manager 1"]}, "nodes.0"),
        ({"nodes": ["host"]}, "cannot be called 'host'"),
        ({"nodes": ["a", "a"]}, "the name is taken"),
        ({"nodes": [f"n{number}" for number in range(61)]}, "at most 60"),
        ({"backend": "vmware"}, "backend"),
        ({"clock": "fast"}, "clock"),
        ({"clock": 1000}, "clock"),
        ({"seed": -1}, "seed"),
        ({"surprise": 1}, "surprise"),
        ([], "must be a JSON object"),
    ],
)
def test_a_lab_that_makes_no_sense_is_refused(client: FlaskClient, body: Any, reason: str) -> None:
    answer = client.post("/api/labs", json=body)

    assert answer.status_code == 400
    assert reason in answer.get_json()["error"]


def test_a_body_that_is_no_json_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/labs", data="{")

    assert (answer.status_code, answer.get_json()) == (
        400,
        {"error": "the body is not a JSON object; send one, or nothing"},
    )


def test_a_lesson_that_is_not_there_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/labs", json={"lesson": "99-none"})

    assert answer.status_code == 404
    assert "99-none" in answer.get_json()["error"]


@pytest.mark.parametrize("token", [None, "wrong"])
def test_without_the_lab_s_token_nothing_is_told(a_lab: MakeLab, token: str | None) -> None:
    lab = a_lab()

    for method, below in (("GET", ""), ("GET", "/view"), ("POST", "/exec"), ("DELETE", ""), ("GET", "/journal")):
        answer = lab.call(method, below, {} if method == "POST" else None, token=token)
        assert answer.status_code == 403
        assert "token" in answer.get_json()["error"]


def test_who_made_a_lab_is_told_the_address_that_opens_it(client: FlaskClient) -> None:
    made = client.post("/api/labs", json={"nodes": ["manager1"]}).get_json()
    assert made["url"] == f"/labs/{made['id']}#token={made['token']}"
    shown = client.get(f"/api/labs/{made['id']}", headers={"Authorization": f"Bearer {made['token']}"}).get_json()
    assert made["token"] not in shown["url"]


def test_a_lab_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/labs/nothing", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 404
    assert "no lab 'nothing'" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("below", "body", "status", "reason"),
    [
        ("/exec", {"node": "manager9", "command": "ls"}, 404, "no node 'manager9'"),
        ("/exec", {"node": "manager1"}, 400, "command"),
        ("/exec", {"node": "manager1", "command": 5}, 400, "command"),
        ("/exec", {"node": "manager1", "command": "x" * 70_000}, 400, "command"),
        ("/exec", {"node": "manager1", "command": "ls", "timeout": -1}, 400, "timeout"),
        ("/clock", {}, 400, "send one of"),
        ("/clock", {"speed": 1000}, 400, "speed"),
        ("/clock", {"advance": -1}, 400, "advance"),
        ("/faults", {"partition": [["manager1"]]}, 400, "two or more lists"),
        ("/faults", {"partition": [["manager1"], ["nobody"]]}, 404, "no node 'nobody'"),
        ("/faults", {"partition": [["manager1"], ["manager1"]]}, 400, "one side"),
        ("/faults", {"explode": True}, 400, "send one of"),
        ("/faults", {"stop": "nobody"}, 404, "no node 'nobody'"),
        ("/faults", {"cut": ["manager1", "manager1"]}, 400, "two different ends"),
        ("/lesson", {"skip": "x"}, 404, "no lesson"),
    ],
)
def test_a_bad_request_says_why_and_changes_nothing(
    a_lab: MakeLab, below: str, body: Any, status: int, reason: str
) -> None:
    lab = a_lab()
    before = lab.call("GET", "/journal").get_json()

    answer = lab.call("POST", below, body)

    assert answer.status_code == status
    assert reason in answer.get_json()["error"]
    assert lab.call("GET", "/journal").get_json() == before


def test_a_machine_that_is_off_takes_no_commands(a_lab: MakeLab) -> None:
    lab = a_lab()
    lab.call("POST", "/faults", {"kill": "manager1"})

    answer = lab.call("POST", "/exec", {"node": "manager1", "command": "ls"})

    assert answer.status_code == 400
    assert "manager1 is off" in answer.get_json()["error"]


def test_the_published_port_answers_through_the_mesh(a_lab: MakeLab) -> None:
    lab = a_lab(images=["joeyratt/webpage:latest"])
    lab.run("manager1", "docker swarm init")
    lab.run("manager1", "docker service create --name web -p 5000:5000 joeyratt/webpage:latest")

    answer = lab.call("GET", "/open?node=manager1&port=5000").get_json()
    assert answer["status"] == 200
    assert answer["served_by"].startswith("web.1")
    assert lab.call("GET", "/open?node=manager1&port=5001").get_json() == {"failed": "refused"}
    assert lab.call("GET", "/open?node=manager1&port=nope").status_code == 400
    assert lab.call("GET", "/open?node=nobody&port=80").status_code == 404


def test_pages_carry_a_content_security_policy(client: FlaskClient) -> None:
    for path in ("/", "/lessons", "/labs/some-lab"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "script-src 'unsafe-inline'" not in answer.headers["Content-Security-Policy"]


def test_an_unknown_page_says_so(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/api/nothing").get_json()["error"]


def test_a_sandbox_lab_begins_in_its_situation(client: FlaskClient) -> None:
    answer = client.post(
        "/api/labs", json={"clock": "manual", "sandbox": {"topology": "3+2", "situation": "lost-quorum"}}
    )

    lab = answer.get_json()
    assert answer.status_code == 201
    assert list(lab["nodes"]) == ["manager1", "manager2", "manager3", "worker1", "worker2"]
    headers = {"Authorization": f"Bearer {lab['token']}"}
    assert client.get(f"/api/labs/{lab['id']}/view", headers=headers).get_json()["quorum"]["has"] is False
    words = client.get(f"/api/labs/{lab['id']}/situation", headers=headers).get_json()
    assert words["title"] == "Lost quorum"
    assert (words["managers"], words["workers"]) == (3, 2)
    assert f"--advertise-addr {lab['nodes']['manager1']['ip']}" in words["html"]


def test_a_sandbox_lab_may_have_a_size_of_its_own(client: FlaskClient) -> None:
    size = {"managers": 2, "workers": 1, "zones": 2}
    answer = client.post("/api/labs", json={"clock": "manual", "sandbox": {"topology": size, "situation": "machines"}})

    assert list(answer.get_json()["nodes"]) == ["manager1", "manager2", "worker1"]


@pytest.mark.parametrize(
    ("wanted", "status", "says"),
    [
        ({"sandbox": {"topology": "1+1", "situation": "split-brain"}}, 400, "needs 3 managers"),
        ({"sandbox": {"topology": "9+9"}}, 404, "there are: 1+1, 3+2, 5+3"),
        ({"sandbox": {"situation": "nowhere"}}, 404, "there are: machines"),
        ({"sandbox": {"topology": {"managers": 8}}}, 400, "less than or equal to 7"),
        ({"sandbox": {"topology": {"managers": 3, "workers": 51}}}, 400, "less than or equal to 50"),
        ({"sandbox": {"topology": {"racks": 3}}}, 400, "racks"),
        ({"sandbox": {}, "nodes": ["a"]}, 400, "brings its own machines"),
        ({"sandbox": {}, "lesson": "01-init"}, 400, "brings its own machines"),
        ({"sandbox": "3+2"}, 400, "sandbox"),
    ],
)
def test_a_sandbox_that_makes_no_sense_is_refused(
    client: FlaskClient, playground: Playground, wanted: Any, status: int, says: str
) -> None:
    answer = client.post("/api/labs", json=wanted)

    assert answer.status_code == status
    assert says in answer.get_json()["error"]
    assert playground.registry.count == 0


def test_the_sandbox_says_what_there_is_to_choose(client: FlaskClient) -> None:
    choice = client.get("/api/sandbox").get_json()

    assert [topology["name"] for topology in choice["topologies"]] == ["1+1", "3+2", "5+3"]
    assert choice["most"] == {"managers": 7, "workers": 50, "zones": 5}
    assert {"slug": "split-brain", "needs": "needs 3 managers"}.items() <= choice["situations"][3].items()


def test_a_lab_of_another_kind_has_no_situation(a_lab: MakeLab) -> None:
    lab = a_lab()

    assert lab.call("GET").get_json()["situation"] == ""
    assert lab.call("GET", "/situation").status_code == 404


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"clock": true}', "clock: Input should be 'manual', or"),
        ('{"clock": 77}', "less than or equal to 60"),
        ('{"images": ["UPPER case"]}', "images.0"),
    ],
)
def test_bodies_that_make_no_sense_are_refused_with_a_reason(client: FlaskClient, body: str, says: str) -> None:
    answer = client.post("/api/labs", data=body)
    assert answer.status_code == 400
    assert says in answer.json["error"]


def test_a_body_in_chunks_is_read_and_limited(client: FlaskClient) -> None:
    def post(data: bytes) -> Any:
        chunked = {"wsgi.input": io.BytesIO(data), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        return client.post("/api/labs", environ_overrides=chunked)

    assert set(post(b'{"nodes": ["manager1"]}').json["nodes"]) == {"manager1"}
    assert post(b"[" + b" " * (1 << 20) + b"]").status_code == 413


def test_a_fault_that_changes_nothing_is_refused_and_costs_no_undo(a_lab: Callable[..., LabClient]) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])

    answer = lab.call("POST", "/faults", {"mend": ["manager1", "worker1"]})

    assert answer.status_code == 409
    assert "nothing to mend" in answer.get_json()["error"]
    assert lab.call("POST", "/undo").status_code == 409


@pytest.mark.parametrize(
    ("below", "body", "words"),
    [
        ("/clock", {}, "send one of"),
        ("/clock", {"step": 1}, "step: Input should be true"),
        ("/clock", {"take_over": "yes"}, "take_over: Input should be true"),
        ("/branch", {"at": True}, "at: Input should be a number"),
        ("/exec", {"node": "manager1"}, "command: is missing"),
        ("/exec", {"node": "manager1", "command": "ls", "size": 1}, "size: is not known here; leave it out"),
    ],
)
def test_what_is_refused_is_said_without_the_words_of_a_library(
    a_lab: Callable[..., LabClient], below: str, body: object, words: str
) -> None:
    answer = a_lab().call("POST", below, body)

    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(words)


def test_names_and_entries_of_a_wrong_form_are_explained(client: FlaskClient, a_lab: Callable[..., LabClient]) -> None:
    def said(path: str, body: object) -> str:
        return str(client.post(path, json=body).get_json()["error"])

    assert said("/api/labs", {"nodes": ["Über"]}).startswith("nodes.0: must be a name: a small letter")
    assert said("/api/labs", {"images": ["?"]}).startswith("images.0: must be the name of an image")
    journal = a_lab().call("GET", "/journal").get_json()
    assert "it must be an object" in said("/api/labs/import", {**journal, "entries": [1]})


@pytest.mark.parametrize("clock", ["manual", 1])
def test_a_command_that_takes_long_holds_its_caller_only_so_long(
    a_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, clock: object
) -> None:
    monkeypatch.setattr("playground.web.rest.HELD_S", 0.2 if clock == "manual" else 0.0)
    lab = a_lab(clock=clock)
    lab.call("POST", "/clock", {"paused": True})

    answer = lab.run("manager1", "echo begun; while sleep 0.01; do :; done", timeout=86_400)

    assert (answer["exit"], answer["running"]) == (None, True)
    assert answer["stdout"] == ("begun\n" if clock == "manual" else "")
    assert "goes on in the lab" in answer["stderr"]
    assert ("paused" in answer["stderr"]) == (clock == 1)
    monkeypatch.undo()
    lab.call("POST", "/clock", {"advance": 0.1})
    if clock == "manual":
        assert lab.run("manager1", "echo next") == {"stdout": "next\n", "stderr": "", "exit": 0}
