"""A swarm through its engines: services, tasks, their containers, logs, secrets, events."""

import pytest

from tests.engine.lab import WEBPAGE, Lab


@pytest.fixture
def lab() -> Lab:
    lab = Lab("manager1", "worker1")
    lab.swarm("manager1", "worker1")
    return lab


@pytest.mark.parametrize(("pools", "shown"), [([], None), (None, ["10.0.0.0/8"]), (["10.9.0.0/16"], ["10.9.0.0/16"])])
def test_the_founder_shows_no_pool_where_it_was_given_an_empty_list_of_them(
    pools: list[str] | None, shown: list[str] | None
) -> None:
    lab = Lab("manager1")
    lab.post("manager1", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "DefaultAddrPool": pools, "SubnetSize": 24})
    cluster = lab.get("manager1", "/info")["Swarm"]["Cluster"]
    assert (cluster["DefaultAddrPool"], cluster["SubnetSize"]) == (shown, 24)


def test_five_replicas_are_up_within_two_seconds_and_have_containers(lab: Lab) -> None:
    lab.service("manager1", "web", 5)
    lab.until(lambda: lab.running("manager1", "web") == 5, seconds=2)
    tasks = {task["ID"]: task for task in lab.get("manager1", "/tasks", filters={"service": ["web"]})}
    containers = [c for name in lab.machines for c in lab.get(name, "/containers/json")]
    assert len(containers) == 5
    for container in containers:
        task = tasks[container["Labels"]["com.docker.swarm.task.id"]]
        assert container["Names"] == [f"/web.{task['Slot']}.{task['ID']}"]
        assert task["Status"]["ContainerStatus"]["ContainerID"] == container["Id"]


def test_any_node_serves_a_published_port_in_turn_over_all_tasks(lab: Lab) -> None:
    lab.service("manager1", "web", 3, port=5000)
    lab.until(lambda: lab.running("manager1", "web") == 3)
    lab.sleep(1)
    for name in lab.machines:
        served = [lab.run(lab.host.http("GET", name, 5000, "/")).served_by for _ in range(6)]
        assert len(set(served)) == 3
        assert served[:3] == served[3:]


def test_stopping_a_task_takes_the_gossip_delay_and_the_grace_period(lab: Lab) -> None:
    lab.service("manager1", "web", 1, port=5000)
    lab.until(lambda: lab.running("manager1", "web") == 1)
    began = lab.kernel.now_us
    assert lab.ask("manager1", "DELETE", "/services/web").status == 200
    lab.until(lambda: not any(lab.get(name, "/containers/json") for name in lab.machines))
    assert 12_000_000 <= lab.kernel.now_us - began < 13_500_000


def test_service_names_resolve_inside_an_overlay(lab: Lab) -> None:
    lab.post("manager1", "/networks/create", {"Name": "back", "Driver": "overlay"})
    spec = {
        "Name": "api",
        "TaskTemplate": {"ContainerSpec": {"Image": WEBPAGE}, "Networks": [{"Target": "back"}]},
        "Mode": {"Replicated": {"Replicas": 2}},
    }
    lab.post("manager1", "/services/create", spec)
    lab.until(lambda: lab.running("manager1", "api") == 2)
    lab.sleep(1)
    name = next(name for name in lab.machines if lab.get(name, "/containers/json"))
    container = lab.get(name, "/containers/json")[0]["Id"]
    bodies = []
    for host in ("api", "api", "tasks.api"):
        command = {"Cmd": ["wget", "-qO-", f"http://{host}:5000/"], "AttachStdout": True, "AttachStderr": True}
        started = lab.post(name, f"/containers/{container}/exec", command)["Id"]
        frames = lab.post(name, f"/exec/{started}/start", {})
        assert lab.get(name, f"/exec/{started}/json")["ExitCode"] == 0
        bodies.append(frames[0][1])
    assert bodies[0] != bodies[1]
    refused = lab.ask("manager1", "DELETE", "/networks/back")
    assert refused.status == 400
    assert "is in use by service" in refused.body["message"]


