"""Properties of all the leader's loops together: wherever a cluster is pushed, it comes to what is wanted."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.swarm.model import Availability, Node, NodeState, Service, Task, TaskState
from playground.swarm.orchestrator.tasks import is_dirty
from playground.swarm.scheduler import constraints
from playground.swarm.scheduler.node_info import host_ports, reservations
from playground.swarm.store import Change
from tests.swarm.fake_cluster import FakeCluster, service_spec

ZONES = ("a", "b")


class PlacementReferee:
    """Objects when a task is assigned to a node that may not take it."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._view = cluster.store.view
        self.placed = 0
        self._view.watch(self._judge)

    def _judge(self, changes: Sequence[Change]) -> None:
        for change in changes:
            task, old = change.new, change.old
            if not isinstance(task, Task) or task.status.state is not TaskState.ASSIGNED:
                continue
            if isinstance(old, Task) and old.status.state is TaskState.ASSIGNED:
                continue
            self.placed += 1
            node = self._view.get(Node, task.node_id)
            assert node is not None
            assert node.status.state is NodeState.READY
            assert node.availability is Availability.ACTIVE
            assert constraints.matches(node, constraints.of_template(task.spec))
            assert node.description is not None
            using = [
                each
                for each in self._view.tasks_on_node(node.id)
                if TaskState.ASSIGNED <= each.status.state <= TaskState.RUNNING
            ]
            reserved = sum(reservations(each.spec).get("NanoCPUs", 0) for each in using)
            assert reserved <= node.description["Resources"]["NanoCPUs"]
            ports = Counter(port for each in using for port in host_ports(each))
            assert not ports or max(ports.values()) == 1
            most = (task.spec.get("Placement") or {}).get("MaxReplicas", 0)
            alike = [
                each
                for each in using
                if each.service_id == task.service_id and each.desired_state <= TaskState.COMPLETE
            ]
            assert not most or len(alike) <= most


def act(cluster: FakeCluster, services: dict[str, dict[str, Any]], step: tuple[str, int, int]) -> None:
    """Do one thing to the cluster; the numbers choose to what, and how much."""
    what, which, amount = step
    name = list(services)[which % len(services)]
    found = cluster.store.view.by_name(Service, name)
    assert found is not None
    node_id = cluster.nodes[which % len(cluster.nodes)]
    if what == "scale" and found.mode == "Replicated":
        services[name] = {**services[name], "Mode": {"Replicated": {"Replicas": amount}}}
        cluster.update_service(found.id, services[name])
    elif what == "update":
        template = {**services[name]["TaskTemplate"], "ContainerSpec": {"Image": f"web:{amount}"}}
        services[name] = {**services[name], "TaskTemplate": template}
        cluster.update_service(found.id, services[name])
    elif what == "break":
        broken = {**services[name]["TaskTemplate"], "ContainerSpec": {"Image": "missing"}}
        cluster.update_service(found.id, {**services[name], "TaskTemplate": broken})
        cluster.run(1)
        if cluster.service(found.id).previous_spec is not None:
            cluster.roll_back(found.id)
        services[name] = dict(cluster.service(found.id).spec)
    elif what == "kill":
        running = cluster.running(found.id)
        if running:
            cluster.fail(running[amount % len(running)].id)
    elif what in ("drain", "pause", "active"):
        cluster.set_availability(node_id, what)
    elif what == "lose" and node_id not in cluster.cut_off:
        cluster.lose_node(node_id)
    elif what == "return" and node_id in cluster.cut_off:
        cluster.return_node(node_id)
    elif what == "relabel":
        cluster.change_node(node_id, Labels={"zone": ZONES[amount % 2]})
    elif what == "lead":
        cluster.lead()


ACTIONS = ("scale", "update", "break", "kill", "drain", "pause", "active", "lose", "return", "relabel", "lead")
STEPS = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), st.integers(0, 6)),
        st.sampled_from((0.0, 0.06, 0.3, 2.0, 7.0)),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=STEPS, seed=st.integers(0, 1000))
