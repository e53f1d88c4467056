"""What a manager writes first when it begins to lead, and what replaces a root of trust.

Source: swarmkit ``manager/manager.go`` (``becomeLeader``), ``manager/controlapi/ca_rotation.go``.
"""

from dataclasses import replace
from random import Random

from playground.swarm.certificates import Authority
from playground.swarm.control.cluster import PEM, initial_cluster, initial_networks
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Cluster, Node, Role, Spec
from playground.swarm.node_disk import NodeDisk, StartConfig
from playground.swarm.store import ReplicatedStore, Transaction
from playground.swarm.tokens import new_join_token


async def create_new_cluster(
    store: ReplicatedStore, disk: NodeDisk, config: StartConfig, node_id: str, cluster_id: str, random: Random
) -> bool:
    """Make the cluster object, this manager's node and the first networks. Returns False where they are there.

    Raises:
        RpcError: leadership was lost.
    """

    created = False

    def create(transaction: Transaction) -> None:
        nonlocal created
        if transaction.cluster() is not None or disk.root is None:
            return
        transaction.create(
            initial_cluster(
                random,
                disk.root,
                cluster_id=cluster_id,
                address_pool=config.pool,
                subnet_size=config.subnet_size,
                data_path_port=config.data_path_port,
                autolock=config.autolock,
            )
        )
        spec = {"Labels": {}, "Role": Role.MANAGER.value, "Availability": config.availability}
        # The role itself is left to the role manager, as for a node that was promoted.
        transaction.create(Node(id=node_id, spec=spec))
        for network in initial_networks(random):
            transaction.create(network)
        created = True

    await store.update(create)
    return created


def rotate_root(cluster: Cluster, config: Spec, authority: Authority, random: Random, wall_us: int) -> Cluster:
    """Begin to replace the root: by the one that ``config`` gives, or by a new one.

    New tokens go with it; every node gets a certificate of the new root, then the CA
    server ends the rotation.

    Raises:
        RpcError: InvalidArgument, the certificate or key given is not good.
    """
    given = str(config.get("SigningCACert") or "")
    if PEM in given:
        try:
            root = authority.read_root(given, str(config.get("SigningCAKey") or ""))
        except ValueError as error:
            raise RpcError(Code.INVALID_ARGUMENT, f"invalid CA certificate: {error}") from None
    else:
        root = authority.create_root(random, wall_us)
    return replace(
        cluster,
        root=root,
        root_rotation_in_progress=True,
        join_token_worker=new_join_token(root.digest, random),
        join_token_manager=new_join_token(root.digest, random),
    )
