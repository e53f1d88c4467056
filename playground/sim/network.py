"""The simulated network between machines: latency, loss, cuts.

Machines have names. A program on a machine listens under a service name; others
``send`` it a message (no answer, may be lost) or ``call`` it (one answer). A cut
or lossy link swallows what crosses it, exactly as a firewall rule that drops
packets does: nobody is told, callers run into their own timeouts. A machine that
is off swallows too; a machine that is on but where nobody listens refuses at once.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from playground.sim.futures import Cancelled, Future, Task
from playground.sim.kernel import Kernel

JITTER = 0.2
"""By up to this share of a link's latency a message takes longer, by chance."""


class Unreachable(Exception):
    """A call got no answer within its time."""


class ConnectionRefused(Exception):
    """The machine is there, but nothing listens under that service name."""


@dataclass(slots=True)
class Link:
    """The state of one link; both directions are alike.

    Invariants: ``0 <= loss <= 1``; latencies are at least 1 microsecond.
    """

    latency_us: int
    extra_latency_us: int = 0
    loss: float = 0.0
    cut: bool = False
    on_cut: Callable[[], object] | None = None
    """Called whenever ``cut`` was set."""
    on_change: Callable[[], object] | None = None
    """Called whenever anything of the link was set."""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "on_change" or getattr(self, "on_change", None) is None:  # While it is being made.
            return
        assert self.on_change is not None
        self.on_change()
        if name == "cut" and self.on_cut is not None:
            self.on_cut()


@dataclass(slots=True)
class _Way:
    """One direction of a link."""

    link: Link
    last_us: int = 0
    """When the last message that was sent this way arrives."""


class Reflex(Protocol):
    """A listener that can tell beforehand which messages it will just answer with another one."""

    def takes(self, source: str, payload: Any) -> bool:
        """True when it will, if nothing else happens before the message arrives. Changes nothing."""

    def take(self, at_us: int, source: str, payload: Any) -> Any:
        """The message that ``takes`` was asked about arrives at a moment; returns the answer."""


Handler = Callable[[str, Any], Any]
Observer = Callable[[str, str, str, Any, int], object]


