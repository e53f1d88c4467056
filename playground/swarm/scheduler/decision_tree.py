"""Nodes arranged by spread preferences: one level a preference, one branch a label value.

Source: swarmkit ``manager/scheduler/decision_tree.go``, ``nodeset.go``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from playground.swarm.model import Spec
from playground.swarm.scheduler.constraints import ENGINE_LABEL_PREFIX, NODE_LABEL_PREFIX, label_value
from playground.swarm.scheduler.node_info import NodeInfo

Rank = Callable[[NodeInfo], Any]
Fits = Callable[[NodeInfo], bool]


class DecisionTree:
    """A branch: ``tasks`` of the service in it, its ``branches`` by label value, or, in a leaf, the candidates.

    ``tasks`` counts unsuitable nodes too: an unsuitable node that runs much of the service
    makes its branch less wanted.
    """

    __slots__ = ("_candidates", "_sorted", "branches", "tasks")

    def __init__(self) -> None:
        self.tasks = 0
        self.branches: dict[str, DecisionTree] = {}
        self._candidates: list[NodeInfo] = []
        self._sorted = False

    def add(self, info: NodeInfo) -> None:
        self._candidates.append(info)

    def ordered_nodes(self, fits: Fits, rank: Rank, most: int) -> list[NodeInfo]:
        """The nodes of a leaf, best first, at most ``most`` of them.

        Asked again, it judges the nodes afresh: tasks have been placed on them since.
        """
        if self._sorted:
            self._candidates = [info for info in self._candidates if fits(info)]
        self._candidates.sort(key=rank)
        if not self._sorted:
            del self._candidates[most:]
        self._sorted = True
        return list(self._candidates)


def descriptors(preferences: Sequence[Spec] | None) -> list[str]:
    """The label keys of ``Placement.Preferences``; descriptors of any other kind are passed over."""
    found = [str((preference.get("Spread") or {}).get("SpreadDescriptor") or "") for preference in preferences or ()]
    return [key for key in found if _is_label(key)]


def _is_label(key: str) -> bool:
    lower = key.lower()
    return any(lower.startswith(prefix) and lower != prefix for prefix in (NODE_LABEL_PREFIX, ENGINE_LABEL_PREFIX))


def build(nodes: Iterable[NodeInfo], service_id: str, keys: Sequence[str], fits: Fits) -> DecisionTree:
    """Sort nodes into a tree with a level for each key; a node without the label is in the branch ""."""
    root = DecisionTree()
    for info in nodes:
        tree = root
        tasks = info.active_by_service.get(service_id, 0)
        for key in keys:
            tree.tasks += tasks
            value = label_value(info.node, key) or ""
            branch = tree.branches.get(value)
            if branch is None:
                branch = tree.branches[value] = DecisionTree()
            tree = branch
        tree.tasks += tasks
        if fits(info):
            tree.add(info)
    return root
