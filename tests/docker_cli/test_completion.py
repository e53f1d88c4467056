"""What the Tab key offers."""

from collections.abc import Callable

import pytest

from playground.docker_cli.completion import complete
from playground.sim import Kernel
from tests.docker_cli.conftest import FakeEngine

Offer = Callable[..., list[str]]


@pytest.fixture
def offer() -> Offer:
    engine = FakeEngine(
        {
            "GET /nodes": [{"Description": {"Hostname": name}} for name in ("manager1", "worker1")],
            "GET /services": [{"Spec": {"Name": "web"}}, {"Spec": {"Name": "api"}}],
            "GET /networks": [{"Name": "ingress"}],
            "GET /containers/json": [{"Names": ["/one"]}],
        }
    )

    def run(*words: str, engine: FakeEngine = engine) -> list[str]:
        kernel = Kernel(1)
        task = kernel.spawn(complete(["docker", *words], engine), "complete")
        kernel.run_while(lambda: not task.done, 1_000_000)
        return list(task.result())

    return run


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sw"], ["swarm"]),
        (["swarm", "join"], ["join", "join-token"]),
        (["node", "inspect", ""], ["manager1", "self", "worker1"]),
        (["node", "promote", "manager1", ""], ["self", "worker1"]),
        (["service", "rm", "w"], ["web"]),
        (["service", "scale", ""], ["api=", "web="]),
        (["service", "create", "--net"], ["--network"]),
        (["service", "create", "--network", ""], ["ingress"]),
        (["service", "create", "--mode=glo"], ["--mode=global", "--mode=global-job"]),
        (["node", "update", "--availability", "d"], ["drain"]),
        (["swarm", "join-token", ""], ["manager", "worker"]),
        (["exec", "-it", ""], ["one"]),
        (["help", "nod"], ["node"]),
        (["service", "create", "-q"], []),
        (["nothing", ""], []),
    ],
)
def test_candidates(words: list[str], offered: list[str], offer: Offer) -> None:
    assert offer(*words) == offered


def test_an_engine_that_does_not_answer_offers_no_names(offer: Offer) -> None:
    assert offer("node", "inspect", "", engine=FakeEngine(unreachable=True)) == []
    assert "swarm" in offer("", engine=FakeEngine(unreachable=True))
