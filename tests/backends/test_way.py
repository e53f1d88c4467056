"""The way of a command: real events, in order, told for what became of them."""

import pytest

from playground.backends.errors import UnknownCommand
from playground.backends.recorded import KEPT_COMMANDS
from tests.backends.lab import Cluster

CREATE = "docker service create --detach --name web --replicas 2 joeyratt/webpage:latest"


def titles(steps: list[dict[str, object]]) -> list[str]:
    return [str(step["title"]) for step in steps]


def test_a_service_made_on_a_follower_is_followed_to_running_containers() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.run("manager2", CREATE)
    cluster.sleep(5)

    steps = cluster.way()
    order = [
        "The command starts",
        "POST /services/create",
        "Passed on to manager1, the leader",
        "manager1 takes it as the leader",
        "Proposed as entry ",
        " goes to the others",
        " writes it down",
        " says: I have it",
        " is committed",
        "The orchestrator plans tasks",
        " shall run on ",
        "The scheduler's choice is written down",
        "The dispatcher tells ",
        "The agent on ",
        "A container is made on ",
        "Task web.1 is running",
        "The reports reach the store",
    ]
    found = titles(steps)
    at = 0
    for wanted in order:
        at = next(index for index, title in enumerate(found) if index >= at and wanted in title)
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert not any(step["stops"] for step in steps)


def test_the_steps_say_what_changed_in_the_store() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    cluster.run("manager1", CREATE)
    cluster.sleep(5)

    changes = [
        (step["stage"], change["object"], change["text"]) for step in cluster.way() for change in step["changes"]
    ]

    assert ("agreement", "service web", "created") in changes
    walked = [
        (change["before"], change["after"])
        for step in cluster.way()
        if step["title"].startswith("Task web.1 ")
        for change in step["changes"]
    ]
    states = ["assigned", *(after["state"] for _, after in walked)]
    assert [before["state"] for before, _ in walked] == states[:-1]
    assert states[-1] == "running"
    assert ("planning", "task web.1", "created (new)") in changes
    assert ("placement", "task web.1", "pending → assigned, node manager1") in changes
    assert ("report", "task web.1", "starting → running") in changes


def test_the_scheduler_says_which_nodes_it_could_not_take() -> None:
    cluster = Cluster("manager1", "worker1")
    cluster.swarm()
    cluster.run("manager1", "docker node update --availability drain manager1")
    cluster.run("manager1", CREATE)
    cluster.sleep(5)

    chosen = next(step for step in cluster.way() if step["title"] == "web.1 shall run on worker1")

    assert "1 of 2 nodes can take it" in chosen["text"]
    reasons = {change["object"]: change["text"] for change in chosen["changes"]}
    assert reasons["node manager1"] == "cannot take it: 1 node not available for new tasks"


def test_a_command_on_a_leader_that_is_cut_off_shows_where_it_stops() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.fault(partition=[["manager1"], ["manager2", "manager3"]])
    answer = cluster.run("manager1", CREATE)
    steps = cluster.way()

    assert answer["exit"] != 0
    lost = next(step for step in steps if "goes to the others" in step["title"])
    assert lost["stops"]
    assert "none of it gets there" in lost["text"]
    assert not any(step["title"].endswith("is committed") for step in steps)
    assert any("is not committed" in step["title"] or "still waits" in step["title"] for step in steps)
    assert steps[-1]["stops"]


def test_a_command_without_a_leader_says_that_nobody_decides() -> None:
    cluster = Cluster("manager1", "manager2")
    cluster.swarm()
    cluster.fault(kill="manager2")
    cluster.sleep(60)
    cluster.run("manager1", "docker node ls")
    steps = cluster.way()

    assert "There is no leader" in titles(steps)
    assert "needs 2 of 2 managers" in next(step for step in steps if step["title"] == "There is no leader")["text"]
    assert steps[-1]["stops"]


def test_a_refused_command_on_a_worker_goes_no_further_than_its_engine() -> None:
    cluster = Cluster("manager1", "worker1")
    cluster.swarm()
    cluster.run("worker1", "docker node ls")
    steps = cluster.way()

    assert {node for step in steps for node in step["nodes"]} == {"worker1"}
    assert titles(steps)[-2:] == ["The API answers 503", "The command ends"]
    assert "not a swarm manager" in steps[-2]["text"]


def test_a_command_that_the_engine_answers_itself_never_reaches_a_manager() -> None:
    cluster = Cluster("manager1", "worker1")
    cluster.swarm()
    cluster.run("worker1", "docker ps")
    steps = cluster.way()

    assert {step["stage"] for step in steps} == {"command", "request", "answer"}
    assert not any(step["stops"] for step in steps)


def test_two_commands_at_the_same_time_keep_their_own_ways() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    line = "docker service create --detach --name {} joeyratt/webpage:latest"
    for number, node in ((1, "manager1"), (2, "manager2")):
        cluster.emulated.execute(
            node, line.format(f"s{number}"), tty=False, limit_us=60_000_000, done=lambda answer: None
        )
    cluster.sleep(10)
    commands = {command["machine"]: command["n"] for command in cluster.emulated.way()["commands"][-2:]}

    for name, node in (("s1", "manager1"), ("s2", "manager2")):
        objects = {change["object"] for step in cluster.way(commands[node]) for change in step["changes"]}
        assert f"task {name}.1" in objects
        other = "s2" if name == "s1" else "s1"
        proposals = [
            change["object"]
            for step in cluster.way(commands[node])
            if step["title"].startswith("Proposed")
            for change in step["changes"]
        ]
        assert proposals == [f"service {name}"]
        assert f"service {other}" not in proposals


def test_only_the_newest_commands_are_kept() -> None:
    cluster = Cluster("manager1")
    for _ in range(KEPT_COMMANDS + 3):
        cluster.run("manager1", "docker ps")

    kept = [command["n"] for command in cluster.emulated.way()["commands"]]
    assert kept == list(range(4, KEPT_COMMANDS + 4))
    with pytest.raises(UnknownCommand):
        cluster.way(1)


def test_following_changes_nothing_of_what_happens() -> None:
    """The same lab with its trails closed from the start does the very same."""

    def life(follow: bool) -> tuple[int, list[object]]:
        cluster = Cluster("manager1", "manager2", "worker1", seed=5)
        if not follow:
            begin = cluster.emulated.commands.begin

            def closed(machine: str, line: str) -> object:
                command = begin(machine, line)
                command.trail.close()
                return command

            cluster.emulated.commands.begin = closed
        cluster.swarm()
        cluster.run("manager2", CREATE)
        cluster.sleep(5)
        cluster.run("manager1", "docker service scale web=4")
        cluster.sleep(5)
        view = cluster.emulated.machines["manager1"].engine.swarm.view()
        assert view is not None
        return cluster.emulated.kernel.events_done, list(view.snapshot())

    assert life(True) == life(False)
