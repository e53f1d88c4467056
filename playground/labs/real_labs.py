"""The backend of real engines that the operator switched on: makes its labs, and finds those left by an earlier run."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.backends.real.claim import Claim
from playground.backends.real.driver import Driver, DriverError
from playground.backends.real.limits import Limits
from playground.backends.real.ownership import Swept, owner_of
from playground.labs.errors import Conflict, NotFound
from playground.labs.journal import Header, Record, Store
from playground.labs.real_lab import RealLab, was_made
from playground.lessons.model import Lesson

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RealLabs:
    """How labs of one real backend come into being. ``drive`` gives the driver of a lab, by its id and the second since
    1970 at which its time is over; ``sweep`` removes what nobody owns, and its argument says which ids are known;
    ``require`` raises DriverError when no machine can be made now; ``keep``: labs go on when the program ends in order,
    where it keeps labs at all."""

    kind: str
    limits: Limits
    drive: Callable[[str, float], Driver]
    sweep: Callable[[Callable[[str], bool]], Swept]
    require: Callable[[], object] = lambda: None
    release: Callable[[], object] = lambda: None
    keep: bool = False

    def check(self, header: Header, lesson: Lesson | None, running: int) -> None:
        """
        Raises:
            LabError: this cannot be had on real engines, or not now.
        """
        if header.manual:
            raise Conflict("a lab on real engines has no manual clock: leave `clock` out")
        if objection := self.objection(lesson, len(header.nodes)):
            raise Conflict(objection)
        if running >= self.limits.labs:
            raise Conflict(
                f"this server runs {running} labs on real engines, as many as it may; end one, or use the emulation"
            )

    def objection(self, lesson: Lesson | None, nodes: int) -> str:
        """Why a lab of so many nodes, with this lesson, is not made here; empty where it may be."""
        if lesson is not None and self.kind not in lesson.outline.backends:
            return f"the lesson {lesson.slug} is written for the emulation; switch real engines off for it"
        if nodes > self.limits.nodes:
            return f"a lab on real engines may have {self.limits.nodes} nodes on this server, not {nodes}"
        return ""

    def open(self, record: Record, store: Store, lesson: Lesson | None, *, fresh: bool) -> RealLab:
        """Make a lab, or take up the machines that an earlier run left of it.

        Raises:
            NotFound: an earlier run left none, or had not made them all when it was killed.
            Conflict: the backend does not answer.
        """
        try:
            if fresh:
                self.require()
            driver = self.drive(record.id, record.header.wall_us / 1_000_000 + self.limits.life_s)
            there = fresh or driver.machines()
            if fresh or (there and was_made(record)):
                return RealLab(record, store, lesson, driver, self.limits)
            driver.clear()  # Networks and volumes may be left, of a removal that was cut short.
        except DriverError as error:
            raise Conflict(str(error)) from error
        if there:
            raise NotFound("the playground was ended before this lab was whole, so it is removed; start a new lab")
        raise NotFound("the machines of this lab are gone; start a new lab")


def multipass_labs(limits: Limits, claim: Claim, *, keep: bool = False, program: str = "multipass") -> RealLabs:
    """Labs of virtual machines of Multipass.

    Raises:
        DriverError: Multipass is not there, does not answer, or cannot make machines here; the sentence has the remedy.
    """
    from playground.backends.real import multipass_driver
    from playground.backends.real.multipass_sweep import Owners, sweep

    multipass_driver.multipass(program, "version")
    multipass_driver.labs(program)
    owners = Owners()

    def drive(lab: str, until_s: float) -> Driver:
        owners.note(lab, owner_of(claim, until_s))
        return multipass_driver.MultipassDriver(lab, program=program, on_cleared=lambda: owners.forget(lab))

    return RealLabs(
        kind="multipass",
        limits=limits,
        drive=drive,
        sweep=lambda known: sweep(owners, claim.path, known, program, time.time_ns() / 1e9),
        release=claim.release,
        keep=keep,
    )


def docker_labs(limits: Limits, claim: Claim, *, keep: bool = False) -> RealLabs:
    """Labs of containers on the engine that ``DOCKER_HOST`` names.

    Raises:
        DriverError: no engine answers, or there is no node image.
    """
    from playground.backends.real import docker_image
    from playground.backends.real.docker_driver import DockerDriver, DockerSettings, connect, without_image
    from playground.backends.real.docker_streams import sentences
    from playground.backends.real.docker_sweep import sweep

    client: Any = connect()

    def require() -> None:
        with sentences():
            if not docker_image.is_there(client):
                raise DriverError(without_image(docker_image.IMAGE))

    require()
    settings = DockerSettings(docker_image.IMAGE, registry=docker_image.registry_answers())
    return RealLabs(
        kind="docker",
        limits=limits,
        drive=lambda lab, until_s: DockerDriver(connect(), lab, settings, owner_of(claim, until_s)),
        sweep=lambda known: sweep(client.api, claim.path, known, time.time_ns() / 1e9),
        require=require,
        release=claim.release,
        keep=keep,
    )
