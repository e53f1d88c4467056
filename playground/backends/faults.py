"""What the learner breaks, and mends again: links, machines, containers, images.

Every fault that lasts has an id, a sentence, a moment at which it began, and a way to undo it. What is broken
is read from the cluster itself (a machine that is off is off, whoever switched it off); only the moments are kept.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from playground.backends.errors import BadRequest
from playground.backends.fault_requests import FIELDS, asked, check_common, text, together
from playground.backends.idle_faults import ends, idle
from playground.engine.containers.container import Container
from playground.engine.errors import EngineError
from playground.engine.images.flaws import Flaws
from playground.engine.images.reference import parse
from playground.engine.images.registry import ImageRegistry
from playground.engine.machine import Machine, Power
from playground.sim import Kernel, Network

OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "unhealthy": (),
    "crash": (),
    "slow_start": ("seconds",),
    "mend_image": (),
    "virtualization": (),
}
"""What can be asked of emulated clusters alone."""
USAGE = (
    'send one of {"partition": [[...], [...]]}, {"heal": true}, {"cut": [a, b]}, {"mend": [a, b]}, '
    '{"slow": [a, b], "ms": 200}, {"lose": [a, b], "percent": 30}, '
    '{"stop": node}, {"kill": node}, {"start": node}, {"restart": node}, {"kill_task": task}, '
    '{"unhealthy": image}, {"crash": image}, {"slow_start": image, "seconds": 20}, {"mend_image": image}, '
    '{"virtualization": true}, {"undo": id or "all"}, {"all": [of links and images, several]}'
)
TASK_LABEL = "com.docker.swarm.task.id"
TASK_NAME_LABEL = "com.docker.swarm.task.name"

Json = dict[str, Any]
Tell = Callable[[str, str], object]
"""Hears of a fault in words, and of the machine that it is about (or none)."""


class Broken(Protocol):
    """The cluster, as far as it can be broken."""

    kernel: Kernel
    network: Network
    machines: dict[str, Machine]
    partition: Json | None

    def require(self, name: Any, *, terminal: bool = False) -> None: ...

    def deleted(self, name: str) -> bool: ...

    def set_virtualization(self, on: bool) -> None: ...

    def virtualization(self) -> bool: ...


class Faults:
    """The faults of one emulated cluster."""

    def __init__(self, cluster: Broken, images: ImageRegistry, tell: Tell) -> None:
        self._cluster = cluster
        self._images = images
        self._tell = tell
        self._since: dict[str, int] = {}
        """Fault id -> when it began."""
        self._image_names: dict[str, str] = {}
        """Image id -> the name under which the learner broke it."""
        self._cuts: dict[tuple[str, str], None] = {}
        """Links that were cut for themselves; they stay cut when a partition ends."""
        self._torn: dict[tuple[str, str], None] = {}
        """Links that the partition cut."""

    @property
    def _flaws(self) -> Flaws:
        return self._images.flaws

    # Checking

    def check(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not be done; changes nothing."""
        verb, what = asked(fault, FIELDS | OWN_FIELDS, USAGE)
        check_common(verb, what, self._cluster.require, self.lasting)
        match verb:
            case "stop" | "kill" | "start" | "restart":
                self._cluster.require(text(verb, what, "the name of a node"))
            case "kill_task":
                self._container(text(verb, what, "a task's id, or its name as web.1"))
            case "unhealthy" | "crash" | "slow_start" | "mend_image":
                self._image(text(verb, what, "the name of an image"))
            case "virtualization":
                self._check_virtualization(what)
            case "all":
                for each in together(what):
                    self.check(each)
            case "undo" if what == "virtualization":
                self._check_virtualization(True)

    def _check_virtualization(self, on: Any) -> None:
        if not isinstance(on, bool):
            raise BadRequest("`virtualization` takes true or false")
        running = [name for name, machine in self._cluster.machines.items() if machine.power is not Power.OFF]
        if running:
            raise BadRequest(f"the host restarts for this; switch its machines off first: {', '.join(running)}")

    def _image(self, name: str) -> tuple[str, str]:
        """Id and familiar name of an image that the registry has."""
        try:
            reference = parse(name).tagged()
            return self._images.find(reference).image_id, reference.familiar_name + _tag(reference.tag)
        except EngineError as error:
            raise BadRequest(f"no image {name!r} is known here: {error}") from None

    def _container(self, task: str) -> tuple[Machine, Container]:
        """The running container of a task, by id or by name; of several of a name the newest."""
        found = [
            (container.state.started_us or 0, machine.name, machine, container)
            for machine in self._cluster.machines.values()
            if machine.power is Power.ON
            for container in machine.engine.containers.all()
            if container.state.running and task in _task_names(container)
        ]
        if not found:
            raise BadRequest(f"task {task!r} has no running container; `docker service ps` shows which tasks run")
        _, _, machine, container = max(found, key=lambda each: each[:2])
        return machine, container

    def idle(self, fault: Json) -> str:
        """Why a fault that ``check`` accepted would change nothing; empty when it would change something."""
        return idle(fault, self._cluster, self._flaws, self._cuts, lambda name: self._image(name)[0])

    # Doing

    def do(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check`` accepted; ``done(True)`` hears when it is complete."""
        cluster = self._cluster
        cluster.kernel.touch("faults")
        match fault:
            case {"all": several}:
                for each in several:
                    self._do_at_once(each)
            case {"kill": name}:
                self._tell(f"{name}: power cut", name)
                cluster.machines[name].kill()
            case {"start": name}:
                self._tell(f"{name} is switched on", name)
                cluster.kernel.spawn(cluster.machines[name].start())
            case {"stop": name} | {"restart": name}:
                self._tell(f"{name} is restarted" if "restart" in fault else f"{name} is switched off", name)
                cluster.kernel.spawn(self._stop(name, "restart" in fault, done))
                return
            case {"kill_task": task}:
                machine, container = self._container(task)
                name = container.labels.get(TASK_NAME_LABEL, container.name).rsplit(".", 1)[0]
                self._tell(f"{name}: its program was killed", machine.name)
                cluster.kernel.spawn(machine.engine.containers.kill(container), f"kill {name}")
            case {"virtualization": on}:
                cluster.set_virtualization(on)
            case {"undo": fault_id}:
                self._undo(fault_id)
            case _:
                self._do_at_once(fault)
        self._keep_time()
        done(True)

    def _do_at_once(self, fault: Json) -> None:
        """What takes no time: to links and images."""
        cluster = self._cluster
        match fault:
            case {"partition": groups}:
                self._split(groups)
            case {"heal": True}:
                self._heal()
            case {"cut": [a, b]}:
                cluster.network.link(a, b).cut = True
                self._cuts[ends(a, b)] = None
                self._tell(f"Link {a} to {b} cut", "")
            case {"mend": [a, b]}:
                self._mend(a, b)
                self._tell(f"Link {a} to {b} mended", "")
            case {"slow": [a, b], "ms": ms}:
                cluster.network.link(a, b).extra_latency_us = int(ms * 1000)
                self._tell(f"Link {a} to {b} slowed by {ms:g} ms", "")
            case {"lose": [a, b], "percent": percent}:
                cluster.network.link(a, b).loss = percent / 100
                self._tell(f"Link {a} to {b} loses {percent:g} % of its packets", "")
            case _:
                self._break_image(fault)

    async def _stop(self, name: str, again: bool, done: Callable[[Any], object]) -> None:
        machine = self._cluster.machines[name]
        await machine.stop()
        if again:
            self._cluster.kernel.spawn(machine.start())
        done(True)

    def _break_image(self, fault: Json) -> None:
        flaws = self._flaws
        (image_id, name) = self._image(next(fault[verb] for verb in fault if verb != "seconds"))
        self._image_names[image_id] = name
        match fault:
            case {"unhealthy": _}:
                flaws.unhealthy[image_id] = None
                self._tell(f"{name}: its health check fails from now on", "")
            case {"crash": _}:
                flaws.crash[image_id] = None
                self._tell(f"{name}: new containers of it fail", "")
            case {"slow_start": _, "seconds": seconds}:
                flaws.slow_us[image_id] = int(seconds * 1_000_000)
                self._tell(f"{name}: new containers of it take {seconds:g} s to start", "")
            case _:
                self._mend_image(image_id)
                self._tell(f"{name} is as it was", "")

    def _mend_image(self, image_id: str) -> None:
        for flaws in (self._flaws.unhealthy, self._flaws.crash, self._flaws.slow_us):
            flaws.pop(image_id, None)

    def _split(self, groups: list[list[str]]) -> None:
        network = self._cluster.network
        for a, b, link in network.disturbed():
            link.cut = link.cut and ends(a, b) in self._cuts
        network.partition(groups)
        numbered = list(enumerate(groups))
        self._torn = {
            ends(a, b): None
            for one, group in numbered
            for a in group
            for other, far in numbered
            if one < other
            for b in far
        }
        self._since.pop("partition", None)
        self._cluster.partition = {"groups": [list(group) for group in groups], "since": self._cluster.kernel.now_us}
        sides = " | ".join(", ".join(group) for group in groups)
        self._tell(f"Cut: {sides}", "")

    def _heal(self) -> None:
        self._cluster.network.heal()
        self._cuts.clear()
        self._torn.clear()
        self._cluster.partition = None
        self._tell("The network is whole again", "")

    def _mend(self, a: str, b: str) -> None:
        """Let a link be as at first; a partition none of whose links is cut any more is over."""
        link = self._cluster.network.link(a, b)
        link.cut, link.loss, link.extra_latency_us = False, 0.0, 0
        self._cuts.pop(ends(a, b), None)
        self._torn.pop(ends(a, b), None)
        if self._cluster.partition is not None and not any(self._torn_links()):
            self._cluster.partition = None

    def _torn_links(self) -> Iterator[tuple[str, str]]:
        """Links that are cut because of the partition."""
        if self._cluster.partition is None:
            return
        for a, b, link in self._cluster.network.disturbed():
            if link.cut and ends(a, b) in self._torn:
                yield a, b

    # What lasts

    def lasting(self) -> dict[str, Json]:
        """Everything that is broken now, by id, in the order in which it broke."""
        found: dict[str, Json] = {}

        def lasts(fault_id: str, kind: str, text: str, nodes: list[str]) -> None:
            since = self._since.get(fault_id, self._cluster.kernel.now_us)
            found[fault_id] = {"id": fault_id, "kind": kind, "text": text, "nodes": nodes, "since": since}

        partition = self._cluster.partition
        torn = dict.fromkeys(self._torn_links())
        if partition is not None:
            sides = " | ".join(", ".join(group) for group in partition["groups"])
            lasts("partition", "partition", f"The network is cut: {sides}", [])
            found["partition"]["since"] = partition["since"]
        for a, b, link in self._cluster.network.disturbed():
            if link.cut and (ends(a, b) in self._cuts or (a, b) not in torn):
                lasts(f"cut:{a}|{b}", "cut", f"Nothing gets from {a} to {b} or back", [a, b])
            if link.extra_latency_us:
                slow = f"{link.extra_latency_us / 1000:g} ms"
                lasts(f"slow:{a}|{b}", "slow", f"The link {a} to {b} takes {slow} longer", [a, b])
            if link.loss:
                lasts(
                    f"lose:{a}|{b}", "lose", f"The link {a} to {b} loses {link.loss * 100:.4g} % of its packets", [a, b]
                )
        for name, machine in self._cluster.machines.items():
            if machine.power is Power.OFF and not self._cluster.deleted(name):
                lasts(f"off:{name}", "off", f"{name} is off", [name])
        for image_id in self._flaws.unhealthy:
            name = self._image_names[image_id]
            lasts(f"unhealthy:{name}", "unhealthy", f"{name} fails its health check", [])
        for image_id in self._flaws.crash:
            name = self._image_names[image_id]
            lasts(f"crash:{name}", "crash", f"New containers of {name} fail", [])
        for image_id, extra_us in self._flaws.slow_us.items():
            name = self._image_names[image_id]
            lasts(f"slow_start:{name}", "slow_start", f"New containers of {name} take {extra_us / 1e6:g} s longer", [])
        if not self._cluster.virtualization():
            lasts("virtualization", "virtualization", "The host cannot run virtual machines", [])
        return dict(sorted(found.items(), key=lambda item: (item[1]["since"], item[0])))

    def link_since(self, a: str, b: str) -> int:
        """Since when a link is disturbed."""
        ids = [f"{kind}:{a}|{b}" for kind in ("cut", "slow", "lose")]
        if self._cluster.partition is not None and (a, b) in self._torn_links():
            return int(self._cluster.partition["since"])
        return min((self._since[each] for each in ids if each in self._since), default=self._cluster.kernel.now_us)

    def keep_time(self) -> None:
        """Something may have broken, or come back, at this moment."""
        self._keep_time()

    def _keep_time(self) -> None:
        lasting = self.lasting()
        self._since = {fault_id: fault["since"] for fault_id, fault in lasting.items()}

    def _undo(self, fault_id: str) -> None:
        for each in list(self.lasting()) if fault_id == "all" else [fault_id]:
            self._undo_one(each)
        self._tell("Everything is mended" if fault_id == "all" else _undone(fault_id), "")

    def _undo_one(self, fault_id: str) -> None:
        kind, _, what = fault_id.partition(":")
        network = self._cluster.network
        match kind:
            case "partition":
                for a, b in list(self._torn_links()):
                    network.link(a, b).cut = ends(a, b) in self._cuts
                self._cluster.partition = None
                self._torn.clear()
            case "cut" | "slow" | "lose":
                link = network.link(*what.split("|"))
                if kind == "cut":
                    a, b = what.split("|")
                    self._cuts.pop(ends(a, b), None)
                    link.cut = self._cluster.partition is not None and ends(a, b) in self._torn
                elif kind == "slow":
                    link.extra_latency_us = 0
                else:
                    link.loss = 0.0
            case "off":
                self._cluster.kernel.spawn(self._cluster.machines[what].start())
            case "unhealthy" | "crash" | "slow_start":
                flaws: dict[str, dict[str, Any]] = {
                    "unhealthy": self._flaws.unhealthy,
                    "crash": self._flaws.crash,
                    "slow_start": self._flaws.slow_us,
                }
                flaws[kind].pop(self._image(what)[0], None)
            case "virtualization" if all(m.power is Power.OFF for m in self._cluster.machines.values()):
                self._cluster.set_virtualization(True)


def _undone(fault_id: str) -> str:
    kind, _, what = fault_id.partition(":")
    link = what.replace("|", " – ")
    words = {
        "partition": "Undone: the cut through the network",
        "cut": f"Undone: the cut link {link}",
        "slow": f"Undone: the slow link {link}",
        "lose": f"Undone: the lossy link {link}",
        "off": f"Undone: {what} was off",
        "unhealthy": f"Undone: the failing health check of {what}",
        "crash": f"Undone: the failing start of {what}",
        "slow_start": f"Undone: the slow start of {what}",
        "virtualization": "Undone: no virtualization",
    }
    return words[kind]


def _tag(tag: str) -> str:
    return "" if tag in ("", "latest") else f":{tag}"


def _task_names(container: Container) -> tuple[str, ...]:
    full = container.labels.get(TASK_NAME_LABEL, "")
    return (container.labels.get(TASK_LABEL, ""), full, full.rsplit(".", 1)[0]) if full else ()
