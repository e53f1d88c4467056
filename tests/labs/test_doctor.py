"""Which lessons work where."""

from pathlib import Path

from playground.backends.probes import Answer, Finding, Need
from playground.labs.doctor import judge
from playground.lessons.loader import load_all

LESSONS, _ = load_all(Path(__file__).parents[2] / "lessons")
ROOM = {"docker": 40, "multipass": 40}


def on_docker(*findings: Finding, room: int = 40) -> dict[str, tuple[str, ...]]:
    lessons = {
        slug: lesson.model_copy(
            update={"outline": lesson.outline.model_copy(update={"backends": ["emulated", "docker"]})}
        )
        for slug, lesson in LESSONS.items()
    }
    verdicts = judge(findings, lessons, {"docker": room, "multipass": 0})
    return {one.lesson: one.because for one in verdicts if one.backend == "docker"}


def test_with_nothing_missing_every_lesson_for_real_engines_works() -> None:
    assert not any(on_docker().values())


def test_without_nodes_no_lesson_works_and_the_reason_is_the_findings() -> None:
    because = on_docker(Finding("docker", "engine", Answer.MISSING, "no Docker Engine is installed", "", (Need.NODES,)))
    assert set(because.values()) == {("no nodes can be made: no Docker Engine is installed",)}


def test_without_ipvs_only_lessons_that_ask_a_port_are_lost() -> None:
    because = on_docker(Finding("docker", "ingress", Answer.MISSING, "the kernel has no IPVS", "", (Need.INGRESS,)))
    assert because["04-scale"] == ("the kernel has no IPVS",)
    assert because["03-lock"] == ()


def test_what_another_backend_lacks_does_not_count() -> None:
    assert not any(on_docker(Finding("multipass", "multipass", Answer.MISSING, "no", "", (Need.NODES,))).values())


def test_too_little_memory_names_the_nodes() -> None:
    assert on_docker(room=3)["05-partition"] == ("it needs 4 nodes, and the memory is enough for 3",)


def test_a_lesson_for_the_emulation_only_says_so() -> None:
    only = {
        "x": LESSONS["03-lock"].model_copy(
            update={"outline": LESSONS["03-lock"].outline.model_copy(update={"backends": ["emulated"]})}
        )
    }
    assert {one.because for one in judge([], only, ROOM)} == {("the lesson is written for the emulated backend only",)}
