"""The agent's side of service logs: reads the engine's logs of its tasks and publishes them.

Source: swarmkit ``agent/worker.go`` (``Subscribe``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from playground.sim.kernel import Kernel
from playground.swarm.executor import Executor, LogLine
from playground.swarm.log_broker import LogMessage, LogSubscription, Published
from playground.swarm.model import Task
from playground.swarm.node_disk import NodeDisk


@dataclass(slots=True)
class _Followed:
    subscription: LogSubscription
    tasks: dict[str, Callable[[], None]] = field(default_factory=dict)
    waiting: list[LogMessage] = field(default_factory=list)


class LogPublisher:
    """``publish(published)`` sends towards the leader."""

    def __init__(
        self, kernel: Kernel, executor: Executor, disk: NodeDisk, publish: Callable[[Published], object]
    ) -> None:
        self._kernel = kernel
        self._executor = executor
        self._disk = disk
        self._publish = publish
        self._followed: dict[str, _Followed] = {}

    def subscribe(self, subscription: LogSubscription) -> None:
        """Publish what is there; with ``follow`` go on until a subscription of that id closes it."""
        if subscription.close:
            followed = self._followed.pop(subscription.id, None)
            if followed is not None:
                self._end(followed)
            return
        if subscription.id in self._followed:
            return
        followed = _Followed(subscription)
        if subscription.options.follow:
            self._followed[subscription.id] = followed
        messages: list[LogMessage] = []
        for task in list(self._disk.tasks.values()):
            if self._wants(subscription, task):
                messages += self._read(followed, task)
        done = not subscription.options.follow
        self._publish(Published(subscription.id, messages=tuple(messages), done=done))

    def tasks_assigned(self, tasks: Iterable[Task]) -> None:
        """New tasks may belong to what is followed."""
        for followed in self._followed.values():
            for task in tasks:
                if task.id not in followed.tasks and self._wants(followed.subscription, task):
                    messages = self._read(followed, task)
                    if messages:
                        self._publish(Published(followed.subscription.id, messages=tuple(messages)))

    def stop(self) -> None:
        for followed in self._followed.values():
            self._end(followed)
        self._followed.clear()

    @staticmethod
    def _end(followed: _Followed) -> None:
        for stop in followed.tasks.values():
            stop()

    @staticmethod
    def _wants(subscription: LogSubscription, task: Task) -> bool:
        selector = subscription.selector
        return task.service_id in selector.service_ids or task.id in selector.task_ids

    def _read(self, followed: _Followed, task: Task) -> list[LogMessage]:
        options = followed.subscription.options

        def wanted(line: LogLine) -> bool:
            return line.stream in options.streams and (
                options.since_us is None or line.timestamp_us >= options.since_us
            )

        def follow(line: LogLine) -> None:
            if wanted(line):
                self._queue(followed, self._message(task, line))

        lines, stop = self._executor.task_logs(task.id, follow if options.follow else None)
        followed.tasks[task.id] = stop
        lines = [line for line in lines if wanted(line)]
        if options.tail is not None:
            lines = lines[-options.tail :] if options.tail else []
        return [self._message(task, line) for line in lines]

    @staticmethod
    def _message(task: Task, line: LogLine) -> LogMessage:
        return LogMessage(task.service_id, task.node_id, task.id, line.stream, line.timestamp_us, line.data)

    def _queue(self, followed: _Followed, message: LogMessage) -> None:
        followed.waiting.append(message)
        if len(followed.waiting) == 1:
            self._kernel.soon(self._flush, followed)

    def _flush(self, followed: _Followed) -> None:
        messages, followed.waiting = followed.waiting, []
        self._publish(Published(followed.subscription.id, messages=tuple(messages)))
