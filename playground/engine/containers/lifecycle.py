"""The containers of one engine and their life: create, start, stop, restart, remove, exec.

Source: moby ``daemon/{create,start,stop,kill,restart,delete,monitor,pause,rename,exec}.go``.
"""

from collections.abc import Awaitable
from typing import Any

from playground.api.files import MemoryFiles
from playground.engine.containers import (
    creation,
    limits,
    modes,
    mounting,
    pausing,
    programs,
    refusals,
    restarting,
    waiting,
)
from playground.engine.containers.clients import ContainerClients, Surroundings
from playground.engine.containers.connecting import Connecting
from playground.engine.containers.container import Container, Endpoint, Mount
from playground.engine.containers.health import HealthMonitor
from playground.engine.containers.known import KnownContainers
from playground.engine.containers.log import ContainerLog
from playground.engine.containers.process import MainProcess
from playground.engine.errors import BadParameter, Conflict, EngineError, NotModified
from playground.engine.identity import KILL, new_hex_id, signal_number
from playground.engine.images.flaws import Flaws
from playground.engine.volumes import FOLDER
from playground.engine.wire import HOST_CONFIG
from playground.sim import SECOND, Future, Signal, TimedOut

_KILLED_BY_POWER = 255


class Containers(ContainerClients):
    """All containers of one engine."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._known = KnownContainers(surroundings.random)
        self._connecting = Connecting(surroundings)
        self._health = HealthMonitor(surroundings.clock, self, surroundings.events)
        self.shutting_down = False

    # Looking up

    @property
    def flaws(self) -> Flaws:
        """What the learner made wrong with images."""
        return self._in.images.registry.flaws

    def all(self) -> list[Container]:
        return self._known.all()

    def get(self, container_id: str) -> Container | None:
        return self._known.get(container_id)

    def find(self, reference: str) -> Container:
        """As ``KnownContainers.find``."""
        return self._known.find(reference)

    # Creating

    async def create(self, name: str, request: dict[str, Any], managed: bool = False) -> tuple[Container, list[str]]:
        """``POST /containers/create``; ``request`` is in canonical form. Returns the container and warnings.

        Raises:
            BadParameter: settings that make no sense.
            NotFound: no such image.
            Conflict: the name is taken.
        """
        host = creation.with_defaults(request["HostConfig"] or HOST_CONFIG.write({}))
        config = {key: value for key, value in request.items() if key not in ("HostConfig", "NetworkingConfig")}
        modes.check_conflicts(config, host)
        warnings = creation.check(config, host, self._in.cpus, self._in.host.exists)
        host = limits.without_effect_left_out(host)
        if not config["Image"] and not config["Cmd"] and not config["Entrypoint"]:
            raise BadParameter("no command specified")
        manifest = self._in.images.find(config["Image"])
        asked = (request["NetworkingConfig"] or {}).get("EndpointsConfig") or {}
        if "default" in asked:
            asked["bridge"] = asked.pop("default")
        creation.check_endpoints(request["NetworkingConfig"], self._in.networks.named)
        modes.check_shared(host, self.find)
        config = creation.merged(config, manifest)
        refusals.check(host, self.find, self._in.images.find)
        mounts = mounting.mounts(config, host, self.find)
        endpoints = creation.endpoints(request["NetworkingConfig"], host, self._in.networks.named, task=managed)
        container_id = new_hex_id(self._in.random)
        name = self._known.reserve(container_id, name)
        if not config["Hostname"]:
            config["Hostname"] = self._in.plane.machine if host["NetworkMode"] == "host" else container_id[:12]
        container = Container(
            container_id,
            name,
            self._in.clock.now_us,
            manifest,
            config,
            host,
            managed,
            ContainerLog(self._kernel),
            MemoryFiles(base=self._in.images.registry.root_of(manifest), clock=self._in.clock.unix_us),
            Signal(self._kernel),
            mounts=mounts,
        )
        container.endpoints = {endpoint.network_name: endpoint for endpoint in endpoints}
        try:
            for mount in mounts:
                self._prepare(mount)
            self._files.mount_volumes(container)
        except EngineError:
            self._known.release(name)
            raise
        self._known.add(container)
        self.log_event(container, "create")
        await self._kernel.sleep(self._in.random.randint(40_000, 120_000))
        return container, warnings

    def _prepare(self, mount: Mount) -> None:
        if mount.kind == "volume":
            volume = self._in.volumes.create({"Name": mount.name, **mount.wanted})
            mount.name = volume.name
            mount.source = f"{FOLDER}/{volume.name}/_data"

    # Starting

    async def start(self, container: Container) -> None:
        """``POST /containers/{id}/start``.

        Raises:
            NotModified: it runs already.
            Conflict: it is paused or being removed.
            BadParameter: its command is not in the image.
            EngineError: its networks or ports cannot be set up.
        """
        if container.state.paused:
            raise Conflict("cannot start a paused container, try unpause instead")
        if container.state.running and not container.state.restarting:
            raise NotModified("container is already running")
        if container.state.removing or container.state.dead:
            raise Conflict("container is marked for removal and cannot be started")
        self._cancel_restart(container)
        container.manually_stopped = False
        container.restart_delay_us = 0
        await self._start(container)

    async def _start(self, container: Container) -> None:
        await self._kernel.sleep(self._in.random.randint(120_000, 300_000))
        if container.removed or (container.state.running and not container.state.restarting):
            return
        try:
            self._files.check_subpaths(container)
            self._files.mount_all(container)
            await self._connecting.attach_all(container)
            refusals.check_start(container, self.find)
            life = programs.main_program(container.manifest.image, container.words)
            life = self.flaws.life(container.manifest.image_id, life)
            self._files.mount_names(container)
        except EngineError as error:
            self._connecting.detach_all(container)
            container.state.error = str(error)
            container.state.exit_code = getattr(error, "exit_code", 128)
            container.state.running = container.state.restarting = False
            container.changed.notify()
            if container.host_config["AutoRemove"]:
                await self.remove(container, force=True, volumes=True)
            raise
        state = container.state
        state.running, state.paused, state.restarting, state.dead = True, False, False, False
        state.error, state.exit_code, state.oom_killed = "", 0, False
        state.started_us = self._in.clock.now_us
        self._next_pid += self._in.random.randint(20, 90)
        state.pid = self._next_pid
        container.manually_restarted = False
        container.runs += 1
        run = container.runs
        address = next((endpoint.address for endpoint in container.endpoints.values() if endpoint.address), "")
        container.process = MainProcess(
            self._in.clock,
            container,
            life,
            lambda sink, stdin: self._command(
                container,
                programs.command_of(container.manifest.image, container.words),
                sink,
                environment=container.environment,
                directory=container.config["WorkingDir"],
                user=container.config["User"],
                tty=container.config["Tty"],
                stdin=stdin,
                plays=lambda words: self._played(container, words),
            ),
            address,
            lambda code: self._ended(container, run, code),
        )
        if not container.service:
            self._in.plane.publish(container)
        self.log_event(container, "start")
        self._health.start(container)
        container.changed.notify()

    def _played(self, container: Container, words: list[str]) -> Awaitable[int] | None:
        """What the main program's shell starts with ``words``, where that is the image's own program."""
        name = words[0].rpartition("/")[2]
        life = programs.main_program(container.manifest.image, [name, *words[1:]])
        process = container.process
        if life is None or process is None:
            return None
        return process.play(self.flaws.life(container.manifest.image_id, life) or life)

    async def attach(self, container: Container, endpoint: Endpoint) -> None:
        """Bring a running (or starting) container onto a network."""
        await self._connecting.attach(container, endpoint)

    # Ending

    def _ended(self, container: Container, run: int, code: int) -> None:
        """The main program is over."""
        if container.runs != run or not container.state.running or container.state.restarting:
            return
        state = container.state
        container.log.flush()
        self._health.stop(container)
        for running in container.execs.values():
            if running.command is not None and running.running:
                running.command.end(KILL)
        duration_us = self._in.clock.now_us - (state.started_us or 0)
        restart = not self.shutting_down and restarting.wanted(container, code, duration_us)
        self._connecting.detach_all(container)
        self._files.clear(container)
        state.exit_code, state.pid, state.paused = code, 0, False
        state.finished_us = self._in.clock.now_us
        state.running = restart
        state.restarting = restart
        container.serving = False
        container.process = None
        self.log_event(container, "die", exitCode=str(code), execDuration=str(duration_us // SECOND))
        container.changed.notify()
        if restart:
            container.restart_count += 1
            container.restart_timer = self._kernel.after(
                container.restart_delay_us,
                lambda: self._kernel.spawn(self._restart(container, code), f"restart of {container.short_id}"),
            )
        elif container.host_config["AutoRemove"] and not container.manually_restarted:
            self._kernel.spawn(self.remove(container, force=True, volumes=True), f"removal of {container.short_id}")

    async def _restart(self, container: Container, code: int) -> None:
        if not container.state.restarting:
            return
        try:
            await self._start(container)
        except EngineError:
            container.state.exit_code = code
            container.changed.notify()

    def _cancel_restart(self, container: Container) -> None:
        if container.restart_timer is not None:
            container.restart_timer.cancel()
            container.restart_timer = None

    async def wait(self, container: Container, condition: str = "not-running") -> int:
        """As ``waiting.wait``."""
        return await waiting.wait(container, condition)

    # Stopping

    async def stop(self, container: Container, timeout_s: int | None = None, signal: str = "") -> None:
        """Signal, wait for the grace period, kill. A container that does not run is left alone.

        Raises:
            BadParameter: there is no such signal.
        """
        if not container.state.running:
            return
        number = signal_number(signal or container.stop_signal)
        seconds = container.stop_timeout_s if timeout_s is None else timeout_s
        self._signal(container, number)
        if container.state.running:
            ended: Future[int] = self._kernel.spawn(self.wait(container), f"stop of {container.short_id}")
            try:
                if seconds < 0:
                    await ended
                else:
                    await self._kernel.timeout(seconds * SECOND, ended)
            except TimedOut:
                await self._kill(container)
        self.log_event(container, "stop")

    async def kill(self, container: Container, signal: str = "") -> None:
        """``POST /containers/{id}/kill``: with SIGKILL it returns when the container is dead.

        Raises:
            Conflict: it does not run.
        """
        number = signal_number(signal) if signal else KILL
        if not container.state.running:
            raise Conflict(f"container {container.id} is not running")
        if number == KILL:
            await self._kill(container)
        else:
            self._signal(container, number)

    async def _kill(self, container: Container) -> None:
        if container.state.running:
            self._signal(container, KILL)
            await self.wait(container)

    def _signal(self, container: Container, number: int) -> None:
        if not self.shutting_down:
            container.manually_stopped = True
        if container.state.restarting:
            self._cancel_restart(container)
            container.state.running = container.state.restarting = False
            container.changed.notify()
        elif container.process is not None:
            if container.state.paused:
                container.state.paused = False
            container.process.signal(number)
        self.log_event(container, "kill", signal=str(number))

    async def restart(self, container: Container, timeout_s: int | None = None, signal: str = "") -> None:
        if container.state.running:
            container.manually_restarted = True
            await self.stop(container, timeout_s, signal)
        container.manually_stopped = False
        await self._start(container)
        self.log_event(container, "restart")

    def pause(self, container: Container) -> None:
        """As ``pausing.pause``, and told."""
        pausing.pause(container)
        self.log_event(container, "pause")
        container.changed.notify()

    def unpause(self, container: Container) -> None:
        """As ``pausing.unpause``, and told."""
        pausing.unpause(container)
        self.log_event(container, "unpause")
        container.changed.notify()

    def rename(self, container: Container, name: str) -> None:
        """
        Raises:
            BadParameter: no new name, or the old one.
            Conflict: the name is taken.
        """
        if not name:
            raise BadParameter("Neither old nor new names may be empty")
        if name.removeprefix("/") == container.name:
            raise BadParameter("Renaming a container with the same name as its current name")
        try:
            new = self._known.reserve(container.id, f"/{name.removeprefix('/')}")
        except (BadParameter, Conflict) as error:
            raise type(error)(f"Error when allocating new name: {error}") from None
        old = container.name
        self._known.release(old)
        container.name = new
        for endpoint in container.endpoints.values():
            local = self._in.networks.get(endpoint.network_id)
            if local is not None and container.id in local.endpoints:
                local.endpoints[container.id] = (new, endpoint)
        if container.state.running:
            self._in.plane.publish(container)
        self.log_event(container, "rename", oldName=f"/{old}")

    # Removing

    async def remove(self, container: Container, force: bool = False, volumes: bool = False) -> None:
        """``DELETE /containers/{id}``.

        Raises:
            Conflict: it runs and is not forced, or its removal is under way.
        """
        if container.removed:
            return
        if container.state.removing:
            raise Conflict(f"removal of container {container.name} is already in progress")
        if container.state.running and not force:
            word = container.state.word
            what = (
                "must be unpaused first" if word == "paused" else "stop the container before removing or force remove"
            )
            joint = " and " if word == "paused" else ": "
            raise Conflict(f'cannot remove container "/{container.name}": container is {word}{joint}{what}')
        container.state.removing = True
        try:
            container.host_config = {**container.host_config, "AutoRemove": False}
            await self._kill(container)
        finally:
            container.state.removing = False
        self._cancel_restart(container)
        container.state.dead = container.removed = True
        container.state.running = False
        self._known.forget(container)
        for exec_id in container.execs:
            self.execs.pop(exec_id, None)
        if volumes:
            for mount in container.mounts:
                if mount.kind == "volume" and mount.anonymous and not self._in.volumes.users(mount.name):
                    self._in.volumes.remove(mount.name, force=True)
        self.log_event(container, "destroy")
        container.changed.notify()

    # The daemon's own life

    async def shut_down(self) -> None:
        """dockerd stops: every container gets its stop signal and its grace period, at most 15 s."""
        self.shutting_down = True
        running = [container for container in self.all() if container.state.running]
        tasks = [self._kernel.spawn(self.stop(c, min(c.stop_timeout_s, 15)), f"stop of {c.short_id}") for c in running]
        for task in tasks:
            await task

    def power_cut(self) -> None:
        """The machine is off: every process is gone."""
        for container in self.all():
            self._health.stop(container)
            self._cancel_restart(container)
            if container.process is not None:
                container.process.cut()
                container.process = None
            for running in container.execs.values():
                if running.command is not None:
                    running.command.task.cancel()
            container.execs.clear()

    async def restore(self) -> None:
        """dockerd starts: what ran when the power went is over; what shall run again is started.

        Source: moby ``daemon/daemon.go``, ``restore``.
        """
        self.shutting_down = False
        self.execs.clear()
        for container in self.all():
            state = container.state
            if state.running:
                self._connecting.detach_all(container)
                state.running = state.paused = state.restarting = False
                state.pid = 0
                state.exit_code = _KILLED_BY_POWER
                state.finished_us = self._in.clock.now_us
                container.log.flush()
                container.changed.notify()
                if container.host_config["AutoRemove"]:
                    await self.remove(container, force=True, volumes=True)
                    continue
            if container.managed or container.removed:
                continue
            policy = container.host_config["RestartPolicy"]["Name"]
            if state.started_us is not None and (
                policy == "always" or (policy == "unless-stopped" and not container.manually_stopped)
            ):
                self._kernel.spawn(self._restore(container), f"restart of {container.short_id}")

    async def _restore(self, container: Container) -> None:
        try:
            await self._start(container)
        except EngineError:
            return
