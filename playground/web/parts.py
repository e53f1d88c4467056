"""The parts of the application that answers the request under way."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import current_app

from playground.labs.registry import Registry
from playground.labs.sandbox import Sandbox
from playground.web.engine_ports import EnginePorts
from playground.web.shelf import Shelf

if TYPE_CHECKING:
    from playground.labs.real_verdicts import RealVerdicts


def registry() -> Registry:
    found: Registry = current_app.extensions["playground"]
    return found


def sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["sandbox"]
    return found


def shelf() -> Shelf:
    found: Shelf = current_app.extensions["shelf"]
    return found


def engine_ports() -> EnginePorts | None:
    """Where each engine has a port of its own; None where they have none."""
    found: EnginePorts | None = current_app.extensions["engine_ports"]
    return found


def real_verdicts() -> "RealVerdicts | None":
    """What does not work on the server's real engines; None where it has none."""
    found: RealVerdicts | None = current_app.extensions["real_verdicts"]
    return found


def sleep(seconds: float) -> None:
    """Let other requests have their turn, however the server carries them."""
    wait: Callable[[float], object] = current_app.config["SLEEP"]
    wait(seconds)
