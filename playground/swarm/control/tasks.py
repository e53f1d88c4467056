"""The control API's tasks.

Source: swarmkit ``manager/controlapi/task.go``.
"""

from playground.swarm.control.filters import (
    TASK_KEYS,
    Filters,
    check_keys,
    enumeration,
    matches_labels,
    one_of,
    starts_with_one_of,
)
from playground.swarm.control.part import ControlPart, not_found
from playground.swarm.model import Node, Service, Task, TaskState
from playground.swarm.orchestrator.tasks import is_dirty
from playground.swarm.store import Transaction

STATE_WORDS = (*(state.word for state in TaskState), "allocated")
"""``allocated`` is in the API, but no task is ever in that state."""
CONTAINER_RUNTIME = "container"


class TaskControl(ControlPart):
    async def get_task(self, task_id: str) -> Task:
        """Return a task by its full id.

        Raises:
            RpcError: there is none.
        """
        return self._get(Task, task_id)

    async def list_tasks(self, filters: Filters | None = None) -> list[Task]:
        """Return the tasks that pass the filters, sorted by id.

        ``service`` and ``node`` are full ids here; a name is the start of a container's name.

        Raises:
            BadConfiguration: a filter is unknown.
            InvalidFilterValue: no such desired state.
        """
        wanted = filters or {}
        check_keys(wanted, TASK_KEYS)
        states = enumeration(wanted, "desired-state", STATE_WORDS)
        runtimes = wanted.get("runtime", ())
        if runtimes and CONTAINER_RUNTIME not in runtimes:
            return []
        return [
            task
            for task in self._candidates(wanted)
            if starts_with_one_of(task.full_name, wanted.get("name", ()))
            and starts_with_one_of(task.id, wanted.get("id", ()))
            and matches_labels(task.service_labels, wanted.get("label", ()))
            and one_of(task.service_id, wanted.get("service", ()))
            and one_of(task.node_id, wanted.get("node", ()))
            and one_of(task.desired_state.word, states)
            and (not wanted.get("_up-to-date") or self._up_to_date(task))
        ]

    def _candidates(self, wanted: Filters) -> list[Task]:
        """The tasks by the narrowest index that the filters allow, sorted by id."""
        tasks: list[Task]
        if wanted.get("service"):
            tasks = [task for each in dict.fromkeys(wanted["service"]) for task in self._view.tasks_of_service(each)]
        elif wanted.get("node"):
            tasks = [task for each in dict.fromkeys(wanted["node"]) for task in self._view.tasks_on_node(each)]
        else:
            return self._view.all(Task)
        return sorted(tasks, key=lambda task: task.id)

    def _up_to_date(self, task: Task) -> bool:
        service = self._view.get(Service, task.service_id)
        return service is not None and not is_dirty(service, task, self._view.get(Node, task.node_id))

    async def remove_task(self, task_id: str) -> None:
        """Remove a task from the store; its container, if it runs, is stopped by its agent.

        Raises:
            RpcError: there is none.
        """

        def remove(transaction: Transaction) -> None:
            task = transaction.get(Task, task_id)
            if task is None:
                raise not_found(Task, task_id)
            transaction.remove(task)

        await self._store.update(remove)
