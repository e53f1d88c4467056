"""The simulated network: order, cuts, loss, machines that are off, refused connections."""

from typing import Any

import pytest

from playground.sim import SECOND, ConnectionRefused, Kernel, Network, Unreachable


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(1)


@pytest.fixture
def network(kernel: Kernel) -> Network:
    network = Network(kernel)
    for name in ("a", "b", "c"):
        network.add_machine(name)
        network.switch_on(name)
    return network


def heard_by(network: Network, machine: str) -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []
    network.listen(machine, "news", lambda source, payload: heard.append((source, payload)))
    return heard


def outcome(kernel: Kernel, network: Network, target: str) -> object:
    """What a call from a comes to: its answer, or the kind of its error."""
    result: list[object] = []

    async def call() -> None:
        try:
            result.append(await network.call("a", target, "echo", "hello", SECOND))
        except (Unreachable, ConnectionRefused, ValueError) as error:
            result.append(type(error))

    kernel.spawn(call())
    kernel.run_until(kernel.now_us + 3 * SECOND)
    return result[0]


def test_messages_between_two_machines_arrive_in_the_order_sent(kernel: Kernel, network: Network) -> None:
    heard = heard_by(network, "b")

    for number in range(50):
        network.send("a", "b", "news", number)
    kernel.run_until(SECOND)

    assert heard == [("a", number) for number in range(50)]


def test_a_cut_swallows_what_crosses_it_and_what_is_on_its_way(kernel: Kernel, network: Network) -> None:
    heard = heard_by(network, "b")
    network.send("a", "b", "news", "on its way")
    network.partition([["a"], ["b", "c"]])

    assert not network.send("a", "b", "news", "lost")
    network.send("c", "b", "news", "same side")
    kernel.run_until(SECOND)

    assert heard == [("c", "same side")]


def test_healing_undoes_every_disturbance(network: Network) -> None:
    network.partition([["a"], ["b"]])
    network.link("b", "c").loss = 0.5
    assert [(a, b) for a, b, _ in network.disturbed()] == [("a", "b"), ("b", "c")]

    network.heal()

    assert network.disturbed() == []
    assert network.connected("a", "b")


def test_a_lossy_link_loses_its_share(kernel: Kernel, network: Network) -> None:
    heard = heard_by(network, "b")
    network.link("a", "b").loss = 0.3

    for number in range(1000):
        network.send("a", "b", "news", number)
    kernel.run_until(SECOND)

    assert 620 < len(heard) < 780


def test_a_slow_link_delays(kernel: Kernel, network: Network) -> None:
    heard = heard_by(network, "b")
    network.link("a", "b").extra_latency_us = SECOND
    network.send("a", "b", "news", 1)

    kernel.run_until(SECOND - 1)
    assert heard == []
    kernel.run_until(2 * SECOND)
    assert heard == [("a", 1)]


def test_a_call_is_answered(kernel: Kernel, network: Network) -> None:
    async def echo(source: str, payload: str) -> str:
        await kernel.sleep(100)
        return payload + " " + source

    network.listen("b", "echo", echo)

    assert outcome(kernel, network, "b") == "hello a"


def test_an_error_of_the_server_is_raised_in_the_caller(kernel: Kernel, network: Network) -> None:
    def refuse(source: str, payload: str) -> None:
        raise ValueError("no")

    network.listen("b", "echo", refuse)

    assert outcome(kernel, network, "b") is ValueError


def test_nobody_listening_refuses_but_a_machine_that_is_off_says_nothing(kernel: Kernel, network: Network) -> None:
    assert outcome(kernel, network, "b") is ConnectionRefused

    network.switch_off("b")
    assert outcome(kernel, network, "b") is Unreachable


def test_a_server_that_restarts_does_not_answer_calls_of_its_life_before(kernel: Kernel, network: Network) -> None:
    async def slow(source: str, payload: str) -> str:
        await kernel.sleep(SECOND // 2)
        return "too late"

    network.listen("b", "echo", slow)
    kernel.after(SECOND // 4, network.switch_off, "b")
    kernel.after(SECOND // 3, network.switch_on, "b")

    assert outcome(kernel, network, "b") is Unreachable
