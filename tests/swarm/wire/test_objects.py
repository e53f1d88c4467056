"""Objects as JSON, held against what a real engine recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.swarm import wire
from playground.swarm.control.answers import ManagerStatus, NodeAnswer, ServiceCounts
from playground.swarm.model import (
    Attachment,
    Cluster,
    Config,
    ContainerStatus,
    JobStatus,
    Network,
    Node,
    NodeState,
    NodeStatus,
    Secret,
    Service,
    Task,
    TaskState,
    TaskStatus,
    UpdateStatus,
)
from playground.swarm.wire.specs import config_spec, network_spec, service_spec
from tests.swarm.control_room import ROOT, ControlRoom, published, service_body

RECORDINGS = Path(__file__).parents[2] / "recordings"
WALL_US = 1_795_345_200_000_000
SECOND = 1_000_000


def recorded(name: str, command: str) -> Any:
    """What a real engine printed for a command, as JSON."""
    for line in (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry.get("cmd") == command and entry["out"]:
            return json.loads(entry["out"])
    raise AssertionError(f"{command} is not in {name}")


def shape(value: Any) -> Any:
    """The keys of a JSON value, in order, without its values."""
    if isinstance(value, dict):
        return [(key, shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def test_a_service_looks_as_the_chapters_did_and_says_the_same() -> None:
    (real,) = recorded("01-chapter.2", "docker service inspect web-fe")
    body = {
        **service_body("web-fe", "joeyratt/webpage:latest", Mode={"Replicated": {"Replicas": 5}}),
        "EndpointSpec": {"Ports": [{"TargetPort": 5000, "PublishedPort": 5000}]},
    }
    body["TaskTemplate"].update(
        ContainerSpec={"DNSConfig": {}, "Init": False, "Image": "joeyratt/webpage:latest"},
        Resources={"Limits": {}, "Reservations": {}},
        Placement={},
    )
    room = ControlRoom()
    room.start_allocator()
    made = room.run(room.api.create_service(body))
    room.settle()
    ours = wire.service(room.run(room.api.get_service(made.id, insert_defaults=True)), WALL_US)
    assert shape(ours) == shape(real)
    assert ours["Spec"] == real["Spec"]
    for key in ("Spec", "Ports"):
        assert ours["Endpoint"][key] == real["Endpoint"][key]


def test_a_service_that_was_rolled_back_looks_as_recorded() -> None:
    (real,) = recorded("05-updates.2", "docker service inspect web")
    spec = service_spec(real["Spec"])
    assert spec == real["Spec"]
    status = UpdateStatus("rollback_completed", "rollback completed", 1, 2 * SECOND)
    service = Service(id="s", version=90, spec=spec, update_status=status)
    ours = wire.service(service, WALL_US)
    assert shape(ours) == shape(real)
    assert ours["UpdateStatus"]["StartedAt"] == "2026-11-22T11:00:00.000001Z"
    assert ours["UpdateStatus"]["CompletedAt"] == "2026-11-22T11:00:02Z"


def test_counts_jobs_and_the_spec_before_are_shown_only_where_they_are() -> None:
    spec = service_spec(service_body())
    plain = wire.service(Service(id="s", spec=spec), WALL_US)
    assert list(plain) == ["ID", "Version", "CreatedAt", "UpdatedAt", "Spec", "Endpoint"]
    assert plain["Endpoint"] == {"Spec": {}}
    full = wire.service(
        Service(id="s", spec=spec, previous_spec=spec, job_status=JobStatus(2, SECOND)), WALL_US, ServiceCounts(1, 2, 0)
    )
    assert full["PreviousSpec"] == full["Spec"]
    assert full["ServiceStatus"] == {"RunningTasks": 1, "DesiredTasks": 2, "CompletedTasks": 0}
    assert full["JobStatus"] == {"JobIteration": {"Index": 2}, "LastExecution": "2026-11-22T11:00:01Z"}


def test_a_worker_looks_as_recorded() -> None:
    (real,) = recorded("04-nodes-and-placement.2", "docker node inspect worker1")
    node = Node(
        id=real["ID"],
        version=124,
        spec=real["Spec"],
        description=real["Description"],
        status=NodeStatus(NodeState.READY, address="10.222.216.5"),
    )
    ours = wire.node(NodeAnswer(node), WALL_US)
    assert shape(ours) == shape(real)
    for key in ("ID", "Version", "Spec", "Description", "Status"):
        assert ours[key] == real[key]


def test_a_manager_says_that_it_leads_only_when_it_does() -> None:
    spec = {"Role": "manager", "Availability": "active"}
    leader = NodeAnswer(Node(id="n", spec=spec), ManagerStatus(True, True, "10.0.0.1:2377"))
    other = NodeAnswer(Node(id="n", spec=spec), ManagerStatus(False, False, "10.0.0.2:2377"))
    assert wire.node(leader, WALL_US)["ManagerStatus"] == {
        "Leader": True,
        "Reachability": "reachable",
        "Addr": "10.0.0.1:2377",
    }
    shown = wire.node(other, WALL_US)
    assert shown["ManagerStatus"] == {"Reachability": "unreachable", "Addr": "10.0.0.2:2377"}
    assert shown["Description"] == {"Platform": {}, "Resources": {}, "Engine": {}, "TLSInfo": {}}
    assert shown["Spec"] == {"Labels": {}, **spec}


def test_a_network_looks_as_recorded() -> None:
    (real,) = recorded("06-stacks-secrets-networks.2", "docker network inspect back")
    network = Network(
        id=real["Id"],
        spec=network_spec({"Name": "back", "Driver": "overlay", "Attachable": True, "Labels": {}}),
        driver_options={"com.docker.network.driver.overlay.vxlanid_list": "4097"},
        ipam=({"Subnet": "10.0.1.0/24", "Gateway": "10.0.1.1"},),
    )
    ours = wire.network(network, WALL_US)
    assert ours.pop("EnableIPv4") is False, "an engine of API 1.48 and later shows it, the recorded one is older"
    assert shape(ours) == shape(real)
    assert {**ours, "Created": ""} == {**real, "Created": ""}


def test_a_cluster_spec_looks_as_recorded() -> None:
    real = recorded("07-words", "docker info --format '{{json .Swarm.Cluster.Spec}}'")
    room = ControlRoom(
        spec={
            "Orchestration": {"TaskHistoryRetentionLimit": 2},
            "Dispatcher": {"HeartbeatPeriod": 2_000_000_000},
        }
    )
    shown = wire.cluster_info(room.run(room.api.get_cluster()), WALL_US)
    assert shown["Spec"] == real
    assert shape(shown["Spec"]) == shape(real)


def test_a_swarm_is_its_cluster_with_tokens() -> None:
    cluster = Cluster(id="c", root=ROOT, join_token_worker="w", join_token_manager="m", spec={"Labels": {}})
    info, swarm = wire.cluster_info(cluster, WALL_US), wire.swarm(cluster, WALL_US)
    assert list(info)[-5:] == ["TLSInfo", "RootRotationInProgress", "DefaultAddrPool", "SubnetSize", "DataPathPort"]
    assert swarm == {**info, "JoinTokens": {"Worker": "w", "Manager": "m"}}
    assert info["TLSInfo"]["TrustRoot"] == ROOT.certificate_pem
    assert ROOT.key_pem not in json.dumps(swarm)


NETWORK = Network(
    id="n",
    version=7,
    spec=network_spec({"Name": "back", "Driver": "overlay", "Options": {"encrypted": ""}}),
    driver_options={"encrypted": "", "com.docker.network.driver.overlay.vxlanid_list": "4097"},
    ipam=({"Subnet": "10.0.1.0/24", "Gateway": "10.0.1.1"},),
)


def nowhere(_: str) -> Network | None:
    return None


def a_task(**parts: Any) -> Task:
    status = TaskStatus(
        TaskState.RUNNING, "started", timestamp_us=SECOND, container=ContainerStatus("c" * 64, 42, 0), **parts
    )
    return Task(
        id="t",
        spec=service_spec(service_body())["TaskTemplate"],
        service_id="s",
        slot=1,
        node_id="w",
        status=status,
        networks=(Attachment("n", ("10.0.1.5/24",)), Attachment("gone", ())),
    )


def test_a_task_shows_its_networks_whole_and_no_runtime() -> None:
    shown = wire.task(a_task(), WALL_US, {"n": NETWORK}.get)
    assert list(shown) == [
        "ID",
        "Version",
        "CreatedAt",
        "UpdatedAt",
        "Labels",
        "Spec",
        "ServiceID",
        "Slot",
        "NodeID",
        "Status",
        "DesiredState",
        "NetworksAttachments",
        "Volumes",
    ]
    assert (shown["Labels"], shown["Volumes"]) == ({}, None)
    assert "Runtime" not in shown["Spec"]
    assert shown["Status"] == {
        "Timestamp": "2026-11-22T11:00:01Z",
        "State": "running",
        "Message": "started",
        "ContainerStatus": {"ContainerID": "c" * 64, "PID": 42, "ExitCode": 0},
        "PortStatus": {},
    }
    attached, gone = shown["NetworksAttachments"]
    assert attached["Addresses"] == ["10.0.1.5/24"]
    assert attached["Network"]["Spec"] == {
        "Name": "back",
        "Labels": {},
        "DriverConfiguration": {"Name": "overlay", "Options": {"encrypted": ""}},
        "Scope": "swarm",
    }
    assert attached["Network"]["DriverState"]["Name"] == "overlay"
    assert attached["Network"]["IPAMOptions"] == {
        "Driver": {"Name": "default"},
        "Configs": [{"Subnet": "10.0.1.0/24", "Gateway": "10.0.1.1"}],
    }
    assert gone["Network"]["ID"] == "gone"


@pytest.mark.parametrize("key", ["Slot", "NodeID", "NetworksAttachments", "JobIteration"])
def test_what_a_task_has_not_is_left_out(key: str) -> None:
    bare = wire.task(Task(id="t", spec={}), WALL_US, nowhere)
    assert key not in bare
    assert bare["Status"] == {"Timestamp": "2026-11-22T11:00:00Z", "State": "new", "PortStatus": {}}


def test_a_jobs_task_says_which_run_it_belongs_to() -> None:
    assert wire.task(Task(id="t", spec={}, job_iteration=0), WALL_US, nowhere)["JobIteration"] == {}
    assert wire.task(Task(id="t", spec={}, job_iteration=3), WALL_US, nowhere)["JobIteration"] == {"Index": 3}


def test_host_ports_are_in_a_tasks_status() -> None:
    ports = published(8080, mode="host")["Ports"]
    shown = wire.task(a_task(ports=tuple(ports)), WALL_US, nowhere)
    assert shown["Status"]["PortStatus"] == {"Ports": ports}


def test_a_secret_hides_its_data_and_a_config_shows_it() -> None:
    secret = wire.secret(Secret(id="s", spec={"Name": "s", "Labels": {}}, data=b"hidden"), WALL_US)
    assert secret["Spec"] == {"Name": "s", "Labels": {}}
    spec, data = config_spec({"Name": "c", "Data": "b3Blbg==", "Templating": {"Name": "golang"}})
    assert data == b"open"
    config = wire.config(Config(id="c", spec=spec, data=data), WALL_US)
    assert config["Spec"] == {"Name": "c", "Labels": {}, "Data": "b3Blbg==", "Templating": {"Name": "golang"}}


def test_a_spec_that_came_out_of_the_api_goes_in_unchanged() -> None:
    for name, command in (
        ("01-chapter.2", "docker service inspect web-fe"),
        ("05-updates.2", "docker service inspect web"),
    ):
        (real,) = recorded(name, command)
        assert shape(service_spec(real["Spec"])) == shape(real["Spec"])
