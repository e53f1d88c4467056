"""The control API's nodes.

Source: swarmkit ``manager/controlapi/node.go``.
"""

from collections.abc import Mapping
from dataclasses import replace

from playground.swarm.certificates import still_refused
from playground.swarm.control.answers import ManagerStatus, NodeAnswer
from playground.swarm.control.filters import (
    NODE_KEYS,
    Filters,
    check_keys,
    enumeration,
    matches_labels,
    one_of,
    starts_with_one_of,
)
from playground.swarm.control.part import ControlPart, failed_precondition, not_found
from playground.swarm.control.raft_view import MemberView
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Node, NodeState, Role, Spec, TaskState, TaskStatus
from playground.swarm.store import Transaction
from playground.swarm.wire.specs import node_spec


class NodeControl(ControlPart):
    async def get_node(self, node_id: str) -> NodeAnswer:
        """Return a node by its full id.

        Raises:
            RpcError: there is none.
        """
        return _answer(self._get(Node, node_id), self._members())

    async def list_nodes(self, filters: Filters | None = None) -> list[NodeAnswer]:
        """Return the nodes that pass the filters, sorted by id.

        Raises:
            BadConfiguration: a filter is unknown.
            InvalidFilterValue: no such role or membership.
        """
        wanted = filters or {}
        check_keys(wanted, NODE_KEYS)
        roles = enumeration(wanted, "role", [role.value for role in Role])
        memberships = enumeration(wanted, "membership", ["pending", "accepted"])
        members = self._members()
        return [
            _answer(node, members)
            for node in self._view.all(Node)
            if starts_with_one_of(node.hostname, wanted.get("name", ()))
            and starts_with_one_of(node.id, wanted.get("id", ()))
            and matches_labels(_engine_labels(node), wanted.get("label", ()))
            and matches_labels(node.spec.get("Labels"), wanted.get("node.label", ()))
            and one_of(node.role.value, roles)
            and one_of("accepted" if node.accepted else "pending", memberships)
        ]

    async def update_node(self, node_id: str, version: int, spec: Spec) -> Node:
        """Replace a node's spec. A changed role comes into force later.

        The engine's API does not carry a node's membership, so that it is no longer told to be accepted.

        Raises:
            BadConfiguration: the role or availability is missing or unknown.
            RpcError: no such node; the version is not the current one; a manager that may not be demoted.
        """
        wanted = node_spec(spec)

        def update(transaction: Transaction) -> Node:
            node = transaction.get(Node, node_id)
            if node is None:
                raise not_found(Node, node_id)
            if node.desired_role is Role.MANAGER and wanted["Role"] == Role.WORKER.value:
                self._check_demotion(transaction, node)
            return transaction.update(replace(node, version=version, spec=wanted, accepted=False))

        return await self._store.update(update)

    def _check_demotion(self, transaction: Transaction, node: Node) -> None:
        managers = [each.id for each in transaction.all(Node) if each.role is Role.MANAGER]
        if managers == [node.id]:
            raise failed_precondition("attempting to demote the last manager of the swarm")
        if not self._raft.is_member(node.id):
            raise RpcError(Code.NOT_FOUND, "can't find manager in raft memberlist")
        if not self._raft.can_remove(node.id):
            raise failed_precondition("can't remove member from the raft: this would result in a loss of quorum")

    async def remove_node(self, node_id: str, force: bool = False) -> None:
        """Remove a node and never let it back in with its certificate; its tasks are lost with it.

        Raises:
            RpcError: no such node; it is a manager and raft member; it is up, and not forced.
        """

        def remove(transaction: Transaction) -> None:
            node = transaction.get(Node, node_id)
            if node is None:
                raise not_found(Node, node_id)
            if node.desired_role is Role.MANAGER and self._raft.is_member(node_id):
                raise failed_precondition(
                    f"node {node_id} is a cluster manager and is a member of the raft cluster. "
                    "It must be demoted to worker before removal"
                )
            if not force and node.status.state is NodeState.READY:
                raise failed_precondition(f"node {node_id} is not down and can't be removed")
            cluster = transaction.cluster()
            if cluster is None:
                raise RpcError(Code.INTERNAL, "could not fetch cluster object")
            removed = {**cluster.removed_nodes, node_id: node.certificate_ends_us}
            transaction.update(replace(cluster, removed_nodes=still_refused(removed, self._kernel.now_us)))
            self._orphan_tasks(transaction, node_id)
            transaction.remove(node)

        await self._store.update(remove)

    def _orphan_tasks(self, transaction: Transaction, node_id: str) -> None:
        """Nobody will report of the node's tasks any more."""
        status = TaskStatus(
            TaskState.ORPHANED, "Task belonged to a node that has been deleted", timestamp_us=self._kernel.now_us
        )
        for task in transaction.tasks_on_node(node_id):
            if task.status.state < TaskState.COMPLETE:
                transaction.update(replace(task, status=status))

    def _members(self) -> dict[str, MemberView]:
        return {member.node_id: member for member in self._raft.members()}


def _answer(node: Node, members: Mapping[str, MemberView]) -> NodeAnswer:
    member = members.get(node.id)
    if member is None:
        return NodeAnswer(node)
    return NodeAnswer(node, ManagerStatus(member.leader, member.reachable, member.address))


def _engine_labels(node: Node) -> Mapping[str, str]:
    engine = (node.description or {}).get("Engine") or {}
    labels: Mapping[str, str] = engine.get("Labels") or {}
    return labels
