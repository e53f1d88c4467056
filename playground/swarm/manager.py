"""One manager: its raft member, what it runs while it leads, and the services it offers to the other nodes.

Source: swarmkit ``manager/manager.go``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.sim.kernel import SECOND, Kernel
from playground.sim.network import ConnectionRefused, Network, Unreachable
from playground.swarm.allocator import Allocator
from playground.swarm.ca_server import CaServer
from playground.swarm.certificates import Authority, Certificate
from playground.swarm.control.api import ControlApi
from playground.swarm.dispatcher import Dispatcher
from playground.swarm.errors import Code, RpcError, deadline_exceeded, no_leader
from playground.swarm.key_manager import KeyManager
from playground.swarm.leader_connection import LOST_QUORUM_TICKS, LeaderConnection
from playground.swarm.leader_loops import LeaderLoops
from playground.swarm.log_routing import LogBroker
from playground.swarm.members import Members
from playground.swarm.model import Cluster, Spec
from playground.swarm.new_cluster import create_new_cluster, rotate_root
from playground.swarm.node_disk import NodeDisk, StartConfig
from playground.swarm.proposal import Part
from playground.swarm.replication import (
    Member,
    RaftMember,
    answer_health_checks,
    new_member_id,
)
from playground.swarm.resources import attach_network
from playground.swarm.role_manager import RoleManager
from playground.swarm.rpc import Request, authorize, connection_refused, port_service
from playground.swarm.session import Answer, Beat, Beaten, Registration, Route, SessionEnded, StatusReport
from playground.swarm.store import Change, MemoryStore, ReplicatedStore

REQUEST_TIMEOUT_US = 20 * SECOND
RPC_TIMEOUT_US = 5 * SECOND
JOIN_TIMEOUT_US = 25 * SECOND
SERVICES = ("control", "ca", "membership", "dispatcher", "logs", "resources")


@dataclass(slots=True)
class _Leading:
    """What runs only while this manager leads."""

    keys: KeyManager
    control: ControlApi
    allocator: Allocator
    loops: LeaderLoops
    dispatcher: Dispatcher
    ca: CaServer
    roles: RoleManager
    logs: LogBroker

    def start(self) -> None:
        self.keys.start()
        self.dispatcher.start()
        self.logs.start()
        self.ca.start()
        self.allocator.start()
        self.loops.start()
        self.roles.start()

    def stop(self) -> None:
        self.keys.stop()
        self.dispatcher.stop()
        self.logs.stop()
        self.ca.stop()
        self.allocator.stop()
        self.loops.stop()
        self.roles.stop()


class Manager:
    """Runs on a machine from ``start`` to ``stop``.

    ``certificate()`` is the node's own; ``on_removed()`` hears that the cluster has removed
    this member; ``on_lock(key, version)`` of the key that the disk shall be locked with.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        machine: str,
        address: str,
        disk: NodeDisk,
        config: StartConfig,
        authority: Authority,
        wall_us: int,
        *,
        certificate: Callable[[], Certificate],
        on_removed: Callable[[], object],
        on_lock: Callable[[str, int], object],
        on_change: Callable[[], object],
    ) -> None:
        own = certificate()
        self.node_id = own.node_id
        self.store = MemoryStore()
        self.joined = False
        """True once it is a raft member: control calls are taken."""
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._disk = disk
        self._config = config
        self._authority = authority
        self._wall_us = wall_us
        self._certificate = certificate
        self._on_lock = on_lock
        self._cluster_id = own.cluster_id
        self._leading: _Leading | None = None
        self._terms = 0
        self._relayed: dict[str, str] = {}
        """Machine of an agent that speaks through this manager -> its session."""
        # A node that is demoted and promoted again begins a second manager in one run of the component.
        self._random = kernel.random("manager", machine, disk.boots, kernel.now_us)
        self._control_random = kernel.random("control", machine, disk.boots, kernel.now_us)
        advertise = config.advertise or f"{address}:{config.listen.rpartition(':')[2]}"
        self._member = disk.raft.member or Member(new_member_id(self._random), self.node_id, machine, advertise)
        self._shows_pool = True
        self._on_removed = on_removed
        self._on_change = on_change
        self.raft = self._make_raft(self._member)
        self._connection = LeaderConnection(kernel, network, self.raft, self._serve)
        self.store.watch(self._watch_lock)

    def _make_raft(self, member: Member) -> RaftMember:
        return RaftMember(
            self._kernel,
            self._network,
            member,
            self._disk.raft,
            self.store,
            on_leader_start=self._lead,
            on_leader_stop=self._follow,
            on_removed=self._on_removed,
            on_change=self._raft_changed,
            boot=self._disk.boots,
        )

    # Life

    async def start(self, join: Callable[[], str | None]) -> None:
        """Become a raft member: of a new cluster, again, or of the cluster of a manager that ``join()`` names.

        ``join()`` gives a machine; None means that there is nobody to join.

        Raises:
            RpcError: nobody let this manager in.
        """
        for service in SERVICES:
            self._network.listen(self._machine, service, getattr(self, f"_on_{service}"))
        self._network.listen(self._machine, port_service(self._config.listen), lambda source, payload: None)
        if not self._disk.raft.empty:
            if self._config.force_new_cluster:
                self._disk.raft.force_new_cluster(self._member)
            self.raft.restart()
        elif self._config.join_address or not self._founding:
            await self._join(join())
        else:
            self.raft.start_new_cluster()
        self.joined = True

    @property
    def _founding(self) -> bool:
        return self._disk.root is not None and bool(self._disk.root.key_pem)

    async def _join(self, machine: str | None) -> None:
        if machine is None:
            raise deadline_exceeded()
        stop = answer_health_checks(self._network, self._machine)
        request = Request("join", (self._member,), caller=self._certificate())
        try:
            members = await self._network.call(self._machine, machine, "membership", request, JOIN_TIMEOUT_US)
        except Unreachable:
            raise deadline_exceeded() from None
        except ConnectionRefused:
            raise connection_refused(f"{self._network.address_of(machine)}:2377") from None
        finally:
            stop()
        known = next(member for member in members if member.node_id == self.node_id)
        if known.member_id != self._member.member_id:
            self._member = known
            self.raft = self._make_raft(known)
            self._connection = LeaderConnection(self._kernel, self._network, self.raft, self._serve)
        self.raft.start_joining(members)

    def stop(self, orderly: bool) -> None:
        """End. ``orderly``: agents that speak through this manager hear of it."""
        if orderly:
            for machine in self._relayed:
                if machine != self._machine:
                    self._network.send(self._machine, machine, "agent", SessionEnded("", machine))
        self.raft.stop()
        self._follow()
        for service in SERVICES:
            self._network.unlisten(self._machine, service)
        self._network.unlisten(self._machine, port_service(self._config.listen))
        self.joined = False

    # Leadership

    def _lead(self, store: ReplicatedStore) -> None:
        self._terms += 1
        self._kernel.spawn(self._become_leader(store, self._terms), f"{self._machine} begins to lead")

    async def _become_leader(self, store: ReplicatedStore, term: int) -> None:
        try:
            if await create_new_cluster(store, self._disk, self._config, self.node_id, self._cluster_id, self._random):
                self._shows_pool = not self._config.empty_pool
        except RpcError:
            return
        if term != self._terms or not self.raft.is_leader:
            return
        members = Members(self.raft)
        name = f"{self.node_id}/{self._disk.boots}/{term}"
        dispatcher = Dispatcher(self._kernel, Part(store, "dispatcher"), self.node_id, members.peers, self._to_agent)
        self._leading = _Leading(
            KeyManager(self._kernel, Part(store, "key manager")),
            ControlApi(
                self._kernel,
                Part(store, "control"),
                members,
                self._control_random,
                self._rotate_root,
                shows_pool=self._shows_pool,
            ),
            Allocator(self._kernel, Part(store, "allocator")),
            LeaderLoops(self._kernel, store, name),
            dispatcher,
            CaServer(self._kernel, Part(store, "ca"), self.node_id),
            RoleManager(self._kernel, self.raft),
            LogBroker(self._kernel, self._network, self._machine, store.view, dispatcher),
        )
        self._leading.start()

    def _rotate_root(self, cluster: Cluster, config: Spec) -> Cluster:
        return rotate_root(cluster, config, self._authority, self._control_random, self._wall_us + self._kernel.now_us)

    def _follow(self) -> None:
        self._terms += 1
        leading, self._leading = self._leading, None
        if leading is not None:
            leading.stop()

    def _raft_changed(self) -> None:
        if self._leading is not None:
            self._leading.dispatcher.managers_changed()
        self._on_change()

    def _watch_lock(self, changes: Sequence[Change]) -> None:
        for change in changes:
            cluster = change.new
            if isinstance(cluster, Cluster):
                self._on_lock(cluster.unlock_key, cluster.version)

    # Services

    async def control(self, method: str, arguments: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Any:
        """Run a method of the control API on the leader, within 20 s."""
        request = Request(method, arguments, named, caller=self._certificate())
        return await self._connection.call("control", request, REQUEST_TIMEOUT_US)

    async def at_leader(self, service: str, request: Request, timeout_us: int = RPC_TIMEOUT_US) -> Any:
        """Run a request of this node's own on the leader."""
        return await self._connection.call(service, request, timeout_us)

    def _serve(self, service: str, request: Request) -> Any:
        """Answer a request as the leader."""
        leading = self._leading
        if leading is None:
            if service == "control":
                return self._control_while_starting(request)
            raise RpcError(Code.ABORTED, "CA signer is stopped" if service == "ca" else "dispatcher is stopped")
        if service == "control":
            return getattr(leading.control, request.method)(*request.arguments, **dict(request.named))
        if service == "ca":
            return self._serve_ca(leading.ca, request)
        node_id = authorize(request.caller, self.store.cluster(), self._cluster_id, self._kernel.now_us)
        if service == "membership":
            return self.raft.add_member(*request.arguments)
        if service == "logs":
            return getattr(leading.logs, request.method)(*request.arguments)
        if service == "resources":
            return attach_network(self.store, *request.arguments)
        return self._serve_dispatcher(leading.dispatcher, node_id, request)

    async def _control_while_starting(self, request: Request) -> Any:
        """Elected, but the first transaction is under way: wait for it, as the store's lock makes others wait."""
        while self._leading is None and self.raft.running and self.raft.leader().member == self.raft.member:
            await self.raft.changed.wait() if not self.raft.is_leader else await self._kernel.sleep(1000)
        if self._leading is None:
            raise RpcError(Code.UNKNOWN, "raft: failed to process the request: node lost leader status")
        return await self._serve("control", request)

    def _serve_ca(self, ca: CaServer, request: Request) -> Any:
        if request.method == "root_certificate":
            return ca.root_certificate()
        cluster = self.store.cluster()
        if request.method == "issue":
            known = (
                ""
                if request.caller is None
                else authorize(request.caller, cluster, self._cluster_id, self._kernel.now_us)
            )
            return ca.issue(known, *request.arguments)
        if request.method == "unlock_key":
            authorize(request.caller, cluster, self._cluster_id, self._kernel.now_us)
            return ca.unlock_key()
        return ca.certificate(*request.arguments)

    @staticmethod
    def _serve_dispatcher(dispatcher: Dispatcher, node_id: str, request: Request) -> Any:
        (argument,) = request.arguments
        if isinstance(argument, Registration):
            return dispatcher.register(node_id, request.address, argument)
        assert isinstance(argument, StatusReport)
        return dispatcher.report(node_id, argument)

    def _on_control(self, _: str, request: Request) -> Awaitable[Any]:
        return self._connection.call("control", request, REQUEST_TIMEOUT_US)

    def _on_ca(self, _: str, request: Request) -> Awaitable[Any]:
        return self._connection.call("ca", request, RPC_TIMEOUT_US)

    def _on_membership(self, _: str, request: Request) -> Awaitable[Any]:
        return self._connection.call("membership", request, JOIN_TIMEOUT_US)

    def _on_resources(self, _: str, request: Request) -> Awaitable[Any]:
        return self._connection.call("resources", request, RPC_TIMEOUT_US)

    def _on_logs(self, _: str, payload: Any) -> Any:
        if isinstance(payload, Request):
            return self._connection.call("logs", payload, RPC_TIMEOUT_US)
        leader = self.raft.leader().member
        if self._leading is not None:
            self._leading.logs.published(payload)
        elif leader is not None and not payload.forwarded:
            self._network.send(self._machine, leader.machine, "logs", replace(payload, forwarded=True))
        return None

    def _on_dispatcher(self, source: str, payload: Beat | Request | Answer) -> Any:
        if isinstance(payload, Beat):
            self._take_beat(source, payload)
            return None
        if isinstance(payload, Request):
            if not payload.address:
                payload = replace(payload, address=self._seen_address(source))
            return self._connection.call("dispatcher", payload, RPC_TIMEOUT_US)
        self._network.send(self._machine, payload.machine, "agent", payload)
        return None

    def _seen_address(self, source: str) -> str:
        """The address of a caller; of its own agent a manager knows the one it listens or advertises on."""
        if source == self._machine:
            return (self._config.advertise or self._config.listen).rpartition(":")[0]
        return self._network.address_of(source) or ""

    def _take_beat(self, source: str, beat: Beat) -> None:
        first_hop = source == beat.route.machine
        if first_hop:
            self._relayed[beat.route.machine] = beat.session_id
        if self._leading is not None:
            try:
                node_id = authorize(beat.caller, self.store.cluster(), self._cluster_id, self._kernel.now_us)
            except RpcError as refusal:
                self._to_agent(beat.route, Beaten(beat.session_id, beat.route.machine, refusal=refusal))
            else:
                self._to_agent(beat.route, self._leading.dispatcher.beat(node_id, beat))
            return
        known = self.raft.leader()
        if first_hop and known.member is not None and known.member.machine != self._machine:
            self._network.send(self._machine, known.member.machine, "dispatcher", beat)
        elif known.ticks_without > LOST_QUORUM_TICKS:
            self._to_agent(beat.route, Beaten(beat.session_id, beat.route.machine, refusal=no_leader()))

    def _to_agent(self, route: Route, answer: Answer) -> None:
        """Bring a message to an agent, by way of the manager that it speaks through."""
        if route.via in (self._machine, route.machine):
            self._network.send(self._machine, route.machine, "agent", answer)
        else:
            self._network.send(self._machine, route.via, "dispatcher", answer)
