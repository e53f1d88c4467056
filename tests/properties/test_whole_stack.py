"""Whatever is commanded and whatever breaks: answers agree, and a mended cluster comes to what was asked.

``STACK_EXAMPLES`` says how many histories are played (12 when unset, then always the same ones).
"""

from typing import Any

from hypothesis import note
from hypothesis import strategies as st

from tests.properties.histories import histories
from tests.properties.stack import MACHINES, Stack

SETTLE_S = 120

machine = st.sampled_from(MACHINES)
manager = st.sampled_from(("m1", "m2", "m3"))
number = st.integers(0, 5)
step = st.one_of(
    st.tuples(
        st.just("create"),
        manager,
        st.integers(0, 4),
        st.integers(0, 1),
        st.sampled_from(["plain", "rollback", "global"]),
        st.booleans(),
    ),
    st.tuples(st.just("scale"), manager, number, st.integers(0, 6)),
    st.tuples(st.just("image"), manager, number, st.sampled_from([0, 1, 1, 2])),
    st.tuples(st.just("force"), manager, number),
    st.tuples(st.just("rollback"), manager, number),
    st.tuples(st.just("remove"), manager, number),
    st.tuples(st.just("availability"), manager, machine, st.sampled_from(["active", "drain", "pause"])),
    st.tuples(st.just("role"), manager, machine, st.sampled_from(["manager", "worker"])),
    st.tuples(st.just("split"), st.frozensets(machine, min_size=1, max_size=4)),
    st.tuples(st.just("cut"), machine, machine),
    st.tuples(st.just("lose"), machine, machine, st.sampled_from([0.2, 0.6])),
    st.tuples(st.just("heal")),
    st.tuples(st.just("kill"), machine),
    st.tuples(st.just("stop"), machine),
    st.tuples(st.just("start"), machine),
    st.tuples(st.just("wait"), st.sampled_from([0.05, 0.5, 2, 7, 20, 45])),
)


def play(stack: Stack, what: tuple[Any, ...]) -> None:
    match what:
        case ("create", at, replicas, image, mode, port):
            stack.create(at, replicas, image, mode, port)
        case ("scale", at, which, replicas):
            stack.update(at, which, replicas=replicas)
        case ("image", at, which, image):
            stack.update(at, which, image=image)
        case ("force", at, which):
            stack.update(at, which, force=True)
        case ("rollback", at, which):
            stack.update(at, which, rollback=True)
        case ("remove", at, which):
            stack.remove(at, which)
        case ("availability", at, name, value):
            stack.update_node(at, name, Availability=value)
        case ("role", at, name, value):
            stack.update_node(at, name, Role=value)
        case ("split", side):
            stack.split(side)
        case ("cut", a, b):
            stack.cut(a, b)
        case ("lose", a, b, loss):
            stack.lose(a, b, loss)
        case ("heal",):
            stack.network.heal()
        case ("kill" | "stop" | "start", name):
            getattr(stack, what[0])(name)
        case ("wait", seconds):
            stack.sleep(seconds)
        case _:
            raise AssertionError(what)


@histories("STACK_EXAMPLES", 12, step, least=3, most=25)
def test_a_mended_cluster_comes_to_what_was_asked(seed: int, steps: list[tuple[Any, ...]]) -> None:
    stack = Stack(seed)
    for what in [("create", "m1", 3, 0, "plain", True), *steps]:
        note(f"{stack.kernel.now_us / 1e6:.3f} {what}")
        play(stack, what)
        stack.check_answers()
    stack.mend()
    stack.sleep(SETTLE_S / 2)
    stack.operate()
    stack.sleep(SETTLE_S / 2)
    stack.check_answers()
    stack.check_settled()
