"""Questions whose answers change nothing may be asked and answered in one event; nobody can tell."""

from typing import Any

import pytest

from playground.sim import SECOND, Kernel, Network

Trace = list[tuple[int, str, Any]]


class Echo:
    """Answers with what it hears, and notes it; takes by reflex what is no secret."""

    def __init__(self, kernel: Kernel, network: Network, machine: str, trace: Trace) -> None:
        self._kernel, self._network, self._machine, self._trace = kernel, network, machine, trace
        self.by_reflex = 0
        network.listen(machine, "echo", self.hear, self)

    def hear(self, source: str, payload: Any) -> None:
        self._trace.append((self._kernel.now_us, self._machine, payload))
        self._network.send(self._machine, source, "echo", payload)

    def takes(self, source: str, payload: Any) -> bool:
        return payload != "secret"

    def take(self, at_us: int, source: str, payload: Any) -> Any:
        self.by_reflex += 1
        self._trace.append((at_us, self._machine, payload))
        return payload


class Room:
    """A machine a that asks b and c every tenth of a second; ``trace`` is who heard what and when."""

    def __init__(self, *, watched: bool = False, payload: str = "news") -> None:
        self.kernel = Kernel(3)
        self.network = Network(self.kernel)
        self.trace: Trace = []
        self._payload = payload
        for name in ("a", "b", "c"):
            self.network.add_machine(name)
            self.network.switch_on(name)
        self.echoes = [Echo(self.kernel, self.network, name, self.trace) for name in ("b", "c")]
        self.network.listen("a", "echo", lambda source, payload: self._heard(self.kernel.now_us, source, payload))
        if watched:
            self.network.observer = lambda *seen: None
        self._ask()

    def _ask(self) -> None:
        self.kernel.after(SECOND // 10, self._ask)
        self.network.exchange("a", "echo", [("b", self._payload), ("c", self._payload)], self._heard)

    def _heard(self, at_us: int, machine: str, answer: Any) -> None:
        self.trace.append((at_us, f"a from {machine}", answer))

    @property
    def by_reflex(self) -> int:
        return sum(echo.by_reflex for echo in self.echoes)


def test_what_is_exchanged_in_one_event_is_what_many_events_would_come_to() -> None:
    at_once, one_by_one = Room(), Room(watched=True)

    at_once.kernel.run_until(5 * SECOND)
    one_by_one.kernel.run_until(5 * SECOND)

    # The first is asked outside of time, the last at the very moment to which time goes.
    assert (at_once.by_reflex, one_by_one.by_reflex) == (2 * 49, 0)
    assert sorted(at_once.trace) == sorted(one_by_one.trace)
    assert at_once.kernel.events_done == one_by_one.kernel.events_done


def test_whoever_stops_time_in_the_middle_finds_the_middle() -> None:
    room, whole = Room(), Room(watched=True)

    room.kernel.run_until(SECOND)
    begun = len(room.trace)
    room.kernel.run_until(SECOND + SECOND // 10 + 300)
    seen_us = [at_us for at_us, _, _ in room.trace[begun:]]
    room.kernel.run_until(2 * SECOND)
    whole.kernel.run_until(2 * SECOND)

    assert all(at_us <= SECOND + SECOND // 10 + 300 for at_us in seen_us)
    assert sorted(room.trace) == sorted(whole.trace)


@pytest.mark.parametrize("disturbance", ["timer", "touch", "cut", "loss", "off", "secret", "nobody"])
def test_what_could_come_in_between_makes_it_many_events(disturbance: str) -> None:
    rooms = []
    for watched in (False, True):
        room = Room(watched=watched, payload="secret" if disturbance == "secret" else "news")
        match disturbance:
            case "timer":
                for tenth in range(30):
                    room.kernel.at(tenth * SECOND // 10 + 200, lambda: None)
            case "touch":
                room.kernel.on_settled = lambda touched, room=room: room.trace.append((room.kernel.now_us, "!", ""))
                for tenth in range(30):
                    room.kernel.at(tenth * SECOND // 10, room.kernel.touch, "something")
            case "cut":
                room.network.link("a", "c").cut = True
            case "loss":
                room.network.link("a", "c").loss = 0.5
            case "off":
                room.network.switch_off("c")
            case "nobody":
                room.network.unlisten("c", "echo")
        room.kernel.run_until(2 * SECOND)
        rooms.append(room)

    assert [room.by_reflex for room in rooms] == [0, 0]
    assert sorted(rooms[0].trace) == sorted(rooms[1].trace)
    assert rooms[0].kernel.events_done == rooms[1].kernel.events_done


@pytest.mark.parametrize("slowed_after_us", [-300, 150])
def test_messages_that_are_under_way_are_not_overtaken(slowed_after_us: int) -> None:
    """A link is slow when an ask, or only when its answer, sets out, and fast again before the next."""
    rooms = [Room(), Room(watched=True)]
    for room in rooms:
        room.kernel.run_until(SECOND + SECOND // 10 + slowed_after_us)
        room.network.link("a", "b").extra_latency_us = 250_000
        room.kernel.run_until(SECOND + SECOND // 10 + 50_000)
        room.network.link("a", "b").extra_latency_us = 0
        for twentieth in range(24, 80):
            until_us = twentieth * SECOND // 20 + 10_000
            room.kernel.run_until(until_us)
            assert max(room.trace)[0] <= room.kernel.now_us == until_us

    assert sorted(rooms[0].trace) == sorted(rooms[1].trace)
    assert rooms[0].kernel.events_done == rooms[1].kernel.events_done
