"""A node's agent: its session with the dispatcher, through whichever manager it can reach.

Source: swarmkit ``agent/agent.go``, ``agent/session.go``, ``agent/reporter.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground.sim.futures import Future
from playground.sim.kernel import MILLISECOND, Kernel, Timer
from playground.sim.network import ConnectionRefused, Network, Unreachable
from playground.swarm.certificates import Certificate
from playground.swarm.errors import RpcError, SwarmError
from playground.swarm.executor import Executor
from playground.swarm.log_broker import LogSubscription, Published
from playground.swarm.log_publisher import LogPublisher
from playground.swarm.model import Node, RootCertificate, Spec, TaskStatus
from playground.swarm.node_disk import NodeDisk
from playground.swarm.remotes import DEFAULT_WEIGHT, Peer, Remotes
from playground.swarm.resources import Attachment
from playground.swarm.rpc import Request
from playground.swarm.session import (
    RPC_TIMEOUT_US,
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
from playground.swarm.worker import Assignments, Worker

INITIAL_BACKOFF_US = 100 * MILLISECOND
MAX_BACKOFF_US = 8000 * MILLISECOND
RESEND_US = 1000 * MILLISECOND
"""A beat without an answer is repeated after this, as TCP repeats what a link lost."""


@dataclass(slots=True)
class _Session:
    """``id`` is empty until the dispatcher has given one."""

    machine: str
    """The manager's machine."""
    peer: Peer | None
    id: str = ""
    registered: bool = False
    closed: bool = False
    stream: int = 0
    received: int = 0
    waiting_since_us: int = -1
    """When the beat was first sent that waits for its answer; -1: none waits."""
    timer: Timer | None = None
    beat: Beat | None = None
    """The last one, sent again while it says the same."""


