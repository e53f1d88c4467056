"""A cluster of real machines: the same face as the emulated one, with a driver and the Engine API behind it.

Its kernel runs at the pace of the wall; everything that blocks happens in threads of the bridge, and what they report
is taken in between two instants. So, seen from a lab, nothing is different, except that no journal can bring it back.
"""

from collections.abc import Callable, Iterable
from typing import Any

from playground.backends.api_observer import ApiObserver
from playground.backends.api_view import UNSEEN, MachineFacts
from playground.backends.cluster import HOST, TIMED_OUT, as_text, open_page, require
from playground.backends.errors import BadRequest, Unseen
from playground.backends.real.driver import Driver, DriverError
from playground.backends.real.engine_http import EngineHttp, Refused, Unreachable
from playground.backends.real.faults import RealFaults
from playground.backends.real.host import RealHypervisor, host_surroundings, real_multipass
from playground.backends.real.limits import Limits
from playground.backends.real.machines import READY_US, RealMachines
from playground.backends.real.node_terminal import NodeTerminal
from playground.backends.recorded import KEPT_BYTES, Command, Commands, Recorded, record
from playground.shell.multipass import multipass_program
from playground.shell.run import run_command
from playground.shell.terminal import Terminal
from playground.sim import SECOND, Kernel, TimedOut

Json = dict[str, Any]
FACTS_S = 10.0


