"""Getting certificates: the first one with a token, later ones in good time, another one when the role changes.

Source: swarmkit ``ca/certificates.go`` (``RequestAndSaveNewCertificates``), ``ca/renewer.go``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playground.sim.futures import Future, Task
from playground.sim.kernel import MILLISECOND, SECOND, Kernel
from playground.swarm.certificates import Certificate
from playground.swarm.errors import SwarmError
from playground.swarm.model import Role

TRIES = 5
RETRY_US = 2 * SECOND
BACKOFF_BASE_US = 5 * SECOND
MAX_BACKOFF_US = 3600 * SECOND
PAUSE_US = 500 * MILLISECOND
"""Before a forced renewal, so that the role can change first."""

CaCall = Callable[..., Awaitable[Any]]
"""``call(method, *arguments, caller=..., remote=...)``: ask the CA through a manager; a remote one if so wanted."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, and for a manager the unlock key that its disk is to be locked with."""

    certificate: Certificate
    unlock_key: str = ""
    lock_version: int = 0


async def five_times(kernel: Kernel, attempt: Callable[[bool], Awaitable[Any]]) -> Any:
    """Try up to five times, 2 s apart; ``attempt(again)``.

    Raises:
        SwarmError: what the last attempt raised, 2 s after it.
    """
    failure: SwarmError | None = None
    for number in range(TRIES):
        try:
            return await attempt(number > 0)
        except SwarmError as error:
            failure = error
        await kernel.sleep(RETRY_US)
    assert failure is not None
    raise failure


async def request_certificate(
    kernel: Kernel, call: CaCall, caller: Certificate | None, token: str = "", availability: str = "active"
) -> Issued:
    """Get a certificate from whoever leads.

    Raises:
        SwarmError: as the fifth try ended.
    """

    async def fetch(again: bool) -> Certificate:
        node_id = await call("issue", token, availability, caller=caller, remote=again)
        certificate: Certificate = await call("certificate", node_id, caller=caller, remote=again)
        return certificate

    certificate: Certificate = await five_times(kernel, fetch)
    if certificate.role is Role.WORKER:
        return Issued(certificate)

    async def fetch_key(again: bool) -> tuple[str, int]:
        key: tuple[str, int] = await call("unlock_key", caller=certificate, remote=again)
        return key

    unlock_key, version = await five_times(kernel, fetch_key)
    return Issued(certificate, unlock_key, version)


class Renewer:
    """Renews a node's certificate at 50 to 80 % of its life, and when told to.

    ``expected_role`` makes a forced renewal go on, with growing pauses, until the
    certificate has that role. ``renewed(issued)`` hears of each new certificate that has it.
    """

    def __init__(
        self,
        kernel: Kernel,
        machine: str,
        boot: int,
        certificate: Callable[[], Certificate],
        call: CaCall,
        renewed: Callable[[Issued], object],
    ) -> None:
        self.expected_role: Role | None = None
        self._kernel = kernel
        self._certificate = certificate
        self._call = call
        self._renewed = renewed
        self._random = kernel.random("renewal", machine, boot)
        self._failures = 0
        self._forced: Future[None] | None = None
        self._wanted = False
        self._task: Task[None] = kernel.spawn(self._run(), f"{machine} renews its certificate")

    def renew(self) -> None:
        """Renew now, or nearly."""
        self._wanted = True
        if self._forced is not None:
            self._forced.set(None)

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        forced = False
        while True:
            certificate = self._certificate()
            if forced or certificate.expired(self._kernel.now_us):
                delay_us = self._backoff()
            else:
                delay_us = certificate.renewal_us(self._kernel.now_us, self._random)
            forced = await self._sleep(delay_us) or forced
            try:
                issued = await request_certificate(self._kernel, self._call, self._certificate())
            except SwarmError:
                self._failures += 1
                continue
            if self.expected_role is not None and issued.certificate.role is not self.expected_role:
                self._failures += 1
                continue
            self._failures = 0
            forced = False
            self._renewed(issued)

    async def _sleep(self, delay_us: int) -> bool:
        """Wait; True when a renewal was forced meanwhile."""
        if not self._wanted:
            self._forced = Future(self._kernel)
            timer = self._kernel.after(delay_us, self._forced.set, None)
            try:
                await self._forced
            finally:
                timer.cancel()
                self._forced = None
        if not self._wanted:
            return False
        self._wanted = False
        await self._kernel.sleep(PAUSE_US)
        return True

    def _backoff(self) -> int:
        """Source: docker/go-events ``ExponentialBackoff``."""
        if not self._failures:
            return 0
        limit_us = BACKOFF_BASE_US + BACKOFF_BASE_US * (1 << min(self._failures - 1, 20))
        return self._random.randrange(min(limit_us, MAX_BACKOFF_US))
