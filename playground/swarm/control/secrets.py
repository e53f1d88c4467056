"""The control API's secrets.

Source: swarmkit ``manager/controlapi/secret.go``, ``api/validation``.
"""

from dataclasses import replace

from playground.swarm.control.filters import SECRET_KEYS, Filters
from playground.swarm.control.names import check_file_name
from playground.swarm.control.part import invalid
from playground.swarm.control.payloads import PayloadControl
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Secret, Spec
from playground.swarm.wire.specs import secret_spec

MAX_SECRET_SIZE = 500 * 1024


class SecretControl(PayloadControl):
    """A secret that this gives back has no data."""

    async def create_secret(self, spec: Spec, data: bytes | None = None) -> Secret:
        """Create a secret of the data, or of the ``Data`` in the spec.

        Raises:
            BadConfiguration: the data is not base64.
            RpcError: the name or the size is bad, or the name is taken.
        """
        wanted, own_data = secret_spec(spec)
        payload = (own_data or b"") if data is None else data
        driver = wanted.get("Driver")
        check_file_name(wanted)
        if driver is not None:
            if not driver.get("Name"):
                raise invalid("secret driver must have a name")
            raise RpcError(Code.UNKNOWN, f'plugin "{driver["Name"]}" not found')
        self._check_size(Secret, payload, MAX_SECRET_SIZE)
        return replace(await self._create(Secret(id=self._new_id(), spec=wanted, data=payload)), data=b"")

    async def get_secret(self, secret_id: str) -> Secret:
        """Return a secret by its full id.

        Raises:
            RpcError: there is none.
        """
        return replace(self._look_up(Secret, secret_id), data=b"")

    async def update_secret(self, secret_id: str, version: int, spec: Spec, data: bytes | None = None) -> Secret:
        """Replace a secret's labels; nothing else of it can be changed.

        Data, given here or as ``Data`` of the spec, must be the secret's own.

        Raises:
            RpcError: no such secret; the version is not the current one; anything else would change.
        """
        wanted, own_data = secret_spec(spec)
        given = own_data if data is None else data
        return replace(await self._relabel(Secret, secret_id, version, wanted, given), data=b"")

    async def list_secrets(self, filters: Filters | None = None) -> list[Secret]:
        """Return the secrets that pass the filters, sorted by id.

        Unlike elsewhere, a secret passes that has one of the names or one of the ids.

        Raises:
            BadConfiguration: a filter is unknown.
        """
        return [replace(secret, data=b"") for secret in self._list(Secret, filters, SECRET_KEYS)]

    async def remove_secret(self, secret_id: str) -> None:
        """Remove a secret that no service's spec names.

        Raises:
            RpcError: no such secret, or it is in use.
        """
        await self._remove(Secret, secret_id)
