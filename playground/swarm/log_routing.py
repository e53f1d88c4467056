"""Service and task logs, on the leader: brings questions to the nodes and lines back.

Source: swarmkit ``manager/logbroker``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from playground.sim.kernel import Kernel
from playground.sim.network import Network
from playground.swarm.dispatcher import Dispatcher
from playground.swarm.errors import Code, RpcError
from playground.swarm.log_broker import LogOptions, LogOutput, LogSelector, LogSubscription, Published
from playground.swarm.model import Service, Task, TaskState
from playground.swarm.store import Change, MemoryStore

CLIENT_SERVICE = "logs-client"


@dataclass(slots=True)
class _Subscription:
    message: LogSubscription
    client: str
    nodes: dict[str, None] = field(default_factory=dict)
    """Nodes that were asked and have not finished."""
    asked: dict[str, None] = field(default_factory=dict)
    pending_tasks: dict[str, None] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class LogBroker:
    """Runs on the leader only. Lines go to the service ``logs-client`` of the manager that asked."""

    def __init__(
        self, kernel: Kernel, network: Network, machine: str, view: MemoryStore, dispatcher: Dispatcher
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._view = view
        self._dispatcher = dispatcher
        self._subscriptions: dict[str, _Subscription] = {}
        self._stop_watching: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop_watching = self._view.watch(self._on_changes)

    def stop(self) -> None:
        """End every subscription: who follows must ask the next leader."""
        if self._stop_watching is not None:
            self._stop_watching()
        for subscription in list(self._subscriptions.values()):
            self._close(subscription, "log broker is stopped")

    def subscribe(self, subscription_id: str, selector: LogSelector, options: LogOptions, client: str) -> None:
        """Begin; an agent is asked on each node that has one of the tasks.

        Raises:
            RpcError: InvalidArgument, nothing is selected.
        """
        if not (selector.service_ids or selector.task_ids):
            raise RpcError(Code.INVALID_ARGUMENT, "log selector must be provided")
        subscription = _Subscription(LogSubscription(subscription_id, selector, options), client)
        self._subscriptions[subscription_id] = subscription
        for task in self._matching(subscription):
            self._add(subscription, task)
        self._finish_if_done(subscription)

    def unsubscribe(self, subscription_id: str) -> None:
        subscription = self._subscriptions.pop(subscription_id, None)
        if subscription is not None:
            for node_id in subscription.asked:
                self._dispatcher.subscribe_logs(node_id, replace(subscription.message, close=True))

    def _matching(self, subscription: _Subscription) -> list[Task]:
        selector, follow = subscription.message.selector, subscription.message.options.follow
        tasks = [task for task_id in selector.task_ids if (task := self._view.get(Task, task_id)) is not None]
        for service_id in selector.service_ids:
            if self._view.get(Service, service_id) is not None:
                tasks += [
                    task
                    for task in self._view.tasks_of_service(service_id)
                    if follow or task.status.state >= TaskState.RUNNING
                ]
        return tasks

    def _add(self, subscription: _Subscription, task: Task) -> None:
        if not task.node_id:
            subscription.pending_tasks[task.id] = None
            return
        subscription.pending_tasks.pop(task.id, None)
        if task.node_id in subscription.asked:
            return
        subscription.asked[task.node_id] = None
        if self._dispatcher.subscribe_logs(task.node_id, subscription.message):
            subscription.nodes[task.node_id] = None
        else:
            subscription.errors.append(f"node {task.node_id} is not available")

    def _on_changes(self, changes: Sequence[Change]) -> None:
        for subscription in self._subscriptions.values():
            if not subscription.message.options.follow:
                continue
            selector = subscription.message.selector
            for change in changes:
                task = change.new
                if isinstance(task, Task) and (task.service_id in selector.service_ids or task.id in selector.task_ids):
                    self._add(subscription, task)

    def published(self, published: Published) -> None:
        """An agent sends lines, or is done."""
        subscription = self._subscriptions.get(published.subscription_id)
        if subscription is None:
            return
        if published.messages:
            self._output(subscription, LogOutput(published.subscription_id, published.messages))
        if published.done:
            subscription.nodes.pop(published.node_id, None)
            self._finish_if_done(subscription)

    def _finish_if_done(self, subscription: _Subscription) -> None:
        if subscription.message.options.follow or subscription.nodes:
            return
        reasons = [
            *subscription.errors,
            *(f"task {task} has not been scheduled" for task in subscription.pending_tasks),
        ]
        error = ""
        if reasons:
            error = (
                "warning: incomplete log stream. some logs could not be retrieved for the following reasons: "
                + ", ".join(reasons)
            )
        self._close(subscription, error)

    def _close(self, subscription: _Subscription, error: str) -> None:
        self._subscriptions.pop(subscription.message.id, None)
        self._output(subscription, LogOutput(subscription.message.id, done=True, error=error))

    def _output(self, subscription: _Subscription, output: LogOutput) -> None:
        self._network.send(self._machine, subscription.client, CLIENT_SERVICE, output)
