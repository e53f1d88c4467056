"""A cluster of real machines: the same face as the emulated one, with a driver and the Engine API behind it.

Its kernel runs at the pace of the wall; everything that blocks happens in threads of the bridge, and what they report
is taken in between two instants. So, seen from a lab, nothing is different, except that no journal can bring it back.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from playground.api.machine import ConnectFailed
from playground.backends.api_observer import ApiObserver
from playground.backends.api_view import UNSEEN, MachineFacts
from playground.backends.errors import BadRequest, UnknownMachine, Unseen
from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver, DriverError, Machine, Power, Size
from playground.backends.real.engine_http import EngineHttp, Refused, Unreachable
from playground.backends.real.faults import RealFaults
from playground.backends.real.host import HOST, RealHypervisor, host_surroundings, real_multipass
from playground.backends.real.limits import Limits
from playground.backends.real.node_terminal import NodeTerminal
from playground.backends.real.watcher import NodeWatcher
from playground.backends.recorded import KEPT_BYTES, Command, Commands, Recorded, record
from playground.shell.multipass import multipass_program
from playground.shell.run import run_command
from playground.shell.terminal import Terminal
from playground.sim import SECOND, Future, Kernel, TimedOut

Json = dict[str, Any]
TIMED_OUT = 124
POWER_US = SECOND
"""How often the driver is asked which machines are on."""
READY_US = 90 * SECOND
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
        self.driver = driver
        self.bridge = Bridge(self.kernel)
        self.partition: Json | None = None
        self.watched = True
        self.on_output: Callable[[str, bytes], object] = lambda terminal, data: None
        self.on_command: Callable[[Recorded], object] = lambda recorded: None
        self.unseen = UNSEEN
        self.backend = driver.kind
        self._limits = limits
        self._machines: dict[str, Machine] = {}
        self._doing: dict[str, Power] = {}
        """Machines on their way between off and on: the driver is not asked about them meanwhile."""
        self._ready: dict[str, Future[None]] = {}
        self._troubles: dict[str, str] = {}
        self._watchers: dict[str, NodeWatcher] = {}
        self._terminals: dict[str, NodeTerminal] = {}
        self._host_terminal: Terminal | None = None
        self._ended = False
        self.faults = RealFaults(self)
        self.observer = ApiObserver(self.kernel, wall_us, self._facts_of_machines, lambda: self.partition, self.faults)
        if on_changes is not None:
            self._on_changes = on_changes
            self.kernel.on_settled = self._settled
        self.commands = Commands(self.kernel)
        self.hypervisor = RealHypervisor(self)
        emulated = multipass_program(self.hypervisor, lambda name: None, self.kernel.random("instance names"))
        multipass = real_multipass(self, self.hypervisor, emulated)
        program = record(HOST, multipass, self.commands, self._begun, lambda recorded: self.on_command(recorded))
        self._host = host_surroundings(self, {"multipass": program}, wall_us)
        for machine in driver.machines():
            self._adopt(machine)
        self._making = 0 if self._machines else len(names)
        for name in names if self._making else ():
            self.kernel.spawn(self._make(name), f"{name} is made")
        self.kernel.spawn(self._watch_power(), "power")

    def _settled(self, touched: list[tuple[str, str]]) -> None:
        """The end of an instant in which something was heard or done."""
        changes = self.observer.changes()
        if any(changes.values()):
            self._on_changes(self.kernel.now_us, changes)

    # Machines

    def names(self) -> list[str]:
        return list(self._machines)

    def address(self, name: str) -> str:
        return self._machines[name].address

    def power(self, name: str) -> Power:
        return self._doing.get(name) or self._machines[name].power

    def size(self, name: str) -> tuple[float, int]:
        size = self._machines[name].size
        return size.cpus, size.memory

    def require(self, name: Any, *, terminal: bool = False) -> None:
        """Raises UnknownMachine unless there is such a machine (or, for a terminal, it is the host)."""
        if name not in self._machines and not (terminal and name == HOST):
            there = ", ".join([*([HOST] if terminal else []), *self._machines]) or "none yet"
            raise UnknownMachine(f"there is no node {name!r} in this lab; there are: {there}")

    def require_on(self, name: str) -> None:
        """Raises BadRequest when the machine is off; one that is being started is waited for."""
        if name == HOST:
            return
        if name in self._troubles:
            raise BadRequest(self._troubles[name])
        power = self.power(name)
        if power not in ("on", "booting"):
            raise BadRequest(f"{name} is {power}; start it first")

    def require_settled(self, name: str) -> None:
        """Raises BadRequest while a machine is being made or switched, or where it could not be made."""
        if name in self._doing:
            raise BadRequest(f"{name} is {self.power(name)}; wait until that is done")
        if name not in self._watchers:
            raise BadRequest(self._troubles.get(name, f"{name} is not ready yet"))

    def _facts_of_machines(self) -> list[MachineFacts]:
        return [
            MachineFacts(name, machine.address, machine.size.cpus, machine.size.memory, self.power(name))
            for name, machine in self._machines.items()
        ]

    def _adopt(self, machine: Machine) -> None:
        self._machines[machine.name] = machine
        self._ready[machine.name] = self.kernel.future()
        self._watch(machine.name)
        if machine.power == "on":
            self._ready[machine.name].set(None)

    def _watch(self, name: str) -> None:
        watcher = NodeWatcher(name, self.driver, self.bridge, self.observer, lambda: self.watched)
        watcher.on_event = self._event
        self._watchers[name] = watcher
        watcher.start()

    def _event(self) -> None:
        source = self._watchers.get(self.observer.source)
        if source is not None:
            source.wake_lists()

    async def _make(self, name: str) -> None:
        """Make a machine that the lab begins with; trouble is told in the timeline and in its terminal."""
        try:
            await self.launch(name, self._limits.cpus, self._limits.memory, lambda phase: None)
        except (DriverError, BadRequest) as error:
            self.observer.timeline.add("node", f"{name} could not be made: {error}", name)
        finally:
            self._making -= 1

    async def launch(self, name: str, cpus: float, memory: int, told: Callable[[str], object]) -> None:
        """Make a machine and wait until its engine answers.

        Raises:
            BadRequest: the lab has as many machines as it may.
            DriverError: it could not be made.
        """
        if len(self._machines) >= self._limits.nodes:
            raise BadRequest(f"a lab on real engines has room for {self._limits.nodes} machines here")
        size = Size(min(cpus, self._limits.cpus), min(memory, self._limits.memory))
        self._machines[name] = Machine(name, "", "booting", size)
        self._doing[name] = "booting"
        self._ready[name] = self.kernel.future()
        self._troubles.pop(name, None)
        self.kernel.touch("machine", name)

        def phase(text: str) -> None:
            self.bridge.post(told, text)

        try:
            machine = await self.bridge.call(self.driver.launch, name, size, phase)
        except Exception as error:
            sentence = str(error) if isinstance(error, DriverError) else f"{name} could not be made: {error!r}"
            self._troubles[name] = sentence
            self._doing.pop(name, None)
            self._machines[name] = replace(self._machines[name], power="off")
            self._ready[name].set(None)
            raise DriverError(sentence) from error
        if self._ended:
            return
        self._doing.pop(name, None)
        self._machines[name] = machine
        self._watch(name)
        self._powered(name)
        await self.faults.probe(name)

    async def switch(self, name: str, how: str) -> None:
        """``start``, ``stop``, ``kill``, ``pause`` or ``delete`` a machine.

        Raises:
            DriverError: the driver could not.
        """
        if how == "delete":
            await self._delete(name)
            return
        self._doing[name] = {"start": "booting", "stop": "stopping"}.get(how, self.power(name))  # type: ignore[assignment]
        if how == "start":
            self._ready[name] = self.kernel.future()
        self._watchers[name].wake()
        self.kernel.touch("machine", name)
        try:
            await self.bridge.call(getattr(self.driver, how), name)
            if how == "start":
                await self.bridge.call(self._await_engine, name)
        finally:
            self._doing.pop(name, None)
            await self._look()
            self._powered(name)

    def _await_engine(self, name: str) -> None:
        """In a thread: until the engine answers, or it is clear that it does not."""
        client = EngineHttp(lambda: self.driver.dial(name))
        for _ in range(READY_US // SECOND * 4):
            try:
                client.ask("GET", "/_ping", limit_s=2)
            except Unreachable:
                self.bridge.closed.wait(0.25)
                if self.bridge.closed.is_set():
                    return
            else:
                client.close()
                return

    async def _delete(self, name: str) -> None:
        await self.bridge.call(self.driver.delete, name)
        watcher = self._watchers.pop(name, None)
        if watcher is not None:
            watcher.stop()
        self._machines.pop(name, None)
        self._ready.pop(name, None)
        self._terminals.pop(name, None)
        self.faults.forget(name)
        self.observer.forget(name)

    async def _watch_power(self) -> None:
        """Notice machines that went off by themselves, or that somebody else stopped."""
        while not self._ended:
            await self.kernel.sleep(POWER_US if self.watched else 5 * POWER_US)
            try:
                await self._look()
            except DriverError as error:
                if not self._troubles.get(""):
                    self.observer.timeline.add("node", str(error))
                self._troubles[""] = str(error)
            else:
                self._troubles.pop("", None)

    async def _look(self) -> None:
        there = {machine.name: machine for machine in await self.bridge.call(self.driver.machines)}
        for name in list(self._machines):
            if name in self._doing or name in self._troubles:
                continue
            before = self._machines[name].power
            machine = there.get(name)
            if machine is None:
                self._machines[name] = replace(self._machines[name], power="off")
            else:
                self._machines[name] = machine
            if self._machines[name].power != before:
                self._powered(name)

    def _powered(self, name: str) -> None:
        """The power of a machine is another one: its terminal, its links and its watcher follow."""
        if name not in self._machines:
            return
        power = self.power(name)
        terminal = self._terminals.get(name)
        watcher = self._watchers.get(name)
        if watcher is not None:
            watcher.wake()
        if power == "on":
            self._ready[name].set(None)
            self.kernel.spawn(self._came_back(name), f"links of {name}")
            if terminal is not None:
                terminal.attach()
        elif power == "off":
            self.observer.heard_info(name, None)
            if terminal is not None and terminal.attached:
                terminal.hang_up(f"{name} is off.")

    async def _came_back(self, name: str) -> None:
        try:
            await self.faults.came_back(name)
        except (DriverError, TimeoutError) as error:
            self.observer.timeline.add("fault", f"The links of {name} are whole again: {error}", name)

    # Commands and terminals

    def execute(self, name: str, command: str, *, tty: bool, limit_us: int, done: Callable[[Json], object]) -> None:
        """Run a command line on a machine, as root in ``/``; ``done({"stdout", "stderr", "exit"})`` hears the end."""
        self.kernel.spawn(self._execute(name, command, tty, limit_us, done), f"{name}$ {command[:40]}")

    async def _execute(self, name: str, command: str, tty: bool, limit_us: int, done: Callable[[Json], object]) -> None:
        if name == HOST:
            try:
                told = await self.kernel.timeout(limit_us, self.kernel.spawn(run_command(self._host, command, tty=tty)))
            except TimedOut:
                done({"stdout": "", "stderr": f"[no end in {limit_us // SECOND} s]", "exit": TIMED_OUT})
            else:
                done({"stdout": _text(told.stdout), "stderr": _text(told.stderr), "exit": told.exit})
            return
        out, err, code = b"", b"", TIMED_OUT
        try:
            await self.kernel.timeout(READY_US, _of(self._ready[name]))
            result = await self.bridge.call(
                self.driver.run, name, ["sh", "-c", command], user="root", tty=tty, limit_s=limit_us / SECOND
            )
            out, err, code = result.stdout, result.stderr, result.exit
        except (TimeoutError, TimedOut):
            err = f"[no end in {limit_us // SECOND} s]".encode()
        except (DriverError, OSError) as error:
            err, code = f"[{name}: {error}]".encode(), 137
        if "swarm" in command or " node " in command:
            await self._refresh(name)
        self._event()
        self._recorded(Recorded(name, command.strip(), _text(out + err)[-KEPT_BYTES:], code))
        done({"stdout": _text(out), "stderr": _text(err), "exit": code})

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
        for watcher in self._watchers.values():
            watcher.wake()

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
                name, self.driver, self.bridge, lambda data: self.on_output(name, data), self._recorded
            )
        terminal.resize(columns, rows)
        if self.power(name) == "on":
            terminal.attach()
        elif not terminal.attached:
            state = "starting" if self.power(name) == "booting" else self.power(name)
            terminal.say(self._troubles.get(name) or f"{name} is {state}. A shell opens here when it runs.")

    def has_terminal(self, name: str) -> bool:
        return name in self._terminals or (name == HOST and self._host_terminal is not None)

    def type(self, name: str, data: bytes) -> None:
        (self._host_terminal.feed if name == HOST and self._host_terminal else self._terminals[name].type)(data)

    def resize(self, name: str, columns: int, rows: int) -> None:
        (self._host_terminal if name == HOST and self._host_terminal else self._terminals[name]).resize(columns, rows)

    def _begun(self, command: Command) -> None:
        self.observer.timeline.add("command", command.line, command.machine)

    def _recorded(self, recorded: Recorded) -> None:
        if recorded.line:
            self.observer.timeline.add("command", recorded.line, recorded.machine)
        self.on_command(recorded)

    # Faults

    def check_fault(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not take it; changes nothing."""
        self.faults.check(fault)

    def idle_fault(self, fault: Any) -> str:
        """Never a reason: whether a fault changes anything is known once real machines have answered."""
        self.check_fault(fault)
        return ""

    def fault(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check_fault`` accepted; ``done(True)`` hears when it is complete."""
        self.faults.do(fault, done)

    # For the page

    def open_port(self, node: str, port: int, path: str, done: Callable[[Json], object]) -> None:
        """What a browser on the host gets from ``http://node:port/path``."""

        async def fetch() -> None:
            try:
                answer = await self._host.connections.http("GET", node, port, path, timeout_us=10 * SECOND)
            except ConnectFailed as failed:
                done({"failed": failed.reason})
                return
            done(
                {
                    "status": answer.status,
                    "headers": dict(answer.headers),
                    "body": answer.body.decode(errors="replace"),
                    "served_by": "",
                }
            )

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
            "ip": {name: machine.address for name, machine in self._machines.items()},
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

    def settled(self) -> "Future[None]":
        """Done when every machine that was begun is there, or has failed."""

        async def wait() -> None:
            for ready in list(self._ready.values()):
                await _of(ready)

        return self.kernel.spawn(wait(), "all machines")

    def end(self, *, remove: bool) -> None:
        """Stop watching; with ``remove`` take down everything that was made. Blocks for as long as that takes."""
        self._ended = True
        for watcher in self._watchers.values():
            watcher.stop()
        for terminal in self._terminals.values():
            terminal.hang_up("This lab has ended.")
        self.bridge.close()
        if remove:
            self.driver.clear()


async def _of(future: Future[None]) -> None:
    await future


def _text(data: bytes) -> str:
    return data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
