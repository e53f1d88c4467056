"""The control API's secrets.

Source: swarmkit ``manager/controlapi/secret.go``, ``api/validation``.
"""

from collections.abc import Sequence
from dataclasses import replace

from playground.swarm.control.filters import SECRET_KEYS, Filters, check_keys, matches_labels
from playground.swarm.control.names import check_file_name
from playground.swarm.control.part import ControlPart, invalid, not_found
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Config, Secret, Service, Spec
from playground.swarm.store import NameConflict, Transaction
from playground.swarm.wire.specs import secret_spec

MAX_SECRET_SIZE = 500 * 1024


class SecretControl(ControlPart):
    """A secret that this gives back has no data."""

    async def create_secret(self, spec: Spec, data: bytes | None = None) -> Secret:
        """Create a secret of the data, or of the ``Data`` in the spec.

        Raises:
            BadConfiguration: the data is not base64.
            RpcError: the name or the size is bad, or the name is taken.
        """
        wanted, own_data = secret_spec(spec)
        payload = (own_data or b"") if data is None else data
        check_file_name(wanted)
        driver = wanted.get("Driver")
        if driver is not None:
            if not driver.get("Name"):
                raise invalid("secret driver must have a name")
            raise RpcError(Code.UNKNOWN, f'plugin "{driver["Name"]}" not found')
        if not 0 < len(payload) < MAX_SECRET_SIZE:
            raise invalid(f"secret data must be larger than 0 and less than {MAX_SECRET_SIZE} bytes")
        secret = Secret(id=self._new_id(), spec=wanted, data=payload)
        try:
            created = await self._store.update(lambda transaction: transaction.create(secret))
        except NameConflict:
            raise RpcError(Code.ALREADY_EXISTS, f"secret {secret.name} already exists") from None
        return replace(created, data=b"")

    async def get_secret(self, secret_id: str) -> Secret:
        """Return a secret by its full id.

        Raises:
            RpcError: there is none.
        """
        if not secret_id:
            raise invalid("secret ID must be provided")
        return replace(self._get(Secret, secret_id), data=b"")

    async def update_secret(self, secret_id: str, version: int, spec: Spec, data: bytes | None = None) -> Secret:
        """Replace a secret's labels; nothing else of it can be changed.

        Data, given here or as ``Data`` of the spec, must be the secret's own.

        Raises:
            RpcError: no such secret; the version is not the current one; anything else would change.
        """
        wanted, own_data = secret_spec(spec)
        given = own_data if data is None else data

        def update(transaction: Transaction) -> Secret:
            secret = transaction.get(Secret, secret_id)
            if secret is None:
                raise not_found(Secret, secret_id)
            if secret.name != wanted.get("Name", "") or (given is not None and given != secret.data):
                raise invalid("only updates to Labels are allowed")
            relabelled = {**secret.spec, "Labels": wanted["Labels"]}
            return transaction.update(replace(secret, version=version, spec=relabelled))

        return replace(await self._store.update(update), data=b"")

    async def list_secrets(self, filters: Filters | None = None) -> list[Secret]:
        """Return the secrets that pass the filters, sorted by id.

        Unlike elsewhere, a secret passes that has one of the names or one of the ids.

        Raises:
            BadConfiguration: a filter is unknown.
        """
        wanted = filters or {}
        check_keys(wanted, SECRET_KEYS)
        return [
            replace(secret, data=b"")
            for secret in self._view.all(Secret)
            if is_named(secret, wanted) and matches_labels(secret.spec.get("Labels"), wanted.get("label", ()))
        ]

    async def remove_secret(self, secret_id: str) -> None:
        """Remove a secret that no service's spec names.

        Raises:
            RpcError: no such secret, or it is in use.
        """

        def remove(transaction: Transaction) -> None:
            secret = transaction.get(Secret, secret_id)
            if secret is None:
                raise RpcError(Code.NOT_FOUND, f"could not find secret {secret_id}")
            check_unused(transaction, secret)
            transaction.remove(secret)

        await self._store.update(remove)


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
        raise invalid(f"{kind.lower()} '{obj.name}' is in use by the following {word}: {', '.join(names)}")


def references(spec: Spec, kind: str) -> Sequence[Spec]:
    """What a service spec refers to; ``kind`` is Secret or Config."""
    container = (spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    found: Sequence[Spec] = container.get(f"{kind}s") or ()
    return found
