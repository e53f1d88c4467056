"""An agent's session over cuts of any length: whatever was lost is told again, once."""

import pytest

from playground.sim.kernel import MILLISECOND
from tests.swarm.cluster import SwarmCluster


@pytest.mark.parametrize("cut_s", [2, 5.5, 7, 8, 10, 13, 16])
@pytest.mark.parametrize("phase_ms", [0, 1900, 3900])
def test_after_a_cut_of_any_length_an_agent_does_as_it_is_told(cut_s: float, phase_ms: int) -> None:
    cluster = SwarmCluster("m1", "m2", "w1")
    cluster.init("m1")
    cluster.join("m2", "manager")
    cluster.join("w1", "worker")
    service_id = cluster.create_service("web", 3)
    cluster.until(lambda: len(cluster.running("m1")) == 3)
    cluster.kernel.run_until(cluster.kernel.now_us + phase_ms * MILLISECOND)
    cluster.network.partition([["m1", "m2"], ["w1"]])
    cluster.wait(cut_s)
    cluster.network.heal()
    cluster.until(lambda: cluster.states()["w1"] == "ready")
    cluster.wait(10)
    assert sorted(task.id for task in cluster.running("m1")) == sorted(
        task_id for engine in cluster.engines.values() for task_id in engine.running()
    )
    cluster.control("m1", "remove_service", service_id)
    cluster.wait(3)
    assert not any(engine.containers for engine in cluster.engines.values())


def test_an_agent_on_a_lossy_link_hears_of_everything() -> None:
    cluster = SwarmCluster("m1", "w1", seed=3)
    cluster.init("m1")
    cluster.join("w1", "worker")
    cluster.network.link("m1", "w1").loss = 0.4
    services = [cluster.create_service(f"web{number}", 4) for number in range(5)]
    cluster.wait(60)
    for service_id in services[:3]:
        cluster.control("m1", "remove_service", service_id)
    cluster.wait(60)
    cluster.network.heal()
    cluster.until(lambda: len(cluster.running("m1")) == 8)
    cluster.wait(15)
    assert sorted(task.id for task in cluster.running("m1")) == sorted(
        task_id for engine in cluster.engines.values() for task_id in engine.containers
    )
