"""The control API's one cluster, and what a new cluster starts with.

Source: swarmkit ``manager/controlapi/cluster.go``, ``manager/manager.go``; moby
``daemon/cluster/swarm.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from playground.sim.kernel import Kernel
from playground.swarm.certificates import still_refused
from playground.swarm.control.part import ControlPart, invalid
from playground.swarm.control.raft_view import RaftView
from playground.swarm.errors import Code, RpcError
from playground.swarm.identity import new_id
from playground.swarm.model import EMPTY, Cluster, Network, RootCertificate, Spec
from playground.swarm.networks import PREDEFINED_LABEL
from playground.swarm.store import ReplicatedStore, Transaction
from playground.swarm.tokens import new_join_token, new_unlock_key
from playground.swarm.wire.specs import cluster_spec, merged_cluster_spec, network_spec

MIN_NODE_CERT_EXPIRY_NS = 3_600_000_000_000
DEFAULT_ADDRESS_POOL = ("10.0.0.0/8",)
DEFAULT_SUBNET_SIZE = 24
DEFAULT_DATA_PATH_PORT = 4789

DEFAULT_SPEC: Spec = {
    "Name": "default",
    "Labels": {},
    "Orchestration": {"TaskHistoryRetentionLimit": 5},
    "Raft": {
        "SnapshotInterval": 10000,
        "KeepOldSnapshots": 0,
        "LogEntriesForSlowFollowers": 500,
        "ElectionTick": 10,
        "HeartbeatTick": 1,
    },
    "Dispatcher": {"HeartbeatPeriod": 5_000_000_000},
    "CAConfig": {"NodeCertExpiry": 7_776_000_000_000_000},
    "TaskDefaults": {},
    "EncryptionConfig": {"AutoLockManagers": False},
}

RotateRoot = Callable[[Cluster, Spec], Cluster]
"""Begins to replace the root certificate as a new ``CAConfig`` asks; returns the cluster with that begun.

