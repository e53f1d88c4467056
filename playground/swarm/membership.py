"""One run of the swarm component: certificate, agent, and a manager as long as the node's role says so.

Source: swarmkit ``node/node.go``.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playground.sim.futures import Cancelled, Future, Signal, Task, TimedOut
from playground.sim.kernel import MILLISECOND, SECOND, Kernel
from playground.sim.network import ConnectionRefused, Network, Unreachable
from playground.swarm.agent import Agent
from playground.swarm.certificates import Authority, Certificate, new_certificate
from playground.swarm.errors import Code, JoinFailed, NotManager, RpcError, SwarmError, deadline_exceeded
from playground.swarm.executor import Executor
from playground.swarm.identity import new_id
from playground.swarm.manager import Manager
from playground.swarm.model import Node, Role, RootCertificate
from playground.swarm.node_disk import NodeDisk, StartConfig
from playground.swarm.remotes import DEFAULT_WEIGHT, Peer, Remotes
from playground.swarm.renewal import Issued, Renewer, five_times, request_certificate
from playground.swarm.resources import Attachment
from playground.swarm.rpc import Request, connection_refused, port_service
from playground.swarm.tokens import InvalidJoinToken, parse_join_token

RPC_TIMEOUT_US = 5 * SECOND
ROLE_CHANGE_TIMEOUT_US = 16 * SECOND
CONTROL_POLL_US = 500 * MILLISECOND
START_US = (40 * MILLISECOND, 90 * MILLISECOND)
"""How long the component takes to read its disk, make keys and begin; between these."""

LOCKED = (
    'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.'
)
EXPIRED = "Swarm certificates have expired. To replace them, leave the swarm and join again."


class Locked(NotManager):
    """The node's disk is encrypted with a key that was not given."""

    def __init__(self) -> None:
        super().__init__(LOCKED)


class CertificatesExpired(NotManager):
    """The node's certificate has run out."""

    def __init__(self) -> None:
        super().__init__(EXPIRED)


