"""What the pages say of a lesson on the real engines of a server."""

from pathlib import Path

import pytest

from playground.backends.probes import Answer, Finding, Need
from playground.backends.real.driver import DriverError
from playground.backends.real.limits import Limits
from playground.backends.real.ownership import Swept
from playground.labs.real_labs import RealLabs
from playground.labs.real_verdicts import RealVerdicts
from playground.lessons.loader import load_all
from tests.backends.real.fake_driver import FakeDriver

LESSONS, _ = load_all(Path(__file__).parents[2] / "lessons")
NO_IPVS = Finding("docker", "ingress", Answer.MISSING, "the kernel has no IPVS", "", (Need.INGRESS,))


def verdicts(*findings: Finding, nodes: int = 7) -> RealVerdicts:
    driver = FakeDriver()
    real = RealLabs("docker", Limits(nodes=nodes), lambda lab, until_s: driver, lambda known: Swept())
    made = RealVerdicts(real, lambda: findings)
    made.look()
    return made


def test_a_lesson_of_which_all_works_has_nothing_to_say() -> None:
    assert verdicts().of(LESSONS["03-lock"]) is None


def test_a_lesson_for_the_emulation_is_refused_and_says_so() -> None:
    said = verdicts().of(LESSONS["10-secrets"])
    assert said == {"refused": True, "because": ["the lesson is written for the emulated backend only"]}


def test_a_lesson_with_more_nodes_than_a_lab_may_have_is_refused() -> None:
    said = verdicts(nodes=2).of(LESSONS["05-partition"])
    assert said is not None
    assert said["refused"]
    assert said["because"] == ["a lab on real engines may have 2 nodes on this server, not 4"]


def test_what_the_doctor_misses_is_said_and_the_lesson_can_be_begun() -> None:
    assert verdicts(NO_IPVS).of(LESSONS["04-scale"]) == {"refused": False, "because": ["the kernel has no IPVS"]}


def test_before_and_without_a_look_at_the_machine_the_rest_is_known(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> list[Finding]:
        raise DriverError("the engine is gone")

    real = RealLabs("docker", Limits(), lambda lab, until_s: FakeDriver(), lambda known: Swept())
    made = RealVerdicts(real, fail)
    made.look()

    assert made.of(LESSONS["04-scale"]) is None
    assert "the engine is gone" in caplog.text
