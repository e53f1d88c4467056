"""The control API's configs, which are secrets that anybody may read.

Source: swarmkit ``manager/controlapi/config.go``.
"""

from playground.swarm.control.filters import CONFIG_KEYS, Filters
from playground.swarm.control.names import check_file_name
from playground.swarm.control.payloads import PayloadControl
from playground.swarm.model import Config, Spec
from playground.swarm.wire.specs import config_spec

MAX_CONFIG_SIZE = 1000 * 1024


class ConfigControl(PayloadControl):
    async def create_config(self, spec: Spec, data: bytes | None = None) -> Config:
        """Create a config of the data, or of the ``Data`` in the spec.

        Raises:
            BadConfiguration: the data is not base64.
            RpcError: the name or the size is bad, or the name is taken.
        """
        wanted, own_data = config_spec(spec)
        payload = (own_data or b"") if data is None else data
        check_file_name(wanted)
        self._check_size(Config, payload, MAX_CONFIG_SIZE)
        return await self._create(Config(id=self._new_id(), spec=wanted, data=payload))

    async def get_config(self, config_id: str) -> Config:
        """Return a config by its full id.

        Raises:
            RpcError: there is none.
        """
        return self._look_up(Config, config_id)

    async def update_config(self, config_id: str, version: int, spec: Spec, data: bytes | None = None) -> Config:
        """Replace a config's labels; nothing else of it can be changed.

        Data, given here or as ``Data`` of the spec, must be the config's own.

        Raises:
            RpcError: no such config; the version is not the current one; anything else would change.
        """
        wanted, own_data = config_spec(spec)
        return await self._relabel(Config, config_id, version, wanted, own_data if data is None else data)

    async def list_configs(self, filters: Filters | None = None) -> list[Config]:
        """Return the configs that pass the filters, sorted by id.

        Unlike elsewhere, a config passes that has one of the names or one of the ids.

        Raises:
            BadConfiguration: a filter is unknown.
        """
        return self._list(Config, filters, CONFIG_KEYS)

    async def remove_config(self, config_id: str) -> None:
        """Remove a config that no service's spec names.

        Raises:
            RpcError: no such config, or it is in use.
        """
        await self._remove(Config, config_id)
