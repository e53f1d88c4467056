"""What can be broken, what it does to the cluster, and how each is undone."""

from typing import Any

import pytest

from playground.backends.errors import BadRequest, UnknownMachine
from tests.backends.lab import SECOND, Cluster

CREATE = "docker service create --detach --name web {} joeyratt/webpage:latest"


def lasting(cluster: Cluster) -> dict[str, str]:
    return {fault["id"]: fault["text"] for fault in cluster.emulated.faults.lasting().values()}


def tasks(cluster: Cluster, service: str = "web") -> list[str]:
    """States of a service's tasks, newest first."""
    line = f"docker service ps --no-trunc --format '{{{{.CurrentState}}}} {{{{.Error}}}}' {service}"
    return [text for text in str(cluster.run("manager1", line)["stdout"]).splitlines() if text]


def test_a_slow_link_slows_what_crosses_it_and_nothing_else() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()

    def duration_us(node: str) -> int:
        before = cluster.emulated.kernel.now_us
        cluster.run(node, "docker node ls")
        return cluster.emulated.kernel.now_us - before

    quick = duration_us("manager2")
    cluster.fault(slow=["manager1", "manager2"], ms=200)
    assert duration_us("manager2") >= quick + 400_000
    assert duration_us("manager3") < quick + 10_000
    assert lasting(cluster) == {"slow:manager1|manager2": "The link manager1 to manager2 takes 200 ms longer"}
    cluster.fault(undo="slow:manager1|manager2")
    cluster.sleep(1)  # What is on its way still takes its time, and keeps the order.
    assert duration_us("manager2") < quick + 10_000
    assert lasting(cluster) == {}


def test_a_lossy_link_loses_about_its_share() -> None:
    cluster = Cluster("manager1", "worker1")
    cluster.fault(lose=["manager1", "worker1"], percent=30)
    network = cluster.emulated.network
    network.listen("worker1", "drop", lambda source, payload: None)

    arrived = sum(network.send("manager1", "worker1", "drop", number) for number in range(2000))

    assert 1300 < arrived < 1500
    assert lasting(cluster) == {
        "lose:manager1|worker1": "The link manager1 to worker1 loses 30 % of its packets",
    }


def test_a_task_whose_program_is_killed_is_replaced() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    cluster.run("manager1", CREATE.format(""))
    cluster.sleep(10)
    cluster.fault(kill_task="web.1")
    cluster.sleep(15)

    new, old = tasks(cluster)
    assert new.startswith("Running")
    assert old.startswith("Failed")
    assert "non-zero exit (137)" in old
    assert lasting(cluster) == {}


def test_an_image_that_fails_at_its_start_makes_its_tasks_fail_until_it_is_mended() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    cluster.fault(crash="joeyratt/webpage")
    cluster.run("manager1", CREATE.format(""))
    cluster.sleep(20)
    assert "non-zero exit (1)" in tasks(cluster)[-1]
    assert not any(text.startswith("Running") and len(text.split()) > 4 for text in tasks(cluster))

    cluster.fault(undo="crash:joeyratt/webpage")
    cluster.sleep(30)
    assert tasks(cluster)[0].startswith("Running")
    assert lasting(cluster) == {}


def test_an_image_that_fails_its_health_check_loses_a_task_that_was_well() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    health = "--health-cmd true --health-interval 1s --health-retries 2"
    cluster.run("manager1", CREATE.format(health))
    cluster.sleep(20)
    assert tasks(cluster)[0].startswith("Running")

    cluster.fault(unhealthy="joeyratt/webpage:latest")
    cluster.sleep(30)
    assert any("unhealthy container" in text for text in tasks(cluster))

    cluster.fault(mend_image="joeyratt/webpage")
    cluster.sleep(40)
    assert tasks(cluster)[0].startswith("Running")


def test_an_image_that_starts_slowly_does_not_answer_for_so_long() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    cluster.fault(slow_start="joeyratt/webpage", seconds=20)
    cluster.run("manager1", CREATE.format("-p 5000:5000"))
    cluster.sleep(10)
    fetch = "curl -s -o /dev/null -w '%{http_code}' http://localhost:5000"
    assert cluster.run("manager1", fetch)["exit"] != 0
    cluster.sleep(20)
    assert cluster.run("manager1", fetch)["stdout"] == "200"


