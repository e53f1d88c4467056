"""What surprises people who know Swarm only from its documentation, seen through the API of the nodes."""

from typing import Any

import pytest

from tests.engine.lab import WEBPAGE, Lab

Json = dict[str, Any]


@pytest.fixture
def lab() -> Lab:
    lab = Lab("manager1", "worker1", "worker2")
    lab.swarm("manager1", "worker1", "worker2")
    return lab


def managers(lab: Lab) -> None:
    """Make all three of them managers."""
    for name in ("worker1", "worker2"):
        set_node(lab, name, Role="manager")
    lab.until(lambda: sum("ManagerStatus" in node for node in lab.get("manager1", "/nodes")) == 3)


def node_of(lab: Lab, name: str) -> Json:
    nodes: list[Json] = lab.get("manager1", "/nodes")
    return next(node for node in nodes if node["Description"]["Hostname"] == name)


def set_node(lab: Lab, name: str, **spec: Any) -> None:
    node = node_of(lab, name)
    body = {**node["Spec"], **spec}
    lab.post("manager1", f"/nodes/{node['ID']}/update", body, version=node["Version"]["Index"])


def tasks_of(lab: Lab, service: str) -> list[Json]:
    tasks: list[Json] = lab.get("manager1", "/tasks", filters={"service": [service]})
    return tasks


def counts(lab: Lab, service: str) -> tuple[int, int]:
    """Running and desired tasks, as ``docker service ls`` has them."""
    status = lab.get("manager1", "/services", status="true", filters={"name": [service]})[0]["ServiceStatus"]
    return status["RunningTasks"], status["DesiredTasks"]


