"""The Engine API over HTTP: paths, versions, headers, bodies and refusals, with a manual clock and no server."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from playground.labs.journal import Header
from playground.labs.registry import engine_secret
from playground.web.app import Playground

Engine = Callable[..., TestResponse]


@pytest.fixture
def lab(client: FlaskClient) -> dict[str, Any]:
    answer = client.post("/api/labs", json={"clock": "manual", "seed": 1, "nodes": ["manager1", "worker1"]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


@pytest.fixture
def engine(client: FlaskClient, lab: dict[str, Any]) -> Engine:
    """Sends a request to the engine of a node, ``manager1`` unless told otherwise."""

    def send(method: str, path: str, body: Any = None, node: str = "manager1", **more: Any) -> TestResponse:
        base = lab["nodes"][node]["engine"].removeprefix("tcp://localhost:80")
        if isinstance(body, bytes):
            more["data"] = body
        elif body is not None:
            more["json"] = body
        return client.open(base + path, method=method, **more)

    return send


def message(answer: TestResponse) -> str:
    assert answer.content_type == "application/json"
    assert answer.data.endswith(b"}\n")
    return str(answer.get_json()["message"])


def test_the_lab_says_where_its_engines_are(client: FlaskClient, lab: dict[str, Any]) -> None:
    path = f"/api/labs/{lab['id']}"
    headers = {"Authorization": f"Bearer {lab['token']}", "Host": "play.example:8000"}

    shown = client.get(path, headers=headers).get_json()["nodes"]

    assert shown["worker1"]["engine"].startswith("tcp://play.example:8000/engines/")
    assert shown["worker1"]["engine"].endswith("/worker1")
    assert lab["token"] not in shown["worker1"]["engine"]


def test_ping_has_the_daemons_headers_and_no_others(engine: Engine) -> None:
    answer = engine("GET", "/_ping")

    assert (answer.status_code, answer.data) == (200, b"OK")
    assert dict(answer.headers) == {
        "Api-Version": "1.49",
        "Builder-Version": "2",
        "Cache-Control": "no-cache, no-store, must-revalidate",
        "Content-Length": "2",
        "Content-Type": "text/plain; charset=utf-8",
        "Docker-Experimental": "false",
        "Ostype": "linux",
        "Pragma": "no-cache",
        "Server": "Docker/28.1.1 (linux)",
        "Swarm": "inactive",
    }


def test_head_ping_has_no_body_and_tells_the_role(engine: Engine) -> None:
    engine("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377"})

    answer = engine("HEAD", "/_ping")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["Swarm"] == "active/manager"


def test_the_version_in_the_path_decides_what_is_told(engine: Engine) -> None:
    old, new = (engine("GET", f"/v{version}/info").get_json() for version in ("1.45", "1.49"))
    assert "Containerd" in new
    assert "Containerd" not in old


@pytest.mark.parametrize("prefix", ["", "/v1.24", "/v1.41", "/v1.49"])
def test_every_supported_version_answers(engine: Engine, prefix: str) -> None:
    answer = engine("GET", f"{prefix}/version")

    assert answer.status_code == 200
    assert answer.get_json()["ApiVersion"] == "1.49"


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("1.50", "client version 1.50 is too new. Maximum supported API version is 1.49"),
        ("1.60", "client version 1.60 is too new. Maximum supported API version is 1.49"),
    ],
)
def test_newer_versions_are_refused(engine: Engine, version: str, text: str) -> None:
    answer = engine("GET", f"/v{version}/info")

    assert (answer.status_code, message(answer)) == (400, text)


def test_a_version_too_old_for_refusals_in_json_is_refused_in_plain_text(engine: Engine) -> None:
    answer = engine("GET", "/v1.23/info")

    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert answer.text == (
        "client version 1.23 is too old. Minimum supported API version is 1.24, "
        "please upgrade your client to a newer version"
    )


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("GET", "/swarm/init"), ("HEAD", "/info")])
def test_an_unknown_path_or_method_is_not_found(engine: Engine, method: str, path: str) -> None:
    answer = engine(method, path)

    assert answer.status_code == 404
    if method != "HEAD":
        assert message(answer) == "page not found"


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (b"{}", "text/plain", "unsupported Content-Type header (text/plain): must be 'application/json'"),
        (b"{}", "", "malformed Content-Type header (): mime: no media type"),
        (b"{x}", "application/json", "invalid JSON: invalid character 'x' looking for beginning of object key string"),
        (b'{"Name":', "application/json; charset=utf-8", "invalid JSON: unexpected EOF"),
        (b"  ", "application/json", "invalid JSON: got EOF while reading request body"),
        (b"{} {}", "application/json", "unexpected content after JSON"),
    ],
)
def test_a_bad_body_is_refused_in_the_daemons_words(engine: Engine, body: bytes, kind: str, text: str) -> None:
    answer = engine("POST", "/v1.49/networks/create", body, headers={"Content-Type": kind})

    assert (answer.status_code, message(answer)) == (400, text)


def test_a_body_of_another_type_does_not_break_anything(engine: Engine) -> None:
    for path in ("/swarm/init", "/services/create", "/networks/create", "/containers/create", "/volumes/create"):
        for body in ([], "text", 7, True, [None]):
            answer = engine("POST", path, body)

            assert 400 <= answer.status_code < 500 or message(answer).startswith("This node"), (path, body, answer.data)


@pytest.mark.parametrize(("kind", "most"), [("secret", 512_000), ("config", 1_024_000)])
def test_a_secret_above_its_size_is_refused_by_the_swarm(engine: Engine, kind: str, most: int) -> None:
    engine("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377"})
    answer = engine("POST", f"/{kind}s/create", {"Name": "big", "Data": "eHh4" * 350_000})

    assert (answer.status_code, message(answer)) == (
        400, f"rpc error: code = InvalidArgument desc = {kind} data must be larger than 0 and less than {most} bytes"
    )  # fmt: skip


def test_an_oversized_body_is_refused(engine: Engine) -> None:
    answer = engine("POST", "/networks/create", {"Name": "n" * 2_200_000})

    assert answer.status_code == 413


def test_a_query_that_go_cannot_read_is_refused(engine: Engine) -> None:
    answer = engine("GET", "/containers/json", query_string="filters=%7Bx%zz")

    assert (answer.status_code, message(answer)) == (400, 'invalid URL escape "%zz"')


def test_an_answer_is_written_as_go_writes_it(engine: Engine) -> None:
    answer = engine("POST", "/volumes/create", {"Name": "vol", "Labels": {"a": "<é&>"}})

    assert answer.status_code == 201
    assert '"Labels":{"a":"<é&>"}' in answer.data.decode()
    assert answer.data.endswith(b"}\n")


def test_a_refusal_of_the_engine_keeps_status_and_text(engine: Engine) -> None:
    answer = engine("GET", "/v1.49/services")

    assert answer.status_code == 503
    assert message(answer) == (
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to '
        "swarm and try again."
    )


def test_success_without_a_body_is_empty(engine: Engine) -> None:
    node = engine("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377"})
    assert (node.status_code, len(node.get_json())) == (200, 25)

    answer = engine("POST", "/swarm/leave", query_string={"force": "1"})

    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")


def test_past_events_come_as_lines(engine: Engine) -> None:
    engine("POST", "/volumes/create", {"Name": "vol"})
    until = json.loads(engine("GET", "/info").data)["SystemTime"]

    answer = engine("GET", "/events", query_string={"since": "0", "until": _seconds(until)})

    (event,) = [json.loads(line) for line in answer.data.splitlines()]
    assert (event["Type"], event["Action"], event["Actor"]["ID"]) == ("volume", "create", "vol")
    assert answer.content_type == "application/json"


def test_a_pull_tells_its_progress_and_logs_are_framed(engine: Engine) -> None:
    pulled = engine("POST", "/images/create", query_string={"fromImage": "nginx", "tag": "alpine"})
    lines = pulled.data.split(b"\r\n")
    assert json.loads(lines[0]) == {"status": "Pulling from library/nginx", "id": "alpine"}
    assert json.loads(lines[-2])["status"] == "Status: Downloaded newer image for nginx:alpine"
    engine("POST", "/containers/create", {"Image": "nginx:alpine"}, query_string={"name": "web"})
    assert engine("POST", "/containers/web/start").status_code == 204
    assert engine("POST", "/containers/web/start").status_code == 304

    for _ in range(20):
        logs = engine("GET", "/v1.49/containers/web/logs", query_string={"stdout": "1", "stderr": "1"})
        if logs.data:
            break

    assert logs.content_type == "application/vnd.docker.multiplexed-stream"
    data, pieces = logs.data, []
    while data:
        assert data[0] in (1, 2)
        assert data[1:4] == b"\0\0\0"
        size = int.from_bytes(data[4:8], "big")
        pieces.append(data[8 : 8 + size])
        data = data[8 + size :]
    assert pieces
    assert all(piece.endswith(b"\n") for piece in pieces)
    old = engine("GET", "/v1.41/containers/web/logs", query_string={"stdout": "1"})
    assert old.content_type == "application/vnd.docker.raw-stream"


def test_a_starting_request_with_a_body_is_refused_as_since_1_24(engine: Engine) -> None:
    answer = engine("POST", "/containers/web/start", {"Binds": ["/a:/a"]})

    assert (answer.status_code, message(answer)) == (
        400,
        "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24",
    )


def test_attaching_is_refused_where_no_connection_can_be_taken_over(engine: Engine) -> None:
    answer = engine("POST", "/containers/web/attach")

    assert answer.status_code == 501
    assert "this web server does not give away" in message(answer)


@pytest.mark.parametrize("secret", ["", "x", "0" * 52])
def test_a_wrong_secret_opens_nothing(client: FlaskClient, lab: dict[str, Any], secret: str) -> None:
    right = lab["nodes"]["manager1"]["engine"].split("/engines/")[1].split("/")[0]
    for wrong in (secret, lab["id"] + secret, right[:-1], lab["token"]):
        assert client.get(f"/engines/{wrong}/manager1/info").status_code == 404


def test_an_unknown_node_is_named(engine: Engine, client: FlaskClient, lab: dict[str, Any]) -> None:
    base = lab["nodes"]["manager1"]["engine"].removeprefix("tcp://localhost:80").removesuffix("manager1")

    answer = client.get(f"{base}manager9/info")

    assert answer.status_code == 404
    assert "there is no node 'manager9'" in message(answer)


def test_a_stopped_engine_cannot_be_connected_to(engine: Engine, client: FlaskClient, lab: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {lab['token']}"}
    client.post(f"/api/labs/{lab['id']}/faults", json={"kill": "worker1"}, headers=headers)

    answer = engine("GET", "/info", node="worker1")

    assert answer.status_code == 503
    assert message(answer).startswith("Cannot connect to the Docker daemon at tcp://10.222.216.3:")


def test_a_client_that_polls_lets_a_manual_clock_go_on(engine: Engine) -> None:
    engine("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377"})
    engine("POST", "/services/create", {"Name": "w", "TaskTemplate": {"ContainerSpec": {"Image": "nginx:alpine"}}})
    for _ in range(100):
        states = [task["Status"]["State"] for task in engine("GET", "/tasks").get_json()]
        if states == ["running"]:
            break
    else:
        raise AssertionError(f"the task did not come to run: {states}")


def test_the_secret_is_not_the_token_and_is_another_in_every_lab(playground: Playground) -> None:
    labs = [playground.registry.create(Header(seed=1, wall_us=0)) for _ in range(2)]

    secrets = [engine_secret(lab) for lab in labs]

    assert len(set(secrets)) == 2
    assert all(lab.token not in secret and len(secret) == 52 for lab, secret in zip(labs, secrets, strict=True))
    assert playground.registry.with_engine_secret(secrets[1]) is labs[1]


def _seconds(stamp: str) -> str:
    from datetime import datetime

    return str(int(datetime.fromisoformat(stamp[:19] + "+00:00").timestamp()) + 1)


@pytest.mark.parametrize("path", ["/info", "/v1.49/services/create", "/nothing/at/all"])
def test_options_are_answered_on_every_path_without_a_word(engine: Engine, path: str) -> None:
    answer = engine("OPTIONS", path)

    assert (answer.status_code, answer.data) == (200, b"")
    assert dict(answer.headers) == {
        "Api-Version": "1.49",
        "Content-Length": "0",
        "Docker-Experimental": "false",
        "Ostype": "linux",
        "Server": "Docker/28.1.1 (linux)",
    }


def test_a_path_that_is_not_in_its_shortest_form_is_sent_on(engine: Engine, lab: dict[str, Any]) -> None:
    base = lab["nodes"]["manager1"]["engine"].removeprefix("tcp://localhost:80")
    for path, clean in (
        ("//info", "/info"),
        ("/v1.49/./x/../info?a=b", "/v1.49/info?a=b"),
        ("/volumes//", "/volumes/"),
    ):
        answer = engine("GET", path)

        assert (answer.status_code, answer.headers["Location"], answer.data) == (301, base + clean, b"")


def test_what_never_reaches_the_daemon_has_not_its_headers(engine: Engine) -> None:
    for path in ("/nothing", "//info"):
        assert "Api-Version" not in engine("GET", path).headers


def test_only_what_reads_a_query_minds_that_it_is_malformed(engine: Engine) -> None:
    assert engine("GET", "/info?a=%zz").status_code == 200
    answer = engine("GET", "/containers/json?a=%zz")
    assert (answer.status_code, message(answer)) == (400, 'invalid URL escape "%zz"')


def test_credentials_that_cannot_be_read_are_a_fault_of_the_daemon(engine: Engine) -> None:
    for body, text in ((b"", "EOF"), (b"[", "unexpected EOF"), (b'{"username": 1}', "json: cannot unmarshal number")):
        answer = engine("POST", "/auth", body, headers={"Content-Type": "text/plain"})

        assert answer.status_code == 500
        assert message(answer).startswith(text)