def test_secrets_are_files_in_the_tasks_container(lab: Lab) -> None:
    secret = lab.post("manager1", "/secrets/create", {"Name": "pw", "Data": "czNjcmV0"})["ID"]
    reference = {"File": {"Name": "pw", "UID": "0", "GID": "0", "Mode": 292}, "SecretID": secret, "SecretName": "pw"}
    lab.service("manager1", "api", 1, Secrets=[reference])
    lab.until(lambda: lab.running("manager1", "api") == 1)
    name = next(name for name in lab.machines if lab.get(name, "/containers/json"))
    container = lab.get(name, "/containers/json")[0]["Id"]
    started = lab.post(name, f"/containers/{container}/exec", {"Cmd": ["cat", "/run/secrets/pw"], "AttachStdout": True})
    assert lab.post(name, f"/exec/{started['Id']}/start", {}) == [(1, b"s3cret")]


@pytest.mark.parametrize(
    ("container", "state", "error"),
    [
        ({"Image": "nope:x"}, "rejected", "No such image: nope:x"),
        (
            {"Mounts": [{"Type": "bind", "Source": "/nope", "Target": "/x"}]},
            "rejected",
            'invalid mount config for type "bind": bind source path does not exist: /nope',
        ),
        ({"Command": ["sh", "-c", "exit 7"]}, "failed", "task: non-zero exit (7)"),
        (
            {"Healthcheck": {"Test": ["CMD", "false"], "Interval": 10**9, "Retries": 1}, "StopGracePeriod": 10**9},
            "failed",
            "task: non-zero exit (137): dockerexec: unhealthy container",
        ),
    ],
)
def test_a_task_that_cannot_run_says_why(lab: Lab, container: dict[str, object], state: str, error: str) -> None:
    lab.service("manager1", "bad", 1, **container)
    lab.sleep(4)
    statuses = [task["Status"] for task in lab.get("manager1", "/tasks", filters={"service": ["bad"]})]
    assert (state, error) in [(status["State"], status.get("Err")) for status in statuses]


def test_service_logs_carry_where_a_line_comes_from(lab: Lab) -> None:
    lab.service("manager1", "talk", 1, Command=["sh", "-c", "echo said; sleep 60"])
    lab.until(lambda: lab.running("manager1", "talk") == 1)
    lab.sleep(1)
    (task,) = lab.get("manager1", "/tasks", filters={"service": ["talk"]})
    (frame,) = lab.get("manager1", "/services/talk/logs", stdout=1, stderr=1, details=1)
    assert frame == (
        1,
        f"com.docker.swarm.node.id={task['NodeID']},com.docker.swarm.service.id={task['ServiceID']},"
        f"com.docker.swarm.task.id={task['ID']} said\n".encode(),
    )


def test_a_cut_node_serves_what_it_can_still_reach(lab: Lab) -> None:
    lab.service("manager1", "web", 4, port=5000)
    lab.until(lambda: lab.running("manager1", "web") == 4)
    lab.sleep(1)
    own = [container["Names"][0][1:] for container in lab.get("manager1", "/containers/json")]
    lab.network.partition([["host", "manager1"], ["worker1"]])
    lab.sleep(8)
    served = {lab.run(lab.host.http("GET", "manager1", 5000, "/")).served_by for _ in range(6)}
    assert sorted(served) == sorted(own)


def test_a_removed_container_is_replaced_by_a_new_task(lab: Lab) -> None:
    lab.service("manager1", "web", 1)
    lab.until(lambda: lab.running("manager1", "web") == 1)
    name = next(name for name in lab.machines if lab.get(name, "/containers/json"))
    lab.ask(name, "DELETE", f"/containers/{lab.get(name, '/containers/json')[0]['Id']}", force=1)
    lab.sleep(1)
    assert lab.running("manager1", "web") == 0
    lab.until(lambda: lab.running("manager1", "web") == 1, seconds=7)


