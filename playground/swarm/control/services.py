"""The control API's services.

Source: swarmkit ``manager/controlapi/service.go``.
"""

from collections.abc import Iterable
from dataclasses import replace

from playground.swarm.control.answers import ServiceCounts
from playground.swarm.control.filters import (
    SERVICE_KEYS,
    Filters,
    check_keys,
    matches_labels,
    one_of,
    starts_with_one_of,
)
from playground.swarm.control.networks import find_ingress
from playground.swarm.control.part import ControlPart, failed_precondition, invalid, not_found
from playground.swarm.control.payloads import references
from playground.swarm.control.published_ports import check_port_conflicts
from playground.swarm.control.service_spec import check_service_spec, is_job
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Config, JobStatus, Network, Secret, Service, Spec, TaskState, UpdateStatus
from playground.swarm.networks import is_ingress, needs_ingress
from playground.swarm.orchestrator.defaults import insert_defaults as with_defaults
from playground.swarm.store import NameConflict, Transaction
from playground.swarm.wire.specs import service_spec

MODE_WORDS = {
    "Replicated": "replicated",
    "Global": "global",
    "ReplicatedJob": "replicated-job",
    "GlobalJob": "global-job",
}


class ServiceControl(ControlPart):
    async def create_service(self, spec: Spec) -> Service:
        """Create a service.

        Raises:
            BadConfiguration: the spec cannot be read.
            RpcError: the spec makes no sense here, or the name is taken.
        """
        wanted = self._checked(spec)
        check_port_conflicts(wanted, self._view.all(Service))
        job = JobStatus(last_execution_us=self._kernel.now_us) if is_job(wanted) else None
        service = Service(id=self._new_id(), spec=wanted, job_status=job)
        self._check_ingress(wanted)

        def create(transaction: Transaction) -> Service:
            _check_references_exist(transaction, wanted)
            return transaction.create(service)

        try:
            return await self._store.update(create)
        except NameConflict as conflict:
            text = f"{conflict.description}: service {service.name} already exists"
            raise RpcError(Code.ALREADY_EXISTS, text) from None

    async def get_service(self, service_id: str, insert_defaults: bool = False) -> Service:
        """Return a service by its full id; with ``insert_defaults`` its spec says what it leaves out.

        Raises:
            RpcError: there is none.
        """
        service = self._get(Service, service_id)
        return replace(service, spec=service_spec(with_defaults(service.spec))) if insert_defaults else service

    async def update_service(self, service_id: str, version: int, spec: Spec, rollback: bool = False) -> Service:
        """Replace a service's spec, or, with ``rollback``, swap it with the one before (``spec`` is only checked).

        Raises:
            BadConfiguration: the spec cannot be read.
            RpcError: no such service; the version is not the current one; the spec makes no sense here; there is
                nothing to roll back to.
        """
        wanted = self._checked(spec)
        service = self._get(Service, service_id)
        endpoint = wanted.get("EndpointSpec")
        if endpoint is not None and endpoint != service.spec.get("EndpointSpec"):
            check_port_conflicts(wanted, (each for each in self._view.all(Service) if each.id != service_id))

        def update(transaction: Transaction) -> Service:
            current = transaction.get(Service, service_id)
            if current is None:
                raise not_found(Service, service_id)
            _check_change(current, wanted)
            _check_references_exist(transaction, wanted)
            updated = replace(current, version=version)
            if current.job_status is not None:
                job = JobStatus(current.job_status.iteration + 1, self._kernel.now_us)
                updated = replace(updated, job_status=job)
            updated = self._rolled_back(updated) if rollback else _with_spec(updated, wanted, version)
            self._check_ingress(updated.spec)
            return transaction.update(updated)

        return await self._store.update(update)

    def _rolled_back(self, service: Service) -> Service:
        if service.previous_spec is None:
            raise failed_precondition(f"service {service.id} does not have a previous spec")
        return replace(
            service,
            spec=service.previous_spec,
            spec_version=service.previous_spec_version or 0,
            previous_spec=service.spec,
            previous_spec_version=service.spec_version,
            update_status=UpdateStatus(
                "rollback_started", "manually requested rollback", started_us=self._kernel.now_us
            ),
        )

    async def remove_service(self, service_id: str) -> None:
        """Remove a service; the orchestrators then stop its tasks.

        Raises:
            RpcError: there is none.
        """

        def remove(transaction: Transaction) -> None:
            service = transaction.get(Service, service_id)
            if service is None:
                raise not_found(Service, service_id)
            transaction.remove(service)

        await self._store.update(remove)

    async def list_services(self, filters: Filters | None = None) -> list[Service]:
        """Return the services that pass the filters, sorted by id.

        Raises:
            BadConfiguration: a filter is unknown.
        """
        wanted = filters or {}
        check_keys(wanted, SERVICE_KEYS)
        return [
            service
            for service in self._view.all(Service)
            if starts_with_one_of(service.name, wanted.get("name", ()))
            and starts_with_one_of(service.id, wanted.get("id", ()))
            and matches_labels(service.spec.get("Labels"), wanted.get("label", ()))
            and one_of("container", wanted.get("runtime", ()))
            and one_of(MODE_WORDS[service.mode], wanted.get("mode", ()))
        ]

    async def list_service_statuses(self, service_ids: Iterable[str]) -> dict[str, ServiceCounts]:
        """Count the tasks of services; one that is gone has its tasks counted, but wants none.

        What runs is what says that it runs, wherever and whatever is desired of it.
        """
        return {service_id: self._count(service_id) for service_id in service_ids}

    def _count(self, service_id: str) -> ServiceCounts:
        service = self._view.get(Service, service_id)
        iteration: int | None = None
        everywhere = False
        desired = 0
        if service is not None:
            mode = service.spec["Mode"]
            everywhere = service.mode in ("Global", "GlobalJob")
            desired = mode.get("Replicated", {}).get("Replicas", 0)
            desired += mode.get("ReplicatedJob", {}).get("MaxConcurrent", 0)
            if service.job_status is not None:
                iteration = service.job_status.iteration
        running = completed = 0
        for task in self._view.tasks_of_service(service_id):
            if iteration is not None:
                if task.job_iteration != iteration:
                    continue
                completed += task.status.state is TaskState.COMPLETE
            running += task.status.state is TaskState.RUNNING
            if everywhere:
                desired += task.desired_state is TaskState.RUNNING
                desired += task.desired_state is TaskState.COMPLETE and task.status.state is not TaskState.COMPLETE
        return ServiceCounts(running, desired, completed)

    def _checked(self, spec: Spec) -> Spec:
        """The spec in canonical form, if it makes sense with the networks that are there."""
        wanted = service_spec(spec)
        check_service_spec(wanted)
        for attachment in wanted["TaskTemplate"].get("Networks") or ():
            network = self._view.get(Network, attachment.get("Target", ""))
            if network is not None and is_ingress(network):
                raise invalid(f'Service cannot be explicitly attached to the ingress network "{network.name}"')
        return wanted

    def _check_ingress(self, spec: Spec) -> None:
        if needs_ingress(spec) and find_ingress(self._view) is None:
            raise failed_precondition("service needs ingress network, but no ingress network is present")


