"""Spreads a group of like tasks over nodes.

Source: swarmkit ``manager/scheduler/scheduler.go`` (``scheduleNTasksOnSubtree``, ``scheduleNTasksOnNodes``).
"""

from collections.abc import Callable
from random import Random

from playground.swarm.model import Task
from playground.swarm.scheduler.decision_tree import DecisionTree, Rank
from playground.swarm.scheduler.node_info import NodeInfo
from playground.swarm.scheduler.pipeline import Pipeline


class Placement:
    """One group's tasks, taken one by one and given to nodes.

    ``assign(task, info)`` gives a task to a node and counts it there, so that the next
    rank and check see it. ``waiting`` holds the tasks not placed yet; the caller reads
    there what found no node.
    """

    def __init__(
        self,
        waiting: list[Task],
        pipeline: Pipeline,
        rank: Rank,
        assign: Callable[[Task, NodeInfo], None],
        random: Random,
    ) -> None:
        self.waiting = waiting
        self._most = len(waiting)
        self._pipeline = pipeline
        self._rank = rank
        self._assign = assign
        self._random = random

    def place(self, count: int, tree: DecisionTree) -> int:
        """Place up to ``count`` tasks in a branch, so that its own branches get even. Returns how many were placed."""
        if not tree.branches:
            nodes = tree.ordered_nodes(self._pipeline.process, self._rank, self._most)
            return self._place_on(nodes, count) if nodes else 0

        placed = 0
        in_usable = tree.tasks
        usable = list(tree.branches.values())
        self._random.shuffle(usable)
        converging = True
        while placed != count and usable and converging:
            share, remainder = divmod(in_usable + count - placed, len(usable))
            converging = False
            for branch in list(usable):
                if branch.tasks > share or (branch.tasks == share and not remainder):
                    continue
                converging = True
                wanted = share - branch.tasks + (1 if remainder else 0)
                got = self.place(wanted, branch)
                if got < wanted:
                    usable.remove(branch)
                    in_usable -= branch.tasks
                elif remainder:
                    remainder -= 1
                placed += got
        return placed

    def _place_on(self, nodes: list[NodeInfo], count: int) -> int:
        """Place up to ``count`` tasks on nodes sorted best first.

        The first pass stays on a node until the next one would be strictly better, which
        levels them; from then on each gets one in turn while it still fits.
        """
        placed = 0
        position = 0
        full: dict[int, None] = {}
        while self.waiting:
            info = nodes[position % len(nodes)]
            self._assign(self.waiting.pop(), info)
            placed += 1
            if placed == count:
                return placed
            if position + 1 < len(nodes):
                if self._rank(nodes[position + 1]) < self._rank(info):
                    position += 1
            else:
                position += 1
            start = position
            while position % len(nodes) in full or not self._pipeline.process(nodes[position % len(nodes)]):
                full[position % len(nodes)] = None
                position += 1
                if position - start == len(nodes):
                    return placed
        return placed