class Network:
    """Carries messages between named machines of one lab.

    Messages on one link between the same two machines arrive in the order sent
    (as on one TCP connection), unless lost.

    ``observer(source, target, service, payload, due_us)``, when set, hears of every
    message put on a link that will arrive.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._random = kernel.random("network")
        self._links: dict[tuple[str, str], Link] = {}
        self._ways: dict[tuple[str, str], _Way] = {}
        """From a machine to another: looked up for every message."""
        self._machines: dict[str, dict[str, Handler]] = {}
        self._reflexes: dict[tuple[str, str], Reflex] = {}
        """By machine and service, of those that listen."""
        self._on: dict[str, bool] = {}
        self._boots: dict[str, int] = {}
        self._by_address: dict[str, str] = {}
        self._watchers: list[Callable[[], object]] = []
        self.observer: Observer | None = None

    # Machines

    def add_machine(self, name: str) -> None:
        """Add a machine, switched off."""
        self._machines[name] = {}
        self._on[name] = False
        self._boots[name] = 0

    def set_address(self, name: str, address: str) -> None:
        """Say under which IP address a machine is reached."""
        self._by_address[address] = name

    def machine_at(self, host: str) -> str | None:
        """The machine that has an IP address, or a host name, on or off; None when there is none."""
        found = self._by_address.get(host)
        if found is None and self.address_of(host.lower()) is not None:
            return host.lower()
        return found

    def address_of(self, name: str) -> str | None:
        """The IP address of a machine, None when it has none."""
        return next((address for address, machine in self._by_address.items() if machine == name), None)

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call ``watcher()`` whenever who is ``connected`` to whom may have changed. Returns how to stop."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def _touched(self) -> None:
        self._kernel.touch("network")

    def _changed(self) -> None:
        self._touched()
        for watcher in list(self._watchers):
            watcher()

    def remove_machine(self, name: str) -> None:
        self.switch_off(name)
        self._by_address = {address: machine for address, machine in self._by_address.items() if machine != name}
        del self._machines[name], self._on[name], self._boots[name]
        self._links = {pair: link for pair, link in self._links.items() if name not in pair}
        self._ways = {pair: way for pair, way in self._ways.items() if name not in pair}

    def switch_on(self, name: str) -> None:
        self._on[name] = True
        self._changed()

    def switch_off(self, name: str) -> None:
        """Nothing reaches or leaves the machine; whatever listened there is gone."""
        self._on[name] = False
        self._boots[name] += 1
        for service in self._machines[name]:
            self._reflexes.pop((name, service), None)
        self._machines[name].clear()
        self._changed()

    def is_on(self, name: str) -> bool:
        return self._on.get(name, False)

    def listen(self, machine: str, service: str, handler: Handler, reflex: Reflex | None = None) -> None:
        """Let ``handler(source, payload)`` take what is sent to ``service`` on ``machine``.

        What the handler returns, or the coroutine it returns comes to, answers a
        ``call``; an exception it raises is raised in the caller. What ``reflex`` takes, it does as the handler would.
        """
        self._machines[machine][service] = handler
        if reflex is None:
            self._reflexes.pop((machine, service), None)
        else:
            self._reflexes[machine, service] = reflex

    def listens(self, machine: str, service: str) -> bool:
        return service in self._machines.get(machine, {})

    def unlisten(self, machine: str, service: str) -> None:
        self._machines.get(machine, {}).pop(service, None)
        self._reflexes.pop((machine, service), None)

    # Links

    def link(self, a: str, b: str) -> Link:
        """The link between two machines; change its fields to disturb it."""
        pair = (a, b) if a < b else (b, a)
        found = self._links.get(pair)
        if found is None:
            found = Link(latency_us=self._kernel.random("link", *pair).randint(250, 700), on_cut=self._changed)
            found.on_change = self._touched
            self._links[pair] = found
        return found

    def disturbed(self) -> list[tuple[str, str, Link]]:
        """Every link that is cut, slow or lossy, in order of names."""
        found = [(a, b, link) for (a, b), link in self._links.items() if link.cut or link.loss or link.extra_latency_us]
        return sorted(found, key=lambda each: each[:2])

    def partition(self, groups: Iterable[Iterable[str]]) -> None:
        """Cut every link between machines of different groups; other links stay as they are."""
        sides = [sorted(group) for group in groups]
        for index, side in enumerate(sides):
            for other in sides[index + 1 :]:
                for a in side:
                    for b in other:
                        self.link(a, b).cut = True

    def heal(self) -> None:
        """Undo every cut, slow-down and loss."""
        for link in self._links.values():
            link.cut, link.loss, link.extra_latency_us = False, 0.0, 0

    def connected(self, a: str, b: str) -> bool:
        """True when a message between the two could arrive now."""
        on = self._on
        return bool(on.get(a) and on.get(b)) and (a == b or not self._way(a, b).link.cut)

    # Messages

    def send(self, source: str, target: str, service: str, payload: Any) -> bool:
        """Put one message on the link. Returns False when it is already known to be lost."""
        kernel = self._kernel
        due_us = self._arrival_us(source, target, kernel.now_us)
        if due_us is None:
            return False
        if self.observer is not None:
            self.observer(source, target, service, payload, due_us)
        kernel.after(due_us - kernel.now_us, self._deliver, source, target, service, payload, self._boots[target])
        return True

    def exchange(
        self,
        source: str,
        service: str,
        messages: Sequence[tuple[str, Any]],
        heard: Callable[[int, str, Any], object],
    ) -> None:
        """``send`` each message, by its target; each will be answered by one to the same service on ``source``.

        When nothing else can happen before the last answer is there, all of it happens in this event, as it would
        have in many: the receivers' reflexes take the messages, ``heard(at_us, machine, answer)`` the answers. It may
        note them, and do nothing else.
        """
        takers = self._takers(source, service, messages) if self.observer is None else None
        if takers is None:
            for target, payload in messages:
                self.send(source, target, service, payload)
            return
        kernel = self._kernel
        now_us = latest_us = kernel.now_us
        dues: list[int] = []
        for _, way, back in takers:
            latency_us = way.link.latency_us + way.link.extra_latency_us
            due_us = self._arrival_over(way, now_us)
            latest_us = max(latest_us, due_us + latency_us + int(latency_us * JITTER) + 1, back.last_us)
            dues.append(due_us)
        if not kernel.clear_until(latest_us):
            for due_us, (target, payload) in zip(dues, messages, strict=True):
                boot = self._boots[target]
                kernel.after(due_us - now_us, self._deliver, source, target, service, payload, boot)
            return
        answers: list[tuple[int, int, str, Any]] = []
        for index in sorted(range(len(dues)), key=dues.__getitem__):
            target, payload = messages[index]
            reflex, _, back = takers[index]
            answer = reflex.take(dues[index], source, payload)
            answers.append((self._arrival_over(back, dues[index]), len(answers), target, answer))
        answers.sort(key=_by_moment)
        for arrives_us, _, target, answer in answers:
            heard(arrives_us, target, answer)
        kernel.pass_to(answers[-1][0], 2 * len(answers))

    def _takers(
        self, source: str, service: str, messages: Sequence[tuple[str, Any]]
    ) -> list[tuple[Reflex, _Way, _Way]] | None:
        """Of each target the reflex that takes its message, the way there and back; None where one has to be sent."""
        found: list[tuple[Reflex, _Way, _Way]] = []
        if not self._on.get(source):
            return None
        for target, payload in messages:
            reflex = self._reflexes.get((target, service))
            if reflex is None or target == source or not self._on.get(target):
                return None
            way = self._way(source, target)
            if way.link.cut or way.link.loss or not reflex.takes(source, payload):
                return None
            found.append((reflex, way, self._way(target, source)))
        return found or None

    async def call(self, source: str, target: str, service: str, payload: Any, timeout_us: int) -> Any:
        """Send a request and wait for its answer.

        Raises:
            Unreachable: no answer came within ``timeout_us`` (cut, lost, off, or slow).
            ConnectionRefused: nothing listens there.
            Exception: whatever the handler raised.
        """
        answer: Future[Any] = Future(self._kernel)
        timer = self._kernel.after(timeout_us, answer.fail, Unreachable(f"{target} did not answer"))
        due_us = self._arrival_us(source, target, self._kernel.now_us)
        if due_us is not None:
            if self.observer is not None:
                self.observer(source, target, service, payload, due_us)
            boots = (self._boots[source], self._boots.get(target, 0))
            self._kernel.at(due_us, self._serve, source, target, service, payload, answer, boots)
        try:
            return await answer
        finally:
            timer.cancel()

    def _way(self, a: str, b: str) -> _Way:
        way = self._ways.get((a, b))
        if way is None:
            way = self._ways[a, b] = _Way(self.link(a, b))
        return way

    def _arrival_us(self, source: str, target: str, now_us: int) -> int | None:
        """When what is sent at ``now_us`` arrives; None when it will not."""
        on = self._on
        if not on.get(source) or not on.get(target):
            return None
        if source == target:
            return now_us + 20
        way = self._ways.get((source, target)) or self._way(source, target)
        link = way.link
        if link.cut or (link.loss and self._random.random() < link.loss):
            return None
        return self._arrival_over(way, now_us)

    def _arrival_over(self, way: _Way, now_us: int) -> int:
        """The same over a link that does not swallow it."""
        link = way.link
        latency_us = link.latency_us + link.extra_latency_us
        due_us = now_us + latency_us + int(latency_us * JITTER * self._random.random())
        if due_us < way.last_us:
            due_us = way.last_us
        way.last_us = due_us
        return due_us

    def _deliver(self, source: str, target: str, service: str, payload: Any, boot: int) -> None:
        if self._boots.get(target) != boot or not self._on.get(source):
            return
        if source != target and self._way(source, target).link.cut:
            return
        handler = self._machines[target].get(service)
        if handler is not None:
            result = handler(source, payload)
            if result is not None and isinstance(result, Coroutine):
                self._kernel.spawn(result)

    def _serve(
        self, source: str, target: str, service: str, payload: Any, answer: Future[Any], boots: tuple[int, int]
    ) -> None:
        if self._boots.get(target) != boots[1] or not self.connected(source, target):
            return
        handler = self._machines[target].get(service)
        if handler is None:
            self._answer(target, source, answer, boots, None, ConnectionRefused(f"{target} refused the connection"))
            return
        try:
            result = handler(source, payload)
        except Exception as error:  # noqa: BLE001 - whatever the server raises is the caller's
            self._answer(target, source, answer, boots, None, error)
            return
        if isinstance(result, Future):
            task = result
        elif isinstance(result, Coroutine):
            task = self._kernel.spawn(result)
        else:
            self._answer(target, source, answer, boots, result, None)
            return

        def finish(done: Future[Any]) -> None:
            value: Any = None
            error: Exception | None = None
            try:
                value = done.result()
            except Cancelled:
                error = ConnectionRefused("the server stopped")
            except Exception as raised:  # noqa: BLE001 - whatever the server raises is the caller's
                error = raised
            self._answer(target, source, answer, boots, value, error)

        task.when_done(finish)
        if isinstance(task, Task):
            task.name = f"{target} serves {service}"

    def _answer(
        self,
        target: str,
        source: str,
        answer: Future[Any],
        boots: tuple[int, int],
        value: Any,
        error: Exception | None,
    ) -> None:
        if answer.done or self._boots.get(target) != boots[1]:
            return
        due_us = self._arrival_us(target, source, self._kernel.now_us)
        if due_us is None:
            return
        self._kernel.at(due_us, self._receive, source, answer, boots[0], value, error)

    def _receive(self, source: str, answer: Future[Any], boot: int, value: Any, error: Exception | None) -> None:
        if self._boots.get(source) != boot:
            return
        if error is None:
            answer.set(value)
        else:
            answer.fail(error)


def _by_moment(answer: tuple[int, int, str, Any]) -> tuple[int, int]:
    return answer[0], answer[1]
