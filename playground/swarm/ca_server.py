"""The cluster's certificate authority, on the leader: who may join, and who is who.

Source: swarmkit ``ca/server.go``, ``ca/reconciler.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.sim.futures import Signal
from playground.sim.kernel import Kernel
from playground.swarm.certificates import Certificate, new_certificate, node_expiry_us
from playground.swarm.errors import Code, RpcError
from playground.swarm.identity import new_id
from playground.swarm.model import Availability, Cluster, Node, Role
from playground.swarm.store import Change, ReplicatedStore, Transaction

BAD_TOKEN = "A valid join token is necessary to join this cluster"


class CaServer:
    """Runs on the leader only. A node's certificate is asked for (``issue``) and then fetched (``certificate``)."""

    def __init__(self, kernel: Kernel, store: ReplicatedStore, node_id: str) -> None:
        self._kernel = kernel
        self._store = store
        self._random = kernel.random("ca", node_id, kernel.now_us)
        self._issued = Signal(kernel)
        self._running = False
        self._stop_watching: Callable[[], None] | None = None

    def start(self) -> None:
        """Sign what is waiting; watch for what comes."""
        self._running = True
        self._stop_watching = self._store.view.watch(self._on_changes)
        for node in self._store.view.all(Node):
            if not node.certificate_issued:
                self._sign_soon(node.id)
        self._finish_rotation()

    def stop(self) -> None:
        self._running = False
        if self._stop_watching is not None:
            self._stop_watching()
        self._issued.notify()

    # Calls

    def root_certificate(self) -> str:
        """The root's PEM, for anybody."""
        cluster = self._cluster()
        return cluster.root.certificate_pem if cluster.root else ""

    def unlock_key(self) -> tuple[str, int]:
        """The key that managers lock with (empty: none), and the version of the cluster that says so."""
        cluster = self._cluster()
        locked = cluster.spec.get("EncryptionConfig", {}).get("AutoLockManagers", False)
        return (cluster.unlock_key if locked else ""), cluster.version

    async def issue(self, known_node_id: str, token: str, availability: str) -> str:
        """Ask for a certificate: a known node for its next one, anybody else with a token for the first.

        Returns the node id; for a newcomer its node object exists from now on.

        Raises:
            RpcError: InvalidArgument, not a token of this cluster; NotFound, the node was removed.
        """
        cluster = self._cluster()
        if known_node_id:
            await self._renew(known_node_id)
            return known_node_id
        if token and token == cluster.join_token_manager:
            role = Role.MANAGER
        elif token and token == cluster.join_token_worker:
            role = Role.WORKER
        else:
            raise RpcError(Code.INVALID_ARGUMENT, BAD_TOKEN)
        node_id = new_id(self._random)
        node = Node(
            id=node_id,
            role=role,
            certificate_issued=False,
            spec={"Labels": {}, "Role": role.value, "Availability": Availability(availability).value},
        )
        await self._store.update(lambda transaction: transaction.create(node))
        return node_id

    async def _renew(self, node_id: str) -> None:
        def renew(transaction: Transaction) -> None:
            node = transaction.get(Node, node_id)
            if node is None:
                raise RpcError(Code.NOT_FOUND, f"node {node_id} not found when attempting to renew certificate")
            transaction.update(replace(node, certificate_issued=False))

        await self._store.update(renew)

    async def certificate(self, node_id: str) -> Certificate:
        """The node's certificate, once it is signed.

        Raises:
            RpcError: NotFound, no such node; Aborted, not leading any more.
        """
        while True:
            cluster = self._cluster()
            node = self._store.view.get(Node, node_id)
            if node is None:
                raise RpcError(Code.NOT_FOUND, "NotFound")
            if node.certificate_issued:
                root = cluster.root.certificate_pem if cluster.root else ""
                expiry_us = node_expiry_us(cluster)
                return new_certificate(node.id, node.role, cluster.id, root, self._kernel.now_us, expiry_us)
            await self._issued.wait()

    def _cluster(self) -> Cluster:
        cluster = self._store.view.cluster()
        if not self._running or cluster is None:
            raise RpcError(Code.ABORTED, "CA signer is stopped")
        return cluster

    # Signing

    def _on_changes(self, changes: Sequence[Change]) -> None:
        rotation = False
        for change in changes:
            obj = change.object
            if isinstance(obj, Node):
                rotation = True
                if change.new is not None and not obj.certificate_issued:
                    self._sign_soon(obj.id)
                else:
                    self._issued.notify()
            elif isinstance(obj, Cluster):
                rotation = True
        if rotation:
            self._finish_rotation()

    def _sign_soon(self, node_id: str) -> None:
        self._kernel.spawn(self._sign(node_id), f"sign the certificate of {node_id}")

    async def _sign(self, node_id: str) -> None:
        def sign(transaction: Transaction) -> None:
            node = transaction.get(Node, node_id)
            if node is not None and not node.certificate_issued:
                cluster = transaction.cluster()
                ends_us = self._kernel.now_us + node_expiry_us(cluster) if cluster is not None else None
                transaction.update(replace(node, certificate_issued=True, certificate_ends_us=ends_us))

        try:
            await self._store.update(sign)
        except RpcError:
            # The next leader finds it waiting.
            return

    # Rotation of the root

    def _finish_rotation(self) -> None:
        """A rotation ends once every node's certificate is signed by the new root."""
        cluster = self._store.view.cluster()
        if cluster is None or not cluster.root_rotation_in_progress or cluster.root is None:
            return
        public_key = cluster.root.public_key_base64
        nodes = self._store.view.all(Node)
        if all(self._issuer(node) == public_key for node in nodes):
            self._kernel.spawn(self._end_rotation(), "end the rotation of the root")

    @staticmethod
    def _issuer(node: Node) -> str:
        tls = (node.description or {}).get("TLSInfo") or {}
        return str(tls.get("CertIssuerPublicKey", ""))

    async def _end_rotation(self) -> None:
        def end(transaction: Transaction) -> None:
            cluster = transaction.cluster()
            if cluster is not None and cluster.root_rotation_in_progress:
                transaction.update(replace(cluster, root_rotation_in_progress=False))

        try:
            await self._store.update(end)
        except RpcError:
            return
