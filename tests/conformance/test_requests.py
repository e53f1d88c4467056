"""Requests that a real Docker Engine 28.1.1 was sent over HTTP, most of them wrong, and what it answered.

``tests/recordings/requests.jsonl`` holds one request a line, in the order in which they were sent: method, path, the
headers and the body where there are any, and of the answer the status and, of a refusal, its sentence. The engine was
in a state that ``START`` brings about; its machine had two processors. ``{swarm}`` and the like stand for the version
that the object has when its request is sent. Left out is what hangs on the machine (version 1 of the control groups,
no registry in reach) and what is not emulated.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.web.app import Settings, create_app

RECORDED = Path(__file__).parents[1] / "recordings" / "requests.jsonl"
SLEEP = ["sleep", "100000"]
START: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.222.216.2"}),
    (
        "/networks/create",
        {"Name": "net", "Driver": "overlay", "Attachable": True, "IPAM": {"Config": [{"Subnet": "10.50.0.0/24"}]}},
    ),
    ("/networks/create", {"Name": "lan", "IPAM": {"Config": [{"Subnet": "10.60.0.0/24"}]}}),
    ("/secrets/create", {"Name": "sec", "Data": "aGVsbG8="}),
    ("/configs/create", {"Name": "cfg", "Data": "aGVsbG8="}),
    ("/volumes/create", {"Name": "data"}),
    (
        "/services/create",
        {
            "Name": "web",
            "TaskTemplate": {"ContainerSpec": {"Image": "alpine:latest", "Command": SLEEP}},
            "Mode": {"Replicated": {"Replicas": 1}},
            "EndpointSpec": {"Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080}]},
        },
    ),
    ("/containers/create?name=box", {"Image": "alpine:latest", "Cmd": SLEEP}),
    ("/containers/box/start", None),
)
VERSIONS = {
    "{nodev}": "/nodes/{node}",
    "{swarm}": "/swarm",
    "{sec}": "/secrets/sec",
    "{cfg}": "/configs/cfg",
    "{web}": "/services/web",
}
IDS = (
    (r"\b[0-9a-f]{64}\b", "<id>"),
    (r"\b[0-9a-f]{12}\b", "<short id>"),
    (r"\b[a-z0-9]{25}\b", "<swarm id>"),
    (r", gateway_[0-9a-f]{12}|gateway_[0-9a-f]{12}, ", ""),  # The tasks' own ends of a bridge, in any order.
)
"""What differs from run to run, as regular expressions, and what is written in its place."""


@dataclass
class Engine:
    """The engine of a lab's only node, without a server in between."""

    client: FlaskClient
    base: str
    node: str = ""

    def send(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        *,
        typed: bool = True,
    ) -> tuple[int, str, str]:
        """Status, body, and where the client is sent."""
        kind = (headers or {}).get("Content-Type", "application/json" if typed and body is not None else None)
        answer = self.client.open(
            self.base + path, method=method, data=body.encode() if body is not None else None, content_type=kind,
            headers={name: value for name, value in (headers or {}).items() if name != "Content-Type"},
        )  # fmt: skip
        return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", "")

    def fill(self, path: str) -> str:
        path = path.replace("{node}", self.node)
        for name, where in VERSIONS.items():
            if name in path:
                found = json.loads(self.send("GET", where.replace("{node}", self.node))[1])
                path = path.replace(name, str(found["Version"]["Index"]))
        return path


@pytest.fixture
def engine() -> Iterator[Engine]:
    playground = create_app(Settings(labs_per_minute=1000))
    client = playground.app.test_client()
    made = client.post(
        "/api/labs", json={"clock": "manual", "seed": 1, "nodes": ["manager1"], "images": ["alpine:latest"]}
    ).get_json()
    engine = Engine(client, made["nodes"]["manager1"]["engine"].removeprefix("tcp://localhost:80"))
    for path, body in START:
        status, text, _ = engine.send("POST", path, json.dumps(body) if body else None)
        assert status < 300, (path, text)
    engine.node = json.loads(engine.send("GET", "/nodes")[1])[0]["ID"]
    client.post(
        f"/api/labs/{made['id']}/exec",
        json={"node": "manager1", "command": "sleep 10"},
        headers={"Authorization": f"Bearer {made['token']}"},
    )
    yield engine
    playground.registry.stop()


def plain(text: str) -> str:
    for pattern, word in IDS:
        text = re.sub(pattern, word, text)
    return text.strip()


def said(text: str) -> str:
    """The sentence of a refusal."""
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text


def difference(case: dict[str, Any], status: int, text: str, location: str, base: str) -> str:
    """What is not as recorded; empty when everything is."""
    expected = str(case.get("message", case.get("text", "")))
    if status != case["status"]:
        return f"recorded {case['status']} {expected!r}, answered {status} {said(text)[:300]!r}"
    if location.removeprefix(base) != case.get("location", ""):
        return f"recorded the way to {case.get('location', '')!r}, answered {location!r}"
    if expected and plain(said(text)) != plain(expected):
        return f"recorded {expected!r}, answered {said(text)[:300]!r}"
    return ""


def test_every_request_is_answered_as_by_a_real_engine(engine: Engine) -> None:
    found = []
    for line in RECORDED.read_text().splitlines():
        case = json.loads(line)
        answer = engine.send(
            case["method"], engine.fill(case["path"]), case.get("body"), case.get("headers"),
            typed=not case.get("untyped"),
        )  # fmt: skip
        fault = difference(case, *answer, engine.base)
        if fault:
            body = str(case.get("body", ""))[:200]
            found.append(f"{case['method']} {case['path'][:200]} {body}\n    {fault}")

    assert not found, "\n".join([f"{len(found)} answers differ:", *found])


def test_enough_was_recorded() -> None:
    cases = [json.loads(line) for line in RECORDED.read_text().splitlines()]

    assert len(cases) > 1500
    assert sum(400 <= case["status"] < 500 for case in cases) > 1000