def test_everything_broken_is_listed_with_its_time_and_undone_at_once() -> None:
    cluster = Cluster("manager1", "manager2", "worker1")
    kernel = cluster.emulated.kernel
    began: dict[str, int] = {}
    for fault_id, fault in {
        "cut:manager1|worker1": {"cut": ["worker1", "manager1"]},
        "slow:manager1|manager2": {"slow": ["manager1", "manager2"], "ms": 50},
        "lose:host|manager1": {"lose": ["host", "manager1"], "percent": 5},
        "off:worker1": {"kill": "worker1"},
        "unhealthy:nginx": {"unhealthy": "nginx"},
        "slow_start:nginx": {"slow_start": "nginx", "seconds": 3},
        "partition": {"partition": [["manager1"], ["manager2"]]},
    }.items():
        cluster.fault(**fault)
        began[fault_id] = kernel.now_us
        cluster.sleep(1)

    found = cluster.emulated.faults.lasting()
    assert {fault_id: fault["since"] for fault_id, fault in found.items()} == began
    assert list(found) == sorted(found, key=lambda fault_id: found[fault_id]["since"])
    assert cluster.emulated.observer.changes()["set"]["faults"] == found

    cluster.fault(undo="all")
    cluster.sleep(30)
    assert lasting(cluster) == {}
    assert cluster.emulated.network.disturbed() == []
    assert cluster.emulated.partition is None


def test_a_machine_switched_off_from_its_host_is_listed_too() -> None:
    cluster = Cluster("manager1")
    cluster.run("host", "multipass stop manager1")
    stopped_us = cluster.emulated.kernel.now_us
    cluster.sleep(5)

    (fault,) = cluster.emulated.faults.lasting().values()
    assert fault["id"] == "off:manager1"
    assert stopped_us - 5 * SECOND < fault["since"] <= stopped_us
    cluster.fault(undo="off:manager1")
    cluster.sleep(30)
    assert lasting(cluster) == {}


def test_a_partition_whose_links_are_all_mended_is_over() -> None:
    cluster = Cluster("manager1", "manager2", "worker1")
    cluster.fault(partition=[["manager1"], ["manager2", "worker1"]])
    cluster.fault(mend=["manager1", "manager2"])
    assert list(lasting(cluster)) == ["partition"]
    cluster.fault(mend=["worker1", "manager1"])

    assert lasting(cluster) == {}
    assert cluster.emulated.partition is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (None, "send one of"),
        ([], "send one of"),
        ({}, "send one of"),
        ({"explode": True}, "send one of"),
        ({"heal": True, "cut": ["manager1", "worker1"]}, "send one of"),
        ({"cut": ["manager1", "worker1"], "ms": 3}, "send one of"),
        ({"heal": False}, "`heal` takes true"),
        ({"partition": 7}, "two or more lists"),
        ({"partition": [["manager1"]]}, "two or more lists"),
        ({"partition": [["manager1"], []]}, "every side"),
        ({"partition": [["manager1"], ["manager1"]]}, "one side"),
        ({"partition": [["manager1"], [["worker1"]]]}, "`partition` takes"),
        ({"cut": "manager1"}, "two ends"),
        ({"cut": ["manager1", {}]}, "`cut` takes"),
        ({"cut": ["manager1", "manager1"]}, "two different ends"),
        ({"slow": ["manager1", "worker1"]}, "`ms` must be"),
        ({"slow": ["manager1", "worker1"], "ms": True}, "`ms` must be"),
        ({"slow": ["manager1", "worker1"], "ms": 10_001}, "`ms` must be"),
        ({"slow": ["manager1", "worker1"], "ms": float("nan")}, "`ms` must be"),
        ({"lose": ["manager1", "worker1"], "percent": 0}, "`percent` must be"),
        ({"lose": ["manager1", "worker1"], "percent": "half"}, "`percent` must be"),
        ({"kill": ["manager1"]}, "`kill` takes the name of a node"),
        ({"kill_task": "web.1"}, "no running container"),
        ({"kill_task": "x" * 300}, "`kill_task` takes"),
        ({"unhealthy": "no/such/image"}, "no image 'no/such/image'"),
        ({"crash": "UPPER//"}, "no image"),
        ({"slow_start": "nginx", "seconds": -1}, "`seconds` must be"),
        ({"undo": "partition"}, "there is no fault 'partition' to undo; there are: none"),
        ({"undo": 3}, "`undo` takes"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fault: Any, words: str) -> None:
    cluster = Cluster("manager1", "worker1")

    with pytest.raises(BadRequest, match=words.replace("(", r"\(").replace("[", r"\[")):
        cluster.emulated.check_fault(fault)


