"""Which containers an engine has, and by which names.

Source: moby ``container/view.go``, ``daemon/names.go``.
"""

from random import Random

from playground.engine.containers import creation
from playground.engine.containers.container import Container
from playground.engine.errors import BadParameter, Conflict, NotFound
from playground.engine.identity import new_name


class KnownContainers:
    """Containers by id and by name. A name is reserved before its container is there."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._by_id: dict[str, Container] = {}
        self._by_name: dict[str, str] = {}

    def all(self) -> list[Container]:
        return list(self._by_id.values())

    def get(self, container_id: str) -> Container | None:
        return self._by_id.get(container_id)

    def find(self, reference: str) -> Container:
        """By id, name, or a prefix of the id that only one has.

        Raises:
            NotFound: none.
            BadParameter: several, or no reference at all.
        """
        if not reference:
            raise BadParameter('invalid name or ID supplied: ""')
        if reference in self._by_id:
            return self._by_id[reference]
        named = self._by_name.get(reference.removeprefix("/"))
        if named is not None:
            return self._by_id[named]
        found = [container_id for container_id in self._by_id if container_id.startswith(reference)]
        if len(found) > 1:
            raise BadParameter(f"multiple IDs found with provided prefix: {reference}")
        if not found:
            raise NotFound(f"No such container: {reference}")
        return self._by_id[found[0]]

    def reserve(self, container_id: str, name: str) -> str:
        """Keep a name for a container; an empty one is made up. Returns it without a slash.

        Raises:
            BadParameter: it is no name.
            Conflict: another container has it.
        """
        if not name:
            retry = 0
            while not name or name in self._by_name:
                name = new_name(self._random, retry)
                retry += 1
        plain = name.removeprefix("/")
        if not creation.NAME.fullmatch(plain):
            raise BadParameter(f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        if plain in self._by_name:
            raise Conflict(
                f'Conflict. The container name "/{plain}" is already in use by container "{self._by_name[plain]}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )
        self._by_name[plain] = container_id
        return plain

    def release(self, name: str) -> None:
        """Give a reserved name back."""
        self._by_name.pop(name, None)

    def add(self, container: Container) -> None:
        self._by_id[container.id] = container

    def forget(self, container: Container) -> None:
        """Take a container and its name out."""
        del self._by_id[container.id]
        self.release(container.name)
