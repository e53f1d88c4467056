"""The swarm side of one engine: init, join, leave, unlock, and the way to the leader from any manager.

Source: moby ``daemon/cluster``.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

from playground.sim.futures import Channel, Mutex, TimedOut
from playground.sim.kernel import SECOND, Kernel
from playground.sim.network import Network
from playground.swarm.certificates import Authority
from playground.swarm.errors import (
    BadConfiguration,
    Code,
    InvalidUnlockKey,
    NotLocked,
    NotManager,
    RpcError,
    SwarmError,
    Unavailable,
)
from playground.swarm.executor import Executor
from playground.swarm.identity import new_id
from playground.swarm.log_broker import LogMessage, LogOptions, LogOutput, LogSelector
from playground.swarm.log_routing import CLIENT_SERVICE
from playground.swarm.manager import Manager
from playground.swarm.membership import CertificatesExpired, Locked, Membership
from playground.swarm.model import Spec
from playground.swarm.node_disk import NodeDisk, StartConfig
from playground.swarm.node_runner import LocalState, NodeRunner
from playground.swarm.remote_address import with_remote_found
from playground.swarm.replication import RaftMember
from playground.swarm.requests import read_init, read_join
from playground.swarm.resources import Attachment
from playground.swarm.rpc import Request
from playground.swarm.store import Change, MemoryStore
from playground.swarm.tokens import InvalidKeyText, parse_unlock_key
from playground.swarm.wire.specs import merged_cluster_spec

__all__ = ["LocalState", "SwarmNode"]

CONNECT_TIMEOUT_US = 20 * SECOND
STATS_TIMEOUT_US = 5 * SECOND

NO_SWARM = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node '
    "to swarm and try again."
)
PREPARING = "This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster."
WORKER = (
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
    "Please run this command on a manager node or promote the current node to a manager."
)
NOT_PART = "This node is not part of a swarm"
ALREADY_PART = (
    'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.'
)
JOIN_TIMEOUT = (
    "Timeout was reached before node joined. The attempt to join the swarm will continue in the background. "
    'Use the "docker info" command to see the current swarm status of your node.'
)
LEAVE_LOCKED = "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message."
LEAVE_MANAGER = "You are attempting to leave the swarm on a node that is participating as a manager. "
LEAVE_LAST = "Removing the last manager erases all current state of the swarm. Use `--force` to ignore this message. "
LEAVE_SUFFIX = (
    "The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. "
    "Use `--force` to suppress this message."
)


class SwarmNode:
    """One engine's membership in a swarm.

    The object outlives its engine: what a node has on disk (certificate and key, raft
    log, list of managers, tasks it was given) is kept in it while the engine is stopped
    or its machine is off. A new node's engine is stopped until ``start``.

    ``machine`` names it on the network, ``address`` is its IP address there; ``wall_us``
    is the date of the lab's start in microseconds since 1970.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        machine: str,
        address: str,
        executor: Executor,
        authority: Authority,
        wall_us: int,
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._address = address
        self._executor = executor
        self._authority = authority
        self._wall_us = wall_us
        self._disk = NodeDisk()
        self._runner: NodeRunner | None = None
        self._started = False
        self._mutex = Mutex(kernel)
        self._watchers: list[Callable[[Sequence[Change]], object]] = []
        self._log_streams: dict[str, Channel[LogOutput]] = {}
        self._random = kernel.random("node", machine)
        network.set_address(machine, address)

    # What GET /info and /_ping show

    @property
    def state(self) -> LocalState:
        return LocalState.INACTIVE if self._runner is None else self._runner.state

    @property
    def error(self) -> str:
        """``Swarm.Error`` of ``/info``, without what a failing ``get_cluster`` adds to it."""
        return "" if self._runner is None or self._runner.error is None else str(self._runner.error)

    @property
    def node_id(self) -> str:
        """Empty outside a swarm and while locked."""
        return self._membership.node_id if self._membership else ""

    @property
    def node_address(self) -> str:
        """The advertised IP address, empty outside a swarm."""
        if self._runner is None:
            return ""
        return self._runner.config.advertise.rpartition(":")[0] or self._address

    @property
    def kept(self) -> bool:
        """True while this node's disk has a swarm to which it belongs, running or not."""
        return self._disk.config is not None

    @property
    def control_available(self) -> bool:
        """True while this node runs a manager that takes control calls."""
        return self._membership is not None and self._membership.control_ready

    @property
    def is_manager(self) -> bool:
        """True while this node runs a manager, ready or not: what ``/_ping`` calls a manager."""
        return self._membership is not None and self._membership.manager is not None

    def remote_managers(self) -> list[tuple[str, str]]:
        """Managers that this node's agent knows: (node id, ``ip:2377``), in no order that means anything."""
        if self._membership is None:
            return []
        return [(peer.node_id, peer.address) for peer in self._membership.remotes.peers()]

    @property
    def _membership(self) -> Membership | None:
        return self._runner.membership if self._runner is not None else None

    @property
    def _manager(self) -> Manager | None:
        return self._membership.manager if self._membership is not None else None

    # Membership: bodies as the Engine API has them

    async def init(self, request: Spec) -> str:
        """``POST /swarm/init``; returns the node id.

        Raises:
            BadConfiguration: an address, the availability, the pool or the spec makes no sense.
            Unavailable: the node is in a swarm already.
            NotManager: ``ForceNewCluster`` on a worker.
            SwarmError: the pool or the data path port is out of range (HTTP 500).
        """
        async with self._mutex:
            force = bool(request.get("ForceNewCluster"))
            if self._runner is not None:
                if not force:
                    raise Unavailable(ALREADY_PART)
                if not self.is_manager:
                    raise NotManager(WORKER)
                self._runner.stop(orderly=True, leave=True)
            config = read_init(request, self._address)
            runner = self._run(config)
            try:
                await runner.ready
            except SwarmError:
                self._runner = None
                if not force:
                    self._wipe_disk()
                raise
            await self._write_spec(request.get("Spec") or {})
            return self.node_id

    async def _write_spec(self, spec: Spec) -> None:
        """Source: ``swarm.go``, ``initClusterSpec``."""
        try:
            cluster = await self.control("get_cluster")
            merged = merged_cluster_spec(dict(spec), cluster.spec)
            await self.control("update_cluster", cluster.version, merged)
        except (RpcError, BadConfiguration) as error:
            raise SwarmError(f"error updating cluster settings: {error}") from None

    async def join(self, request: Spec) -> None:
        """``POST /swarm/join``; returns when the node is ready.

        Raises:
            BadConfiguration: no or bad remote address, bad listen address.
            SwarmError: nothing can be sent to that manager.
            Unavailable: in a swarm already, or not ready after 20 s (it goes on trying).
            JoinFailed: bad token, or a manager of another swarm.
            RpcError: a manager refused, or none could be reached.
        """
        async with self._mutex:
            if self._runner is not None:
                raise Unavailable(ALREADY_PART)
            config = with_remote_found(read_join(request, self._address), self._network.address_of)
            runner = self._run(config)
            try:
                await self._kernel.timeout(CONNECT_TIMEOUT_US, runner.ready)
            except TimedOut:
                raise Unavailable(JOIN_TIMEOUT) from None
            except SwarmError:
                runner.stop(orderly=False)
                self._runner = None
                self._wipe_disk()
                raise

    async def leave(self, force: bool) -> None:
        """``POST /swarm/leave``: stop, forget everything on disk, remove the tasks' containers.

        Raises:
            Unavailable: not in a swarm, or a manager or locked and not forced.
        """
        async with self._mutex:
            runner = self._runner
            if runner is None:
                raise Unavailable(NOT_PART)
            if not force:
                if runner.state is LocalState.LOCKED:
                    raise Unavailable(LEAVE_LOCKED)
                if self.is_manager:
                    raise Unavailable(await self._leave_warning())
            runner.stop(orderly=True, leave=True)
            self._runner = None
            self._wipe_disk()
            self._executor.leave()

    def _wipe_disk(self) -> None:
        """Forget everything but how often the component was started, so that no identifier is drawn twice."""
        self._disk = NodeDisk(boots=self._disk.boots)

    async def _leave_warning(self) -> str:
        """Why a manager should not leave. Source: ``swarm.go``, ``Leave``."""
        if not self.control_available:
            return f"{LEAVE_MANAGER}Doing so may lose the consensus of your cluster. {LEAVE_SUFFIX}"
        try:
            answers = await self._kernel.timeout(STATS_TIMEOUT_US, self.control("list_nodes"))
        except (SwarmError, TimedOut):
            return LEAVE_MANAGER + LEAVE_SUFFIX
        managers = [(answer.node.id, answer.manager_status) for answer in answers if answer.manager_status]
        reachable = sum(1 for _, status in managers if status.reachable)
        unreachable = len(managers) - reachable
        active = any(node_id == self.node_id and status.reachable for node_id, status in managers)
        if active and reachable - 2 <= unreachable:
            if reachable == 1 and unreachable == 0:
                return LEAVE_MANAGER + LEAVE_LAST
            return (
                f"{LEAVE_MANAGER}Removing this node leaves {reachable - 1} managers out of {len(managers)}. "
                f"Without a Raft quorum your swarm will be inaccessible. {LEAVE_SUFFIX}"
            )
        return LEAVE_MANAGER + LEAVE_SUFFIX

    async def unlock(self, key: str) -> None:
        """``POST /swarm/unlock``; returns when the node is up.

        Raises:
            BadConfiguration: not a key at all.
            InvalidUnlockKey: the wrong key.
            NotLocked: a manager that is not locked.
            NotManager: not in a swarm, or a worker.
        """
        async with self._mutex:
            if self.control_available:
                raise NotLocked("swarm is not locked")
            runner = self._runner
            if runner is None or runner.state is not LocalState.LOCKED:
                raise self._no_manager()
            try:
                parse_unlock_key(key)
            except InvalidKeyText as error:
                raise BadConfiguration(str(error)) from None
            runner.stop(orderly=True)
            runner = self._run(replace(runner.config, unlock_key=key))
            try:
                await runner.ready
            except Locked:
                raise InvalidUnlockKey("swarm could not be unlocked: invalid key provided") from None
            except SwarmError as error:
                raise SwarmError(f"swarm component could not be started: {error}") from None

    def _no_manager(self) -> NotManager:
        """Why this node cannot answer for the cluster. Source: ``cluster.go``, ``errNoManager``."""
        if self._membership is None:
            error = self._runner.error if self._runner is not None else None
            return error if isinstance(error, (Locked, CertificatesExpired)) else NotManager(NO_SWARM)
        return NotManager(PREPARING if self.is_manager else WORKER)

    # The cluster

    async def control(self, method: str, *arguments: Any, **named: Any) -> Any:
        """Run ``ControlApi.<method>`` on the leader, from any manager, within 20 s.

        Raises:
            NotManager: this node cannot answer: not in a swarm, a worker, locked, or being prepared.
            RpcError: what the control API raised; no leader; the deadline.
        """
        return await self._ready_manager().control(method, arguments, tuple(named.items()))

    async def attach_network(self, target: str) -> Attachment | None:
        """A place on a swarm's network for a container that is no task; None where this node is in no swarm.

        Raises:
            RpcError: NotFound; PermissionDenied, it is for services only; no manager answers.
        """
        membership = self._membership
        if membership is None or self.state is not LocalState.ACTIVE:
            return None
        return await membership.attach_network(target)

    def _ready_manager(self) -> Manager:
        manager = self._manager
        if manager is None or not self.control_available:
            raise self._no_manager()
        return manager

    async def logs(self, selector: LogSelector, options: LogOptions) -> AsyncIterator[LogMessage]:
        """Lines of tasks on whatever nodes, in the order in which they arrive here.

        With ``follow`` it ends only by ``aclose``. At the end it raises what could not be
        got, as ``RpcError`` ("warning: incomplete log stream. ...").

        Raises:
            NotManager: this node cannot answer.
            RpcError: no leader; an incomplete stream.
        """
        manager = self._ready_manager()
        stream_id = new_id(self._random)
        channel: Channel[LogOutput] = Channel(self._kernel)
        self._log_streams[stream_id] = channel
        caller = self._disk.certificate
        try:
            request = Request("subscribe", (stream_id, selector, options, self._machine), caller=caller)
            await manager.at_leader("logs", request)
            while True:
                output = await channel.get()
                for message in output.messages:
                    yield message
                if output.error:
                    raise RpcError(Code.UNKNOWN, output.error)
                if output.done:
                    return
        finally:
            del self._log_streams[stream_id]
            if options.follow and self._manager is manager:
                self._kernel.spawn(self._unsubscribe(manager, stream_id), "unsubscribe from logs")

    async def _unsubscribe(self, manager: Manager, stream_id: str) -> None:
        request = Request("unsubscribe", (stream_id,), caller=self._disk.certificate)
        try:
            await manager.at_leader("logs", request)
        except SwarmError:
            return

    def _on_log_output(self, _: str, output: LogOutput) -> None:
        channel = self._log_streams.get(output.subscription_id)
        if channel is not None:
            channel.put(output)

    def watch(self, callback: Callable[[Sequence[Change]], object]) -> Callable[[], None]:
        """Hear of every transaction that this manager's store applies, now and after restarts.

        A worker hears nothing. Returns how to stop.
        """
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def view(self) -> MemoryStore | None:
        """This manager's own store, which may be behind; for the emulation's diagram, not for answers."""
        return self._manager.store if self._manager is not None else None

    def raft(self) -> RaftMember | None:
        """The raft member of a running manager, for an inspector."""
        return self._manager.raft if self._manager is not None else None

    # The engine's life

    def start(self) -> None:
        """The engine starts. A manager of a swarm with autolock comes up ``LOCKED``.

        A join that had no certificate yet is forgotten. Source: ``utils.go``, ``loadPersistentState``.
        """
        if self._started:
            return
        self._started = True
        if self._disk.certificate is None:
            self._wipe_disk()
        if self._disk.config is not None:
            self._run(self._disk.config)

    def stop(self, orderly: bool) -> None:
        """The engine stops (``orderly``: it says good-bye), or its machine loses power.

        An orderly stop removes the containers of the node's tasks, as the real agent does;
        other containers, and all of them when the power is cut, are the engine's own to stop.
        """
        self._started = False
        if self._runner is not None:
            self._runner.stop(orderly, leave=orderly)
            self._runner = None

    def _run(self, config: StartConfig) -> NodeRunner:
        self._network.listen(self._machine, CLIENT_SERVICE, self._on_log_output)
        self._runner = NodeRunner(self._kernel, self._disk, config, self._begin)
        return self._runner

    def _begin(self, config: StartConfig, on_exit: Callable[[SwarmError], object]) -> Membership:
        return Membership(
            self._kernel,
            self._network,
            self._machine,
            self._address,
            self._executor,
            self._authority,
            self._wall_us,
            self._disk,
            config,
            on_exit=on_exit,
            on_manager=self._on_manager,
        )

    def _on_manager(self, manager: Manager) -> None:
        def tell(changes: Sequence[Change]) -> None:
            # What a log replayed at the start brings is no news.
            if self._manager is manager and self.control_available:
                for watcher in list(self._watchers):
                    watcher(changes)

        manager.store.watch(tell)