def test_a_node_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownMachine, match="no node 'ghost'"):
        Cluster("manager1").emulated.check_fault({"slow": ["manager1", "ghost"], "ms": 5})


def test_several_faults_of_a_link_are_one_and_what_stays_keeps_its_moment() -> None:
    cluster = Cluster("manager1", "worker1")
    link = ["manager1", "worker1"]
    cluster.fault(all=[{"slow": link, "ms": 200}, {"lose": link, "percent": 30}])
    began = {fault["kind"]: fault["since"] for fault in cluster.emulated.faults.lasting().values()}
    assert began.keys() == {"slow", "lose"}
    cluster.sleep(3)

    cluster.fault(all=[{"mend": link}, {"slow": link, "ms": 200}, {"cut": link}])

    now = {fault["kind"]: fault["since"] for fault in cluster.emulated.faults.lasting().values()}
    assert now.keys() == {"slow", "cut"}
    assert now["slow"] == began["slow"] < now["cut"]


@pytest.mark.parametrize(
    ("several", "reason"),
    [
        ([], "list of 1 to 8"),
        ("cut", "list of 1 to 8"),
        ([{"cut": ["a", "b"]}] * 9, "list of 1 to 8"),
        ([{"kill": "manager1"}], "links and images"),
        ([1], "links and images"),
        ([{"all": []}], "links and images"),
        ([{"cut": ["manager1", "worker1"], "all": []}], "send one of"),
        ([{"cut": ["manager1", "worker1"]}, {"slow": ["manager1", "worker1"], "ms": 0}], "`ms` must be"),
        ([{"cut": ["manager1", "worker1"]}, {"cut": ["manager1", "manager1"]}], "two different ends"),
    ],
)
def test_of_several_faults_of_which_one_makes_no_sense_none_is_done(several: Any, reason: str) -> None:
    cluster = Cluster("manager1", "worker1")

    with pytest.raises(BadRequest, match=reason):
        cluster.fault(all=several)

    assert lasting(cluster) == {}


def test_a_link_that_was_cut_before_a_partition_stays_cut_when_the_partition_ends() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    connected = cluster.emulated.network.connected
    cluster.fault(cut=["manager2", "manager1"])
    cluster.fault(partition=[["manager1"], ["manager2", "manager3"]])
    assert set(lasting(cluster)) == {"partition", "cut:manager1|manager2"}

    cluster.fault(undo="partition")

    assert set(lasting(cluster)) == {"cut:manager1|manager2"}
    assert not connected("manager1", "manager2")
    assert connected("manager1", "manager3")
    cluster.fault(partition=[["manager1"], ["manager2", "manager3"]])
    cluster.fault(undo="cut:manager1|manager2")
    assert set(lasting(cluster)) == {"partition"}
    assert not connected("manager1", "manager2")
    cluster.fault(undo="all")
    assert lasting(cluster) == {}
    assert connected("manager1", "manager2")


IMAGE = "joeyratt/webpage"


@pytest.mark.parametrize(
    ("before", "fault"),
    [
        (None, {"mend": ["manager1", "worker1"]}),
        (None, {"heal": True}),
        (None, {"start": "worker1"}),
        (None, {"mend_image": IMAGE}),
        (None, {"virtualization": True}),
        ({"cut": ["manager1", "worker1"]}, {"cut": ["worker1", "manager1"]}),
        ({"slow": ["manager1", "worker1"], "ms": 20}, {"slow": ["worker1", "manager1"], "ms": 20}),
        ({"lose": ["manager1", "worker1"], "percent": 20}, {"lose": ["worker1", "manager1"], "percent": 20}),
        ({"unhealthy": IMAGE}, {"unhealthy": IMAGE}),
        ({"crash": IMAGE}, {"crash": IMAGE}),
        ({"slow_start": IMAGE, "seconds": 5}, {"slow_start": IMAGE, "seconds": 5}),
        ({"kill": "worker1"}, {"stop": "worker1"}),
        ({"kill": "worker1"}, {"kill": "worker1"}),
    ],
)
def test_a_fault_that_would_change_nothing_is_known_with_the_reason(before: Any, fault: Any) -> None:
    cluster = Cluster("manager1", "worker1")
    if before is not None:
        assert cluster.emulated.faults.idle(before) == ""
        cluster.fault(**before)

    assert cluster.emulated.faults.idle(fault)
