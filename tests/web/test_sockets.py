"""The Socket.IO namespace: views, deltas, terminals, and pages that fall behind."""

from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIOTestClient

from playground.web.app import Playground
from playground.web.sockets import WINDOW
from tests.web.conftest import LabClient

MakeLab = Callable[..., LabClient]
MakeSocket = Callable[[], SocketIOTestClient]


def join(socket: SocketIOTestClient, lab: LabClient, n: int | None = None) -> Any:
    wanted = {"lab": lab.lab["id"], "token": lab.lab["token"], "n": n}
    return socket.emit("join", wanted, namespace="/lab", callback=True)


def received(socket: SocketIOTestClient, name: str) -> list[Any]:
    return [message["args"][0] for message in socket.get_received("/lab") if message["name"] == name]


def test_a_page_gets_the_view_and_then_deltas_in_order(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab, page = a_lab(), socket()
    assert join(page, lab) == {"ok": True}
    view = received(page, "view")[0]

    lab.run("manager1", "docker swarm init")
    lab.call("POST", "/clock", {"advance": 3})

    numbers = [delta["n"] for delta in received(page, "delta")]
    assert numbers == list(range(view["n"] + 1, view["n"] + 1 + len(numbers)))
    assert numbers


def test_a_page_that_comes_back_gets_what_it_missed(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab, first = a_lab(), socket()
    join(first, lab)
    n = received(first, "view")[0]["n"]
    first.disconnect("/lab")
    lab.run("manager1", "docker swarm init")
    lab.call("GET", "/view")

    again = socket()
    join(again, lab, n)
    messages = again.get_received("/lab")

    assert {message["name"] for message in messages} == {"delta"}
    assert messages[0]["args"][0]["n"] == n + 1


def test_a_wrong_token_is_refused(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab = a_lab()

    answer = socket().emit("join", {"lab": lab.lab["id"], "token": "x"}, namespace="/lab", callback=True)

    assert "token" in answer["error"]


def test_nothing_works_before_join(socket: MakeSocket) -> None:
    answer = socket().emit("input", {"terminal": "host", "data": "ls\r"}, namespace="/lab", callback=True)

    assert answer == {"error": "send `join` first", "status": 403}


def test_malformed_messages_are_refused_and_change_nothing(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab, page = a_lab(), socket()
    join(page, lab)
    before = lab.call("GET", "/journal").get_json()

    for event, data in (
        ("join", "lab"),
        ("terminal_open", {"terminal": "manager1", "columns": 0, "rows": 24}),
        ("terminal_open", {"terminal": "nobody", "columns": 80, "rows": 24}),
        ("input", {"terminal": "manager1"}),
        ("input", {"terminal": "manager1", "data": "x" * 70_000}),
        ("input", {"terminal": "host", "data": "ls\r"}),
        ("resize", {"terminal": "manager1", "columns": "80", "rows": 24}),
    ):
        answer = page.emit(event, data, namespace="/lab", callback=True)
        assert "error" in answer, event

    assert lab.call("GET", "/journal").get_json() == before


def test_what_is_typed_is_shown_and_a_reload_brings_it_back(
    playground: Playground, a_lab: MakeLab, socket: MakeSocket
) -> None:
    lab, page = a_lab(), socket()
    join(page, lab)
    size = {"terminal": "manager1", "columns": 80, "rows": 24}
    page.emit("terminal_open", size, namespace="/lab", callback=True)
    page.emit("input", {"terminal": "manager1", "data": "hostname\r"}, namespace="/lab", callback=True)
    lab.call("POST", "/clock", {"advance": 1})
    playground.namespace.send()

    shown = "".join(message["data"] for message in received(page, "output"))
    assert "manager1\r\n" in shown

    page.disconnect("/lab")
    again = socket()
    join(again, lab)
    again.emit("terminal_open", size, namespace="/lab", callback=True)
    outputs = received(again, "output")
    assert outputs[0]["reset"] is True
    assert "hostname" in outputs[0]["data"]


def test_a_page_that_shows_nothing_is_sent_no_more_than_a_window(
    playground: Playground, a_lab: MakeLab, socket: MakeSocket
) -> None:
    lab, page = a_lab(), socket()
    join(page, lab)
    size = {"terminal": "manager1", "columns": 80, "rows": 24}
    page.emit("terminal_open", size, namespace="/lab", callback=True)
    page.emit("input", {"terminal": "manager1", "data": "yes\r"}, namespace="/lab", callback=True)
    sent = 0
    for _ in range(10):
        lab.call("POST", "/clock", {"advance": 1})
        playground.namespace.send()
        sent += sum(len(message["data"]) for message in received(page, "output"))
    assert WINDOW / 2 < sent < 3 * WINDOW

    page.emit("input", {"terminal": "manager1", "data": "\x03"}, namespace="/lab", callback=True)
    lab.call("POST", "/clock", {"advance": 1})
    end = playground.registry.get(lab.lab["id"], lab.lab["token"]).scrollbacks["manager1"].end
    lab.call("POST", "/clock", {"advance": 5})
    assert playground.registry.get(lab.lab["id"], lab.lab["token"]).scrollbacks["manager1"].end == end

    page.emit("ack", {"terminal": "manager1", "position": end}, namespace="/lab")
    playground.namespace.send()
    outputs = received(page, "output")
    assert outputs[-1]["position"] == end
    assert "^C" in outputs[-1]["data"]


def test_a_page_whose_lab_was_rebuilt_gets_its_view_and_its_terminals(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab = a_lab()
    page = socket()
    join(page, lab)
    page.emit("terminal_open", {"terminal": "manager1", "columns": 80, "rows": 24}, namespace="/lab", callback=True)
    lab.call("POST", "/clock", {"advance": 1})
    page.emit("input", {"terminal": "manager1", "data": "hostname\r"}, namespace="/lab", callback=True)
    lab.call("POST", "/clock", {"advance": 1})
    n = lab.call("GET", "/view").get_json()["n"]
    page.get_received("/lab")

    lab.call("POST", "/undo")
    undone = page.get_received("/lab")
    lab.call("POST", "/redo")
    again = page.get_received("/lab")

    for messages, shown in ((undone, False), (again, True)):
        assert next(message["name"] for message in messages if message["name"] != "rebuilding") == "view"
        view = next(message["args"][0] for message in messages if message["name"] == "view")
        outputs = [message["args"][0] for message in messages if message["name"] == "output"]
        assert view["n"] > n
        assert outputs[0]["reset"]
        assert ("hostname" in "".join(output["data"] for output in outputs)) == shown


def test_a_moment_of_the_past_comes_by_message_too(a_lab: MakeLab, socket: MakeSocket) -> None:
    lab = a_lab()
    page = socket()
    join(page, lab)
    lab.run("manager1", "docker swarm init")

    answer = page.emit("look", {"at": 1}, namespace="/lab", callback=True)

    assert answer["ok"]
    assert answer["view"] == lab.call("GET", "/view?at=1").get_json()
    assert answer["view"]["quorum"] is None
    assert "error" in page.emit("look", {"at": -1}, namespace="/lab", callback=True)


def test_a_page_hears_that_there_is_something_to_undo_and_of_a_step_to_nothing_only_that_the_clock_stands(
    a_lab: MakeLab, socket: MakeSocket
) -> None:
    lab, page = a_lab(clock=1), socket()
    join(page, lab)
    assert received(page, "view")[0]["clock"]["undo"] is False
    lab.call("POST", "/clock", {"paused": True})
    lab.call("POST", "/faults", {"kill": "manager1"})
    clocks = [delta["put"]["clock"] for delta in received(page, "delta") if "clock" in delta.get("put", {})]
    assert clocks[-1]["undo"] is True
    lab.call("POST", "/clock", {"advance": 60})
    page.get_received("/lab")

    stepped = lab.call("POST", "/clock", {"step": True}).get_json()

    heard = page.get_received("/lab")
    assert stepped["event"] is None
    assert {message["name"] for message in heard} <= {"delta", "rebuilding"}
    for delta in (message["args"][0] for message in heard if message["name"] == "delta"):
        assert delta["now"] == stepped["now"] * 1e6
        assert set(delta) <= {"n", "now", "put"}
        assert set(delta.get("put", {})) <= {"clock"}
