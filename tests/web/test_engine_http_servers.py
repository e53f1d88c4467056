"""Connections that are taken over, and answers without end, on every server that can carry the playground."""

import http.client
import json
import socket
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from simple_websocket import Client

from playground.web.servers import NAMES
from tests.waiting import until
from tests.web.serving import ServedLab, serving


@pytest.fixture(scope="module", params=NAMES)
def lab(request: pytest.FixtureRequest) -> Iterator[ServedLab]:
    with serving(request.param) as served:
        lab = served.lab("manager1", images=["alpine:latest"])
        ask(lab, "POST", "/containers/create?name=box", {"Image": "alpine:latest", "Cmd": ["sleep", "1000"]})
        assert ask(lab, "POST", "/containers/box/start")[0] == 204
        yield lab


def ask(lab: ServedLab, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    base = urlsplit(lab.engine("manager1"))
    connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=30)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, base.path + path, data, {"Content-Type": "application/json"} if data else {})
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw[:1] in (b"{", b"[", b'"') else raw
    finally:
        connection.close()


def hijack(lab: ServedLab, path: str, body: bytes, *, upgrade: bool = True, extra: bytes = b"") -> tuple[bytes, Any]:
    """Ask for a connection to be taken over; its head, and the socket with what comes after it."""
    base = urlsplit(lab.engine("manager1"))
    sock = socket.create_connection((base.hostname or "", base.port or 0), timeout=30)
    lines = [f"POST {base.path}{path} HTTP/1.1", f"Host: {base.netloc}", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json"] if body else []
    lines += ["Connection: Upgrade", "Upgrade: tcp"] if upgrade else []
    sock.sendall("\r\n".join([*lines, "", ""]).encode() + body + extra)
    stream = sock.makefile("rb")
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        assert line, head
        head += line
    return head, (sock, stream)


def frames(stream: Any) -> bytes:
    """What the frames up to the end carry."""
    found = b""
    while header := stream.read(8):
        _, size = struct.unpack(">BxxxL", header)
        found += stream.read(size)
    return found


def new_exec(lab: ServedLab, *words: str, **more: Any) -> str:
    body = {"Cmd": list(words), "AttachStdout": True, "AttachStderr": True, **more}
    status, made = ask(lab, "POST", "/containers/box/exec", body)
    assert status == 201, made
    return str(made["Id"])


@pytest.mark.parametrize("upgrade", [True, False])
def test_an_exec_takes_the_connection_over_and_ends_it(lab: ServedLab, upgrade: bool) -> None:
    exec_id = new_exec(lab, "sh", "-c", "echo out; echo err >&2")

    head, (sock, stream) = hijack(lab, f"/v1.49/exec/{exec_id}/start", b'{"Detach":false,"Tty":false}', upgrade=upgrade)

    with sock, stream:
        output = frames(stream)
    assert (b"out\n" in output, b"err\n" in output) == (True, True)
    if upgrade:
        assert head.startswith(b"HTTP/1.1 101 UPGRADED\r\n")
        assert b"Content-Type: application/vnd.docker.multiplexed-stream\r\n" in head
        assert b"Connection: Upgrade\r\nUpgrade: tcp\r\n" in head
    else:
        assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n")
    assert ask(lab, "GET", f"/exec/{exec_id}/json")[1]["ExitCode"] == 0


def test_what_is_typed_reaches_the_program_even_right_behind_the_request(lab: ServedLab) -> None:
    exec_id = new_exec(lab, "cat", AttachStdin=True)

    _, (sock, stream) = hijack(lab, f"/exec/{exec_id}/start", b'{"Tty":false}', extra=b"first\n")

    with sock, stream:
        assert frames_once(stream) == b"first\n"
        sock.sendall(b"second\n")
        assert frames_once(stream) == b"second\n"
        sock.shutdown(socket.SHUT_WR)
        assert frames(stream) == b""


def frames_once(stream: Any) -> bytes:
    _, size = struct.unpack(">BxxxL", stream.read(8))
    data: bytes = stream.read(size)
    return data


def test_a_refused_attachment_is_told_on_the_connection(lab: ServedLab) -> None:
    head, (sock, stream) = hijack(lab, "/containers/nothing/attach?stream=1&stdout=1", b"")

    with sock, stream:
        assert head.startswith(b"HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n")
        assert stream.read() == b"No such container: nothing\r\n"


def test_a_websocket_carries_a_containers_streams_both_ways(lab: ServedLab) -> None:
    body = {"Image": "alpine:latest", "Cmd": ["cat"], "OpenStdin": True, "StdinOnce": True}
    ask(lab, "POST", "/containers/create?name=cat", body)
    address = lab.engine("manager1").replace("tcp://", "ws://")
    client = Client(f"{address}/v1.49/containers/cat/attach/ws?stream=1&stdin=1&stdout=1&stderr=1")
    ask(lab, "POST", "/containers/cat/start")

    client.send(b"typed\n")

    assert client.receive(timeout=20) == b"typed\n"
    client.close()
    ask(lab, "DELETE", "/containers/cat?force=1")


@pytest.mark.parametrize(
    ("name", "status", "said"), [("nothing", 404, "No such container: nothing"), ("box", 400, "not websocket protocol")]
)
def test_what_is_no_websocket_is_told_so_where_there_is_something_to_attach_to(
    lab: ServedLab, name: str, status: int, said: str
) -> None:
    told, answer = ask(lab, "GET", f"/containers/{name}/attach/ws?stream=1&stdout=1")
    assert told == status
    assert said in str(answer)


def test_a_refusal_to_start_an_exec_is_an_ordinary_answer(lab: ServedLab) -> None:
    head, (sock, stream) = hijack(lab, "/exec/nothing/start", b'{"Detach": false}')

    with sock, stream:
        assert head.startswith(b"HTTP/1.1 404 ")
        assert json.loads(stream.readline()) == {"message": "No such exec instance: nothing"}


def test_events_come_while_one_listens_and_the_listener_goes_when_the_client_does(lab: ServedLab) -> None:
    base = urlsplit(lab.engine("manager1"))
    connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=30)
    connection.request("GET", f"{base.path}/events")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["Transfer-Encoding"] == "chunked"

    ask(lab, "POST", "/volumes/create", {"Name": "heard"})

    event = json.loads(answer.readline())
    assert (event["Type"], event["Action"], event["Actor"]["ID"]) == ("volume", "create", "heard")
    assert ask(lab, "GET", "/info")[1]["NEventsListener"] == 1
    answer.close()
    connection.close()
    until(lambda: ask(lab, "GET", "/info")[1]["NEventsListener"] == 0, "the engine still has a listener")


def test_waiting_answers_its_head_before_the_container_stops(lab: ServedLab) -> None:
    ask(lab, "POST", "/containers/create?name=short", {"Image": "alpine:latest", "Cmd": ["sh", "-c", "exit 3"]})
    base = urlsplit(lab.engine("manager1"))
    connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=30)
    connection.request("POST", f"{base.path}/containers/short/wait?condition=next-exit")
    answer = connection.getresponse()
    assert answer.status == 200

    assert ask(lab, "POST", "/containers/short/start")[0] == 204

    assert json.loads(answer.read())["StatusCode"] == 3
    connection.close()


def test_an_engine_that_loses_its_power_breaks_its_connections(lab: ServedLab) -> None:
    other = lab.served.lab("manager1")
    base = urlsplit(other.engine("manager1"))
    connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=30)
    connection.request("GET", f"{base.path}/events")
    answer = connection.getresponse()

    other.call("POST", "/faults", {"kill": "manager1"})

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()


def test_the_server_header_is_the_daemons(lab: ServedLab) -> None:
    base = urlsplit(lab.engine("manager1"))
    connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=30)
    connection.request("GET", f"{base.path}/_ping")
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.headers.get_all("Server") == ["Docker/28.1.1 (linux)"]
