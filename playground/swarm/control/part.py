"""What every part of the control API stands on."""

from random import Random
from typing import TypeVar

from playground.sim.kernel import Kernel
from playground.swarm.control.raft_view import RaftView
from playground.swarm.errors import Code, RpcError
from playground.swarm.identity import new_id
from playground.swarm.model import Object
from playground.swarm.store import MemoryStore, ReplicatedStore

Found = TypeVar("Found", bound=Object)


def invalid(description: str) -> RpcError:
    """A refusal of what was asked (HTTP 400)."""
    return RpcError(Code.INVALID_ARGUMENT, description)


def failed_precondition(description: str) -> RpcError:
    """A refusal because of how the cluster is now (HTTP 400)."""
    return RpcError(Code.FAILED_PRECONDITION, description)


def not_found(kind: type[Object], object_id: str) -> RpcError:
    """``<kind> <id> not found`` (HTTP 404)."""
    return RpcError(Code.NOT_FOUND, f"{kind.__name__.lower()} {object_id} not found")


class ControlPart:
    """One part of the control API.

    ``random`` gives ids and secrets; it must go on where it was when a manager leads again,
    or ids would come twice.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, raft: RaftView, random: Random) -> None:
        self._kernel = kernel
        self._store = store
        self._raft = raft
        self._random = random

    @property
    def _view(self) -> MemoryStore:
        return self._store.view

    def _new_id(self) -> str:
        return new_id(self._random)

    def _get(self, kind: type[Found], object_id: str) -> Found:
        """The object of that id.

        Raises:
            RpcError: there is none.
        """
        if not object_id:
            raise invalid("invalid argument")
        found = self._view.get(kind, object_id)
        if found is None:
            raise not_found(kind, object_id)
        return found
