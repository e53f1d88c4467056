"""What secrets and configs have in common: a name, data that never changes, and services that refer to them.

Source: swarmkit ``manager/controlapi/secret.go``, ``config.go``.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from playground.swarm.control.filters import Filters, check_keys, matches_labels
from playground.swarm.control.part import ControlPart, invalid, not_found
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Config, Secret, Service, Spec
from playground.swarm.store import NameConflict, Transaction

Payload = TypeVar("Payload", Secret, Config)


class PayloadControl(ControlPart):
    """What the parts for secrets and for configs are made of. ``kind`` is the class of the object."""

    def _check_size(self, kind: type[Secret | Config], data: bytes, limit: int) -> None:
        if not 0 < len(data) < limit:
            raise invalid(f"{_noun(kind)} data must be larger than 0 and less than {limit} bytes")

    async def _create(self, payload: Payload) -> Payload:
        try:
            return await self._store.update(lambda transaction: transaction.create(payload))
        except NameConflict:
            noun = _noun(type(payload))
            raise RpcError(Code.ALREADY_EXISTS, f"{noun} {payload.name} already exists") from None

    def _look_up(self, kind: type[Payload], object_id: str) -> Payload:
        if not object_id:
            raise invalid(f"{_noun(kind)} ID must be provided")
        return self._get(kind, object_id)

    async def _relabel(
        self, kind: type[Payload], object_id: str, version: int, wanted: Spec, data: bytes | None
    ) -> Payload:
        def update(transaction: Transaction) -> Payload:
            payload = transaction.get(kind, object_id)
            if payload is None:
                raise not_found(kind, object_id)
            if payload.name != wanted.get("Name", "") or (data is not None and data != payload.data):
                raise invalid("only updates to Labels are allowed")
            relabelled = {**payload.spec, "Labels": wanted["Labels"]}
            return transaction.update(replace(payload, version=version, spec=relabelled))

        return await self._store.update(update)

    def _list(self, kind: type[Payload], filters: Filters | None, keys: Sequence[str]) -> list[Payload]:
        """Unlike elsewhere, one passes that has one of the names or one of the ids."""
        wanted = filters or {}
        check_keys(wanted, keys)
        return [
            payload
            for payload in self._view.all(kind)
            if is_named(payload, wanted) and matches_labels(payload.spec.get("Labels"), wanted.get("label", ()))
        ]

    async def _remove(self, kind: type[Payload], object_id: str) -> None:
        def remove(transaction: Transaction) -> None:
            payload = transaction.get(kind, object_id)
            if payload is None:
                raise RpcError(Code.NOT_FOUND, f"could not find {_noun(kind)} {object_id}")
            check_unused(transaction, payload)
            transaction.remove(payload)

        await self._store.update(remove)


def _noun(kind: type[Secret | Config]) -> str:
    return kind.__name__.lower()


def is_named(obj: Secret | Config, filters: Filters) -> bool:
    """Whether an object has one of the names, or starts of a name or id, asked for. Case of names does not count."""
    names, prefixes, ids = (filters.get(key, ()) for key in ("names", "name", "id"))
    if not names and not prefixes and not ids:
        return True
    name = obj.name.lower()
    return (
        any(name == each.lower() for each in names)
        or any(name.startswith(each.lower()) for each in prefixes)
        or any(obj.id.startswith(each) for each in ids)
    )


def check_unused(transaction: Transaction, obj: Secret | Config) -> None:
    """Check that no service's current spec refers to a secret or config.

    Raises:
        RpcError: services do, by name.
    """
    kind = type(obj).__name__
    names = [
        service.name
        for service in transaction.all(Service)
        if any(reference.get(f"{kind}ID") == obj.id for reference in references(service.spec, kind))
    ]
    if names:
        word = "service" if len(names) == 1 else "services"
        raise invalid(f"{_noun(type(obj))} '{obj.name}' is in use by the following {word}: {', '.join(names)}")


def references(spec: Spec, kind: str) -> Sequence[Spec]:
    """What a service spec refers to; ``kind`` is Secret or Config."""
    container = (spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    found: Sequence[Spec] = container.get(f"{kind}s") or ()
    return found
