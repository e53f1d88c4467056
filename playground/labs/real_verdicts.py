"""What does not work on the real engines of this server, lesson by lesson, and why: for the pages that offer them.

What ``swarm-playground doctor`` tells the operator, a learner reads beside the lesson before beginning it.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from playground.backends.probes import Finding, ThisMachine, nodes_that_fit, probe
from playground.backends.real.driver import DriverError
from playground.backends.real.ownership import Owner
from playground.labs.doctor import ONLY_EMULATED, lost_needs, reasons
from playground.labs.real_labs import RealLabs
from playground.lessons.model import Lesson

log = logging.getLogger(__name__)


def look_at_machine(owner: Owner) -> list[Finding]:
    """Everything that the doctor looks at. Takes seconds; a machine of the docker backend is tried and thrown away."""
    from playground.backends.probes import TRIAL
    from playground.backends.real.docker_driver import try_out
    from playground.backends.real.docker_image import IMAGE
    from playground.backends.real.docker_sweep import remove_trials

    def trial(client: Any) -> str:
        remove_trials(client.api)  # Of a doctor that was killed in the middle.
        return try_out(client, IMAGE, TRIAL, owner)

    return list(probe(ThisMachine(), IMAGE, trial))


class RealVerdicts:
    """For one server with real engines. Until ``look`` has ended, only what needs no looking is said."""

    def __init__(self, real: RealLabs, look: Callable[[], Sequence[Finding]]) -> None:
        self._real = real
        self._look = look
        self._findings: tuple[Finding, ...] = ()

    def look(self) -> None:
        """Look at the machine, once. For a thread of its own."""
        try:
            self._findings = tuple(self._look())
        except (DriverError, OSError) as error:
            log.warning("what the real engines of this machine can do is not known: %s", error)

    def of(self, lesson: Lesson) -> dict[str, Any] | None:
        """``refused``: no lab is made for it; ``because``: the reasons. None when all works, as far as is known."""
        if objection := self._real.objection(lesson, len(lesson.outline.topology.nodes)):
            return {"refused": True, "because": [ONLY_EMULATED if self._is_not_for(lesson) else objection]}
        kind = self._real.kind
        room = min(self._real.limits.nodes, nodes_that_fit(kind, ThisMachine().memory()))
        found = list(reasons(lesson, kind, lost_needs(self._findings, kind), room))
        return {"refused": False, "because": found} if found else None

    def _is_not_for(self, lesson: Lesson) -> bool:
        return self._real.kind not in lesson.outline.backends