class RealCluster:
    """All of one lab's machines. Lab's thread only, except where something else is said."""

    def __init__(
        self,
        *,
        seed: int,
        wall_us: int,
        driver: Driver,
        limits: Limits,
        nodes: Iterable[str] = (),
        on_changes: Callable[[int, Json], object] | None = None,
    ) -> None:
        names = tuple(nodes)
        if HOST in names or len(set(names)) != len(names):
            raise BadRequest("nodes need different names, and none can be called 'host'")
        self.kernel = Kernel(seed)
        self.partition: Json | None = None
        self.on_output: Callable[[str, bytes], object] = lambda terminal, data: None
        self.on_command: Callable[[Recorded], object] = lambda recorded: None
        self._limits = limits
        self._terminals: dict[str, NodeTerminal] = {}
        self._host_terminal: Terminal | None = None
        self.faults = RealFaults(self)
        self.observer = ApiObserver(self.kernel, wall_us, self._facts_of_machines, lambda: self.partition, self.faults)
        self.machines = RealMachines(
            self.kernel,
            driver,
            limits,
            self.observer,
            on_made=self.faults.probe,
            on_power=self._powered,
            on_gone=self._gone,
        )
        self.bridge, self.driver = self.machines.bridge, driver
        if on_changes is not None:
            self._on_changes = on_changes
            self.kernel.on_settled = self._settled
        self.commands = Commands(self.kernel)
        self.hypervisor = RealHypervisor(self.machines)
        emulated = multipass_program(self.hypervisor, lambda name: None, self.kernel.random("instance names"))
        multipass = real_multipass(
            self.machines, self.hypervisor, emulated, self._begun, lambda recorded: self.on_command(recorded)
        )
        program = record(
            HOST, multipass, self.commands, self._begun_on_host, lambda recorded: self.on_command(recorded)
        )
        self._host = host_surroundings(self.machines, {"multipass": program}, wall_us)
        self.machines.take_up()
        self._making = 0 if self.machines.names() else len(names)
        for name in names if self._making else ():
            self.kernel.spawn(self._make(name), f"{name} is made")

    def _settled(self, touched: list[tuple[str, str]]) -> None:
        """The end of an instant in which something was heard or done."""
        changes = self.observer.changes()
        if any(changes.values()):
            self._on_changes(self.kernel.now_us, changes)

    # Machines

    def _facts_of_machines(self) -> list[MachineFacts]:
        return self.machines.facts()

    def names(self) -> list[str]:
        return self.machines.names()

    def address(self, name: str) -> str:
        return self.machines.address(name)

    def require(self, name: Any, *, terminal: bool = False) -> None:
        """Raises UnknownMachine unless there is such a machine (or, for a terminal, it is the host)."""
        require(self.names(), name, terminal=terminal)

    def require_on(self, name: str) -> None:
        """Raises BadRequest when the machine is off; one that is being started is waited for."""
        if name != HOST:
            self.machines.require_on(name)

    async def _make(self, name: str) -> None:
        """Make a machine that the lab begins with; trouble is told in the timeline and in its terminal."""
        try:
            await self.machines.launch(
                name, self._limits.cpus, self._limits.memory, lambda phase: self._phase(name, phase)
            )
        except (DriverError, BadRequest) as error:
            self.observer.timeline.add("node", f"{name} could not be made: {error}", name)
        finally:
            self._making -= 1

    def _phase(self, name: str, phase: str) -> None:
        """A machine that is being made came further: its terminal says so until a shell runs in it."""
        terminal = self._terminals.get(name)
        if terminal is not None and not terminal.attached:
            terminal.say(phase)

    def _powered(self, name: str) -> None:
        """The power of a machine is another one: its terminal and its links follow."""
        terminal = self._terminals.get(name)
        if self.machines.power(name) == "on":
            self.kernel.spawn(self._came_back(name), f"links of {name}")
            if terminal is not None:
                terminal.attach()
        elif self.machines.power(name) == "off" and terminal is not None and terminal.attached:
            terminal.hang_up(self.machines.troubles.get(name) or f"{name} is off.")

    def _gone(self, name: str) -> None:
        self._terminals.pop(name, None)
        self.faults.forget(name)

    async def _came_back(self, name: str) -> None:
        try:
            await self.faults.came_back(name)
        except (DriverError, TimeoutError) as error:
            self.observer.timeline.add("fault", f"The links of {name} could not be laid anew: {error}", name)

    # Commands and terminals

    def execute(
        self, name: str, command: str, *, tty: bool, limit_us: int, done: Callable[[Json], object]
    ) -> Callable[[], Json]:
        """As ``Cluster.execute``; what is printed is known at the end only."""
        self.kernel.spawn(self._execute(name, command, tty, limit_us, done), f"{name}$ {command[:40]}")
        return lambda: {"stdout": "", "stderr": ""}

    async def _execute(self, name: str, command: str, tty: bool, limit_us: int, done: Callable[[Json], object]) -> None:
        if name == HOST:
            try:
                told = await self.kernel.timeout(limit_us, self.kernel.spawn(run_command(self._host, command, tty=tty)))
            except TimedOut:
                done({"stdout": "", "stderr": f"[no end in {limit_us // SECOND} s]", "exit": TIMED_OUT})
            else:
                done({"stdout": as_text(told.stdout), "stderr": as_text(told.stderr), "exit": told.exit})
            return
        out, err, code = b"", b"", TIMED_OUT
        try:
            await self.kernel.timeout(READY_US, self.machines.ready(name))
            self._begun(name, command.strip())
            result = await self.bridge.call(
                self.driver.run, name, ["sh", "-c", command], user="root", tty=tty, limit_s=limit_us / SECOND
            )
            out, err, code = result.stdout, result.stderr, result.exit
        except (TimeoutError, TimedOut):
            err = f"[no end in {limit_us // SECOND} s]".encode()
        except (DriverError, OSError) as error:
            err, code = f"[{name}: {error}]".encode(), 137
        if code == 0 and ("swarm" in command or " node " in command):  # One that failed changed nothing.
            await self._refresh(name)
        self.machines.wake_lists()
        self.on_command(Recorded(name, command.strip(), as_text(out + err)[-KEPT_BYTES:], code))
        done({"stdout": as_text(out), "stderr": as_text(err), "exit": code})

    async def _refresh(self, name: str) -> None:
        """Ask a machine at once for what lessons fill in: its membership, the tokens and the key."""

        def ask() -> tuple[Any, Any, str]:
            client = EngineHttp(lambda: self.driver.dial(name))
            info, swarm, key = None, None, ""
            try:
                info = client.get("/info", limit_s=FACTS_S)
                if (info.get("Swarm") or {}).get("ControlAvailable"):
                    swarm = client.get("/swarm", limit_s=FACTS_S)
                    key = (client.get("/swarm/unlockkey", limit_s=FACTS_S) or {}).get("UnlockKey", "")
            except (Refused, Unreachable):
                pass
            finally:
                client.close()
            return info, swarm, key

        info, swarm, key = await self.bridge.call(ask)
        if info is not None:
            self.observer.heard_info(name, info)
        if swarm is not None:
            self.observer.heard_list(name, "swarm", swarm)
            self.observer.heard_unlock_key(name, key)
        self.machines.wake()

    def open_terminal(self, name: str, columns: int, rows: int) -> None:
        """Open the terminal of a machine; it stays for the life of the machine."""
        if name == HOST:
            if self._host_terminal is None:

                def output(data: bytes) -> None:
                    self.on_output(HOST, data)

                self._host_terminal = Terminal(self.kernel, self._host, columns, rows, output)
            else:
                self._host_terminal.resize(columns, rows)
            return
        terminal = self._terminals.get(name)
        if terminal is None:
            terminal = self._terminals[name] = NodeTerminal(
                self.kernel,
                name,
                self.driver,
                self.bridge,
                on_output=lambda data: self.on_output(name, data),
                on_begun=lambda line: self._begun(name, line),
                on_command=lambda recorded: self.on_command(recorded),
            )
        terminal.resize(columns, rows)
        power = self.machines.power(name)
        if power == "on":
            terminal.attach()
        elif not terminal.attached:
            state = "starting" if power == "booting" else power
            terminal.say(self.machines.troubles.get(name) or f"{name} is {state}. A shell opens here when it runs.")

    def has_terminal(self, name: str) -> bool:
        return name in self._terminals or (name == HOST and self._host_terminal is not None)

    def type(self, name: str, data: bytes) -> None:
        (self._host_terminal.feed if name == HOST and self._host_terminal else self._terminals[name].type)(data)

    def resize(self, name: str, columns: int, rows: int) -> None:
        (self._host_terminal if name == HOST and self._host_terminal else self._terminals[name]).resize(columns, rows)

    def _begun_on_host(self, command: Command) -> None:
        self._begun(command.machine, command.line)

    def _begun(self, machine: str, line: str) -> None:
        """In the timeline a command stands where it began, however long it takes."""
        if line:
            self.observer.timeline.add("command", line, machine)

    # Faults

    def check_fault(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not take it; changes nothing."""
        self.faults.check(fault)

    def idle_fault(self, fault: Any) -> str:
        """Never a reason: whether a fault changes anything is known once real machines have answered."""
        self.check_fault(fault)
        return ""

    def fault(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check_fault`` accepted; ``done(True)`` hears when it is complete, or why it failed."""
        self.faults.do(fault, done)

    # For the page

    def open_port(self, node: str, port: int, path: str, done: Callable[[Json], object]) -> None:
        """What a browser on the host gets from ``http://node:port/path``; lessons hear it as ``open ADDRESS``."""

        async def fetch() -> None:
            done(await open_page(self._host.connections, node, port, path, lambda one: self.on_command(one)))

        self.kernel.spawn(fetch(), f"open {node}:{port}")

    def facts(self) -> Json:
        """Addresses and tokens, for prose and solutions."""
        given = self.observer.swarm_facts()
        swarm = given.swarm if given is not None else None
        if swarm is None:
            known = [other for other in self.observer.answers.values() if other.swarm is not None]
            given = known[0] if known else None
            swarm = given.swarm if given is not None else None
        tokens = (swarm or {}).get("JoinTokens") or {}
        return {
            "ip": {name: self.address(name) for name in self.names()},
            "token": {"worker": tokens["Worker"], "manager": tokens["Manager"]} if tokens else {},
            "key": given.unlock_key if given is not None else "",
        }

    def way(self, number: int | None = None) -> Json:
        """Raises Unseen: no API tells it."""
        raise Unseen(UNSEEN["flow"])

    def raft(self, name: str, first: int | None = None) -> Json:
        """Raises Unseen: no API tells it."""
        self.require(name)
        raise Unseen(UNSEEN["raft"])

    @property
    def making(self) -> bool:
        """True while the machines that the lab begins with are being made."""
        return self._making > 0

    def end(self, *, remove: bool) -> None:
        """Stop watching; with ``remove`` take down everything that was made. Blocks for as long as that takes."""
        self.machines.end()
        for terminal in self._terminals.values():
            terminal.hang_up("This lab has ended.")
        self.bridge.close()
        if remove:
            self.driver.clear()