class Membership:
    """Runs from construction until ``stop``, or until it fails.

    ``ready`` is set once the agent has a session and a manager takes calls. ``on_exit(error)``
    hears of a failure, before or after that. ``on_manager(manager)`` hears of each manager
    that begins here.
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
        disk: NodeDisk,
        config: StartConfig,
        *,
        on_exit: Callable[[SwarmError], object],
        on_manager: Callable[[Manager], object],
    ) -> None:
        self.ready: Future[None] = Future(kernel)
        self.manager: Manager | None = None
        self.control_ready = False
        self.node_id = disk.certificate.node_id if disk.certificate else ""
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._address = address
        self._executor = executor
        self._authority = authority
        self._wall_us = wall_us
        self._disk = disk
        self._config = config
        self._on_exit = on_exit
        self._on_manager = on_manager
        disk.boots += 1
        self._random = kernel.random("membership", machine, disk.boots)
        self.remotes = self._first_remotes()
        self._agent: Agent | None = None
        self._renewer: Renewer | None = None
        self._role = Role.WORKER
        self._last_desired = Role.WORKER
        self._changed = Signal(kernel)
        self._removed = False
        self._stopped = False
        self._tasks: list[Task[None]] = [kernel.spawn(self._guard(self._run()), f"swarm component of {machine}")]

    def _first_remotes(self) -> Remotes:
        known = self._disk.remotes
        if self._config.join_address:
            known = (Peer("", self._config.join_address),)
        elif self._config.force_new_cluster:
            known = ()
        return Remotes(self._kernel.random("remotes", self._machine, self._disk.boots), known)

    async def _guard(self, work: Any) -> None:
        try:
            await work
        except SwarmError as error:
            if not self._stopped:
                self.stop(orderly=False, leave=False)
                self._on_exit(error)

    def _spawn(self, work: Any, name: str) -> None:
        self._tasks.append(self._kernel.spawn(self._guard(work), f"{name} on {self._machine}"))

    def stop(self, orderly: bool, leave: bool) -> None:
        """End everything. ``orderly``: others hear of it; ``leave``: tasks and their containers go first."""
        if self._stopped:
            return
        self._stopped = True
        if self._agent is not None:
            self._agent.stop(leave)
        if self.manager is not None:
            self.manager.stop(orderly)
            self.manager = None
        self.control_ready = False
        if self._renewer is not None:
            self._renewer.stop()
        for task in self._tasks:
            task.cancel()

    @property
    def certificate(self) -> Certificate:
        assert self._disk.certificate is not None
        return self._disk.certificate

    async def _run(self) -> None:
        await self._kernel.sleep(self._random.randint(*START_US))
        await self._obtain_certificate()
        self.node_id = self.certificate.node_id
        self._kernel.touch("swarm", self._machine)
        self._role = self._last_desired = self.certificate.role
        boot = self._disk.boots
        self._renewer = Renewer(
            self._kernel, self._machine, boot, lambda: self.certificate, self._call_ca, self._on_renewed
        )
        first_role = self._role
        self._spawn(self._supervise_manager(), "manager")
        while self.remotes.select() is None and not self.control_ready:
            await self._changed.wait()
        self._agent = Agent(
            self._kernel,
            self._network,
            self._machine,
            self._executor,
            self._disk,
            self.remotes,
            certificate=lambda: self.certificate,
            root=lambda: self._disk.root,
            local_manager=lambda: self.control_ready,
            on_node=self._on_node,
            on_root=self._on_root,
            on_managers=self._on_managers,
        )
        await self._agent.ready
        while first_role is Role.MANAGER and self._role is Role.MANAGER and not self.control_ready:
            await self._changed.wait()
        self.ready.set(None)

    async def attach_network(self, target: str) -> Attachment:
        """Ask the swarm for a place on a network, as workers may too.

        Raises:
            NotManager: the agent has no session yet.
            RpcError: the network is not there, or is for services only; no manager answers.
        """
        if self._agent is None:
            raise NotManager(f"network {target} not found")
        try:
            return await self._agent.attach_network(target)
        except (Unreachable, ConnectionRefused):
            raise deadline_exceeded() from None

    # Certificates

    async def _obtain_certificate(self) -> None:
        disk = self._disk
        if disk.certificate is not None:
            if disk.lock_key and disk.lock_key != self._config.unlock_key:
                raise Locked
            if disk.certificate.expired(self._kernel.now_us):
                if not self._config.force_new_cluster:
                    raise CertificatesExpired
                old = disk.certificate
                disk.certificate = new_certificate(old.node_id, old.role, old.cluster_id, old.root, self._kernel.now_us)
        elif self._join_address:
            await self._join()
        else:
            self._found()

    @property
    def _join_address(self) -> str:
        config = self._config
        return config.join_address or (config.remote if config.join_in_progress else "")

    def _found(self) -> None:
        """Make the root of a new cluster, and this manager's certificate."""
        disk = self._disk
        disk.root = self._authority.create_root(self._random, self._wall_us + self._kernel.now_us)
        disk.certificate = new_certificate(
            new_id(self._random), Role.MANAGER, new_id(self._random), disk.root.certificate_pem, self._kernel.now_us
        )

    async def _join(self) -> None:
        if not self._config.join_address:
            self.remotes.observe(Peer("", self._join_address), DEFAULT_WEIGHT)
        token = self._config.join_token
        try:
            parsed = parse_join_token(token) if token else None
        except InvalidJoinToken as error:
            raise JoinFailed(str(error)) from None
        if parsed is not None and parsed.fips:
            raise JoinFailed("node is not FIPS-enabled but cluster requires FIPS")
        fingerprint = parsed.fingerprint if parsed else ""

        async def download(again: bool) -> RootCertificate:
            pem: str = await self._call_ca("root_certificate")
            if fingerprint and self._authority.digest(pem) != fingerprint:
                raise JoinFailed(f"remote CA does not match fingerprint. Expected: {fingerprint}")
            return self._authority.read_root(pem, "")

        if self._disk.root is None:
            self._disk.root = await five_times(self._kernel, download)
        issued = await request_certificate(self._kernel, self._call_ca, None, token, self._config.availability)
        self._store(issued)

    async def _call_ca(
        self, method: str, *arguments: Any, caller: Certificate | None = None, remote: bool = False
    ) -> Any:
        """Ask the CA through this node's own manager, or a remote one. Raises RpcError."""
        peer = None if self.control_ready and not remote else self.remotes.select()
        if peer is None and not self.control_ready:
            raise RpcError(Code.UNKNOWN, "no remote hosts provided")
        machine = self._machine if peer is None else self._network.machine_at(peer.address.rpartition(":")[0])
        request = Request(method, arguments, caller=caller)
        service = "ca"
        if peer is not None and machine and not self._network.listens(machine, port_service(peer.address)):
            service = port_service(peer.address)  # Nobody is behind that port, whoever else listens there.
        try:
            answer = await self._network.call(self._machine, machine or "", service, request, RPC_TIMEOUT_US)
        except Unreachable:
            self._observe(peer, -DEFAULT_WEIGHT)
            raise deadline_exceeded() from None
        except ConnectionRefused:
            self._observe(peer, -DEFAULT_WEIGHT)
            raise connection_refused(peer.address if peer else f"{self._address}:2377") from None
        self._observe(peer, DEFAULT_WEIGHT)
        return answer

    def _observe(self, peer: Peer | None, weight: int) -> None:
        if peer is not None:
            self.remotes.observe_if_known(peer, weight)

    def _store(self, issued: Issued) -> None:
        disk = self._disk
        disk.certificate = issued.certificate
        if issued.certificate.role is Role.WORKER:
            disk.lock_key, disk.lock_version = "", 0
        elif issued.lock_version >= disk.lock_version:
            disk.lock_key, disk.lock_version = issued.unlock_key, issued.lock_version

    def _on_renewed(self, issued: Issued) -> None:
        old = self.certificate
        self._store(issued)
        self._role = issued.certificate.role
        self._changed.notify()
        if old.root != issued.certificate.root and self._agent is not None:
            self._agent.describe_again()

    def _on_root(self, pem: str) -> None:
        root = self._disk.root
        if root is None or root.certificate_pem != pem:
            self._disk.root = self._authority.read_root(pem, "")
            if self._renewer is not None and self.certificate.root != pem:
                self._renewer.renew()

    def _on_lock(self, key: str, version: int) -> None:
        """The cluster's unlock key as of a version. Source: ``manager.go``, ``updateKEK``."""
        disk = self._disk
        if version <= disk.lock_version:
            return
        begins = bool(key) and not disk.lock_key and disk.lock_version > 0
        disk.lock_key, disk.lock_version = key, version
        if begins and self._renewer is not None:
            self._renewer.renew()

    # What the agent hears

    def _on_node(self, node: Node) -> None:
        desired = node.desired_role
        if desired is not self._last_desired and self._renewer is not None:
            self._last_desired = desired
            self._renewer.expected_role = desired
            self._renewer.renew()

    def _on_managers(self) -> None:
        self._disk.remotes = self.remotes.peers()

    # The manager

    async def _supervise_manager(self) -> None:
        while True:
            while self._role is not Role.MANAGER:
                await self._changed.wait()
            await self._run_manager()
            if self._role is Role.MANAGER and not await self._becomes_worker():
                # Removed, but the certificate still says manager: ask, before joining again.
                if self._renewer is not None:
                    self._renewer.renew()
                await self._becomes_worker()

    async def _becomes_worker(self) -> bool:
        async def wait() -> None:
            while self._role is Role.MANAGER:
                await self._changed.wait()

        try:
            await self._kernel.timeout(ROLE_CHANGE_TIMEOUT_US, wait())
        except TimedOut:
            return False
        return True

    async def _run_manager(self) -> None:
        """Run one until the node is no manager any more; then its raft state is gone."""
        self._removed = False
        manager = self.manager = Manager(
            self._kernel,
            self._network,
            self._machine,
            self._address,
            self._disk,
            self._config,
            self._authority,
            self._wall_us,
            certificate=lambda: self.certificate,
            on_removed=self._on_removed,
            on_lock=self._on_lock,
            on_change=lambda: None,
        )
        self._on_manager(manager)
        starting = self._kernel.spawn(manager.start(self._machine_to_join), f"manager starts on {self._machine}")
        self._tasks.append(starting)
        starting.when_done(self._start_ended)
        while not manager.joined and not self._removed and self._role is Role.MANAGER:
            try:
                await self._kernel.timeout(CONTROL_POLL_US, self._changed.wait())
            except TimedOut:
                pass
            if starting.done and not manager.joined:
                self._fail_start(starting)
        await self._serve_until_demoted(manager)

    def _start_ended(self, starting: Future[None]) -> None:
        try:
            starting.result()
        except (SwarmError, Cancelled):
            self._changed.notify()

    @staticmethod
    def _fail_start(starting: Task[None]) -> None:
        try:
            starting.result()
        except SwarmError as error:
            raise JoinFailed(f"manager stopped: can't initialize raft node: {error}") from None

    async def _serve_until_demoted(self, manager: Manager) -> None:
        self.control_ready = True
        self._changed.notify()
        while not self._removed and self._role is Role.MANAGER:
            await self._changed.wait()
        self.control_ready = False
        self.manager = None
        manager.stop(orderly=True)
        self._disk.raft.wipe()
        if self._disk.root is not None:
            self._disk.root = replace(self._disk.root, key_pem="")
        self._config = replace(self._config, join_address="", force_new_cluster=False)
        self._changed.notify()

    def _on_removed(self) -> None:
        self._removed = True
        self._changed.notify()

    def _machine_to_join(self) -> str | None:
        address = self._config.join_address
        if not address:
            peer = self.remotes.select(self.node_id)
            address = peer.address if peer else ""
        return self._network.machine_at(address.rpartition(":")[0])
