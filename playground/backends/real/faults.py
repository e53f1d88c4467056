"""What the learner breaks on real machines, and mends again. The same requests as on emulated ones.

Images cannot be given flaws here, and there is no firmware to switch: such faults are refused with the reason.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from playground.backends.api_observer import ApiObserver
from playground.backends.api_view import sentence
from playground.backends.cluster import HOST
from playground.backends.errors import BadRequest
from playground.backends.fault_requests import FIELDS, asked, check_common, text, together
from playground.backends.real import links
from playground.backends.real.driver import DriverError
from playground.backends.real.links import Disturbance
from playground.backends.real.machines import RealMachines
from playground.sim import Kernel

Json = dict[str, Any]
SCRIPT_S = 20.0
OWN_FIELDS: dict[str, tuple[str, ...]] = {"pause": ()}
"""What can be asked of real machines alone."""
USAGE = (
    'send one of {"partition": [[...], [...]]}, {"heal": true}, {"cut": [a, b]}, {"mend": [a, b]}, '
    '{"slow": [a, b], "ms": 200}, {"lose": [a, b], "percent": 30}, {"stop": node}, {"kill": node}, {"start": node}, '
    '{"restart": node}, {"pause": node} (start lets it go on), {"kill_task": task}, {"undo": id or "all"}, '
    '{"all": [several of links]}'
)
EMULATED_ONLY = ("unhealthy", "crash", "slow_start", "mend_image", "virtualization")
KILL_TASK = 'docker kill $(docker ps -q --filter "label=com.docker.swarm.task.id={}")'


class Broken(Protocol):
    """The cluster, as far as it can be broken."""

    kernel: Kernel
    machines: RealMachines
    observer: ApiObserver
    partition: Json | None

    def require(self, name: Any, *, terminal: bool = False) -> None: ...


class RealFaults:
    """The faults of one cluster of real machines."""

    def __init__(self, cluster: Broken) -> None:
        self._cluster = cluster
        self._links: dict[tuple[str, str], Disturbance] = {}
        self._off_since: dict[str, int] = {}
        self._laid: set[str] = set()
        """Machines on which rules of ours may lie, a frozen one's too."""
        self._past_us: int | None = None
        """While faults of an earlier run are remembered: when the one at hand was."""
        self._probed = False
        self.can_delay = False
        """Whether the kernel can hold packets back; known once a machine was there to try it on."""

    @property
    def _machines(self) -> RealMachines:
        return self._cluster.machines

    # Checking

    def check(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not be done; changes nothing."""
        if isinstance(fault, dict) and any(verb in fault for verb in EMULATED_ONLY):
            raise BadRequest("on real engines images and the host are as they are; this fault is for the emulation")
        verb, what = asked(fault, FIELDS | OWN_FIELDS, USAGE)
        check_common(verb, what, self._cluster.require, self.lasting)
        match verb:
            case "stop" | "kill" | "start" | "restart" | "pause":
                self._cluster.require(text(verb, what, "the name of a node"))
                self._machines.require_settled(what)
            case "kill_task":
                self._task(text(verb, what, "a task's id, or its name as web.1"))
            case "all":
                for each in together(what):
                    self.check(each)
            case "slow" if not self.can_delay:
                raise BadRequest(
                    "this kernel cannot delay packets (it has no netem); cut the link, or let it lose a share"
                )

    def _task(self, wanted: str) -> tuple[str, str, str]:
        """Id, name and machine of a running task, by id or name; of several of a name the newest."""
        found = [
            (task["since"], task["id"], task["name"], task["node"])
            for task in self._cluster.observer.tasks().values()
            if task["state"] == "running" and wanted in (task["id"], task["name"]) and task["node"]
        ]
        if not found:
            raise BadRequest(f"task {wanted!r} has no running container; `docker service ps` shows which tasks run")
        return max(found)[1:]

    # Doing

    def do(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check`` accepted; ``done`` hears when that is over: True, or a sentence that says why it failed."""
        self._cluster.kernel.spawn(self._guarded(fault, done), "fault")

    async def _guarded(self, fault: Json, done: Callable[[Any], object]) -> None:
        outcome: bool | str = True
        try:
            await self._do(fault)
        except (DriverError, TimeoutError) as error:
            outcome = str(error) or sentence("a machine did not answer in time")
            self._tell(f"That could not be done: {outcome}")
        finally:
            done(outcome)

    async def _do(self, fault: Json) -> None:
        switch = self._machines.switch
        match fault:
            case {"stop": name}:
                await switch(name, "stop")
            case {"restart": name}:
                await switch(name, "stop")
                await switch(name, "start")
            case {"start": name}:
                await switch(name, "start")
            case {"kill": name}:
                self._tell(f"{name}: power cut", name)
                await switch(name, "kill")
            case {"pause": name}:
                self._tell(f"{name}: everything on it stands still", name)
                await switch(name, "pause")
            case {"kill_task": wanted}:
                task, title, node = self._task(wanted)
                self._tell(f"{title}: its program was killed", node)
                await self._run(node, KILL_TASK.format(task))
            case {"undo": fault_id}:
                await self._undo(list(self.lasting()) if fault_id == "all" else [fault_id])
            case {"all": several}:
                touched = {name for each in several for name in self._disturb(each)}
                await self._lay_all(touched)
            case _:
                await self._lay_all(self._disturb(fault))

    def _disturb(self, fault: Json) -> set[str]:
        """Note what is wrong with links; returns the machines that have to hear of it."""
        touched = self._ends()
        match fault:
            case {"partition": groups}:
                for link in self._links.values():
                    link.cut = False
                for a, b in _across(groups):
                    self._link(a, b).cut = True
                self._cluster.partition = {"groups": [list(group) for group in groups], "since": self._when_us}
                sides = " | ".join(", ".join(group) for group in groups)
                self._tell(f"Cut: {sides}")
            case {"heal": True}:
                self._links.clear()
                self._cluster.partition = None
                self._tell("The network is whole again")
            case {"cut": [a, b]}:
                self._link(a, b).cut = True
                self._tell(f"Link {a} to {b} cut")
            case {"mend": [a, b]}:
                self._links.pop(_pair(a, b), None)
                if self._cluster.partition is not None and not self._torn():
                    self._cluster.partition = None
                self._tell(f"Link {a} to {b} mended")
            case {"slow": [a, b], "ms": ms}:
                self._link(a, b).extra_ms = float(ms)
                self._tell(f"Link {a} to {b} slowed by {ms:g} ms")
            case {"lose": [a, b], "percent": percent}:
                self._link(a, b).loss = percent / 100
                self._tell(f"Link {a} to {b} loses {percent:g} % of its packets")
        self._links = {pair: link for pair, link in self._links.items() if not link.whole}
        self._cluster.kernel.touch("network")
        return touched | self._ends()

    async def _undo(self, ids: list[str]) -> None:
        for fault_id in ids:
            kind, _, what = fault_id.partition(":")
            if kind == "off":
                await self._machines.switch(what, "start")
            else:
                await self._lay_all(self._undisturb(kind, what))

    def _undisturb(self, kind: str, what: str) -> set[str]:
        """Take back what is wrong with links; returns the machines that have to hear of it."""
        touched = self._ends()
        if kind == "partition":
            for pair in self._torn():
                self._links[pair].cut = False
            self._cluster.partition = None
            self._tell("The network is whole again")
        else:
            a, b = what.split("|")
            link = self._link(a, b)
            link.cut = link.cut and kind != "cut"
            link.extra_ms = 0.0 if kind == "slow" else link.extra_ms
            link.loss = 0.0 if kind == "lose" else link.loss
            self._tell(f"Link {a} to {b} mended")
        return touched | self._disturb({})

    # After a restart of the playground

    def take_up(self, past: Iterable[tuple[int, Json]]) -> None:
        """Go on with machines that an earlier run left: its faults were done at these moments, in this order.

        What still is wrong with links holds on. It is laid on every machine anew, because the earlier run may have been
        killed in the middle of laying it.
        """
        for self._past_us, fault in past:
            self._remember(fault)
        self._past_us = None
        for each in self.lasting().values():
            if each["kind"] != "off":
                self._tell(f"Still so: {each['text']}")
        self._laid.update(self._machines.names())
        kernel = self._cluster.kernel
        kernel.soon(lambda: kernel.spawn(self._lay_again(), "links"))

    def _remember(self, fault: Json) -> None:
        """Only links are remembered: which machines are off can be seen."""
        match fault:
            case {"all": several}:
                for each in several:
                    self._disturb(each)
            case {"undo": fault_id}:
                for each in list(self.lasting()) if fault_id == "all" else [fault_id]:
                    kind, _, what = each.partition(":")
                    if kind != "off":
                        self._undisturb(kind, what)
            case _:
                self._disturb(fault)

    async def _lay_again(self) -> None:
        on = [name for name in self._machines.names() if self._machines.power(name) == "on"]
        try:
            if on:
                await self.probe(on[0])
            await self._lay_all(set(on))
        except (DriverError, TimeoutError) as error:
            self._tell(f"The links could not be laid anew: {error}; heal the network, or cut it again")

    # Links

    @property
    def _when_us(self) -> int:
        return self._cluster.kernel.now_us if self._past_us is None else self._past_us

    def _ends(self) -> set[str]:
        return {name for pair in self._links for name in pair}

    def _link(self, a: str, b: str) -> Disturbance:
        pair = _pair(a, b)
        if pair not in self._links:
            self._links[pair] = Disturbance(*pair, since=self._when_us)
        return self._links[pair]

    def _torn(self) -> list[tuple[str, str]]:
        """Links that are cut because of the partition."""
        partition = self._cluster.partition
        across = {_pair(a, b) for a, b in _across(partition["groups"])} if partition is not None else set()
        return [pair for pair, link in self._links.items() if link.cut and pair in across]

    def connected(self, a: str, b: str) -> bool:
        """True unless a fault of ours is between two machines, or one is off."""
        link = self._links.get(_pair(a, b))
        names = self._machines.names()
        on = all(name == HOST or (name in names and self._machines.power(name) == "on") for name in (a, b))
        return on and not (link is not None and link.cut)

    def links(self) -> dict[str, Json]:
        """The disturbed links, in the view's form."""
        return {
            f"{link.a}|{link.b}": {
                "a": link.a,
                "b": link.b,
                "cut": link.cut,
                "extra_ms": link.extra_ms,
                "loss": link.loss,
                "since": link.since,
            }
            for link in self._links.values()
        }

    def forget(self, name: str) -> None:
        """The machine is gone for good."""
        self._links = {pair: link for pair, link in self._links.items() if name not in pair}
        self._laid.discard(name)

    async def probe(self, name: str) -> None:
        """Find out, once, on a machine what its kernel can do."""
        if not self._probed:  # Where it does not answer, the next machine is asked.
            command = ["sh", "-c", links.CAN_DELAY]
            try:
                tried = await self._machines.bridge.call(
                    self._machines.driver.run, name, command, user="root", limit_s=SCRIPT_S
                )
            except (DriverError, TimeoutError):
                return
            self._probed, self.can_delay = True, tried.exit == 0

    async def came_back(self, name: str) -> None:
        """A machine was switched on, and what was laid on it is gone; or it was frozen, and missed what was mended."""
        if name in self._ends() | self._laid:
            await self._lay(name)

    async def _lay_all(self, touched: set[str]) -> None:
        there = [name for name in sorted(touched) if name in self._machines.names()]
        on = [name for name in there if self._machines.power(name) == "on"]
        laying = [self._cluster.kernel.spawn(self._try_to_lay(name)) for name in on]
        failed = [error for task in laying if (error := await task) is not None]
        if failed:
            raise failed[0]

    async def _try_to_lay(self, name: str) -> DriverError | TimeoutError | None:
        """As ``_lay``; why it failed. Another machine may be waited for when it does."""
        try:
            await self._lay(name)
        except (DriverError, TimeoutError) as error:
            return error
        return None

    async def _lay(self, name: str) -> None:
        """Make the links of a machine as they should be."""
        rules = []
        for (a, b), link in self._links.items():
            if name in (a, b):
                other = b if name == a else a
                address = self._gateway(name) if other == HOST else self._machines.address(other)
                if address:
                    rules.append((address, link))
        self._laid.add(name)
        await self._run(name, links.script(rules))

    def _gateway(self, name: str) -> str:
        return self._machines.address(name).rpartition(".")[0] + ".1"

    async def _run(self, name: str, script: str) -> None:
        result = await self._machines.bridge.call(
            self._machines.driver.run, name, ["sh", "-c", script], user="root", limit_s=SCRIPT_S
        )
        if result.exit:
            raise DriverError(f"{name} answered: {result.stderr.decode(errors='replace').strip()[-200:]}")

    # What lasts

    def lasting(self) -> dict[str, Json]:
        """Everything that is broken now, by id, in the order in which it broke."""
        found: dict[str, Json] = {}

        def add(fault_id: str, kind: str, text: str, nodes: list[str], since: int) -> None:
            found[fault_id] = {"id": fault_id, "kind": kind, "text": text, "nodes": nodes, "since": since}

        partition, torn = self._cluster.partition, self._torn()
        if partition is not None:
            sides = " | ".join(", ".join(group) for group in partition["groups"])
            add("partition", "partition", f"The network is cut: {sides}", [], partition["since"])
        for (a, b), link in self._links.items():
            ends = f"{a}|{b}"
            if link.cut and (a, b) not in torn:
                add(f"cut:{ends}", "cut", f"Nothing gets from {a} to {b} or back", [a, b], link.since)
            if link.extra_ms:
                slow = f"The link {a} to {b} takes {link.extra_ms:g} ms longer"
                add(f"slow:{ends}", "slow", slow, [a, b], link.since)
            if link.loss:
                lost = f"The link {a} to {b} loses {link.loss * 100:.4g} % of its packets"
                add(f"lose:{ends}", "lose", lost, [a, b], link.since)
        for name in self._off():
            add(f"off:{name}", "off", f"{name} is off", [name], self._off_since[name])
        return dict(sorted(found.items(), key=lambda item: (item[1]["since"], item[0])))

    def _off(self) -> Iterator[str]:
        """Machines that are off or frozen and can be started; when that was first seen is kept."""
        machines = self._machines
        there = [name for name in machines.names() if name not in machines.troubles]
        off = [name for name in there if machines.power(name) in ("off", "paused")]
        now_us = self._cluster.kernel.now_us
        self._off_since = {name: self._off_since.get(name, now_us) for name in off}
        yield from off

    def _tell(self, text: str, node: str = "") -> None:
        if self._past_us is not None:
            return
        self._cluster.observer.timeline.add("fault", text, node)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _across(groups: list[list[str]]) -> Iterator[tuple[str, str]]:
    for index, group in enumerate(groups):
        for other in groups[index + 1 :]:
            for a in group:
                for b in other:
                    yield a, b