def _with_spec(service: Service, spec: Spec, version: int) -> Service:
    return replace(
        service,
        spec=spec,
        spec_version=version,
        previous_spec=service.spec,
        previous_spec_version=service.spec_version,
        update_status=None,
    )


def _check_change(service: Service, spec: Spec) -> None:
    """Check what an update may not change.

    Raises:
        RpcError: the mode, the name, or networks in the old place would change.
    """
    old_networks, networks = service.spec.get("Networks"), spec.get("Networks")
    task_networks = service.spec["TaskTemplate"].get("Networks")
    if (
        (networks or old_networks)
        and networks != old_networks
        and spec["TaskTemplate"].get("Networks") == task_networks
    ):
        raise RpcError(Code.UNIMPLEMENTED, "networks must be migrated to TaskSpec before being changed")
    if list(service.spec["Mode"]) != list(spec["Mode"]):
        raise RpcError(Code.UNIMPLEMENTED, "service mode change is not allowed")
    if service.name != spec["Name"]:
        raise RpcError(Code.UNIMPLEMENTED, "renaming services is not supported")


def _check_references_exist(transaction: Transaction, spec: Spec) -> None:
    """Check that the secrets and configs named are there, by id and name.

    Raises:
        RpcError: some are not, by name.
    """
    for kind in (Secret, Config):
        word = kind.__name__
        missing = []
        for reference in references(spec, word):
            found = transaction.get(kind, reference[f"{word}ID"])
            if not isinstance(found, (Secret, Config)) or found.name != reference[f"{word}Name"]:
                missing.append(reference[f"{word}Name"])
        if missing:
            words = word.lower() if len(missing) == 1 else f"{word.lower()}s"
            raise invalid(f"{words} not found: {', '.join(missing)}")
