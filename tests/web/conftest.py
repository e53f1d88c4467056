"""The application without a server: Flask's and Socket.IO's own test clients."""

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from werkzeug.test import TestResponse

from playground.web.app import Playground, Settings, create_app


@pytest.fixture
def playground() -> Iterator[Playground]:
    made = create_app(Settings(labs_per_minute=1000))
    yield made
    made.registry.stop()


@pytest.fixture
def client(playground: Playground) -> FlaskClient:
    return playground.app.test_client()


class LabClient:
    """One lab with a manual clock, over REST."""

    def __init__(self, client: FlaskClient, **wanted: Any) -> None:
        self._client = client
        answer = client.post("/api/labs", json={"clock": "manual", "seed": 1, "nodes": ["manager1"], **wanted})
        assert answer.status_code == 201, answer.text
        self.lab: dict[str, Any] = answer.get_json()

    @property
    def id(self) -> str:
        return str(self.lab["id"])

    @property
    def token(self) -> str:
        return str(self.lab["token"])

    def other(self, made: dict[str, Any]) -> "LabClient":
        """Another lab of the same server, as the answer that made it tells of it."""
        client = copy(self)
        client.lab = made
        return client

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Ask the server without any token."""
        return self._client.open(path, method=method, json=body)

    @property
    def path(self) -> str:
        return f"/api/labs/{self.lab['id']}"

    def call(self, method: str, below: str = "", body: Any = None, token: str | None = "") -> TestResponse:
        token = self.lab["token"] if token == "" else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.open(self.path + below, method=method, json=body, headers=headers)

    def run(self, node: str, command: str, **more: Any) -> dict[str, Any]:
        answer = self.call("POST", "/exec", {"node": node, "command": command, **more})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.get_json()
        return result


@pytest.fixture
def a_lab(client: FlaskClient) -> Callable[..., LabClient]:
    return lambda **wanted: LabClient(client, **wanted)


@pytest.fixture
def socket(playground: Playground, client: FlaskClient) -> Callable[[], SocketIOTestClient]:
    return lambda: playground.socketio.test_client(playground.app, namespace="/lab", flask_test_client=client)
