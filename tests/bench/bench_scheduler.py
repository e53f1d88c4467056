"""How the cost of placing tasks grows: ``python tests/bench/bench_scheduler.py``.

Places n tasks of one service on 100 nodes, through the orchestrator, an allocator and the
scheduler, with nothing between but a local store. Seconds of one run on one machine say
little; what must hold is the exponent of growth, taken over the cost relative to writing
as many tasks once more to the same store, which is linear: so a machine that is busy
meanwhile slows both.
"""

import gc
import math
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.sim.kernel import SECOND
from playground.swarm.model import Task, TaskState
from playground.swarm.store import Transaction
from tests.swarm.fake_cluster import FakeCluster, service_spec

MAX_EXPONENT = 1.1


def place(tasks: int, nodes: int = 100, services: int = 1) -> tuple[float, float]:
    """Processor seconds to make and place ``tasks``, and to write as many tasks once more."""
    cluster = FakeCluster(0)
    node_ids = [cluster.add_node(f"node{number}") for number in range(nodes)]
    cluster.cut_off.update(dict.fromkeys(node_ids))  # no agents: only the leader is measured
    cluster.run(1)
    gc.collect()
    gc.disable()
    before = process_time()
    for number in range(services):
        cluster.create_service(service_spec(f"web{number}", tasks // services))
    cluster.kernel.run_until(cluster.kernel.now_us + 20 * SECOND)
    placed = process_time() - before
    found = cluster.store.view.all(Task)
    assert len(found) == tasks
    assert all(task.status.state is TaskState.ASSIGNED for task in found)
    on_each = [len(cluster.store.view.tasks_on_node(node_id)) for node_id in node_ids]
    assert max(on_each) - min(on_each) <= services

    assert cluster.loops is not None
    cluster.loops.stop()
    before = process_time()

    def touch(transaction: Transaction, task: Task) -> None:
        transaction.update(replace(task, status=replace(task.status, message="touched")))

    cluster.kernel.spawn(cluster.store.batch(found, touch))
    cluster.run(1)
    written = process_time() - before
    gc.enable()
    return placed, written


def main() -> int:
    results: dict[int, float] = {}
    for tasks in (1_250, 2_500, 5_000, 10_000):
        placed, written = min(place(tasks) for _ in range(3))
        results[tasks] = placed / written * tasks
        print(f"{tasks:6} tasks: {placed:.3f} s, {placed / written:.1f} times one write of each task")
    smallest, largest = min(results), max(results)
    exponent = math.log(results[largest] / results[smallest]) / math.log(largest / smallest)
    print(f"growth exponent {exponent:.2f}, at most {MAX_EXPONENT}")
    for services in (100, 1_000):
        placed, _ = place(10_000, services=services)
        print(f" 10000 tasks of {services} services: {placed:.3f} s")
    return 0 if exponent <= MAX_EXPONENT else 1


if __name__ == "__main__":
    sys.exit(main())
