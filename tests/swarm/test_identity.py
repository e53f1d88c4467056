"""No identifier is given twice in a lab, whoever leads and however often a node starts, leaves or changes its role."""

from tests.swarm.cluster import SwarmCluster, three_and_two


def _ids(cluster: SwarmCluster, at: str) -> list[str]:
    view = cluster.nodes[at].view()
    assert view is not None
    return [obj.id for obj in view.snapshot()]


def test_ids_stay_unique_over_three_changes_of_leader() -> None:
    cluster = three_and_two()
    services = [cluster.create_service("first", 3)]
    seen: dict[str, str] = {}
    for number in range(3):
        leader = cluster.leader() or ""
        cluster.kill(leader)
        cluster.until(lambda old=leader: cluster.leader() not in (None, old))
        now = cluster.leader() or ""
        services.append(cluster.create_service(f"web{number}", 3, at=now))
        cluster.wait(40)
        for task in cluster.tasks(now):
            assert seen.setdefault(task.id, task.service_id) == task.service_id
        cluster.start(leader)
        cluster.wait(15)
    assert len(set(services)) == 4
    ids = _ids(cluster, cluster.leader() or "")
    assert len(set(ids)) == len(ids)


def test_a_manager_that_leads_again_gives_new_ids() -> None:
    cluster = SwarmCluster("m1")
    cluster.init("m1")
    seen = {cluster.create_service("web0", 2)}
    for number in range(1, 4):
        cluster.stop("m1")
        cluster.start("m1")
        cluster.wait(3)
        service_id = cluster.create_service(f"web{number}", 2)
        assert service_id not in seen
        seen.add(service_id)
    cluster.wait(20)
    assert len(cluster.running("m1")) == 8


def test_a_node_that_leaves_and_founds_another_swarm_draws_nothing_twice() -> None:
    cluster = SwarmCluster("m1")
    seen: set[str] = set()
    for _ in range(3):
        node_id = cluster.init("m1")
        answer = cluster.control("m1", "get_cluster")
        service_id = cluster.create_service("web", 1)
        new = {node_id, answer.id, service_id, answer.join_token_manager, answer.join_token_worker}
        assert len(new) == 5
        assert not new & seen
        seen |= new
        cluster.run(cluster["m1"].leave(force=True))


def test_a_node_that_leaves_and_joins_again_is_another_node() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    seen: set[str] = set()
    for number in range(1, 4):
        cluster.join("w1", "worker")
        seen.add(cluster["w1"].node_id)
        assert len(seen) == number
        cluster.run(cluster["w1"].leave(force=False))


def test_a_manager_demoted_and_promoted_is_a_new_raft_member_that_gives_new_ids() -> None:
    cluster = SwarmCluster("m1", "m2")
    cluster.init("m1")
    cluster.join("m2", "manager")
    members, services = [], []
    for number in range(3):
        cluster.wait(5)
        raft = cluster["m2"].raft()
        assert raft is not None
        members.append(raft.member.member_id)
        cluster.update_node("m1", at="m2", Role="worker")
        cluster.until(lambda: cluster.leader() == "m2" and cluster["m1"].raft() is None)
        services.append(cluster.create_service(f"web{number}", 1, at="m2"))
        cluster.update_node("m1", at="m2", Role="manager")
        cluster.until(lambda: cluster.managers("m2").get("m1") == "Reachable")
        cluster.wait(5)
        cluster.update_node("m2", at="m1", Role="worker")
        cluster.until(lambda: cluster.leader() == "m1" and cluster["m2"].raft() is None)
        cluster.update_node("m2", at="m1", Role="manager")
        cluster.until(lambda: cluster.managers("m1").get("m2") == "Reachable")
    assert len(set(members)) == 3
    assert len(set(services)) == 3
