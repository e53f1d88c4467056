"""What a cluster costs: ``python tests/bench/bench_cluster.py``.

Seconds say little on a machine that does other things too, so every cost is divided by
that of one callback of a bare heap loop, measured just before: an "event". Each figure
is the best of a few tries, beside its budget; past one the program ends with 1.
"""

import gc
import heapq
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab as WholeLab
from playground.labs.registry import Registry
from playground.sim.kernel import SECOND, Kernel
from tests.engine.lab import Lab

CALLBACKS = 100_000
NAMES = ("m1", "m2", "m3", "w1", "w2")
TRIES = 5


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    before = process_time()
    work()
    return process_time() - before


def bare_loop() -> float:
    """Seconds of one callback of a heap loop that does nothing else."""
    heap: list[tuple[int, int, Callable[..., object], tuple[Any, ...]]] = []
    state = [0, 0, 0]

    def after(delay: int, callback: Callable[..., object], *arguments: Any) -> None:
        state[1] += 1
        heapq.heappush(heap, (state[0] + delay, state[1], callback, arguments))

    def callback(number: int) -> None:
        state[2] += 1
        if state[2] < CALLBACKS:
            after(7 + number % 5, callback, number)

    def run() -> None:
        while heap:
            state[0], _, due, arguments = heapq.heappop(heap)
            due(*arguments)

    for number in range(100):
        after(number, callback, number)
    return seconds(run) / CALLBACKS


def kernel_loop() -> float:
    """Seconds of one callback of the kernel."""
    kernel = Kernel(1)
    count = [0]

    def callback(number: int) -> None:
        count[0] += 1
        if count[0] < CALLBACKS:
            kernel.after(7 + number % 5, callback, number)

    for number in range(100):
        kernel.after(number, callback, number)
    return seconds(lambda: kernel.run_until(1 << 40)) / CALLBACKS


def join_all(lab: Lab) -> None:
    """Three managers and two workers in one swarm."""
    ip = lab.machines["m1"].ip
    lab.post("m1", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": ip, "Spec": {}})
    tokens = lab.get("m1", "/swarm")["JoinTokens"]
    for name in NAMES[1:]:
        token = tokens["Manager" if name.startswith("m") else "Worker"]
        body = {"ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [f"{ip}:2377"], "JoinToken": token}
        lab.post(name, "/swarm/join", body)


def joined() -> Lab:
    lab = Lab(*NAMES)
    join_all(lab)
    return lab


def memory_kb() -> float:
    """What a swarm of five adds to its machines."""
    joined()
    lab = Lab(*NAMES)
    gc.collect()
    tracemalloc.start()
    join_all(lab)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / 1024


def busy_hour() -> tuple[Any, MemoryStore, int]:
    """A lab's record after an hour in which a learner tries something twice a minute."""
    nodes = ("manager1", "manager2", "manager3", "worker1", "worker2")
    store = MemoryStore()
    registry = Registry(store, {})
    lab = registry.create(
        Header(seed=1, wall_us=0, nodes=nodes, images=("joeyratt/webpage:latest", "joeyratt/webpage:v2.0"), manual=True)
    )

    def nothing(_: float) -> None:
        return

    def run(node: str, command: str) -> str:
        what = {"do": "exec", "node": node, "command": command, "tty": False, "limit_us": 90 * SECOND}
        return str(lab.finish(lab.submit(what), nothing)["stdout"])

    run("manager1", "docker swarm init --advertise-addr 10.222.216.2")
    for role in ("manager", "worker"):
        token = run("manager1", f"docker swarm join-token -q {role}").strip()
        for node in nodes[1:]:
            if node.startswith(role):
                run(node, f"docker swarm join --token {token} 10.222.216.2:2377")
    run("manager1", "docker service create -d --name web -p 5000:5000 --replicas 5 joeyratt/webpage:latest")
    commands = 12
    while lab.now_us < 3600 * SECOND:
        commands += 1
        command = (
            "docker node ls",
            "docker service ls",
            "docker service ps web",
            f"docker service scale -d web={3 + commands % 5}",
            "docker ps",
            "curl -s worker1:5000",
        )[commands % 6]
        run(nodes[commands % 3], command)
        if commands % 20 in (0, 6):
            power = "kill" if commands % 20 == 0 else "start"
            lab.finish(lab.submit({"do": "fault", "fault": {power: "worker1"}}), nothing)
        lab.advance(30, nothing)
    return registry.record(lab), store, commands


def main() -> int:
    event_s = min(bare_loop() for _ in range(TRIES))
    late = 0

    def tell(what: str, value: float, budget: float, unit: str) -> None:
        nonlocal late
        late += value > budget
        print(f"{what:52} {value:10.1f} of {budget:9.1f} {unit}")

    kernel_s = min(kernel_loop() for _ in range(TRIES))
    tell("an event of the kernel", kernel_s / event_s, 2.5, "bare events")
    best = min(seconds(partial(join_all, Lab(*NAMES))) for _ in range(TRIES))
    tell("five nodes joined", best / event_s / 1000, 30, "thousand bare events")
    tell("five nodes joined", memory_kb(), 600, "kB")
    lab = joined()
    lab.sleep(10)
    best = min(seconds(lambda: lab.sleep(900)) for _ in range(TRIES)) * 4
    tell("a virtual hour of an idle swarm of three and two", best / event_s / 1000, 400, "thousand bare events")
    record, store, commands = busy_hour()
    best = min(seconds(lambda: WholeLab(record, store, None)) for _ in range(2))
    tell(f"replay of an hour with {commands} commands", best / event_s / 1000, 1500, "thousand bare events")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
