"""Names that belong to ids, asked for once each.

Source: docker/cli command/idresolver.
"""

from playground.api import ApiError
from playground.docker_cli.cli import Cli


class Names:
    """Resolves ids of nodes and services. With ``plain`` an id stays an id."""

    def __init__(self, cli: Cli, plain: bool = False) -> None:
        self._cli = cli
        self._plain = plain
        self._known: dict[str, str] = {}

    async def node(self, identity: str) -> str:
        if self._plain:
            return identity
        if identity not in self._known:
            self._known[identity] = await self._node(identity)
        return self._known[identity]

    async def service(self, identity: str) -> str:
        if self._plain:
            return identity
        if identity not in self._known:
            try:
                service = await self._cli.get(f"/services/{identity}") if identity else {}
                self._known[identity] = service.get("Spec", {}).get("Name", "") if service else identity
            except ApiError:
                self._known[identity] = identity
        return self._known[identity]

    async def _node(self, identity: str) -> str:
        if not identity:
            return ""
        try:
            node = await self._cli.get(f"/nodes/{identity}")
        except ApiError:
            return identity
        name = node.get("Spec", {}).get("Name") or node.get("Description", {}).get("Hostname")
        return str(name or identity)
