"""The display while a service converges, on a terminal and without one."""

import json
from pathlib import Path
from typing import Any

from tests.docker_cli.conftest import Docker, FakeEngine

RECORDING = Path(__file__).parents[1] / "recordings" / "01-chapter.jsonl"
SECOND_US = 1_000_000


class Rollout(FakeEngine):
    """A service whose tasks go from state to state, one step a look; the last one stays."""

    def __init__(self, replicas: int, states: list[list[str]], mode: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.states = states
        self.service: dict[str, Any] = {
            "ID": "sid",
            "Version": {"Index": 1},
            "Spec": {
                "Name": "web",
                "TaskTemplate": {"ContainerSpec": {"Image": "x"}},
                "Mode": mode or {"Replicated": {"Replicas": replicas}},
            },
        }
        self.errors: dict[int, str] = {}
        self.routes = {
            "POST /services/create": {"ID": "sid"},
            "POST /services/sid/update": {},
            "GET /services/sid": lambda query, body: self.service,
            "GET /services/web": lambda query, body: self.service,
            "GET /tasks": lambda query, body: self.tasks(),
            "GET /nodes": [{"ID": "n", "Status": {"State": "ready"}}],
        }

    def tasks(self) -> list[dict[str, Any]]:
        states = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        job = {"JobIteration": {"Index": 0}} if self.service.get("JobStatus") else {}
        return [
            {
                "ID": f"t{slot}",
                "Slot": slot,
                "NodeID": "n",
                "DesiredState": "running",
                "Status": {"State": state, **({"Err": self.errors[slot]} if slot in self.errors else {})},
                **job,
            }
            for slot, state in enumerate(states, 1)
        ]


def recorded(command: str) -> dict[str, Any]:
    steps = [json.loads(line) for line in RECORDING.read_text().splitlines()]
    return next(step for step in steps if step.get("cmd", "").startswith(command))


def test_a_terminal_gets_the_bytes_of_the_real_one(docker: Docker) -> None:
    engine = Rollout(5, [["pending"] * 5, ["ready", *["preparing"] * 4], ["starting"] * 5, ["running"] * 5])

    result = docker(engine, "service", "create", "--no-resolve-image", "web", tty=True)

    ours = result.out.replace("\r", "\n").removeprefix("sid\n")
    real = recorded("docker service create --no-resolve-image --name web-fe")["out"].partition("\n")[2]
    until = real.index("starting")
    assert ours[:until] == real[:until]
    end = real.index("overall progress: 5 out of 5")
    ours_end = ours.index("overall progress: 5 out of 5")
    assert ours[ours_end:] == real[end:].replace(real.split("Service ")[1].split(" ")[0], "sid")


def test_a_pipe_gets_lines_without_bars(docker: Docker) -> None:
    engine = Rollout(3, [["new"] * 3, ["running"] * 3])

    result = docker(engine, "service", "scale", "web=3")

    real = recorded("docker service scale web-fe=3")
    assert result.out == real["out"].replace("web-fe", "web").replace(
        "3/3:  \n", "3/3:  \noverall progress: 0 out of 3 tasks\n", 1
    )
    assert result.code == 0


def test_a_wide_terminal_shows_bars(docker: Docker) -> None:
    engine = Rollout(1, [["preparing"], ["running"]])

    result = docker(engine, "service", "create", "--no-resolve-image", "web", tty=True, columns=120)

    assert f"1/1: preparing [{'=' * 33}>{' ' * 17}] \r" in result.out
    assert f"1/1: running   [{'=' * 50}>] \r" in result.out


def test_an_error_takes_the_place_of_the_state_and_is_cut(docker: Docker) -> None:
    engine = Rollout(1, [["pending"], ["running"]])
    engine.errors = {1: "x" * 100}

    result = docker(engine, "service", "create", "--no-resolve-image", "web")

    assert f"1/1: {'x' * 74}…\n" in result.out


def test_ctrl_c_leaves_the_service_to_itself(docker: Docker) -> None:
    engine = Rollout(1, [["pending"]])

    result = docker(engine, "service", "create", "--no-resolve-image", "web", interrupt_after_us=SECOND_US, tty=True)

    assert result.out.endswith("Operation continuing in background.\nUse `docker service ps sid` to check progress.\n")
    assert result.code == 0


def test_a_paused_update_is_a_failure(docker: Docker) -> None:
    engine = Rollout(1, [["pending"]])
    engine.service["UpdateStatus"] = {"State": "paused", "Message": "update paused due to failure"}

    result = docker(engine, "service", "update", "--force", "web")

    assert result.out == "web\n"
    assert result.err == "service update paused: update paused due to failure\n"
    assert result.code == 1


def test_a_rollback_is_told(docker: Docker) -> None:
    engine = Rollout(1, [["new"], ["running"]])
    engine.service["UpdateStatus"] = {"State": "rollback_started", "Message": "manually requested rollback"}

    result = docker(engine, "service", "rollback", "web")

    assert result.out.startswith(
        "web\nrollback: manually requested rollback\noverall progress: rolling back update: 0 out of 1 tasks\n1/1:  \n"
    )
    assert result.out.endswith("verify: Service web converged\n")


def test_a_task_that_fails_while_it_is_watched_starts_the_wait_anew(docker: Docker) -> None:
    engine = Rollout(1, [["running"], ["running"], ["starting"], ["running"]])

    result = docker(engine, "service", "scale", "web=1")

    assert "verify: Detected task failure\n" in result.out
    assert result.out.count("Waiting 5 seconds") > 5


def test_a_job_is_done_when_it_is_complete(docker: Docker) -> None:
    engine = Rollout(
        2, [["running"] * 2, ["complete"] * 2], {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 2}}
    )
    engine.service["JobStatus"] = {"JobIteration": {"Index": 0}}

    result = docker(engine, "service", "create", "--mode", "replicated-job", "--no-resolve-image", "web")

    assert result.out.endswith("active tasks: 0 out of 0 tasks\njob complete\n")


def test_a_global_service_names_its_nodes(docker: Docker) -> None:
    engine = Rollout(0, [[], ["starting"], ["running"]], {"Global": {}})

    result = docker(engine, "service", "create", "--mode", "global", "--no-resolve-image", "web", tty=True)

    assert "overall progress: waiting for new tasks" in result.out
    assert "n: starting " in result.out


def test_quiet_waits_without_a_word(docker: Docker) -> None:
    engine = Rollout(1, [["pending"], ["running"]])

    result = docker(engine, "service", "create", "-q", "--no-resolve-image", "web")

    assert result.out == "sid\n"
    assert len(engine.requests) > 50