Raises ``RpcError`` where the certificate or key given is not good.
"""

PEM = "-----BEGIN "
"""What a certificate or key in text form begins with; text without it counts as none."""


class ClusterControl(ControlPart):
    def __init__(
        self,
        kernel: Kernel,
        store: ReplicatedStore,
        raft: RaftView,
        random: Random,
        rotate_root: RotateRoot | None = None,
        shows_pool: bool = True,
    ) -> None:
        """``shows_pool``: False on a manager that has the cluster as it made it, with an empty list of address pools.

        The pool is shown where there is no list: wherever the cluster was read from the log, which keeps no
        empty ones. Source: ``controlapi/cluster.go``, ``redactClusters``.
        """
        super().__init__(kernel, store, raft, random)
        self._rotate_root = rotate_root
        self._shows_pool = shows_pool

    async def get_cluster(self) -> Cluster:
        """Return the cluster without its secret keys, but with its join tokens.

        Raises:
            RpcError: there is none yet.
        """
        cluster = _redacted(self._cluster())
        return cluster if self._shows_pool else replace(cluster, default_address_pool=())

    async def update_cluster(
        self,
        version: int,
        spec: Spec,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_unlock_key: bool = False,
    ) -> Cluster:
        """Replace the cluster's spec (all of it: what is left out becomes zero) and make new secrets.

        With autolock turned on there comes an unlock key; turned off, it goes.

        Raises:
            BadConfiguration: the spec cannot be read.
            RpcError: the version is not the current one; a value is out of range.
        """
        wanted = cluster_spec(spec)
        _check_cluster_spec(wanted)

        def update(transaction: Transaction) -> Cluster:
            cluster = transaction.cluster()
            if cluster is None:
                raise RpcError(Code.NOT_FOUND, "cluster not found")
            removed = still_refused(cluster.removed_nodes, self._kernel.now_us)
            updated = replace(cluster, version=version, spec=wanted, removed_nodes=removed)
            digest = cluster.root.digest if cluster.root is not None else ""
            if rotate_worker_token:
                updated = replace(updated, join_token_worker=new_join_token(digest, self._random))
            if rotate_manager_token:
                updated = replace(updated, join_token_manager=new_join_token(digest, self._random))
            updated = self._with_ca(cluster, updated)
            if not wanted["EncryptionConfig"]["AutoLockManagers"]:
                updated = replace(updated, unlock_key="")
            elif not cluster.unlock_key or rotate_unlock_key:
                updated = replace(updated, unlock_key=new_unlock_key(self._random))
            return transaction.update(updated)

        return _redacted(await self._store.update(update))

    def _with_ca(self, old: Cluster, cluster: Cluster) -> Cluster:
        config = cluster.spec["CAConfig"]
        if config.get("SigningCAKey") and not config.get("SigningCACert"):
            raise invalid("if a signing CA key is provided, the signing CA cert must also be provided")
        forced = (old.spec.get("CAConfig") or EMPTY).get("ForceRotate", 0)
        if PEM not in config.get("SigningCACert", "") and config.get("ForceRotate", 0) == forced:
            return cluster
        if self._rotate_root is None:
            raise RpcError(Code.UNIMPLEMENTED, "rotation of the root certificate is not emulated")
        return self._rotate_root(cluster, config)

    async def get_unlock_key(self) -> str:
        """Return the unlock key as people see it; empty while autolock is off.

        Raises:
            RpcError: there is no cluster yet.
        """
        return self._cluster().unlock_key

    def _cluster(self) -> Cluster:
        cluster = self._view.cluster()
        if cluster is None:
            raise RpcError(Code.NOT_FOUND, "cluster not found")
        return cluster


def _redacted(cluster: Cluster) -> Cluster:
    root = cluster.root and replace(cluster.root, key_pem="")
    return replace(cluster, root=root, unlock_key="")


def _check_cluster_spec(spec: Spec) -> None:
    expiry = spec["CAConfig"].get("NodeCertExpiry", 0)
    if expiry and expiry < MIN_NODE_CERT_EXPIRY_NS:
        raise invalid("minimum certificate expiry time is: 1h0m0s")
    if spec["Dispatcher"].get("HeartbeatPeriod", 0) < 0:
        raise invalid("heartbeat time period cannot be a negative duration")


def initial_cluster(
    random: Random,
    root: RootCertificate,
    spec: Spec = EMPTY,
    *,
    cluster_id: str = "",
    address_pool: Sequence[str] = (),
    subnet_size: int = 0,
    data_path_port: int = 0,
    autolock: bool = False,
) -> Cluster:
    """Return the cluster object of a new swarm, not yet in the store.

    ``spec`` is that of the init request: what it leaves out, or gives as zero, has its default.

    Raises:
        BadConfiguration: the spec cannot be read, or names the cluster.
        RpcError: a value is out of range.
    """
    merged = merged_cluster_spec(spec, DEFAULT_SPEC)
    locked = autolock or merged["EncryptionConfig"]["AutoLockManagers"]
    merged["EncryptionConfig"] = {"AutoLockManagers": locked}
    _check_cluster_spec(merged)
    return Cluster(
        id=cluster_id or new_id(random),
        spec=merged,
        root=root,
        join_token_worker=new_join_token(root.digest, random),
        join_token_manager=new_join_token(root.digest, random),
        unlock_key=new_unlock_key(random) if locked else "",
        default_address_pool=tuple(address_pool) or DEFAULT_ADDRESS_POOL,
        subnet_size=subnet_size or DEFAULT_SUBNET_SIZE,
        data_path_port=data_path_port or DEFAULT_DATA_PATH_PORT,
    )


def initial_networks(random: Random) -> list[Network]:
    """Return the networks of a new swarm, not yet in the store: the ingress, and each node's own bridge and host."""
    networks = [Network(id=new_id(random), spec=network_spec({"Name": "ingress", "Ingress": True}))]
    for name in ("bridge", "host"):
        spec = network_spec({"Name": name, "Driver": name, "Labels": {PREDEFINED_LABEL: "true"}})
        networks.append(Network(id=new_id(random), spec=spec, predefined=True))
    return networks