class Agent:
    """Runs from construction until ``stop``.

    ``local_manager()`` is True while this node runs a manager that takes calls: then the
    agent goes through it, otherwise through one of ``remotes``. ``on_node(node)`` hears of
    this node's object, ``on_root(pem)`` of a new root, ``on_managers()`` after ``remotes``
    changed.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        machine: str,
        executor: Executor,
        disk: NodeDisk,
        remotes: Remotes,
        *,
        certificate: Callable[[], Certificate],
        root: Callable[[], RootCertificate | None],
        local_manager: Callable[[], bool],
        on_node: Callable[[Node], object],
        on_root: Callable[[str], object],
        on_managers: Callable[[], object],
    ) -> None:
        self.ready: Future[None] = Future(kernel)
        self.worker = Worker(kernel, executor, disk, self._on_status)
        self.logs = LogPublisher(kernel, executor, disk, self._publish)
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._executor = executor
        self._remotes = remotes
        self._certificate = certificate
        self._root = root
        self._local_manager = local_manager
        self._on_node = on_node
        self._on_root = on_root
        self._on_managers = on_managers
        self._random = kernel.random("agent", machine, disk.boots)
        self._backoff_us = 0
        self._stopped = False
        self._node: Node | None = None
        self._statuses: dict[str, TaskStatus] = {}
        self._reporting = False
        self._session = _Session("", None)
        self._retry: Timer | None = None
        network.listen(machine, "agent", self._on_answer)
        self.worker.start()
        self._connect("")

    def stop(self, leave: bool) -> None:
        """End the session without a word. ``leave``: drop the tasks and their containers first."""
        self._stopped = True
        self._close()
        if self._retry is not None:
            self._retry.cancel()
        self._network.unlisten(self._machine, "agent")
        self.logs.stop()
        self.worker.stop(leave)

    def describe(self) -> Spec:
        """The node's description with its TLS information."""
        root = self._root()
        tls = {
            "TrustRoot": root.certificate_pem if root else "",
            "CertIssuerSubject": root.subject_base64 if root else "",
            "CertIssuerPublicKey": root.public_key_base64 if root else "",
        }
        return {**self._executor.describe(), "TLSInfo": tls}

    def describe_again(self) -> None:
        """The description has changed: begin a new session with it."""
        if self._session.registered:
            self._close()
            self._connect(self._session.id)

    # Session

    def _connect(self, session_id: str) -> None:
        """Choose a manager, then register after the back-off."""
        delay_us = self._random.randrange(self._backoff_us) if self._backoff_us else 0
        session = self._session = self._choose(session_id)
        self._retry = self._kernel.after(delay_us, self._begin, session)

    def _choose(self, session_id: str) -> _Session:
        if self._local_manager():
            return _Session(self._machine, None, session_id)
        peer = self._remotes.select()
        machine = self._network.machine_at(peer.address.rpartition(":")[0]) if peer else None
        return _Session(machine or "", peer, session_id)

    def _begin(self, session: _Session) -> None:
        if session is self._session and not session.closed:
            self._kernel.spawn(self._register(session), f"agent of {self._machine} registers")

    async def _register(self, session: _Session) -> None:
        registration = Registration(session.id, self.describe(), Route(self._machine, session.machine))
        try:
            message = await self._call(session, "register", registration)
        except (SwarmError, Unreachable, ConnectionRefused):
            self._fail(session)
            return
        if session is not self._session or session.closed:
            return
        session.id, session.stream = message.session_id, message.stream
        session.registered = True
        self._backoff_us = 0
        self._take_message(message)
        self.ready.set(None)
        self._beat(session)
        for task_id, status in self.worker.statuses():
            self._statuses.setdefault(task_id, status)
        self._report_soon()

    async def _call(self, session: _Session, method: str, argument: Any, service: str = "dispatcher") -> Any:
        request = Request(method, (argument,), caller=self._certificate())
        return await self._network.call(self._machine, session.machine, service, request, RPC_TIMEOUT_US)

    async def attach_network(self, target: str) -> Attachment:
        """Ask the manager of the session for a place on a network.

        Raises:
            RpcError: as ``resources.attach_network``; no leader.
            Unreachable, ConnectionRefused: that manager does not answer.
        """
        answer: Attachment = await self._call(self._session, "attach_network", target, "resources")
        return answer

    def _fail(self, session: _Session) -> None:
        """The session broke: begin another, after a while."""
        if session is not self._session or session.closed:
            return
        self._backoff_us = min(INITIAL_BACKOFF_US + 2 * self._backoff_us, MAX_BACKOFF_US)
        self._close()
        self._connect(session.id)

    def _close(self) -> None:
        session = self._session
        session.closed = True
        if session.timer is not None:
            session.timer.cancel()
        if session.peer is not None:
            self._remotes.observe_if_known(session.peer, -DEFAULT_WEIGHT)

    def _beat(self, session: _Session) -> None:
        if session.waiting_since_us < 0:
            session.waiting_since_us = self._kernel.now_us
        elif self._kernel.now_us - session.waiting_since_us >= RPC_TIMEOUT_US:
            self._fail(session)
            return
        beat, caller = session.beat, self._certificate()
        if beat is None or beat.received != session.received or beat.caller is not caller:
            route = Route(self._machine, session.machine)
            beat = session.beat = Beat(session.id, session.stream, caller, route, session.received)
        self._network.send(self._machine, session.machine, "dispatcher", beat)
        session.timer = self._kernel.after(RESEND_US, self._beat, session)

    # What comes from the manager

    def _on_answer(self, _: str, answer: Answer) -> None:
        session = self._session
        if session.closed:
            return
        if isinstance(answer, SessionEnded):
            if answer.session_id in ("", session.id):
                self._fail(session)
        elif answer.session_id != session.id or not session.registered:
            return
        elif isinstance(answer, Beaten):
            self._on_beaten(session, answer)
        elif answer.stream == session.stream and answer.number == session.received + 1:
            session.received = answer.number
            self._on_push(answer)

    def _on_beaten(self, session: _Session, answer: Beaten) -> None:
        if answer.refusal is not None:
            self._fail(session)
        elif session.waiting_since_us >= 0:
            session.waiting_since_us = -1
            if session.timer is not None:
                session.timer.cancel()
            session.timer = self._kernel.after(answer.period_us, self._beat, session)

    def _on_push(self, push: Push) -> None:
        if isinstance(push.content, Assignments):
            wanted = [(task.name, task.desired_state.word) for task in push.content.tasks]
            self._kernel.mark("received", self._machine, tasks=wanted)
            self.worker.assign(push.content)
            self.logs.tasks_assigned(push.content.tasks)
        elif isinstance(push.content, LogSubscription):
            self.logs.subscribe(push.content)
        else:
            self._take_message(push.content)

    def _take_message(self, message: SessionMessage) -> None:
        for peer in message.managers:
            self._remotes.observe(peer, DEFAULT_WEIGHT)
        self._remotes.keep_only(message.managers)
        self._on_managers()
        node = message.node
        if node is not None:
            stable = replace(node, version=0, updated_us=0, status=type(node.status)())
            if stable != self._node:
                self._node = stable
                self._executor.configure(node)
                self._on_node(node)
        if message.root:
            self._on_root(message.root)

    # Reports

    def _publish(self, published: Published) -> None:
        published = replace(published, node_id=self._certificate().node_id)
        self._network.send(self._machine, self._session.machine, "logs", published)

    def _on_status(self, task_id: str, status: TaskStatus) -> None:
        waiting = self._statuses.get(task_id)
        if waiting is None or waiting.state <= status.state:
            self._statuses[task_id] = status
        task = self.worker.task(task_id)
        if task is not None and self._kernel.followed:
            facts = {"state": status.state.word, "message": status.message, "error": status.error}
            self._kernel.mark("walked", self._machine, task=task.name, id=task_id, service=task.service_id, **facts)
        self._report_soon()

    def _report_soon(self) -> None:
        if self._statuses and not self._reporting and self._session.registered and not self._session.closed:
            self._reporting = True
            self._kernel.spawn(self._report(self._session), f"agent of {self._machine} reports")

    async def _report(self, session: _Session) -> None:
        try:
            while self._statuses and session is self._session and not session.closed and not self._stopped:
                batch, self._statuses = self._statuses, {}
                if not await self._send_statuses(session, batch):
                    for task_id, status in batch.items():
                        self._statuses.setdefault(task_id, status)
        finally:
            self._reporting = False
        self._report_soon()

    async def _send_statuses(self, session: _Session, batch: dict[str, TaskStatus]) -> bool:
        """True when the dispatcher has them, or does not want them."""
        states = [(task.name, status.state.word) for key, status in batch.items() if (task := self.worker.task(key))]
        self._kernel.mark("reported", self._machine, to=session.machine, states=states)
        try:
            await self._call(session, "report", StatusReport(session.id, tuple(batch.items())))
        except Unreachable:
            return False
        except ConnectionRefused:
            self._fail(session)
            return False
        except RpcError:
            self._fail(session)
            return False
        return True
