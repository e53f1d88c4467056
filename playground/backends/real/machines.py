"""The machines of a real cluster: a driver makes and switches them, and each has a watcher of its engine."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from playground.backends.api_observer import ApiObserver
from playground.backends.api_view import MachineFacts, sentence
from playground.backends.errors import BadRequest
from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver, DriverError, Machine, Power, Size
from playground.backends.real.engine_http import EngineHttp, Unreachable
from playground.backends.real.limits import Limits
from playground.backends.real.watcher import NodeWatcher
from playground.sim import SECOND, Future, Kernel

POWER_US = SECOND
"""How often the driver is asked which machines are on."""
READY_US = 90 * SECOND
_ON_THE_WAY: dict[str, Power] = {"start": "booting", "stop": "stopping"}


class RealMachines:
    """Lab's thread only, except where something else is said.

    ``on_made(name)`` is awaited once a machine is there; ``on_power(name)`` hears of every change of its power,
    ``on_gone(name)`` that it was deleted.
    """

    def __init__(
        self,
        kernel: Kernel,
        driver: Driver,
        limits: Limits,
        observer: ApiObserver,
        *,
        on_made: Callable[[str], Awaitable[None]],
        on_power: Callable[[str], object],
        on_gone: Callable[[str], object],
    ) -> None:
        self.kernel = kernel
        self.driver = driver
        self.bridge = Bridge(kernel)
        self.watched = True
        """Whether anybody looks: then engines and the driver are asked more often."""
        self.troubles: dict[str, str] = {}
        """Why machines could not be made, or are there no more."""
        self._limits = limits
        self._observer = observer
        self._on_made = on_made
        self._on_power = on_power
        self._on_gone = on_gone
        self._machines: dict[str, Machine] = {}
        self._doing: dict[str, Power] = {}
        """Machines on their way between off and on: the driver is not asked about them meanwhile."""
        self._phases: dict[str, str] = {}
        """How far machines are that are being made."""
        self._ready: dict[str, Future[None]] = {}
        self._watchers: dict[str, NodeWatcher] = {}
        self._ended = False
        self._switches = 0
        """How many machines were switched so far."""

    def take_up(self) -> None:
        """Adopt the machines that there are, and watch from now on which are on."""
        for machine in sorted(self.driver.machines(), key=lambda machine: machine.name):
            self._adopt(machine)
        self.kernel.spawn(self._watch_power(), "power")

    def end(self) -> None:
        """Stop watching; the machines stay."""
        self._ended = True
        for watcher in self._watchers.values():
            watcher.stop()

    def names(self) -> list[str]:
        return list(self._machines)

    def address(self, name: str) -> str:
        return self._machines[name].address

    def power(self, name: str) -> Power:
        return self._doing.get(name) or self._machines[name].power

    def size(self, name: str) -> tuple[float, int]:
        size = self._machines[name].size
        return size.cpus, size.memory

    def require_on(self, name: str) -> None:
        """Raises BadRequest when the machine is off; one that is being started is waited for."""
        if name in self.troubles:
            raise BadRequest(self.troubles[name])
        power = self.power(name)
        if power not in ("on", "booting"):
            raise BadRequest(f"{name} is {power}; start it first")

    def require_settled(self, name: str) -> None:
        """Raises BadRequest while a machine is being made or switched, or where it could not be made."""
        if name in self._doing:
            raise BadRequest(f"{name} is {self.power(name)}; wait until that is done")
        if name not in self._watchers:
            raise BadRequest(self.troubles.get(name, f"{name} is not ready yet"))

    async def ready(self, name: str) -> None:
        """Wait until the machine is on, or cannot be made."""
        await self._ready[name]

    def facts(self) -> list[MachineFacts]:
        return [
            MachineFacts(
                name,
                machine.address,
                machine.size.cpus,
                machine.size.memory,
                self.power(name),
                self._phases.get(name, ""),
                self.troubles.get(name, ""),
            )
            for name, machine in self._machines.items()
        ]

    def _adopt(self, machine: Machine) -> None:
        self._machines[machine.name] = machine
        self._ready[machine.name] = self.kernel.future()
        self._watch(machine.name)
        if machine.power == "on":
            self._ready[machine.name].set(None)

    def _watch(self, name: str) -> None:
        watcher = NodeWatcher(name, self.driver, self.bridge, self._observer, lambda: self.watched)
        watcher.on_event = self.wake_lists
        self._watchers[name] = watcher
        watcher.start()

    def wake(self) -> None:
        """Something happened: look at every engine now."""
        for watcher in self._watchers.values():
            watcher.wake()

    def wake_lists(self) -> None:
        """The swarm may have changed: ask the manager that is believed."""
        source = self._watchers.get(self._observer.source)
        if source is not None:
            source.wake_lists()

    async def launch(self, name: str, cpus: float, memory: int, told: Callable[[str], object]) -> None:
        """Make a machine, anew where it could not be made or is there no more, and wait until its engine answers.

        Raises:
            BadRequest: the lab has as many machines as it may.
            DriverError: it could not be made.
        """
        again = self.troubles.pop(name, "")
        if len(self._machines) >= self._limits.nodes and not again:
            raise BadRequest(f"a lab on real engines has room for {self._limits.nodes} machines here")
        size = Size(min(cpus, self._limits.cpus), min(memory, self._limits.memory))
        self._machines[name] = Machine(name, "", "booting", size)
        self._doing[name] = "booting"
        self._ready[name] = self.kernel.future()
        self.kernel.touch("machine", name)

        def begun(text: str) -> None:
            self._phases[name] = text
            self.kernel.touch("machine", name)
            told(text)

        def phase(text: str) -> None:
            self.bridge.post(begun, text)

        try:
            if again:
                await self.bridge.call(self.driver.delete, name)  # What is left of it.
            machine = await self.bridge.call(self.driver.launch, name, size, phase)
        except Exception as error:
            sentence = str(error) if isinstance(error, DriverError) else f"{name} could not be made: {error!r}"
            self.troubles[name] = sentence
            self._doing.pop(name, None)
            self._phases.pop(name, None)
            self._machines[name] = replace(self._machines[name], power="off")
            self._ready[name].set(None)
            raise DriverError(sentence) from error
        if self._ended:
            return
        self._doing.pop(name, None)
        self._phases.pop(name, None)
        self._machines[name] = machine
        self._watch(name)
        self._powered(name)
        await self._on_made(name)

    async def switch(self, name: str, how: str) -> None:
        """``start``, ``stop``, ``kill``, ``pause`` or ``delete`` a machine.

        Raises:
            DriverError: the driver could not.
        """
        if name in self._doing:
            raise DriverError(f"{name} is {self.power(name)}; wait until that is done")
        if how == "delete":
            await self._delete(name)
            return
        if name not in self._watchers:  # It could not be made, or is there no more: there is nothing to switch.
            if how == "start":
                raise DriverError(self.troubles.get(name, f"{name} is not ready yet"))
            return
        self._doing[name] = _ON_THE_WAY.get(how, self.power(name))
        if how == "start":
            self._ready[name] = self.kernel.future()
        self._watchers[name].wake()
        self.kernel.touch("machine", name)
        try:
            await self.bridge.call(getattr(self.driver, how), name)
            if how == "start":
                await self.bridge.call(self._await_engine, name)
        finally:
            try:
                await self._look(switched=name)
            finally:
                self._doing.pop(name, None)
                self._powered(name)

    def _await_engine(self, name: str) -> None:
        """In a thread: until the engine answers.

        Raises:
            DriverError: it does not, or the machine went off again.
        """
        client = EngineHttp(lambda: self.driver.dial(name))
        for attempt in range(READY_US // SECOND * 4):
            try:
                client.ask("GET", "/_ping", limit_s=2)
            except Unreachable:
                if attempt % 8 == 7 and not any(it.name == name and it.power == "on" for it in self.driver.machines()):
                    raise DriverError(f"{name} went off again while it was being started; start it once more") from None
                self.bridge.closed.wait(0.25)
                if self.bridge.closed.is_set():
                    return
            else:
                client.close()
                return
        raise DriverError(f"{name} is on, but its Docker Engine did not answer within {READY_US // SECOND} s")

    async def _delete(self, name: str) -> None:
        await self.bridge.call(self.driver.delete, name)
        watcher = self._watchers.pop(name, None)
        if watcher is not None:
            watcher.stop()
        self._machines.pop(name, None)
        self.troubles.pop(name, None)
        self._ready.pop(name, None)
        self._observer.forget(name)
        self._on_gone(name)

    async def _watch_power(self) -> None:
        """Notice machines that went off by themselves, or that somebody else stopped."""
        complaint = ""
        while not self._ended:
            await self.kernel.sleep(POWER_US if self.watched else 5 * POWER_US)
            try:
                await self._look()
            except DriverError as error:
                if not complaint:
                    self._observer.timeline.add("node", str(error))
                complaint = str(error)
            else:
                if complaint:
                    self._observer.timeline.add("node", "What the machines run on answers again")
                    for name in self._watchers:  # What could not be done meanwhile, such as opening a shell.
                        self._powered(name)
                complaint = ""

    async def _look(self, switched: str = "") -> None:
        """Ask the driver which machines are on. ``switched`` names one that was switched just now: that is over."""
        begun = self._switches
        there = {machine.name: machine for machine in await self.bridge.call(self.driver.machines)}
        if switched:
            self._switches += 1
            self._doing.pop(switched, None)
        elif begun != self._switches:
            return  # The answer may be older than the switch.
        for name in list(self._machines):
            if name in self._doing or name in self.troubles:
                continue
            before = self._machines[name].power
            machine = there.get(name)
            if machine is None:
                self._lose(name)
                continue
            self._machines[name] = machine
            if machine.power != before:
                self._powered(name)

    def _lose(self, name: str) -> None:
        """Somebody else removed a machine. It stays as one that is off until the learner deletes it."""
        self.troubles[name] = sentence(
            f"{name} is gone: it was removed from outside this lab. Launch it anew on the host, or delete it there too."
        )
        self._observer.timeline.add("node", self.troubles[name], name)
        self._machines[name] = replace(self._machines[name], power="off")
        self._powered(name)
        self._watchers.pop(name).stop()

    def _powered(self, name: str) -> None:
        """The power of a machine is another one: its watcher and whoever else asked for it hear of it."""
        if name not in self._machines:
            return
        watcher = self._watchers.get(name)
        if watcher is not None:
            watcher.wake()
        if self.power(name) == "on":
            self._ready[name].set(None)
        elif self.power(name) == "off":
            self._observer.heard_info(name, None)
        self._on_power(name)
