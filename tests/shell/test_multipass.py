"""``multipass`` against a small hypervisor."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from playground.api.machine import HypervisorError, Instance
from playground.shell.multipass import multipass_program
from playground.shell.multipass_completion import complete
from playground.shell.multipass_words import parse_size
from playground.shell.surroundings import Surroundings
from playground.sim import Kernel
from tests.shell.machines import Typist, machine, output_of, run

GIB = 1024**3


class FakeHypervisor:
    """Makes instances in ten virtual seconds; keeps what was asked for."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.machines: dict[str, Instance] = {}

    def instances(self) -> list[Instance]:
        return list(self.machines.values())

    async def launch(
        self, name: str, cpus: int, memory: int, disk: int, progress: Callable[[str], Awaitable[None]]
    ) -> None:
        if name in self.machines:
            raise HypervisorError(f'instance "{name}" already exists')
        for phase in (f"Creating {name}", f"Configuring {name}", f"Starting {name}"):
            await progress(phase)
            await self.kernel.sleep(3_000_000)
        await progress("Waiting for initialization to complete")
        await self.kernel.sleep(1_000_000)
        number = len(self.machines) + 2
        addresses = (f"10.222.216.{number}", "172.17.0.1")
        self.machines[name] = Instance(
            name, "Running", addresses, "Ubuntu 24.04 LTS", "a" * 64, cpus, memory, disk, 402653184, 2 * GIB
        )

    async def _become(self, name: str, state: str) -> None:
        await self.kernel.sleep(1_000_000)
        addresses = ("10.222.216.2", "172.17.0.1") if state == "Running" else ()
        self.machines[name] = replace(self.machines[name], state=state, addresses=addresses)

    async def start(self, name: str) -> None:
        await self._become(name, "Running")

    async def stop(self, name: str, force: bool = False) -> None:
        await self._become(name, "Stopped")

    async def restart(self, name: str) -> None:
        await self._become(name, "Running")

    async def delete(self, name: str, purge: bool = False) -> None:
        await self._become(name, "Deleted")
        if purge:
            del self.machines[name]

    async def recover(self, name: str) -> None:
        await self._become(name, "Stopped")

    async def purge(self) -> None:
        self.machines = {name: i for name, i in self.machines.items() if i.state != "Deleted"}


@pytest.fixture
def host() -> Surroundings:
    kernel = Kernel(seed=1)
    hypervisor = FakeHypervisor(kernel)
    nodes: dict[str, Surroundings] = {}

    def surroundings_of(name: str) -> Surroundings | None:
        instance = hypervisor.machines.get(name)
        if instance is None or instance.state != "Running":
            return None
        return nodes.setdefault(name, machine(kernel, name, motd=f"Welcome to {name}\n", gone=kernel.future()))

    program = multipass_program(hypervisor, surroundings_of, kernel.random("names"))
    here = machine(kernel, "host", user="learner", programs={"multipass": program})
    here.neighbour = lambda name: nodes.get(name)
    return here


LAUNCH = "multipass launch docker --name {} --cpus 2 --disk 40G --memory 4G"


def test_the_chapter_launches_lists_and_enters_its_machines(host: Surroundings) -> None:
    assert output_of(LAUNCH.format("manager1"), host) == "Launched: manager1\n"
    assert output_of(LAUNCH.format("worker1"), host) == "Launched: worker1\n"
    assert output_of("multipass ls", host) == (
        "Name                    State             IPv4             Image\n"
        "manager1                Running           10.222.216.2     Ubuntu 24.04 LTS\n"
        "                                          172.17.0.1\n"
        "worker1                 Running           10.222.216.3     Ubuntu 24.04 LTS\n"
        "                                          172.17.0.1\n"
    )
    person = Typist(host).type("multipass shell manager1\r").type("docker --version\r").type("exit\r")
    assert person.lines == [
        "learner@host:~$ multipass shell manager1",
        "Welcome to manager1",
        "ubuntu@manager1:~$ docker --version",
        "docker --version",
        "ubuntu@manager1:~$ exit",
        "logout",
        "learner@host:~$",
    ]


def test_a_launch_shows_its_phases_with_a_turning_bar(host: Surroundings) -> None:
    person = Typist(host, columns=120).type(LAUNCH.format("manager1") + "\r", 0.1)
    assert person.lines[1].startswith("Creating manager1 ")
    shown = []
    for _ in range(4):
        person.wait(0.1)
        shown.append(person.lines[1][-1])
    assert sorted(shown) == sorted("|/-\\")
    person.wait(3)
    assert person.lines[1].startswith("Configuring manager1 ")
    person.wait(6)
    assert person.lines[1].startswith("Waiting for initialization to complete ")
    person.wait(3)
    assert person.lines[1:] == ["Launched: manager1", "learner@host:~$"]


