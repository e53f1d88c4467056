"""The emulated backend: puts kernel, network, machines, engines, shells and terminals of one lab together."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from playground.api.files import MemoryFiles
from playground.api.machine import Connections
from playground.api.process import Process, Program
from playground.backends.cluster import HOST, TIMED_OUT, as_text, open_page, require
from playground.backends.errors import BadRequest, UnknownCommand
from playground.backends.faults import Faults
from playground.backends.hypervisor import EmulatedHypervisor
from playground.backends.machine_files import HOST_CPUS, HOST_MEMORY, host_files, machine_files
from playground.backends.observer import Observer
from playground.backends.raft_log import raft_page
from playground.backends.recorded import Command, Commands, Recorded, record
from playground.backends.way import list_commands, tell
from playground.backends.x509 import X509Authority
from playground.docker_cli.completion import complete as complete_docker
from playground.docker_cli.main import main as docker
from playground.engine.connections import MachineConnections
from playground.engine.containers.container_process import ContainerProcess
from playground.engine.images.registry import ImageRegistry
from playground.engine.machine import Machine, Power
from playground.shell.container import container_program
from playground.shell.multipass import SOCKET, multipass_program
from playground.shell.multipass_completion import complete as complete_multipass
from playground.shell.run import Printed, run_command
from playground.shell.surroundings import Surroundings
from playground.shell.terminal import Terminal
from playground.shell.tool import Invocation
from playground.shell.tools import TOOLS
from playground.sim import SECOND, Cancelled, Kernel, Network, TimedOut

GIB = 1024**3
DEFAULT_CPUS, DEFAULT_MEMORY, DEFAULT_DISK = 2, 4 * GIB, 40 * GIB
SUBNET = "10.222.216"
WELCOME = "Welcome to Ubuntu 24.04 LTS (GNU/Linux 6.8.0-60-generic x86_64)\n\n"
MACHINE_GONE = 137
KVM = "/dev/kvm"

Json = dict[str, Any]


class EmulatedCluster:
    """All of one lab that happens in virtual time.

    ``on_output(terminal, bytes)`` hears what terminals print; ``on_command`` hears of every program that ended;
    ``on_changes(at_us, changes)`` of what became different in the view, at the moment at which it did (from the first
    machine's start on: inside this constructor too).
    """

    def __init__(
        self,
        *,
        seed: int,
        wall_us: int,
        nodes: Iterable[str] = (),
        images: Iterable[str] = (),
        on_changes: Callable[[int, Json], object] | None = None,
    ) -> None:
        names = tuple(nodes)
        for index, name in enumerate(names):
            if name == HOST or name in names[:index]:
                raise BadRequest(f"a node cannot be called {name!r}: the name is taken")
        self.kernel = Kernel(seed)
        self.network = Network(self.kernel)
        self.machines: dict[str, Machine] = {}
        self.partition: Json | None = None
        self.on_output: Callable[[str, bytes], object] = lambda terminal, data: None
        self.on_command: Callable[[Recorded], object] = lambda recorded: None
        self._wall_us = wall_us
        self._pulled = tuple(images)
        self._images = ImageRegistry()
        self._authority = X509Authority()
        self._surroundings: dict[str, Surroundings] = {}
        self._terminals: dict[str, Terminal] = {}
        self._up: dict[str, None] = {}
        self._next_address = 2
        self.network.add_machine(HOST)
        self.network.set_address(HOST, f"{SUBNET}.1")
        self.network.switch_on(HOST)
        self.commands = Commands(self.kernel)
        self.hypervisor = EmulatedHypervisor(self)
        self.faults = Faults(self, self._images, self._tell_fault)
        self.observer = Observer(self, on_changes)
        self._surroundings[HOST] = self._host_surroundings()
        for name in names:
            machine = self.add_machine(name, DEFAULT_CPUS, DEFAULT_MEMORY, DEFAULT_DISK)
            self.hypervisor.describe(name, DEFAULT_CPUS, DEFAULT_MEMORY, DEFAULT_DISK)
            self.kernel.spawn(machine.start(), f"{name} boots")
        self.kernel.run_while(
            lambda: any(machine.power is not Power.ON for machine in self.machines.values()), 60 * SECOND
        )

    # Machines

    def names(self) -> list[str]:
        return list(self.machines)

    def address(self, name: str) -> str:
        return self.machines[name].ip

    def require(self, name: Any, *, terminal: bool = False) -> None:
        """Raises UnknownMachine unless there is such a machine (or, for a terminal, it is the host)."""
        require(self.machines, name, terminal=terminal)

    def require_on(self, name: str) -> None:
        """Raises BadRequest when the machine is off."""
        machine = self.machines.get(name)
        if machine is not None and machine.power is not Power.ON:
            raise BadRequest(f"{name} is {machine.power.value}; start it first")

    def add_machine(self, name: str, cpus: int, memory: int, disk: int) -> Machine:
        """Make a machine, switched off."""
        address = f"{SUBNET}.{self._next_address}"
        self._next_address += 1
        files = machine_files(name, "ubuntu", cpus, memory, ("/usr/bin/docker",), self._wall_now_us)
        for path in ("/run/docker.sock", "/var/run/docker.sock"):
            files.at(user="root").make_socket(path, 0o660, "docker")
        machine = Machine(
            self.kernel,
            self.network,
            name,
            address,
            cpus,
            memory,
            disk,
            self._wall_us,
            self._images,
            self._authority,
            shell=container_program(
                _connections_inside, installed_for=_installed_inside, plays=_plays_inside, groups_for=_groups_inside
            ),
            pulled=self._pulled,
            files=files,
        )
        self.machines[name] = machine
        self._surroundings[name] = self._node_surroundings(machine, files)
        machine.watch(self._power_changed)
        self.observer.attach(machine)
        return machine

    def remove_machine(self, name: str) -> None:
        machine = self.machines.pop(name)
        machine.kill()
        self.observer.detach(name)
        self._surroundings.pop(name, None)
        terminal = self._terminals.pop(name, None)
        if terminal is not None:
            terminal.hangup()
        self.network.remove_machine(name)

    # Commands and terminals

    def execute(
        self, name: str, command: str, *, tty: bool, limit_us: int, done: Callable[[Json], object]
    ) -> Callable[[], Json]:
        """Run a command line on a machine; ``done({"stdout", "stderr", "exit"})`` hears the end.

        It runs as root in ``/``, as ``docker exec`` would; on the host as its user at home. Past ``limit_us`` of
        virtual time it is ended, with exit code 124 and what it has printed. Returns what tells the output so far.
        """
        printed = Printed()

        def so_far() -> Json:
            return {"stdout": as_text(bytes(printed.stdout)), "stderr": as_text(bytes(printed.stderr))}

        def ended(why: str, code: int) -> None:
            told = so_far()
            done({**told, "stderr": told["stderr"] + why, "exit": code})

        surroundings = self._surroundings[name]
        who = surroundings
        if name != HOST:
            who = replace(surroundings, user="root", home="/root", files=surroundings.files.at("/", "root"))

        async def run() -> None:
            running = self.kernel.spawn(
                run_command(who, command, tty=tty, columns=80, printed=printed), f"{name}$ {command[:40]}"
            )
            if surroundings.gone is not None:
                surroundings.gone.when_done(lambda _: running.cancel())
            try:
                result = await self.kernel.timeout(limit_us, running)
            except Cancelled:
                ended(f"[{name} went off]", MACHINE_GONE)
                return
            except TimedOut:
                ended(f"[no end in {limit_us // SECOND} s]", TIMED_OUT)
                return
            done(
                {
                    "stdout": as_text(result.stdout),
                    "stderr": as_text(result.stderr),
                    "exit": result.exit,
                }
            )

        self.kernel.spawn(run(), f"{name}$ {command[:40]}")
        return so_far

    def open_terminal(self, name: str, columns: int, rows: int) -> None:
        """Open the terminal of a machine; it stays for the life of the machine."""

        def output(data: bytes) -> None:
            self.on_output(name, data)

        if name in self._terminals:
            self.resize(name, columns, rows)
            return
        terminal = Terminal(self.kernel, self._surroundings[name], columns, rows, output)
        self._terminals[name] = terminal
        machine = self.machines.get(name)
        if machine is not None and machine.power is not Power.ON:
            terminal.hangup()
            state = "starting" if machine.power is Power.BOOTING else "off"
            output(f"\x1b[2m{name} is {state}. A shell opens here when it runs.\x1b[0m\r\n".encode())

    def has_terminal(self, name: str) -> bool:
        return name in self._terminals

    def type(self, name: str, data: bytes) -> None:
        self._terminals[name].feed(data)

    def resize(self, name: str, columns: int, rows: int) -> None:
        self._terminals[name].resize(columns, rows)

    def _tell_fault(self, text: str, machine: str) -> None:
        self.observer.timeline.add("fault", text, machine)

    def _power_changed(self, machine: Machine) -> None:
        self.faults.keep_time()
        name = machine.name
        surroundings = self._surroundings.get(name)
        if surroundings is None or (machine.power is Power.ON) == (name in self._up):
            return
        if machine.power is Power.ON:
            self._up[name] = None
            surroundings.booted_us = self.kernel.now_us
            surroundings.gone = self.kernel.future()
            if name in self._terminals:
                self._terminals[name].attach(surroundings)
        elif machine.power is Power.OFF:
            del self._up[name]
            if surroundings.gone is not None:
                surroundings.gone.set(None)
            if name in self._terminals:
                self._terminals[name].hangup()
                self.on_output(name, f"\r\n\x1b[2m{name} is off.\x1b[0m\r\n".encode())

    # Surroundings

    def _wall_now_us(self) -> int:
        return self._wall_us + self.kernel.now_us

    def _node_surroundings(self, machine: Machine, files: MemoryFiles) -> Surroundings:
        engine = machine.engine

        async def run_docker(process: Process) -> int:
            return await docker(process, engine)

        return Surroundings(
            user="ubuntu",
            hostname=machine.name,
            home="/home/ubuntu",
            files=files,
            programs={
                "docker": self._recorded(machine.name, run_docker),
                "curl": self._recorded(machine.name, _tool("curl")),
            },
            loop=self.kernel,
            wall_us=self._wall_us,
            connections=machine.connections,
            complete=lambda words: complete_docker(words, engine),
            motd=WELCOME,
            cpus=machine.cpus,
            memory=machine.memory_bytes,
            disk=machine.disk_bytes,
            neighbour=self._neighbour,
            gone=self.kernel.future(),
            daemon=machine.daemon,
        )

    def _host_surroundings(self) -> Surroundings:
        files = host_files(self._wall_now_us)
        as_root = files.at("/", "root")
        for device in (KVM, SOCKET):
            as_root.make_directories(device.rpartition("/")[0])
        as_root.write(KVM, b"")
        as_root.chmod(KVM, 0o666)
        as_root.make_socket(SOCKET, 0o666, "sudo")
        multipass = multipass_program(
            self.hypervisor, self._running_surroundings, self.kernel.random("instance names"), SOCKET
        )
        return Surroundings(
            user="learner",
            hostname=HOST,
            home="/home/learner",
            files=files,
            programs={
                "multipass": self._recorded(HOST, multipass),
                # A lesson hears what was asked of a machine, and what was done to the socket.
                **{name: self._recorded(HOST, _tool(name)) for name in ("curl", "chmod", "chown")},
            },
            loop=self.kernel,
            wall_us=self._wall_us,
            connections=MachineConnections(self.kernel, self.network, HOST, f"{SUBNET}.1", "wlan0"),
            complete=self._complete_multipass,
            completes=("multipass",),
            cpus=HOST_CPUS,
            memory=HOST_MEMORY,
            disk=512 * 1000**3,
            neighbour=self._neighbour,
        )

    def _neighbour(self, name: str) -> Surroundings | None:
        """A machine of the lab, by its name or its address."""
        by_address = self.network.machine_at(name)
        return self._surroundings.get(by_address or name) if name != HOST else None

    async def _complete_multipass(self, words: list[str]) -> list[str]:
        return complete_multipass(words, self.hypervisor.instances())

    def _running_surroundings(self, name: str) -> Surroundings | None:
        machine = self.machines.get(name)
        return self._surroundings[name] if machine is not None and machine.power is Power.ON else None

    def _recorded(self, machine: str, program: Program) -> Program:
        def begun(command: Command) -> None:
            self.observer.timeline.add("command", command.line, machine, command=command.number)

        def heard(recorded: Recorded) -> None:
            self.on_command(recorded)
            self.kernel.touch("command")

        return record(machine, program, self.commands, begun, heard)

    # Faults

    def check_fault(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not take it; changes nothing."""
        self.faults.check(fault)

    def idle_fault(self, fault: Any) -> str:
        """Why a fault would change nothing, or the empty text; raises as ``check_fault``."""
        self.faults.check(fault)
        return self.faults.idle(fault)

    def fault(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check_fault`` accepted; ``done(True)`` hears when it is complete."""
        self.faults.do(fault, done)

    def deleted(self, name: str) -> bool:
        """True for a machine that waits to be purged."""
        return self.hypervisor.deleted(name)

    def virtualization(self) -> bool:
        return self.hypervisor.virtualization

    def set_virtualization(self, on: bool) -> None:
        """The firmware's switch for hardware virtualization. A kernel without it has no ``/dev/kvm``."""
        self.observer.timeline.add("fault", f"The host restarted, virtualization {'on' if on else 'off'}", HOST)
        self.hypervisor.virtualization = on
        devices = self._surroundings[HOST].files.at("/", "root")
        if on:
            devices.write(KVM, b"")
            devices.chmod(KVM, 0o666)
        elif devices.exists(KVM):
            devices.remove(KVM)

    # For the page

    def open_port(self, node: str, port: int, path: str, done: Callable[[Json], object]) -> None:
        """What a browser on the host gets from ``http://node:port/path``; lessons hear it as ``open ADDRESS``."""

        async def fetch() -> None:
            connections = self._surroundings[HOST].connections
            done(await open_page(connections, node, port, path, lambda one: self.on_command(one)))

        self.kernel.spawn(fetch(), f"open {node}:{port}")

    def way(self, number: int | None = None) -> Json:
        """The newest commands, and the way of one of them: the newest, or that of a number (null where there is none).

        Raises:
            UnknownCommand: the number is that of no command that is kept.
        """
        commands = self.commands.all()
        found = next((command for command in commands[::-1] if number in (None, command.number)), None)
        if found is None and number is not None:
            raise UnknownCommand(f"the steps of command {number} are not kept; see `commands` for those that are")
        self.observer.look_again()
        told = tell(found, self.observer.hostname) if found is not None else None
        return {"commands": list_commands(commands), "way": told}

    def raft(self, name: str, first: int | None = None) -> Json:
        """A manager's raft and a page of its log.

        Raises:
            UnknownMachine: there is no such machine.
            NoRaft: it is no manager.
        """
        self.require(name)
        return raft_page(self, name, first)

    def facts(self) -> Json:
        """Addresses and tokens, for prose and solutions."""
        cluster = self.observer.cluster_object()
        return {
            "ip": {name: machine.ip for name, machine in self.machines.items()},
            "token": {"worker": cluster.join_token_worker, "manager": cluster.join_token_manager} if cluster else {},
            "key": cluster.unlock_key if cluster else "",
        }


def _tool(name: str) -> Program:
    """A tool of the shell as a program, so that its runs can be followed."""

    async def run(process: Process) -> int:
        assert isinstance(process, Invocation)
        return await TOOLS[name](process)

    return run


def _connections_inside(process: Process) -> Connections:
    """What a program in a container reaches: the engine says it with the process."""
    assert isinstance(process, ContainerProcess)
    return process.connections


def _installed_inside(process: Process) -> tuple[str, ...]:
    assert isinstance(process, ContainerProcess)
    return process.installed


def _groups_inside(process: Process) -> tuple[int, ...]:
    assert isinstance(process, ContainerProcess)
    return process.groups


def _plays_inside(process: Process, words: list[str]) -> Awaitable[int] | None:
    assert isinstance(process, ContainerProcess)
    return process.plays(words)
