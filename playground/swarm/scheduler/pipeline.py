"""Runs the filters over nodes and explains what failed.

Source: swarmkit ``manager/scheduler/pipeline.go``.
"""

from collections.abc import Sequence

from playground.swarm.model import Task
from playground.swarm.scheduler.filters import Filter
from playground.swarm.scheduler.node_info import NodeInfo


class Pipeline:
    """The filters, in order; the first one that fails is charged with the node.

    A node that passes them all sets every count back to zero, so an explanation tells of
    the nodes seen since the last one that fitted.
    """

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._filters = list(filters)
        self._enabled: list[int] = []
        self._failures = [0] * len(self._filters)
        self._charged = False

    def set_task(self, task: Task) -> None:
        """Take the task that the next nodes are judged for, and forget all counts."""
        self._enabled = [index for index, each in enumerate(self._filters) if each.set_task(task)]
        self._forget()

    def process(self, info: NodeInfo) -> bool:
        """True when the node can take the task."""
        for index in self._enabled:
            if not self._filters[index].check(info):
                self._failures[index] += 1
                self._charged = True
                return False
        if self._charged:
            self._forget()
        return True

    def why_not(self, info: NodeInfo) -> str:
        """Why a node cannot take the task, empty when it can. Counts nothing."""
        for index in self._enabled:
            if not self._filters[index].check(info):
                return self._filters[index].explain(1)
        return ""

    def explain(self) -> str:
        """Why no node fits: the reasons, most frequent first, those of equal count in order of the filters."""
        charged = [(count, each) for count, each in zip(self._failures, self._filters, strict=True) if count]
        charged.sort(key=lambda entry: -entry[0])
        return "; ".join(each.explain(count) for count, each in charged)

    def _forget(self) -> None:
        self._failures = [0] * len(self._filters)
        self._charged = False
