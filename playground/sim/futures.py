"""What a coroutine of the emulation may wait for.

``await`` works over our own loop, without asyncio: a coroutine yields a
``Future``, and the ``Kernel`` resumes it, in a later event of the same virtual
instant, when that future is done.
"""

from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from playground.sim.kernel import Kernel
    from playground.sim.trail import Trail

T = TypeVar("T")


class Cancelled(BaseException):
    """Thrown into a task that was cancelled. Clean up and let it pass."""


class TimedOut(Exception):
    """A ``Kernel.timeout`` ran out before what it waited for was done."""


class Future(Generic[T]):
    """A value that will be there later. It is done once, and stays so.

    A task that waited goes on in the cause (``Kernel.cause``) in which it began to wait; with ``adopts``, in the
    cause of whoever gave the value: that is for loops that wait for work.
    """

    __slots__ = ("_callbacks", "_error", "_kernel", "_value", "adopts", "done")

    def __init__(self, kernel: "Kernel", *, adopts: bool = False) -> None:
        self.adopts = adopts
        self._kernel = kernel
        self._callbacks: list[Callable[[Future[T]], object]] = []
        self._value: T
        self._error: BaseException | None = None
        self.done = False

    def set(self, value: T) -> None:
        """Give the value. Does nothing when the future is done already."""
        if not self.done:
            self._value = value
            self._finish()

    def fail(self, error: BaseException) -> None:
        """Give the error that waiting raises. Does nothing when done already."""
        if not self.done:
            self._error = error
            self._finish()

    def result(self) -> T:
        """Return the value, or raise the error.

        Raises:
            RuntimeError: the future is not done.
        """
        if not self.done:
            raise RuntimeError("the future is not done")
        if self._error is not None:
            raise self._error
        return self._value

    def when_done(self, callback: "Callable[[Future[T]], object]") -> None:
        """Call ``callback(self)`` in an event of its own once the future is done."""
        if self.done:
            self._kernel.soon(callback, self)
        else:
            self._callbacks.append(callback)

    def forget(self, callback: "Callable[[Future[T]], object]") -> None:
        """Take back a callback that has not been called yet."""
        if callback in self._callbacks:
            self._callbacks.remove(callback)

    def _finish(self) -> None:
        self.done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._kernel.soon(callback, self)

    def __await__(self) -> Generator["Future[T]", None, T]:
        if not self.done:
            yield self
        return self.result()


class Task(Future[T]):
    """A coroutine that the kernel drives. Awaiting it gives what it returns."""

    __slots__ = ("_cause", "_coroutine", "_running", "_thrown", "_waits_for", "name")

    def __init__(self, kernel: "Kernel", coroutine: Coroutine[Any, Any, T], name: str) -> None:
        super().__init__(kernel)
        self._coroutine = coroutine
        self._waits_for: Future[Any] | None = None
        self._thrown: BaseException | None = None
        self._running = False
        self._cause: Trail | None = None
        self.name = name
        kernel.soon(self._advance, None)

    def cancel(self) -> None:
        """Throw ``Cancelled`` into the coroutine where it waits."""
        self.throw(Cancelled())

    def throw(self, error: BaseException) -> None:
        """Throw ``error`` into the coroutine where it waits; it may catch it and go on.

        A task that is done is left alone; a later throw replaces one still due.
        """
        if self.done:
            return
        due = self._thrown is not None
        self._thrown = error
        if not due:
            self._kernel.soon(self._advance, None)

    def _advance(self, waited: Future[Any] | None) -> None:
        """Run the coroutine up to its next wait."""
        if self.done or (waited is not self._waits_for and self._thrown is None):
            return
        error, self._thrown = self._thrown, None
        waits_for = self._waits_for
        if waits_for is not None:
            waits_for.forget(self._advance)
            self._waits_for = None
            if error is None and not waits_for.adopts:
                self._kernel.cause = self._cause
        try:
            if error is None:
                waits_for = self._coroutine.send(None)
            else:
                waits_for = self._coroutine.throw(error)
        except StopIteration as stop:
            self.set(stop.value)
        except Cancelled as cancelled:
            self.fail(cancelled)
        except Exception as failure:  # noqa: BLE001 - kept for whoever awaits
            if not self._callbacks and self._kernel.on_lost_error is not None:
                self._kernel.on_lost_error(self, failure)
            self.fail(failure)
        else:
            self._waits_for = waits_for
            cause = self._kernel.cause
            self._cause = cause if cause is not None and cause.open else None
            waits_for.when_done(self._advance)


class Signal:
    """A place to wait for "something changed"; each ``notify`` wakes all who wait now."""

    __slots__ = ("_kernel", "_waiting")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._waiting: list[Future[None]] = []

    def wait(self) -> Future[None]:
        """Return a future that the next ``notify`` completes."""
        future: Future[None] = Future(self._kernel, adopts=True)
        self._waiting.append(future)
        return future

    def notify(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set(None)


class Channel(Generic[T]):
    """A queue between tasks. ``get`` waits for an item; after ``close`` it raises ``Closed``."""

    class Closed(Exception):
        """The channel is closed and everything in it has been taken."""

    __slots__ = ("_changed", "_items", "closed")

    def __init__(self, kernel: "Kernel") -> None:
        self._items: list[T] = []
        self._changed = Signal(kernel)
        self.closed = False

    def put(self, item: T) -> None:
        """Add an item; after ``close`` it is dropped."""
        if not self.closed:
            self._items.append(item)
            self._changed.notify()

    def close(self) -> None:
        self.closed = True
        self._changed.notify()

    async def get(self) -> T:
        while not self._items:
            if self.closed:
                raise Channel.Closed
            await self._changed.wait()
        return self._items.pop(0)


class Mutex:
    """Lets one task at a time through ``async with``, in the order in which they came."""

    __slots__ = ("_kernel", "_queue", "held")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._queue: list[Future[None]] = []
        self.held = False

    async def __aenter__(self) -> None:
        if not self.held:
            self.held = True
            return
        turn: Future[None] = Future(self._kernel)
        self._queue.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done:
                self._pass_on()
            else:
                self._queue.remove(turn)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.pop(0).set(None)
        else:
            self.held = False
