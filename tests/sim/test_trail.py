"""Which input what happens belongs to: handed on from event to event, and to nobody else."""

from playground.sim import Kernel, Mutex, Signal, Trail
from playground.sim.trail import LINGER_US, MAX_STEPS


def kinds(trail: Trail) -> list[str]:
    return [step.kind for step in trail.steps]


def test_what_is_scheduled_from_a_followed_event_is_followed_too() -> None:
    kernel, trail = Kernel(1), Trail()
    kernel.cause = trail
    kernel.after(10, lambda: kernel.after(5, kernel.mark, "later"))
    kernel.cause = None
    kernel.after(10, kernel.mark, "somebody else's")
    kernel.run_until(20)

    assert [(step.at_us, step.kind) for step in trail.steps] == [(15, "later")]
    assert kernel.cause is None


def test_a_task_stays_in_its_own_cause_whoever_ends_its_wait() -> None:
    kernel, mine, other = Kernel(1), Trail(), Trail()
    answer = kernel.future()

    async def ask() -> None:
        await answer
        kernel.mark("answered")

    kernel.cause = mine
    kernel.spawn(ask())
    kernel.cause = other
    kernel.after(5, answer.set, None)
    kernel.cause = None
    kernel.run_until(10)

    assert (kinds(mine), kinds(other)) == (["answered"], [])


def test_a_loop_that_waits_for_work_takes_the_cause_of_the_work() -> None:
    kernel, trail = Kernel(1), Trail()
    work = Signal(kernel)

    async def loop() -> None:
        while True:
            await work.wait()
            kernel.mark("worked")

    kernel.spawn(loop())
    kernel.run_until(1)
    kernel.cause = trail
    kernel.after(1, work.notify)
    kernel.cause = None
    kernel.after(5, work.notify)
    kernel.run_until(10)

    assert kinds(trail) == ["worked"]


def test_a_lock_handed_over_does_not_hand_over_the_cause() -> None:
    kernel, first, second = Kernel(1), Trail(), Trail()
    lock = Mutex(kernel)

    async def use(name: str) -> None:
        async with lock:
            await kernel.sleep(5)
            kernel.mark(name)

    for trail, name in ((first, "first"), (second, "second")):
        kernel.cause = trail
        kernel.spawn(use(name))
    kernel.run_until(100)

    assert (kinds(first), kinds(second)) == (["first"], ["second"])


def test_a_trail_is_bounded_in_steps_and_in_time() -> None:
    full, old = Trail(), Trail()
    for number in range(MAX_STEPS + 5):
        full.note(number, "step", "", {})
    old.ended_us = 0
    old.note(LINGER_US, "in time", "", {})
    old.note(LINGER_US + 1, "too late", "", {})
    old.note(LINGER_US, "closed", "", {})

    assert len(full.steps) == MAX_STEPS
    assert full.full
    assert not full.open
    assert kinds(old) == ["in time"]
    assert not old.full
