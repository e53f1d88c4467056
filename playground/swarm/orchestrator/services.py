"""What both kinds of service that go on running share: tasks made, restarted and updated.

Source: swarmkit ``manager/orchestrator/replicated``, ``manager/orchestrator/global``.
"""

from playground.sim.kernel import Kernel
from playground.swarm.model import Service
from playground.swarm.orchestrator.loop import Loop
from playground.swarm.orchestrator.restart import RestartSupervisor
from playground.swarm.orchestrator.rolling_update import UpdateSupervisor
from playground.swarm.orchestrator.tasks import TaskMaker, remove_service_tasks
from playground.swarm.store import ReplicatedStore


class ServiceOrchestrator(Loop):
    """``mode`` is in the names of its random streams, ``name`` tells managers apart."""

    def __init__(self, kernel: Kernel, store: ReplicatedStore, mode: str, name: str) -> None:
        super().__init__(kernel, store)
        self._random = kernel.random(f"{mode} orchestrator", name, kernel.now_us)
        self._maker = TaskMaker(kernel.random(f"{mode} tasks", name, kernel.now_us), store.view)
        self._restarts = RestartSupervisor(kernel, store, self._maker)
        self._updates = UpdateSupervisor(kernel, store, self._restarts, self._maker)
        self._restart: dict[str, None] = {}
        """Ids of tasks that ended and are to be restarted."""

    def start(self) -> None:
        self._restarts.start()
        self._updates.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._updates.stop()
        self._restarts.stop()

    async def _service_removed(self, service: Service) -> None:
        self._restarts.clear_history(service.id)
        await self._updates.cancel(service.id)
        await remove_service_tasks(self.store, service.id)