def test_tasks_of_a_stopped_node_run_again_after_its_return(lab: Lab) -> None:
    lab.service("manager1", "web", 2)
    lab.until(lambda: lab.running("manager1", "web") == 2)
    machine = lab.machines["worker1"]
    lab.run(machine.stop())
    lab.run(machine.start())
    lab.until(lambda: lab.running("manager1", "web") == 2, seconds=30)


def test_networks_of_engine_and_swarm_are_one_list(lab: Lab) -> None:
    names = [network["Name"] for network in lab.get("manager1", "/networks")]
    assert sorted(names) == ["bridge", "docker_gwbridge", "host", "ingress", "none"]
    refused = lab.ask("manager1", "POST", "/networks/create", {"Name": "ingress", "Driver": "overlay"})
    assert (refused.status, refused.body["message"]) == (409, "network with name ingress already exists")


def test_every_node_takes_part_in_the_routing_mesh_with_an_address_of_its_own(lab: Lab) -> None:
    lab.sleep(1)
    seen = set()
    for name in lab.machines:
        ingress = lab.get(name, "/networks/ingress")
        (balancer,) = ingress["Containers"].values()
        assert balancer["Name"] == "ingress-endpoint"
        assert balancer["IPv4Address"].startswith("10.0.0.")
        seen.add(balancer["IPv4Address"])
    assert len(seen) == 2


def test_a_plain_container_cannot_join_an_overlay_that_is_not_attachable(lab: Lab) -> None:
    lab.post("manager1", "/networks/create", {"Name": "over", "Driver": "overlay"})
    lab.container("manager1", "plain", start=False, HostConfig={"NetworkMode": "over"})
    answer = lab.ask("manager1", "POST", "/containers/plain/start")
    assert (answer.status, answer.body["message"]) == (
        500,
        "failed to set up container networking: Could not attach to network over: "
        "rpc error: code = PermissionDenied desc = "
        "network over not manually attachable",
    )


@pytest.mark.parametrize(
    ("path", "filters", "status", "message"),
    [
        ("/nodes", {"colour": ["red"]}, 400, "invalid filter 'colour'"),
        ("/nodes", {"role": ["king"]}, 500, "Invalid role filter: 'king'"),
        ("/tasks", {"service": ["nothing"]}, 404, "service nothing not found"),
        ("/containers/json", {"nope": ["1"]}, 400, "invalid filter 'nope'"),
        ("/networks", {"nope": ["1"]}, 400, "invalid filter 'nope'"),
    ],
)
def test_filters_are_refused_with_the_engines_words(
    lab: Lab, path: str, filters: dict[str, list[str]], status: int, message: str
) -> None:
    answer = lab.ask("manager1", "GET", path, filters=filters)
    assert (answer.status, answer.body) == (status, {"message": message})


def test_events_of_the_swarm_are_told_by_managers_only(lab: Lab) -> None:
    lab.service("manager1", "web", 1)
    until = lab.machines["manager1"].engine.clock.unix_us() / 1_000_000
    told = lab.get("manager1", "/events", since=0, until=until, filters={"type": ["service"]})
    assert told[0]["Action"] == "create"
    assert told[0]["Actor"]["Attributes"] == {"name": "web"}
    assert lab.get("worker1", "/events", since=0, until=until, filters={"type": ["service"]}) == []


def test_leaving_removes_the_tasks_and_the_swarms_networks(lab: Lab) -> None:
    lab.service("manager1", "web", 4)
    lab.until(lambda: lab.running("manager1", "web") == 4)
    assert lab.get("worker1", "/containers/json")
    lab.post("worker1", "/swarm/leave")
    lab.sleep(1)
    assert lab.get("worker1", "/containers/json", all=1) == []
    assert lab.get("worker1", "/info")["Swarm"]["LocalNodeState"] == "inactive"


