"""A small lab of machines with real engines and swarm nodes, driven through the Engine API."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from playground.api.client import Response
from playground.backends.x509 import X509Authority
from playground.engine.connections import MachineConnections
from playground.engine.images.registry import ImageRegistry
from playground.engine.machine import Machine
from playground.sim import SECOND, Kernel, Network

WALL_US = 1_763_800_000_000_000
WEBPAGE = "joeyratt/webpage:latest"
PULLED = (WEBPAGE, "joeyratt/webpage:v2.0")


class Lab:
    """Machines that are on, and the learner's own computer; every call runs virtual time until its answer."""

    def __init__(self, *names: str, seed: int = 1) -> None:
        self.kernel = Kernel(seed)
        self.network = Network(self.kernel)
        self.network.add_machine("host")
        self.network.set_address("host", "10.222.216.1")
        self.network.switch_on("host")
        self.host = MachineConnections(self.kernel, self.network, "host", "10.222.216.1")
        registry, authority = ImageRegistry(), X509Authority()
        self.machines: dict[str, Machine] = {}
        for number, name in enumerate(names, 2):
            self.machines[name] = Machine(
                self.kernel, self.network, name, f"10.222.216.{number}", 2, 4 << 30, 40 << 30, WALL_US, registry,
                authority, pulled=PULLED,
            )  # fmt: skip
        for machine in self.machines.values():
            self.run(machine.start())

    def run(self, work: Coroutine[Any, Any, Any], seconds: float = 120) -> Any:
        """Let time pass until some work is done; its result."""
        task = self.kernel.spawn(work)
        assert self.kernel.run_while(lambda: not task.done, self.kernel.now_us + int(seconds * SECOND)), "not done"
        return task.result()

    def sleep(self, seconds: float) -> None:
        self.kernel.run_until(self.kernel.now_us + int(seconds * SECOND))

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Let time pass in steps of 100 ms until a condition holds."""
        end = self.kernel.now_us + int(seconds * SECOND)
        while not condition():
            assert self.kernel.now_us < end, "it did not come to hold"
            self.sleep(0.1)

    def ask(self, machine: str, method: str, path: str, body: Any = None, /, **query: Any) -> Response:
        """One request; filters may be given as a dictionary. A stream is read to its end into ``body``."""
        wire = {key: json.dumps(value) if isinstance(value, dict) else str(value) for key, value in query.items()}
        response: Response = self.run(self.machines[machine].engine.request(method, path, wire, body))
        if response.stream is not None:
            stream = response.stream

            async def collect() -> list[Any]:
                return [item async for item in stream]

            response.body = self.run(collect())
        return response

    def get(self, machine: str, path: str, /, **query: Any) -> Any:
        response = self.ask(machine, "GET", path, **query)
        assert response.status == 200, response.body
        return response.body

    def post(self, machine: str, path: str, body: Any = None, /, **query: Any) -> Any:
        response = self.ask(machine, "POST", path, body, **query)
        assert response.status < 300, response.body
        return response.body

    # Common steps

    def swarm(self, first: str, *workers: str) -> None:
        """Make a swarm with one manager and some workers, and wait until all are ready."""
        ip = self.machines[first].ip
        self.post(first, "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": ip, "Spec": {}})
        token = self.get(first, "/swarm")["JoinTokens"]["Worker"]
        for name in workers:
            self.post(
                name,
                "/swarm/join",
                {"ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [f"{ip}:2377"], "JoinToken": token},
            )
        self.until(
            lambda: [node["Status"]["State"] for node in self.get(first, "/nodes")] == ["ready"] * (1 + len(workers))
        )

    def service(self, name: str, service: str, replicas: int, port: int = 0, **container: Any) -> str:
        """Create a replicated service of the web page; its id."""
        spec: dict[str, Any] = {
            "Name": service,
            "TaskTemplate": {"ContainerSpec": {"Image": WEBPAGE, **container}},
            "Mode": {"Replicated": {"Replicas": replicas}},
        }
        if port:
            spec["EndpointSpec"] = {"Ports": [{"Protocol": "tcp", "TargetPort": 5000, "PublishedPort": port}]}
        created: str = self.post(name, "/services/create", spec)["ID"]
        return created

    def running(self, name: str, service: str) -> int:
        """How many tasks of a service are in state running."""
        tasks = self.get(name, "/tasks", filters={"service": [service]})
        return sum(1 for task in tasks if task["Status"]["State"] == "running")

    def container(self, name: str, container: str, image: str = WEBPAGE, start: bool = True, **config: Any) -> str:
        """Create (and start) a container; its id."""
        created: str = self.post(name, "/containers/create", {"Image": image, **config}, name=container)["Id"]
        if start:
            self.post(name, f"/containers/{container}/start")
        return created

    def logs(self, name: str, container: str) -> bytes:
        frames = self.get(name, f"/containers/{container}/logs", stdout=1, stderr=1)
        return b"".join(data for _, data in frames)
