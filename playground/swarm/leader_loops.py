"""The loops by which a leading manager makes services come true, started and stopped together.

Source: swarmkit ``manager/manager.go`` (``becomeLeader``, ``becomeFollower``).
"""

from playground.sim.kernel import Kernel
from playground.swarm.orchestrator.constraint_enforcer import ConstraintEnforcer
from playground.swarm.orchestrator.global_mode import GlobalOrchestrator
from playground.swarm.orchestrator.jobs import JobsOrchestrator
from playground.swarm.orchestrator.replicated import ReplicatedOrchestrator
from playground.swarm.orchestrator.task_reaper import TaskReaper
from playground.swarm.proposal import Part
from playground.swarm.scheduler.scheduler import Scheduler
from playground.swarm.store import ReplicatedStore


class LeaderLoops:
    """Scheduler, constraint enforcer, task reaper, and the orchestrators of services and jobs.

    Tasks are made in state NEW; the allocator, which is not one of these loops, brings them
    to PENDING, where the scheduler takes them.

    ``name`` (the manager's node id) keeps the random streams, and so the ids of new tasks, of
    managers that lead one after the other apart; a manager that leads again gets new streams
    too. Make a new object each time leadership comes here, at that moment.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, name: str = "") -> None:
        self._loops = (
            Scheduler(kernel, Part(store, "scheduler"), name),
            ConstraintEnforcer(kernel, Part(store, "constraint enforcer")),
            TaskReaper(kernel, Part(store, "task reaper")),
            ReplicatedOrchestrator(kernel, Part(store, "orchestrator"), name),
            JobsOrchestrator(kernel, Part(store, "orchestrator"), name),
            GlobalOrchestrator(kernel, Part(store, "orchestrator"), name),
        )

    def start(self) -> None:
        """Leadership has come here: read the whole store, and go on where the last leader stopped."""
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Leadership is lost: nothing of these loops happens any more."""
        for loop in reversed(self._loops):
            loop.stop()
