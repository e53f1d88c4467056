"""What is done now and then during work on a lab that takes its time."""

from collections.abc import Callable

from flask import current_app

from playground.labs.lab import Lab
from playground.web.parts import sleep


def between(lab: Lab | None) -> Callable[[float], object]:
    """Lets others have their turn, and tells the pages of a lab how far the work on it is."""
    tell = current_app.config["TELL_REBUILDING"]
    told = [0.0]

    def let_others(share: float) -> None:
        if lab is not None and share > told[0] + 0.02:
            told[0] = share
            tell(lab, share)
        sleep(0)

    return let_others