def test_from_any_interleaving_the_desired_state_is_reached(
    steps: list[tuple[tuple[str, int, int], float]], seed: int
) -> None:
    cluster = FakeCluster(0, seed=seed)
    cluster.nodes = [cluster.add_node(f"node{n}", labels={"zone": ZONES[n % 2]}) for n in range(4)]
    referee = PlacementReferee(cluster)
    in_zone = {"Placement": {"Constraints": ["node.labels.zone==a"]}}
    services = {
        "plain": service_spec("plain", 3),
        "zoned": service_spec("zoned", 2, template=in_zone, UpdateConfig={"Parallelism": 2, "Order": "start-first"}),
        "all": service_spec("all", mode={"Global": {}}),
    }
    for spec in services.values():
        cluster.create_service(spec)
    for step, wait in steps:
        act(cluster, services, step)
        cluster.run(wait)

    for node_id in list(cluster.cut_off):
        cluster.return_node(node_id)
    for number, node_id in enumerate(cluster.nodes):
        cluster.change_node(node_id, Labels={"zone": ZONES[number % 2]}, Availability="active")
    cluster.run(10)
    for name, spec in services.items():  # whatever paused goes on
        found = cluster.store.view.by_name(Service, name)
        assert found is not None
        cluster.update_service(found.id, spec)
    cluster.run(200)

    assert referee.placed
    assert cluster.kernel.next_due_us() is None
    for name, spec in services.items():
        found = cluster.store.view.by_name(Service, name)
        assert found is not None
        live = cluster.live(found.id)
        wanted = spec["Mode"].get("Replicated", {"Replicas": 4})["Replicas"]
        assert len(live) == len(cluster.running(found.id)) == wanted
        assert not any(is_dirty(found, task, cluster.store.view.get(Node, task.node_id)) for task in live)
        if found.mode == "Replicated":
            assert sorted(task.slot for task in live) == sorted({task.slot for task in live})
        else:
            assert sorted(task.node_id for task in live) == sorted(cluster.nodes)
        per_slot = Counter((task.slot, task.slot or task.node_id) for task in cluster.tasks(found.id))
        assert all(count <= 5 for count in per_slot.values())
        for task in cluster.tasks(found.id):
            # What never had a node when leadership moved is left, as upstream leaves it, to the reaper.
            never_ran = task.status.state < TaskState.ASSIGNED and task.desired_state > TaskState.RUNNING
            assert task in live or task.status.state > TaskState.RUNNING or never_ran


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    replicas=st.integers(1, 7),
    nodes=st.integers(1, 4),
    parallelism=st.integers(0, 4),
    delay=st.sampled_from((0, 1, 3)),
    order=st.sampled_from(("stop-first", "start-first")),
    image=st.sampled_from(("web:2", "missing")),
    action=st.sampled_from(("pause", "rollback")),
    seed=st.integers(0, 1000),
)
def test_a_rollout_never_runs_fewer_tasks_than_its_parameters_allow(
    replicas: int, nodes: int, parallelism: int, delay: int, order: str, image: str, action: str, seed: int
) -> None:
    cluster = FakeCluster(nodes, seed=seed, commit_delay_us=seed)
    service_id = cluster.create_service(service_spec(replicas=replicas))
    cluster.run(3)
    assert len(cluster.running(service_id)) == replicas
    running: list[int] = []
    cluster.watchers.append(
        lambda: running.append(sum(task.status.state is TaskState.RUNNING for task in cluster.tasks(service_id)))
    )
    config = {"Parallelism": parallelism, "Delay": delay * 10**9, "Order": order, "FailureAction": action}
    cluster.update_service(service_id, service_spec(replicas=replicas, image=image, UpdateConfig=config))
    at_once = parallelism or replicas
    for _ in range(20):
        cluster.run(5)
        status = cluster.status(service_id)
        assert status is not None
        if status[0] not in ("updating", "rollback_started"):
            break
    lowest = replicas - (at_once if order == "stop-first" else 0)
    assert min(running) >= max(0, lowest)
    assert max(running) <= replicas + (at_once if order == "start-first" else 0)
    expected = {"web:2": "completed"}.get(image, {"pause": "paused", "rollback": "rollback_completed"}[action])
    assert status[0] == expected


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_scheduler_never_breaks_a_constraint(data: st.DataObject) -> None:
    cluster = FakeCluster(0, seed=data.draw(st.integers(0, 1000)))
    for number in range(data.draw(st.integers(1, 6))):
        labels = {"zone": data.draw(st.sampled_from("abc"))}
        node_id = cluster.add_node(f"node{number}", labels=labels, cpus=data.draw(st.integers(0, 4)))
        cluster.set_availability(node_id, data.draw(st.sampled_from(("active", "active", "pause", "drain"))))
    referee = PlacementReferee(cluster)
    for number in range(data.draw(st.integers(1, 4))):
        placement = {
            "Constraints": data.draw(st.lists(st.sampled_from(("node.labels.zone==a", "node.labels.zone!=b")))),
            "MaxReplicas": data.draw(st.integers(0, 2)),
            "Preferences": data.draw(
                st.lists(st.just({"Spread": {"SpreadDescriptor": "node.labels.zone"}}), max_size=1)
            ),
        }
        ports = data.draw(
            st.lists(st.just({"Protocol": "tcp", "PublishedPort": 80, "PublishMode": "host"}), max_size=1)
        )
        cpus = data.draw(st.sampled_from((0, 10**9, 3 * 10**9)))
        template = {"Placement": placement, "Resources": {"Reservations": {"NanoCPUs": cpus}}}
        mode = data.draw(st.sampled_from(({"Replicated": {"Replicas": 5}}, {"Global": {}})))
        cluster.create_service(
            service_spec(f"web{number}", mode=mode, template=template, EndpointSpec={"Mode": "vip", "Ports": ports})
        )
        cluster.run(data.draw(st.sampled_from((0.01, 0.06, 1.0))))
    cluster.run(5)
    for task in cluster.store.view.all(Task):
        assert (task.status.state is TaskState.RUNNING) is (task.status.error == ""), task
    assert referee.placed == len(
        [task for task in cluster.store.view.all(Task) if task.status.state is TaskState.RUNNING]
    )