def refusal(lab: Lab, name: str, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
    answer = lab.ask(name, method, path, body, **query)
    return answer.status, answer.body["message"]


def a_service(name: str = "web", **parts: Any) -> Json:
    return {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": WEBPAGE}}, **parts}


def test_promotion_and_demotion_are_answered_before_they_are_done(lab: Lab) -> None:
    set_node(lab, "worker1", Role="manager")
    assert "ManagerStatus" not in node_of(lab, "worker1")
    lab.until(lambda: "ManagerStatus" in node_of(lab, "worker1"))
    set_node(lab, "worker1", Role="worker")
    assert "ManagerStatus" in node_of(lab, "worker1")
    lab.until(lambda: "ManagerStatus" not in node_of(lab, "worker1"))


def test_a_follower_does_not_answer_from_what_it_knows_itself(lab: Lab) -> None:
    managers(lab)
    assert len(lab.get("worker1", "/nodes")) == 3
    for name in ("manager1", "worker2"):
        lab.machines[name].kill()
    lab.sleep(30)
    status, text = refusal(lab, "worker1", "GET", "/nodes")
    assert status == 500
    assert "The swarm does not have a leader" in text


def test_more_tasks_are_counted_as_running_than_wanted_after_a_node_is_lost(lab: Lab) -> None:
    lab.post("manager1", "/services/create", a_service(Mode={"Replicated": {"Replicas": 3}}))
    lab.until(lambda: counts(lab, "web") == (3, 3))
    lost = next(name for name in ("worker1", "worker2") if any(lab.get(name, "/containers/json")))
    lab.machines[lost].kill()
    lab.until(lambda: counts(lab, "web") == (4, 3))


def test_a_global_service_wants_less_while_a_task_waits_to_be_restarted(lab: Lab) -> None:
    lab.post("manager1", "/services/create", a_service(Mode={"Global": {}}))
    lab.until(lambda: counts(lab, "web") == (3, 3))
    container = lab.get("worker1", "/containers/json")[0]["Id"]
    lab.post("worker1", f"/containers/{container}/kill")
    lab.until(lambda: counts(lab, "web") == (2, 2))
    lab.until(lambda: counts(lab, "web") == (3, 3))


def test_scaling_down_leaves_no_history_and_an_update_does(lab: Lab) -> None:
    lab.service("manager1", "web", 3)
    lab.until(lambda: lab.running("manager1", "web") == 3)

    def update(**changes: Any) -> None:
        service = lab.get("manager1", "/services/web")
        body = {**service["Spec"], **changes}
        lab.post("manager1", f"/services/{service['ID']}/update", body, version=service["Version"]["Index"])

    update(Mode={"Replicated": {"Replicas": 1}})
    lab.until(lambda: len(tasks_of(lab, "web")) == 1)
    update(TaskTemplate={"ContainerSpec": {"Image": WEBPAGE}, "ForceUpdate": 1})
    lab.until(lambda: sorted(task["DesiredState"] for task in tasks_of(lab, "web")) == ["running", "shutdown"])


def test_tasks_leave_a_drained_node_without_the_delay_of_restarts(lab: Lab) -> None:
    """The new task waits for the old one to stop, and for nothing else."""
    spec = a_service(Mode={"Replicated": {"Replicas": 3}})
    spec["TaskTemplate"]["RestartPolicy"] = {"Condition": "any", "Delay": 60_000_000_000}
    lab.post("manager1", "/services/create", spec)
    lab.until(lambda: counts(lab, "web") == (3, 3))
    set_node(lab, "worker1", Availability="drain")
    worker = node_of(lab, "worker1")["ID"]

    def elsewhere() -> int:
        running = [task for task in tasks_of(lab, "web") if task["Status"]["State"] == "running"]
        return sum(task["DesiredState"] == "running" and task["NodeID"] != worker for task in running)

    lab.until(lambda: elsewhere() == 3, seconds=20)


def test_statuses_are_those_that_clients_do_not_expect(lab: Lab) -> None:
    lab.post("manager1", "/services/create", a_service(EndpointSpec={"Ports": [{"TargetPort": 1, "PublishedPort": 9}]}))
    stale = refusal(lab, "manager1", "POST", "/services/web/update", a_service(), version=1)
    assert stale == (500, "rpc error: code = Unknown desc = update out of sequence")
    taken = a_service("other", EndpointSpec={"Ports": [{"TargetPort": 1, "PublishedPort": 9}]})
    assert refusal(lab, "manager1", "POST", "/services/create", taken)[0] == 400
    assert refusal(lab, "manager1", "POST", "/services/create", a_service())[0] == 409
    node = node_of(lab, "worker1")["ID"]
    assert refusal(lab, "manager1", "DELETE", "/nodes/worker1") == (
        400,
        f"rpc error: code = FailedPrecondition desc = node {node} is not down and can't be removed",
    )
    assert refusal(lab, "manager1", "POST", "/swarm/leave")[0] == 503
    assert refusal(lab, "worker1", "GET", "/services")[0] == 503
    for kind in ("secret", "config"):
        lab.post("manager1", f"/{kind}s/create", {"Name": "Mine", "Data": "YQ=="})
        assert refusal(lab, "manager1", "POST", f"/{kind}s/create", {"Name": "mINE", "Data": "YQ=="})[0] == 409
    lab.post("manager1", "/networks/create", {"Name": "back", "Driver": "overlay"})
    used = a_service("user")
    used["TaskTemplate"]["Networks"] = [{"Target": "back"}]
    lab.post("manager1", "/services/create", used)
    assert refusal(lab, "manager1", "DELETE", "/networks/back")[0] == 400


def test_defaults_of_updates_are_there_only_where_they_are_asked_for(lab: Lab) -> None:
    lab.service("manager1", "web", 1)
    assert "UpdateConfig" not in lab.get("manager1", "/services/web")["Spec"]
    full = lab.get("manager1", "/services/web", insertDefaults="true")["Spec"]
    assert full["UpdateConfig"]["Parallelism"] == 1
    assert full["UpdateConfig"]["MaxFailureRatio"] == 0


def test_the_mode_of_a_secrets_file_is_a_decimal_number(lab: Lab) -> None:
    secret = lab.post("manager1", "/secrets/create", {"Name": "s", "Data": "YQ=="})["ID"]
    spec = a_service()
    file = {"Name": "s", "UID": "0", "GID": "0", "Mode": 0o444}
    spec["TaskTemplate"]["ContainerSpec"]["Secrets"] = [{"SecretID": secret, "SecretName": "s", "File": file}]
    lab.post("manager1", "/services/create", spec)
    shown = lab.get("manager1", "/services/web")["Spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"][0]
    assert shown["File"]["Mode"] == 292


def test_tasks_have_no_slot_where_they_are_global_and_no_node_before_they_have_one(lab: Lab) -> None:
    lab.post("manager1", "/services/create", a_service("all", Mode={"Global": {}}))
    nowhere = a_service("nowhere")
    nowhere["TaskTemplate"]["Placement"] = {"Constraints": ["node.labels.a==b"]}
    lab.post("manager1", "/services/create", nowhere)
    lab.until(lambda: lab.running("manager1", "all") == 3)
    assert not any("Slot" in task for task in tasks_of(lab, "all"))
    (waiting,) = tasks_of(lab, "nowhere")
    assert waiting["Slot"] == 1
    assert "NodeID" not in waiting
    assert waiting["Volumes"] is None


@pytest.mark.parametrize(
    ("constraint", "fits"),
    [
        ("node.role==MANAGER", True),
        ("node.hostname == Manager1", True),
        ("node.platform.arch==x86_64", True),
        ("node.platform.arch==amd64", False),
        ("node.platform.os==linux", True),
    ],
)
def test_constraints_compare_without_case_and_call_the_processor_as_the_kernel_does(
    lab: Lab, constraint: str, fits: bool
) -> None:
    spec = a_service()
    spec["TaskTemplate"]["Placement"] = {"Constraints": [constraint]}
    lab.post("manager1", "/services/create", spec)
    lab.sleep(3)
    assert (lab.running("manager1", "web") == 1) is fits


def test_errors_name_whole_ids_where_a_name_was_given(lab: Lab) -> None:
    network = lab.post("manager1", "/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    used = a_service()
    used["TaskTemplate"]["Networks"] = [{"Target": "back"}]
    service = lab.post("manager1", "/services/create", used)["ID"]
    _, text = refusal(lab, "manager1", "DELETE", "/networks/back")
    assert text.endswith(f"network {network} is in use by service {service}")


def test_a_network_that_was_asked_for_by_its_id_goes_by_its_name() -> None:
    lab = Lab("a")
    network = lab.post("a", "/networks/create", {"Name": "own"})["Id"]
    host = {"NetworkMode": network}
    asked = {"EndpointsConfig": {network: {"Aliases": ["other"]}}}
    made = lab.post(
        "a", "/containers/create", {"Image": WEBPAGE, "HostConfig": host, "NetworkingConfig": asked}
    )["Id"]  # fmt: skip
    shown = lab.get("a", f"/containers/{made}/json")
    assert list(shown["NetworkSettings"]["Networks"]) == ["own"]
    assert shown["NetworkSettings"]["Networks"]["own"]["Aliases"] == ["other"]
    assert shown["HostConfig"]["NetworkMode"] == network


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({}, 200, {"CachesDeleted": None, "SpaceReclaimed": 0}),
        (
            {"keep-storage": "a"},
            400,
            'keep-storage is in bytes and expects an integer, got a: strconv.Atoi: parsing "a"',
        ),
        ({"filters": {"x": {"y": True}}}, 400, "failed to prune build cache: invalid filter 'x'"),
    ],
)
def test_pruning_everything_finds_no_build_cache(query: dict[str, Any], status: int, said: Any) -> None:
    answer = Lab("a").ask("a", "POST", "/build/prune", **query)
    assert answer.status == status
    assert answer.body == said or answer.body["message"].startswith(said)


@pytest.mark.parametrize(
    ("network", "name", "force", "status"),
    [
        ("ingress", "ingress-endpoint", False, 404),
        ("ingress", "ingress-endpoint", True, 200),
        ("bridge", "nosuch", True, 404),
    ],
)
def test_an_endpoint_of_nobody_is_taken_off_by_force_alone(
    lab: Lab, network: str, name: str, force: bool, status: int
) -> None:
    path = f"/networks/{network}"
    answer = lab.ask("manager1", "POST", f"{path}/disconnect", {"Container": name, "Force": force})
    assert answer.status == status
    if status != 200:
        assert answer.body["message"] == (f"endpoint {name} not found" if force else f"No such container: {name}")
    assert ("ingress-sbox" in lab.get("manager1", path)["Containers"]) == (network == "ingress" and not force)
