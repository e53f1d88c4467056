"""Makes roles what specs want them to be: promotes by certificate, demotes by way of raft.

Source: swarmkit ``manager/role_manager.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.sim.futures import TimedOut
from playground.sim.kernel import SECOND, Kernel, Timer
from playground.swarm.errors import RpcError
from playground.swarm.model import Node, Role
from playground.swarm.replication import Member, RaftMember
from playground.swarm.store import Change, Transaction

RECONCILE_US = 5 * SECOND
REMOVAL_TIMEOUT_US = 5 * SECOND


class RoleManager:
    """Runs on the leader only. What cannot be done now is tried again every 5 s.

    A demotion takes two steps: the member leaves raft at once; its node's role changes the next time
    the node is looked at, which is when anything of the node is written, or at the 5 s tick.
    """

    def __init__(self, kernel: Kernel, raft: RaftMember) -> None:
        self._kernel = kernel
        self._raft = raft
        self._roles: dict[str, None] = {}
        """Nodes whose role is not yet what is wanted."""
        self._removals: dict[str, None] = {}
        """Nodes that are gone, or workers for good, but may still be raft members."""
        self._queue: list[str] = []
        self._busy = False
        self._timer: Timer | None = None
        self._running = False
        self._stop_watching: Callable[[], None] | None = None

    def start(self) -> None:
        self._running = True
        self._stop_watching = self._raft.view.watch(self._on_changes)
        nodes = {node.id: node for node in self._raft.view.all(Node)}
        for node in nodes.values():
            self._consider(node)
        for member in self._raft.members():
            if member.node_id not in nodes:
                self._removals[member.node_id] = None
                self._work(member.node_id)

    def stop(self) -> None:
        self._running = False
        if self._stop_watching is not None:
            self._stop_watching()
        if self._timer is not None:
            self._timer.cancel()

    def _on_changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            obj = change.object
            if not isinstance(obj, Node):
                continue
            if change.new is not None:
                if change.old is not None:
                    self._consider(obj)
            else:
                self._roles.pop(obj.id, None)
                if self._raft.member_of_node(obj.id) is not None:
                    self._removals[obj.id] = None
                    self._work(obj.id)

    def _consider(self, node: Node) -> None:
        if node.role is node.desired_role:
            self._roles.pop(node.id, None)
            if node.role is Role.WORKER and self._raft.member_of_node(node.id) is not None:
                # Removed, it could not ask for its role in time and joined once more with its old certificate.
                # Upstream leaves such a member in raft.
                self._removals[node.id] = None
                self._work(node.id)
        else:
            self._roles[node.id] = None
            self._work(node.id)

    def _work(self, node_id: str) -> None:
        self._queue.append(node_id)
        if not self._busy:
            self._busy = True
            self._kernel.spawn(self._run(), "role manager")

    async def _run(self) -> None:
        try:
            while self._queue and self._running:
                await self._reconcile(self._queue.pop(0))
        finally:
            self._busy = False
        pending = bool(self._roles or self._removals)
        if self._running and pending and (self._timer is None or not self._timer.pending):
            self._timer = self._kernel.after(RECONCILE_US, self._again)

    def _again(self) -> None:
        for node_id in [*self._roles, *self._removals]:
            self._work(node_id)

    async def _reconcile(self, node_id: str) -> None:
        member = self._raft.member_of_node(node_id)
        if node_id in self._removals:
            if member is None:
                del self._removals[node_id]
            else:
                await self._remove(member)
            return
        node = self._raft.view.get(Node, node_id)
        if node is None or node.role is node.desired_role:
            self._roles.pop(node_id, None)
            return
        if node.desired_role is Role.WORKER and member is not None:
            await self._remove(member)
        else:
            await self._set_role(node)

    async def _set_role(self, seen: Node) -> None:
        def change(transaction: Transaction) -> None:
            node = transaction.get(Node, seen.id)
            if node is not None and (node.desired_role, node.role) == (seen.desired_role, seen.role):
                transaction.update(replace(node, role=node.desired_role))

        try:
            await self._raft.update(change)
        except RpcError:
            return
        self._roles.pop(seen.id, None)

    async def _remove(self, member: Member) -> None:
        """Take a member out of raft, if that is safe now; this one hands the leadership over first."""
        if not self._raft.can_remove(member.member_id):
            return
        try:
            if member.member_id == self._raft.member.member_id:
                await self._raft.transfer_leadership()
            else:
                await self._kernel.timeout(REMOVAL_TIMEOUT_US, self._raft.remove_member(member.member_id))
        except (RpcError, TimedOut):
            return