def test_the_same_seed_gives_the_same_history_to_the_byte() -> None:
    def history() -> list[str]:
        cluster = FakeCluster(4, seed=7, commit_delay_us=300)
        seen: list[str] = []
        cluster.store.view.watch(lambda changes: seen.append(f"{cluster.kernel.now_us} {changes}"))
        services = {"web": service_spec(replicas=6), "all": service_spec("all", mode={"Global": {}})}
        for spec in services.values():
            cluster.create_service(spec)
        for number, what in enumerate(ACTIONS * 2):
            act(cluster, services, (what, number, number % 5))
            cluster.run(1.7)
        cluster.run(60)
        return seen

    assert history() == history()


def test_leadership_that_moves_at_any_moment_loses_nothing() -> None:
    for moment in range(1, 40):
        cluster = FakeCluster(3, seed=moment, commit_delay_us=2000)
        service_id = cluster.create_service(service_spec(replicas=4))
        cluster.run(2)
        cluster.update_service(service_id, service_spec(replicas=5, image="web:2"))
        cluster.run(moment * 0.05)
        cluster.lead()
        cluster.run(40)
        assert [task.slot for task in cluster.running(service_id)] == [1, 2, 3, 4, 5]
        assert {task.spec["ContainerSpec"]["Image"] for task in cluster.running(service_id)} == {"web:2"}
        assert cluster.status(service_id) == ("completed", "update completed")