@pytest.mark.parametrize(
    ("command", "printed", "status"),
    [
        ("multipass launch --name manager1", 'launch failed: instance "manager1" already exists\n', 2),
        ("multipass launch --name 1x", "launch failed: Invalid instance name supplied: 1x\n", 2),
        ("multipass launch -c 0", "Error: invalid CPU count '0', need a positive integer value.\n", 1),
        ("multipass launch -m 4Q", "error: 4Q is not a valid memory size\n", 1),
        ("multipass launch nothing", 'launch failed: Unable to find an image matching "nothing" in remote "".\n', 2),
        ("multipass shell none", 'shell failed: instance "none" does not exist\n', 2),
        ("multipass stop none", 'stop failed: instance "none" does not exist\n', 2),
        ("multipass start none", "start failed: instance(s) missing\nInstance 'none' does not exist.\n", 2),
        ("multipass frob", "Unknown command or alias: 'frob'\n", 1),
        ("multipass exec manager1", "Wrong number of arguments\n", 1),
        ("multipass ls --foo", "Unknown option 'foo'.\n", 1),
        ("multipass exec manager1 -- hostname", "manager1\n", 0),
        ("multipass exec manager1 -- sh -c 'echo $0; exit 4'", "sh\n", 4),
        ("multipass suspend manager1", "suspend failed: not supported by this lab\n", 2),
    ],
)
def test_answers(host: Surroundings, command: str, printed: str, status: int) -> None:
    run(LAUNCH.format("manager1"), host)
    result = run(command, host)
    assert ((result.stdout + result.stderr).decode(), result.exit) == (printed, status)


def test_a_machine_is_stopped_deleted_recovered_and_purged(host: Surroundings) -> None:
    run(LAUNCH.format("manager1"), host)
    states = "multipass {}; multipass ls --format csv | tail -1 | cut -d, -f2"
    assert output_of(states.format("stop manager1"), host) == "Stopped\n"
    assert output_of(states.format("start manager1"), host) == "Running\n"
    assert output_of(states.format("delete manager1"), host) == "Deleted\n"
    assert output_of("multipass shell manager1", host) == 'shell failed: instance "manager1" is deleted\n'
    assert output_of(states.format("recover manager1"), host) == "Stopped\n"
    assert output_of("multipass delete -p manager1; multipass ls", host) == "No instances found.\n"


def test_info_shows_what_a_machine_uses(host: Surroundings) -> None:
    run(LAUNCH.format("manager1"), host)
    printed = output_of("multipass info manager1", host)
    assert "Memory usage:   384.0MiB out of 4.0GiB\n" in printed
    assert "IPv4:           10.222.216.2\n                172.17.0.1\n" in printed


def test_a_shell_ends_when_its_machine_goes_off(host: Surroundings) -> None:
    run(LAUNCH.format("manager1"), host)
    person = Typist(host).type("multipass shell manager1\r")
    assert host.neighbour is not None
    there = host.neighbour("manager1")
    assert there is not None
    there.gone.set(None)
    person.wait(1)
    assert person.lines[-2:] == ["Connection to manager1 closed by remote host.", "learner@host:~$"]


def test_files_travel(host: Surroundings) -> None:
    run(LAUNCH.format("manager1"), host)
    run("echo hi > f; multipass transfer f manager1:g", host)
    assert output_of("multipass exec manager1 -- cat g; multipass transfer manager1:g - ", host) == "hi\nhi\n"


@pytest.mark.parametrize(
    ("text", "size"), [("4G", 4 * GIB), ("512M", 512 * 1024**2), ("1.5G", GIB * 3 // 2), ("x", None)]
)
def test_sizes(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("sh", ["shell"]),
        ("la", ["launch"]),
        ("launch --na", ["--name"]),
        ("launch do", ["docker"]),
        ("shell man", ["manager1"]),
        ("sh ", ["manager1", "off1"]),
        ("exec ", ["manager1"]),
        ("exec manager1 -- do", []),
        ("start ", ["off1"]),
        ("stop manager1 ", []),
        ("recover ", ["gone1"]),
        ("list --format ", ["table", "json", "csv", "yaml"]),
        ("transfer ", ["manager1:"]),
        ("help pu", ["purge"]),
        ("nonsense ", []),
    ],
)
def test_the_next_word_is_completed(typed: str, candidates: list[str]) -> None:
    states = {"manager1": "Running", "off1": "Stopped", "gone1": "Deleted"}
    instances = [Instance(name, state, (), "", "", 2, 1, 1, 0, 0) for name, state in states.items()]
    assert complete(["multipass", *typed.split(" ")], instances) == candidates
