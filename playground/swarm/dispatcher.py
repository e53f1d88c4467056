"""The leader's side of every agent's session: who lives, what each node shall run, how its tasks fare.

Source: swarmkit ``manager/dispatcher/dispatcher.go``, ``nodes.go``, ``period.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.sim.futures import Cancelled, Future
from playground.sim.kernel import MILLISECOND, SECOND, Kernel, Timer
from playground.swarm.assignments import AssignmentSet
from playground.swarm.errors import Code, RpcError
from playground.swarm.identity import new_id
from playground.swarm.log_broker import LogSubscription
from playground.swarm.model import Cluster, Node, NodeState, NodeStatus, Task, TaskState, TaskStatus
from playground.swarm.registered import DEFAULT_PERIOD_US, NodeUpdate, Registered, Session, heartbeat_period_us
from playground.swarm.remotes import Peer
from playground.swarm.session import (
    Answer,
    Beat,
    Beaten,
    Push,
    Registration,
    Route,
    SessionEnded,
    SessionMessage,
    StatusReport,
)
from playground.swarm.store import Change, ReplicatedStore, Transaction
from playground.swarm.worker import Assignments

EPSILON_US = 500 * MILLISECOND
GRACE = 3
GRACE_UNKNOWN = 6
RATE_LIMIT_PERIOD_US = 8 * SECOND
RATE_LIMIT_COUNT = 3
BATCH_US = 100 * MILLISECOND
MAX_MODIFICATIONS = 100
ORPHAN_US = 24 * 3600 * SECOND

LEADERSHIP_CHANGE = 'Node moved to "unknown" state due to leadership change in cluster'
HEARTBEAT_FAILURE = "heartbeat failure"
HEARTBEAT_FAILURE_UNKNOWN = 'heartbeat failure for node in "unknown" state'


class Dispatcher:
    """Runs on the leader only.

    ``managers()`` are the peers that agents shall know; ``send(route, answer)`` brings a
    message to an agent (or loses it).
    """

    def __init__(
        self,
        kernel: Kernel,
        store: ReplicatedStore,
        node_id: str,
        managers: Callable[[], tuple[Peer, ...]],
        send: Callable[[Route, Answer], object],
    ) -> None:
        self._kernel = kernel
        self._store = store
        self._node_id = node_id
        self._managers = managers
        self._send = send
        self._random = kernel.random("dispatcher", node_id, kernel.now_us)
        self._period_us = DEFAULT_PERIOD_US
        self._nodes: dict[str, Registered] = {}
        self._down: dict[str, Timer] = {}
        self._node_updates: dict[str, NodeUpdate] = {}
        self._task_updates: dict[str, TaskStatus] = {}
        self._flush_due = False
        self._flushed: Future[None] = Future(kernel)
        self._started_us = 0
        self._last_managers: tuple[Peer, ...] = ()
        self._last_root = ""
        self._running = False
        self._stop_watching: Callable[[], None] | None = None

    # Life

    def start(self) -> None:
        """Expect every node that is not down to register anew; watch the store."""
        self._running = True
        self._started_us = self._kernel.now_us
        self._stop_watching = self._store.view.watch(self._on_changes)
        cluster = self._store.view.cluster()
        self._period_us = heartbeat_period_us(cluster)
        self._last_root = cluster.root.certificate_pem if cluster and cluster.root else ""
        self._last_managers = self._managers()
        self._kernel.spawn(self._mark_nodes_unknown(), "dispatcher marks nodes unknown")

    def stop(self) -> None:
        """End every session."""
        self._running = False
        if self._stop_watching is not None:
            self._stop_watching()
        for timer in self._down.values():
            timer.cancel()
        for registered in self._nodes.values():
            if registered.timer is not None:
                registered.timer.cancel()
            session = registered.session
            if session is not None:
                if session.flush is not None:
                    session.flush.cancel()
                self._send(session.route, SessionEnded(session.id, session.route.machine))
        self._nodes.clear()
        self._down.clear()
        self._flushed.fail(RpcError(Code.ABORTED, "dispatcher is stopped"))

    async def _mark_nodes_unknown(self) -> None:
        def mark(transaction: Transaction, node_id: str) -> None:
            node = transaction.get(Node, node_id)
            if node is None or node_id in self._nodes:
                return
            if node.status.state is NodeState.DOWN:
                self._count_down(node_id)
                return
            status = replace(node.status, state=NodeState.UNKNOWN, message=LEADERSHIP_CHANGE)
            transaction.update(replace(node, status=status))
            self._expect(node_id, Registered(0, HEARTBEAT_FAILURE_UNKNOWN), GRACE_UNKNOWN)

        try:
            await self._store.batch([node.id for node in self._store.view.all(Node)], mark)
        except (RpcError, Cancelled):
            # Not the leader any more: the next one does it.
            return

    # Liveness

    def _choose_period(self) -> int:
        return self._period_us + self._random.randrange(2 * EPSILON_US) - EPSILON_US

    def _expect(self, node_id: str, registered: Registered, grace: int) -> None:
        registered.deadline_us = self._kernel.now_us + grace * self._choose_period()
        registered.timer = self._kernel.at(registered.deadline_us, self._check, node_id, registered)
        self._nodes[node_id] = registered

    def _check(self, node_id: str, registered: Registered) -> None:
        """The deadline as of when the timer was set has come; beats may have moved it."""
        if self._nodes.get(node_id) is not registered:
            return
        if self._kernel.now_us < registered.deadline_us:
            registered.timer = self._kernel.at(registered.deadline_us, self._check, node_id, registered)
            return
        self._forget(node_id)
        if self._store.view.get(Node, node_id) is None:
            return
        self._count_down(node_id)
        update = self._node_updates.get(node_id)
        description = update.description if update else None
        self._node_updates[node_id] = NodeUpdate(NodeStatus(NodeState.DOWN, registered.message), description)
        self._flush_soon()

    def _forget(self, node_id: str) -> None:
        registered = self._nodes.pop(node_id, None)
        if registered is not None:
            if registered.timer is not None:
                registered.timer.cancel()
            if registered.session is not None and registered.session.flush is not None:
                registered.session.flush.cancel()

    def _count_down(self, node_id: str) -> None:
        old = self._down.pop(node_id, None)
        if old is not None:
            old.cancel()
        self._down[node_id] = self._kernel.after(ORPHAN_US, self._orphan, node_id)

    def _orphan(self, node_id: str) -> None:
        self._down.pop(node_id, None)
        self._kernel.spawn(self._move_tasks_to_orphaned(node_id), f"orphan tasks of {node_id}")

    async def _move_tasks_to_orphaned(self, node_id: str) -> None:
        def orphan(transaction: Transaction, task_id: str) -> None:
            task = transaction.get(Task, task_id)
            if task is not None and TaskState.ASSIGNED <= task.status.state <= TaskState.RUNNING:
                transaction.update(replace(task, status=replace(task.status, state=TaskState.ORPHANED)))

        try:
            await self._store.batch([task.id for task in self._store.view.tasks_on_node(node_id)], orphan)
        except RpcError:
            return

    def _session(self, node_id: str, session_id: str) -> Session:
        registered = self._nodes.get(node_id)
        if registered is None:
            raise RpcError(Code.NOT_FOUND, "node not registered")
        if registered.session is None or not session_id or registered.session.id != session_id:
            raise RpcError(Code.INVALID_ARGUMENT, "session invalid")
        return registered.session

    # Calls of agents; whoever calls has authorized them

    async def register(self, node_id: str, address: str, registration: Registration) -> SessionMessage:
        """Begin a session, or go on with one; returns once the node's readiness is committed.

        Raises:
            RpcError: NotFound, no such node; Unavailable, too many registrations; Aborted, not leading any more.
        """
        self._check_running()
        registered = self._nodes.get(node_id)
        current = registered.session if registered is not None else None
        going_on = current is not None and current.id == registration.session_id
        if registered is not None and not going_on:
            self._check_rate(node_id, registered)
        if self._store.view.get(Node, node_id) is None:
            raise RpcError(Code.NOT_FOUND, "node not found")
        timer = self._down.pop(node_id, None)
        if timer is not None:
            timer.cancel()
        if registered is not None:
            # Upstream may find it down while its readiness is being written, and leave it so.
            registered.deadline_us = max(registered.deadline_us, self._kernel.now_us + self._period_us)
        self._node_updates[node_id] = NodeUpdate(NodeStatus(NodeState.READY, "", address), registration.description)
        self._flush_soon()
        await self._flushed
        self._check_running()
        node = self._store.view.get(Node, node_id)
        if not going_on or current is None or self._nodes.get(node_id) is not registered:
            current = Session(new_id(self._random), node_id, registration.route)
            before = self._nodes.get(node_id)
            self._forget(node_id)
            fresh = Registered(0, HEARTBEAT_FAILURE, current, self._kernel.now_us)
            if before is not None:
                fresh.attempts, fresh.registered_us = before.attempts, before.registered_us
            self._expect(node_id, fresh, GRACE)
        current.begin_stream(registration.route)
        return SessionMessage(current.id, current.stream, node, self._last_managers, self._last_root)

    def _check_running(self) -> None:
        if not self._running:
            raise RpcError(Code.ABORTED, "dispatcher is stopped")

    def _check_rate(self, node_id: str, registered: Registered) -> None:
        if self._kernel.now_us - registered.registered_us > RATE_LIMIT_PERIOD_US:
            registered.attempts = 0
        registered.attempts += 1
        if registered.attempts > RATE_LIMIT_COUNT:
            raise RpcError(Code.UNAVAILABLE, f"node {node_id} exceeded rate limit count of registrations")
        registered.registered_us = self._kernel.now_us

    def beat(self, node_id: str, beat: Beat) -> Beaten:
        """Count a sign of life. The first one of a session opens its assignments; each repeats what got lost."""
        try:
            self._check_running()
            session = self._session(node_id, beat.session_id)
            if beat.stream != session.stream:
                # A later registration of the agent, given up by it, has overtaken the one it goes by.
                raise RpcError(Code.INVALID_ARGUMENT, "session invalid")
        except RpcError as refusal:
            return Beaten(beat.session_id, beat.route.machine, refusal=refusal)
        period_us = self._choose_period()
        self._nodes[node_id].deadline_us = self._kernel.now_us + GRACE * period_us
        if not session.open:
            self._open(session)
        elif session.unconfirmed:
            self._repeat(session, beat.received)
        return Beaten(beat.session_id, beat.route.machine, period_us)

    def _repeat(self, session: Session, received: int) -> None:
        session.unconfirmed = [(at_us, push) for at_us, push in session.unconfirmed if push.number > received]
        for at_us, push in session.unconfirmed:
            if self._kernel.now_us - at_us > SECOND:
                self._send(session.route, push)

    def report(self, node_id: str, report: StatusReport) -> None:
        """Take statuses of tasks; they are committed in the next batch.

        Raises:
            RpcError: no such session; PermissionDenied, another node's task.
        """
        self._check_running()
        self._session(node_id, report.session_id)
        for task_id, status in report.statuses:
            task = self._store.view.get(Task, task_id)
            if task is None:
                continue
            if task.node_id != node_id:
                raise RpcError(Code.PERMISSION_DENIED, "cannot update a task not assigned this node")
            self._task_updates[task_id] = status
        if self._task_updates:
            self._flush_soon()

    # Writing what agents said

    def _flush_soon(self) -> None:
        """Batches are written every 100 ms, counted from the start."""
        if not self._flush_due:
            self._flush_due = True
            wait_us = BATCH_US - (self._kernel.now_us - self._started_us) % BATCH_US
            self._kernel.after(wait_us, self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self._running:
            flushed, self._flushed = self._flushed, Future(self._kernel)
            tasks, self._task_updates = self._task_updates, {}
            nodes, self._node_updates = self._node_updates, {}
            self._kernel.spawn(self._write(tasks, nodes, flushed), "dispatcher writes updates")

    async def _write(self, tasks: dict[str, TaskStatus], nodes: dict[str, NodeUpdate], flushed: Future[None]) -> None:
        def write(transaction: Transaction, item: tuple[str, TaskStatus | NodeUpdate]) -> None:
            object_id, update = item
            if isinstance(update, TaskStatus):
                self._write_task(transaction, object_id, update)
            else:
                self._write_node(transaction, object_id, update)

        updates: list[tuple[str, TaskStatus | NodeUpdate]] = [*tasks.items(), *nodes.items()]
        try:
            await self._store.batch(updates, write)
        except RpcError as error:
            flushed.fail(error)
        else:
            flushed.set(None)

    def _write_task(self, transaction: Transaction, task_id: str, status: TaskStatus) -> None:
        task = transaction.get(Task, task_id)
        if task is None or task.status.state > status.state:
            return
        status = replace(status, applied_by=self._node_id)
        if replace(task.status, applied_by=self._node_id) != status:
            transaction.update(replace(task, status=status))

    def _write_node(self, transaction: Transaction, node_id: str, update: NodeUpdate) -> None:
        node = transaction.get(Node, node_id)
        if node is None:
            return
        status = update.status if update.status.address else replace(update.status, address=node.status.address)
        description = node.description if update.description is None else update.description
        transaction.update(replace(node, status=status, description=description))

    # Telling agents

    def _on_changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            obj = change.object
            if isinstance(obj, Task):
                self._on_task(change, obj)
            elif isinstance(obj, Node):
                self._on_node(change, obj)
            elif isinstance(obj, Cluster) and change.new is not None:
                self._on_cluster(obj)

    def _on_task(self, change: Change, task: Task) -> None:
        registered = self._nodes.get(task.node_id)
        session = registered.session if registered is not None else None
        if session is None or not session.open:
            return
        if change.new is None:
            modified = session.assignments.remove(task)
        else:
            modified = session.assignments.add_or_update(self._store.view, task)
        if modified:
            self._modified(session)

    def _on_node(self, change: Change, node: Node) -> None:
        if change.new is None:
            timer = self._down.pop(node.id, None)
            if timer is not None:
                timer.cancel()
            return
        registered = self._nodes.get(node.id)
        session = registered.session if registered is not None else None
        if session is None or not session.open:
            return
        old = change.old
        if isinstance(old, Node) and (old.spec, old.role, old.certificate_issued, old.lb_addresses) == (
            node.spec,
            node.role,
            node.certificate_issued,
            node.lb_addresses,
        ):
            return
        if session.assignments.set_node(self._store.view, node):
            self._modified(session)
        self._tell(session, node)

    def _on_cluster(self, cluster: Cluster) -> None:
        self._period_us = heartbeat_period_us(cluster)
        root = cluster.root.certificate_pem if cluster.root else ""
        if root != self._last_root:
            self._last_root = root
            self._tell_everybody()

    def managers_changed(self) -> None:
        """The raft members are others than before."""
        managers = self._managers()
        if self._running and managers != self._last_managers:
            self._last_managers = managers
            self._tell_everybody()

    def subscribe_logs(self, node_id: str, subscription: LogSubscription) -> bool:
        """Bring a subscription to a node's agent; False when it has no session."""
        registered = self._nodes.get(node_id)
        if registered is None or registered.session is None or not registered.session.open:
            return False
        self._push(registered.session, subscription)
        return True

    def _tell_everybody(self) -> None:
        for node_id, registered in self._nodes.items():
            if registered.session is not None:
                self._tell(registered.session, self._store.view.get(Node, node_id))

    def _tell(self, session: Session, node: Node | None) -> None:
        self._push(session, SessionMessage(session.id, session.stream, node, self._last_managers, self._last_root))

    def _open(self, session: Session) -> None:
        """Send everything; from now on only what changes."""
        session.open = True
        session.assignments = AssignmentSet()
        view = self._store.view
        for task in view.tasks_on_node(session.node_id):
            session.assignments.add_or_update(view, task)
        node = view.get(Node, session.node_id)
        if node is not None:
            session.assignments.set_node(view, node)
            self._tell(session, node)
        self._push(session, session.assignments.message(complete=True))

    def _modified(self, session: Session) -> None:
        session.modified += 1
        if session.flush is not None:
            session.flush.cancel()
        if session.modified >= MAX_MODIFICATIONS:
            self._send_changes(session)
        else:
            session.flush = self._kernel.after(BATCH_US, self._send_changes, session)

    def _send_changes(self, session: Session) -> None:
        session.modified = 0
        session.flush = None
        content = session.assignments.message(complete=False)
        names = [task.name for task in content.tasks]
        self._kernel.mark("dispatched", to=session.route.machine, tasks=names, removed=_removed_tasks(content))
        self._push(session, content)

    def _push(self, session: Session, content: SessionMessage | Assignments | LogSubscription) -> None:
        session.sent += 1
        push = Push(session.id, session.stream, session.route.machine, session.sent, content)
        session.unconfirmed.append((self._kernel.now_us, push))
        self._send(session.route, push)


def _removed_tasks(content: Assignments) -> int:
    return sum(kind is Task for kind, _ in content.removed)
