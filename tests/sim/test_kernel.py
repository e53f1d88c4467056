"""Virtual time: order, ties, coroutines, errors nobody hears."""

import pytest

from playground.sim import MILLISECOND, SECOND, Cancelled, Channel, Kernel, Mutex, Signal, TimedOut


def test_events_happen_in_order_of_time_and_then_of_scheduling() -> None:
    kernel = Kernel(1)
    seen: list[str] = []
    kernel.after(2, seen.append, "later")
    kernel.after(1, seen.append, "first of two")
    kernel.after(1, seen.append, "second of two")

    kernel.run_until(10)

    assert seen == ["first of two", "second of two", "later"]
    assert kernel.now_us == 10


def test_a_cancelled_event_never_happens() -> None:
    kernel = Kernel(1)
    seen: list[int] = []
    timer = kernel.after(5, seen.append, 1)
    timer.cancel()

    kernel.run_until(10)

    assert seen == []
    assert not timer.pending
    assert kernel.next_due_us() is None


def test_time_cannot_go_back() -> None:
    with pytest.raises(ValueError, match="must be >= 0"):
        Kernel(1).after(-1, print)


def test_a_run_ends_only_between_instants() -> None:
    kernel = Kernel(1)
    seen: list[int] = []
    for number in range(3):
        kernel.after(5, seen.append, number)
    kernel.after(6, seen.append, 3)

    finished = kernel.run_until(10, stop=lambda: True)

    assert not finished
    assert (seen, kernel.now_us) == ([0, 1, 2], 5)


def test_where_a_run_is_cut_does_not_show() -> None:
    def trace(slices: int) -> list[tuple[int, int]]:
        kernel = Kernel(3)
        random = kernel.random("walk")
        seen: list[tuple[int, int]] = []

        def step(number: int) -> None:
            seen.append((kernel.now_us, number))
            kernel.after(random.randint(1, 50), step, number)

        for number in range(5):
            step(number)
        for part in range(1, slices + 1):
            kernel.run_until(3000 * part // slices)
        return seen

    assert trace(1) == trace(7) == trace(300)


def test_a_coroutine_sleeps_in_virtual_time() -> None:
    kernel = Kernel(1)

    async def nap() -> int:
        await kernel.sleep(3 * SECOND)
        return kernel.now_us

    task = kernel.spawn(nap())
    kernel.run_until(10 * SECOND)

    assert task.result() == 3 * SECOND


def test_a_timeout_cancels_what_it_waited_for() -> None:
    kernel = Kernel(1)
    ended: list[str] = []

    async def long() -> None:
        try:
            await kernel.sleep(SECOND)
        except Cancelled:
            ended.append("cancelled")
            raise

    async def wait() -> None:
        with pytest.raises(TimedOut):
            await kernel.timeout(5 * MILLISECOND, long())
        ended.append("timed out")

    kernel.spawn(wait())
    kernel.run_until(2 * SECOND)

    assert sorted(ended) == ["cancelled", "timed out"]


def test_a_task_may_catch_what_is_thrown_into_it_and_go_on() -> None:
    kernel = Kernel(1)

    async def stubborn() -> str:
        try:
            await kernel.sleep(SECOND)
        except KeyError:
            await kernel.sleep(SECOND)
        return "done"

    task = kernel.spawn(stubborn())
    kernel.after(10, task.throw, KeyError())
    kernel.run_until(5 * SECOND)

    assert task.result() == "done"


def test_an_error_that_nobody_awaits_ends_the_run() -> None:
    kernel = Kernel(1)

    async def broken() -> None:
        raise LookupError("a bug of ours")

    kernel.spawn(broken())
    with pytest.raises(LookupError, match="a bug of ours"):
        kernel.run_until(1)


def test_a_channel_hands_over_in_order_and_says_when_it_is_closed() -> None:
    kernel = Kernel(1)
    channel: Channel[int] = Channel(kernel)
    got: list[int] = []

    async def take() -> None:
        while True:
            try:
                got.append(await channel.get())
            except Channel.Closed:
                return

    task = kernel.spawn(take())
    kernel.after(5, channel.put, 1)
    kernel.after(6, channel.put, 2)
    kernel.after(7, channel.close)
    kernel.run_until(10)

    assert got == [1, 2]
    assert task.done


def test_a_mutex_lets_tasks_through_in_the_order_in_which_they_came() -> None:
    kernel = Kernel(1)
    mutex = Mutex(kernel)
    order: list[int] = []

    async def enter(number: int) -> None:
        async with mutex:
            await kernel.sleep(10 - number)
            order.append(number)

    tasks = [kernel.spawn(enter(number)) for number in range(4)]
    kernel.after(1, tasks[2].cancel)
    kernel.run_until(100)

    assert order == [0, 1, 3]
    assert not mutex.held


def test_a_signal_wakes_everybody_who_waits_now() -> None:
    kernel = Kernel(1)
    signal = Signal(kernel)
    woken: list[int] = []

    async def wait(number: int) -> None:
        await signal.wait()
        woken.append(number)

    for number in range(3):
        kernel.spawn(wait(number))
    kernel.after(5, signal.notify)
    kernel.run_until(10)

    assert woken == [0, 1, 2]


def test_streams_of_randomness_do_not_disturb_each_other() -> None:
    alone = Kernel(7).random("a").random()
    kernel = Kernel(7)
    kernel.random("b").random()

    assert kernel.random("a").random() == alone
    assert Kernel(8).random("a").random() != alone
