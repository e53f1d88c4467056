"""The control API's configs, which are secrets that anybody may read.

Source: swarmkit ``manager/controlapi/config.go``.
"""

from dataclasses import replace

from playground.swarm.control.filters import CONFIG_KEYS, Filters, check_keys, matches_labels
from playground.swarm.control.names import check_file_name
from playground.swarm.control.part import ControlPart, invalid, not_found
from playground.swarm.control.secrets import check_unused, is_named
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Config, Spec
from playground.swarm.store import NameConflict, Transaction
from playground.swarm.wire.specs import config_spec

MAX_CONFIG_SIZE = 1000 * 1024


class ConfigControl(ControlPart):
    async def create_config(self, spec: Spec, data: bytes | None = None) -> Config:
        """Create a config of the data, or of the ``Data`` in the spec.

        Raises:
            BadConfiguration: the data is not base64.
            RpcError: the name or the size is bad, or the name is taken.
        """
        wanted, own_data = config_spec(spec)
        payload = (own_data or b"") if data is None else data
        check_file_name(wanted)
        if not 0 < len(payload) < MAX_CONFIG_SIZE:
            raise invalid(f"config data must be larger than 0 and less than {MAX_CONFIG_SIZE} bytes")
        config = Config(id=self._new_id(), spec=wanted, data=payload)
        try:
            return await self._store.update(lambda transaction: transaction.create(config))
        except NameConflict:
            raise RpcError(Code.ALREADY_EXISTS, f"config {config.name} already exists") from None

    async def get_config(self, config_id: str) -> Config:
        """Return a config by its full id.

        Raises:
            RpcError: there is none.
        """
        if not config_id:
            raise invalid("config ID must be provided")
        return self._get(Config, config_id)

    async def update_config(self, config_id: str, version: int, spec: Spec, data: bytes | None = None) -> Config:
        """Replace a config's labels; nothing else of it can be changed.

        Data, given here or as ``Data`` of the spec, must be the config's own.

        Raises:
            RpcError: no such config; the version is not the current one; anything else would change.
        """
        wanted, own_data = config_spec(spec)
        given = own_data if data is None else data

        def update(transaction: Transaction) -> Config:
            config = transaction.get(Config, config_id)
            if config is None:
                raise not_found(Config, config_id)
            if config.name != wanted.get("Name", "") or (given is not None and given != config.data):
                raise invalid("only updates to Labels are allowed")
            relabelled = {**config.spec, "Labels": wanted["Labels"]}
            return transaction.update(replace(config, version=version, spec=relabelled))

        return await self._store.update(update)

    async def list_configs(self, filters: Filters | None = None) -> list[Config]:
        """Return the configs that pass the filters, sorted by id.

        Unlike elsewhere, a config passes that has one of the names or one of the ids.

        Raises:
            BadConfiguration: a filter is unknown.
        """
        wanted = filters or {}
        check_keys(wanted, CONFIG_KEYS)
        return [
            config
            for config in self._view.all(Config)
            if is_named(config, wanted) and matches_labels(config.spec.get("Labels"), wanted.get("label", ()))
        ]

    async def remove_config(self, config_id: str) -> None:
        """Remove a config that no service's spec names.

        Raises:
            RpcError: no such config, or it is in use.
        """

        def remove(transaction: Transaction) -> None:
            config = transaction.get(Config, config_id)
            if config is None:
                raise RpcError(Code.NOT_FOUND, f"could not find config {config_id}")
            check_unused(transaction, config)
            transaction.remove(config)

        await self._store.update(remove)
