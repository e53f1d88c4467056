"""Whatever is commanded and whatever breaks: at every moment the page shows what the engines would answer.

``VIEW_EXAMPLES`` says how many histories are played (5 when unset, then always the same ones).
"""

from typing import Any

import pytest
from hypothesis import Phase, note
from hypothesis import strategies as st

from playground.backends.observer import Observer
from tests.properties.histories import histories
from tests.properties.watched import IMAGES, MACHINES, MANAGERS, Watched

machine = st.sampled_from(MACHINES)
manager = st.sampled_from(MANAGERS)
image = st.sampled_from(IMAGES)
link = st.lists(machine, min_size=2, max_size=2, unique=True)
number = st.integers(0, 5)
command = st.one_of(
    st.builds("docker service create -d --name s{} --replicas {} {}".format, number, st.integers(0, 5), image),
    st.builds("docker service create -d --name g{} --mode global -p 80{}:5000 {}".format, number, number, image),
    st.builds("docker service create -d --name n{} --network back --secret key {}".format, number, image),
    st.builds("docker service scale -d s{}={}".format, number, st.integers(0, 6)),
    st.builds("docker service update -d --image {} s{}".format, image, number),
    st.builds("docker service update -d --force --update-failure-action rollback g{}".format, number),
    st.builds("docker service rollback -d s{}".format, number),
    st.builds("docker service rm {}{}".format, st.sampled_from("sgn"), number),
    st.just("docker network create -d overlay back"),
    st.just("docker network rm back"),
    st.just("echo k | docker secret create key -"),
    st.just("docker secret rm key"),
    st.builds("docker node update --availability {} {}".format, st.sampled_from(["active", "pause", "drain"]), machine),
    st.builds("docker node update --label-add zone={} {}".format, number, machine),
    st.builds("docker node {} {}".format, st.sampled_from(["promote", "demote"]), machine),
    st.builds("docker swarm update --autolock={}".format, st.sampled_from(["true", "false"])),
    st.just("docker swarm leave --force"),
)
fault = st.one_of(
    st.fixed_dictionaries({"partition": st.permutations(MACHINES).map(lambda names: [names[:2], names[2:]])}),
    st.just({"heal": True}),
    st.fixed_dictionaries({"cut": link}),
    st.fixed_dictionaries({"slow": link, "ms": st.sampled_from([50, 400, 3000])}),
    st.fixed_dictionaries({"lose": link, "percent": st.sampled_from([10, 40, 100])}),
    st.fixed_dictionaries({"mend": link}),
    *(st.fixed_dictionaries({verb: machine}) for verb in ("stop", "kill", "start", "restart")),
    *(st.fixed_dictionaries({verb: image}) for verb in ("unhealthy", "crash", "mend_image")),
    st.fixed_dictionaries({"slow_start": image, "seconds": st.sampled_from([3, 20])}),
    st.just({"undo": "all"}),
)
wait = st.sampled_from([0.02, 0.5, 2, 6, 15])
step = st.one_of(
    st.tuples(st.just("command"), manager, command, wait),
    st.tuples(st.just("fault"), fault, wait),
    st.tuples(st.just("kill task"), number, wait),
    st.tuples(st.just("undo"), number, wait),
)

FIRST = ("command", "manager1", f"docker service create -d --name s1 --replicas 4 -p 5000:5000 {IMAGES[0]}", 4)


def play(watched: Watched, what: tuple[Any, ...]) -> None:
    match what:
        case ("command", at, line, seconds):
            watched.do(at, line, seconds)
        case ("fault", broken, seconds):
            watched.fault(**broken)
            watched.sleep(seconds)
        case ("kill task", which, seconds):
            watched.kill_task(which)
            watched.sleep(seconds)
        case ("undo", which, seconds):
            watched.undo(which)
            watched.sleep(seconds)
        case _:
            raise AssertionError(what)


# Making a failure smaller takes minutes.
@histories("VIEW_EXAMPLES", 5, step, least=8, most=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_the_page_shows_what_the_engines_answer_after_every_event(seed: int, steps: list[tuple[Any, ...]]) -> None:
    watched = Watched(seed)
    for what in [FIRST, *steps]:
        note(f"{watched.kernel.now_us / 1e6:.3f} {what}")
        play(watched, what)
    assert watched.compared > 100


def test_asking_the_engines_changes_nothing_of_what_comes() -> None:
    steps = [FIRST, ("fault", {"lose": ["manager1", "worker1"], "percent": 40}, 2), ("kill task", 0, 6)]
    asked, left_alone = Watched(5), Watched(5, ask=False)
    for what in steps:
        play(asked, what)
        play(left_alone, what)

    assert asked.looks > 50 > left_alone.looks
    assert asked.seen.current == left_alone.seen.current
    assert asked.kernel.events_done == left_alone.kernel.events_done


def test_an_observer_that_overlooks_a_change_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(5)
    play(watched, FIRST)
    monkeypatch.setattr(Observer, "_objects", lambda self: None)

    with pytest.raises(AssertionError, match=r"manager1|tasks|services"):
        watched.do("manager1", "docker service scale -d s1=2", 4)
