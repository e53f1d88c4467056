"""A step of a lesson is begun again, and steps are skipped."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.web.app import Settings, create_app

LESSON = "02-roles"


@pytest.fixture
def client() -> Any:
    made = create_app(Settings(labs_per_minute=1000))
    yield made.app.test_client()
    made.registry.stop()


class Learner:
    """One lab with a lesson and a manual clock, over REST."""

    def __init__(self, client: FlaskClient, lab: dict[str, Any] | None = None, lesson: str = LESSON) -> None:
        self._client = client
        wanted = {"lesson": lesson, "clock": "manual", "seed": 5}
        self.lab = lab or client.post("/api/labs", json=wanted).get_json()

    def call(self, method: str, below: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.lab['token']}"}
        return self._client.open(f"/api/labs/{self.lab['id']}{below}", method=method, json=body, headers=headers)

    @property
    def lesson(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/view").get_json()["lesson"]
        return found

    @property
    def nodes(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/view").get_json()["nodes"]
        return found

    def wait_while_playing(self, limit_s: int = 600) -> None:
        """Let virtual time pass until what is played has come to its end."""
        registry = self._client.application.extensions["playground"]
        lab = registry.get(self.lab["id"], self.lab["token"])
        for _ in range(limit_s * 4):
            lab.pump()
            if not lab.playing:
                return
            self.call("POST", "/clock", {"advance": 0.25})
        raise AssertionError(f"still playing: {self.lesson}")


def test_a_step_begins_again_with_the_cluster_as_it_was(client: FlaskClient) -> None:
    learner = Learner(client)
    first = learner.nodes
    learner.call("POST", "/lesson", {"skip": learner.lesson["steps"][1]["id"]})
    learner.wait_while_playing()
    assert learner.lesson["step"] == 2
    second = learner.lesson["steps"][1]["id"]

    made = learner.call("POST", "/lesson/restart", {"step": second})

    assert made.status_code == 200
    assert learner.lesson["step"] == 1
    assert not learner.lesson["steps"][1]["done"]
    assert {name: node["role"] for name, node in learner.nodes.items()} != {
        name: node["role"] for name, node in first.items()
    }
    learner.call("POST", "/lesson", {"skip": second})
    learner.wait_while_playing()
    assert learner.lesson["step"] == 2


def test_the_first_step_begins_again_after_the_set_up(client: FlaskClient) -> None:
    learner = Learner(client)
    begun = learner.call("GET", "/view").get_json()
    learner.call("POST", "/clock", {"advance": 30})

    learner.call("POST", "/lesson/restart", {"step": begun["lesson"]["steps"][0]["id"]})

    assert learner.call("GET", "/view").get_json()["now"] == begun["now"]
    assert learner.nodes == begun["nodes"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"step": "none"}, 404, "no step 'none'"),
        ({"step": "exercise"}, 400, "was not reached"),
        ({"step": 3}, 400, "valid string"),
        ({}, 400, "is missing"),
        ({"step": "x" * 300}, 400, "at most 200"),
        ([], 400, "JSON object"),
    ],
)
def test_what_cannot_begin_again_is_refused_with_a_reason(
    client: FlaskClient, body: Any, status: int, reason: str
) -> None:
    answer = Learner(client).call("POST", "/lesson/restart", body)

    assert answer.status_code == status
    assert reason in answer.get_json()["error"]


def test_a_lab_without_a_lesson_has_no_step_to_begin_again(client: FlaskClient) -> None:
    lab = client.post("/api/labs", json={"clock": "manual"}).get_json()

    assert Learner(client, lab).call("POST", "/lesson/restart", {"step": "init"}).status_code == 404


def test_skipping_a_later_step_plays_all_before_it_each_when_the_one_before_is_done(client: FlaskClient) -> None:
    learner = Learner(client)
    steps = [step["id"] for step in learner.lesson["steps"]]

    learner.call("POST", "/lesson", {"skip": steps[-1]})
    learner.wait_while_playing()

    assert learner.lesson["done"]
    assert all(step["played"] for step in learner.lesson["steps"])
    assert learner.lesson["playing"] == ""


def test_a_solution_that_does_not_complete_its_step_is_given_up_and_said_to_be(client: FlaskClient) -> None:
    learner = Learner(client)
    learner.call("POST", "/exec", {"node": "manager1", "command": "docker swarm leave --force"})

    learner.call("POST", "/lesson", {"skip": learner.lesson["steps"][1]["id"]})
    learner.wait_while_playing()

    assert learner.lesson["step"] == 0
    assert "Begin the step again" in learner.lesson["notice"]


def test_the_same_failure_is_counted_until_the_step_is_done(client: FlaskClient) -> None:
    learner = Learner(client)
    for _ in range(3):
        learner.call("POST", "/exec", {"node": "node2", "command": "docker node ls"})
    learner.call("POST", "/exec", {"node": "node2", "command": "docker node rm x"})

    assert learner.lesson["failures"] == 3
    learner.call("POST", "/lesson", {"skip": learner.lesson["steps"][0]["id"]})
    learner.wait_while_playing()
    assert learner.lesson["failures"] == 0