def test_the_same_seed_gives_the_same_answers() -> None:
    def story() -> list[object]:
        lab = Lab("manager1", "worker1", seed=7)
        lab.swarm("manager1", "worker1")
        lab.service("manager1", "web", 3, port=5000)
        lab.sleep(4)
        return [lab.get(name, path) for name in lab.machines for path in ("/info", "/containers/json", "/networks")]

    assert story() == story()


@pytest.mark.parametrize(
    ("orderly", "error"), [(True, "No such container: web.1.{id}"), (False, "task: non-zero exit (255)")]
)
def test_a_task_that_ran_when_its_node_stopped_has_failed_when_the_node_returns(orderly: bool, error: str) -> None:
    lab = Lab("manager1")
    lab.swarm("manager1")
    lab.service("manager1", "web", 1)
    lab.until(lambda: lab.running("manager1", "web") == 1)
    (before,) = lab.get("manager1", "/tasks")
    machine = lab.machines["manager1"]
    if orderly:
        lab.run(machine.stop())
    else:
        machine.kill()
    lab.run(machine.start())
    lab.until(lambda: lab.ask("manager1", "GET", "/tasks").status == 200)
    lab.sleep(12)
    tasks = {task["ID"]: task for task in lab.get("manager1", "/tasks")}
    old = tasks.pop(before["ID"])
    assert (old["DesiredState"], old["Status"]["State"]) == ("shutdown", "failed")
    assert old["Status"]["Err"] == error.format(id=old["ID"])
    assert [task["Status"]["State"] for task in tasks.values()] == ["running"]


def test_a_plain_container_on_a_worker_comes_onto_an_attachable_overlay(lab: Lab) -> None:
    network = lab.post("manager1", "/networks/create", {"Name": "both", "Driver": "overlay", "Attachable": True})["Id"]
    lab.container("manager1", "one", HostConfig={"NetworkMode": "both"})
    lab.container("worker1", "two", HostConfig={"NetworkMode": "both"})
    lab.sleep(1)

    assert "both" in [each["Name"] for each in lab.get("worker1", "/networks")]
    seen = lab.get("worker1", f"/networks/{network}", verbose="true")["Services"][""]["Tasks"]
    assert sorted(task["Name"] for task in seen) == ["one", "two"]
    assert len({task["EndpointIP"] for task in seen}) == 2

    lab.container("worker1", "three", start=False, HostConfig={"NetworkMode": "ingress"})
    answer = lab.ask("worker1", "POST", "/containers/three/start")
    assert answer.body["message"].endswith("desc = network ingress not manually attachable")


def test_pruning_networks_takes_those_of_the_swarm_that_no_service_uses(lab: Lab) -> None:
    for name in ("used", "idle"):
        lab.post("manager1", "/networks/create", {"Name": name, "Driver": "overlay"})
    lab.post("manager1", "/networks/create", {"Name": "lan"})
    spec = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": WEBPAGE}, "Networks": [{"Target": "used"}]}}
    lab.post("manager1", "/services/create", spec)

    pruned = lab.post("manager1", "/networks/prune")

    assert pruned == {"NetworksDeleted": ["idle", "lan"]}
    assert {"used", "ingress"} <= {each["Name"] for each in lab.get("manager1", "/networks")}


def test_a_reservation_is_for_the_scheduler_and_no_limit_of_the_container(lab: Lab) -> None:
    spec = {
        "Name": "lean",
        "TaskTemplate": {
            "ContainerSpec": {"Image": WEBPAGE},
            "Resources": {"Limits": {"MemoryBytes": 10 << 20}, "Reservations": {"MemoryBytes": 20 << 20}},
            "Placement": {"Constraints": ["node.role==manager"]},
        },
    }
    lab.post("manager1", "/services/create", spec)
    lab.until(lambda: lab.running("manager1", "lean") == 1)
    container = lab.get("manager1", "/containers/json")[0]["Id"]
    limits = lab.get("manager1", f"/containers/{container}/json")["HostConfig"]
    assert (limits["Memory"], limits["MemoryReservation"]) == (10 << 20, 0)
