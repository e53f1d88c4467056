"""Health checks of running containers.

Source: moby ``daemon/health.go``.
"""

from typing import TYPE_CHECKING

from playground.engine.clock import Clock
from playground.engine.containers.container import Container, Health
from playground.engine.errors import EngineError
from playground.engine.events import EventLog
from playground.engine.images.flaws import UNHEALTHY
from playground.sim import SECOND, Task, TimedOut

if TYPE_CHECKING:
    from playground.engine.containers.lifecycle import Containers

_INTERVAL_US = 30 * SECOND
_TIMEOUT_US = 30 * SECOND
_START_INTERVAL_US = 5 * SECOND
_RETRIES = 3
_KEPT_RESULTS = 5
_OUTPUT_BYTES = 4096


class HealthMonitor:
    """Runs the health checks of one engine's containers."""

    def __init__(self, clock: Clock, containers: "Containers", events: EventLog) -> None:
        self._clock = clock
        self._containers = containers
        self._monitors: dict[str, Task[None]] = {}

    def start(self, container: Container) -> None:
        """Begin to check a container that has started, where it has a check."""
        self.stop(container)
        test = (container.config.get("Healthcheck") or {}).get("Test") or []
        if not test or test[0] == "NONE":
            container.state.health = None
            return
        container.state.health = Health()
        self._monitors[container.id] = self._clock.kernel.spawn(
            self._monitor(container, container.runs), f"health of {container.short_id}"
        )

    def stop(self, container: Container) -> None:
        monitor = self._monitors.pop(container.id, None)
        if monitor is not None:
            monitor.cancel()
            if container.state.health is not None:
                container.state.health.status = "unhealthy"

    def _setting_us(self, container: Container, key: str, default_us: int) -> int:
        return int(container.config["Healthcheck"].get(key, 0)) // 1000 or default_us

    async def _monitor(self, container: Container, run: int) -> None:
        interval_us = self._setting_us(container, "Interval", _INTERVAL_US)
        start_period_us = self._setting_us(container, "StartPeriod", 0)
        start_interval_us = self._setting_us(container, "StartInterval", _START_INTERVAL_US)
        started_us = self._clock.now_us
        while True:
            early = self._clock.now_us - started_us < start_period_us
            starting = container.state.health is not None and container.state.health.status == "starting"
            await self._clock.kernel.sleep(start_interval_us if early and starting else interval_us)
            if container.runs != run or not container.state.running or container.state.health is None:
                return
            if container.state.paused:
                continue
            begun_us = self._clock.now_us
            code, output = await self._probe(container)
            if container.runs != run or not container.state.running:
                return
            self._take(container, begun_us, code, output)

    async def _probe(self, container: Container) -> tuple[int, str]:
        if container.manifest.image_id in self._containers.flaws.unhealthy:
            return 1, UNHEALTHY
        kind, *words = container.config["Healthcheck"]["Test"]
        if kind == "CMD-SHELL":
            words = [*(container.config.get("Shell") or ["/bin/sh", "-c"]), *words]
        output = bytearray()
        request = {
            "Cmd": words, "Tty": False, "Env": None, "AttachStdin": False, "AttachStdout": True, "AttachStderr": True,
            "User": "", "WorkingDir": "", "Privileged": False, "DetachKeys": "",
        }  # fmt: skip
        try:
            probe = self._containers.create_exec(container, request)
            await self._containers.start_exec(probe, lambda _, data: output.extend(data), tty=False)
        except EngineError as error:
            return -1, str(error)
        assert probe.command is not None
        limit_us = self._setting_us(container, "Timeout", _TIMEOUT_US)
        try:
            code = await self._clock.kernel.timeout(limit_us, probe.command.exit_code)
        except TimedOut:
            probe.command.end(9)
            text = bytes(output[:_OUTPUT_BYTES]).decode(errors="replace")
            seconds = limit_us / SECOND
            return -1, f"Health check exceeded timeout ({seconds:g}s)" + (f": {text}" if text else "")
        finally:
            self._containers.execs.pop(probe.id, None)
        return code, bytes(output[:_OUTPUT_BYTES]).decode(errors="replace")

    def _take(self, container: Container, begun_us: int, code: int, output: str) -> None:
        health = container.state.health
        if health is None:
            return
        before = health.status
        health.log = [
            *health.log[1 - _KEPT_RESULTS :],
            {
                "Start": self._clock.rfc3339(begun_us),
                "End": self._clock.rfc3339(self._clock.now_us),
                "ExitCode": code,
                "Output": output,
            },
        ]
        if code == 0:
            health.failing_streak = 0
            health.status = "healthy"
        else:
            start_period_us = self._setting_us(container, "StartPeriod", 0)
            early = begun_us - (container.state.started_us or 0) < start_period_us
            if not (health.status == "starting" and early):
                health.failing_streak += 1
                if health.failing_streak >= (container.config["Healthcheck"].get("Retries") or _RETRIES):
                    health.status = "unhealthy"
        if health.status != before:
            self._containers.log_event(container, f"health_status: {health.status}")
            container.changed.notify()
