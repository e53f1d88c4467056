"""Machines that are containers with a dockerd of their own, on a network of the lab's own.

They get every capability that the outer engine may give, except CAP_SYS_RESOURCE, and no ``--privileged``: so it
works under an engine that runs with less than all itself. What that means for safety stands in the README.
"""

import contextlib
import io
import tarfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from playground.backends.real.docker_streams import STDOUT, Exec, Framed, sentences
from playground.backends.real.driver import (
    GRACE_S,
    Completed,
    DriverError,
    Machine,
    Power,
    Size,
    bounded,
    reason_of,
    was_ended,
)
from playground.backends.real.launches import Launches
from playground.backends.real.ownership import Owner

LABEL = "swarm-playground"
LAB, NODE, TRIAL = f"{LABEL}.lab", f"{LABEL}.node", f"{LABEL}.trial"
OWNER, OWNER_HOST, DATA, UNTIL = f"{LABEL}.owner", f"{LABEL}.owner-host", f"{LABEL}.data", f"{LABEL}.until"
CPUS, MEMORY = f"{LABEL}.cpus", f"{LABEL}.memory"
FOLDER = "/usr/local/lib/swarm-playground"
SCRIPTS = ("start-node", "plant-images", "serve-webpage", "terminal.bashrc")
READY_S = 60.0
STOP_S = 15
LAST_LAUNCH_S = 30.0
MAX_PIDS = 4096
SUBNETS = tuple(f"10.223.{number}" for number in range(1, 255))
REGISTRIES = ("registry-1.docker.io", "auth.docker.io", "index.docker.io")
TERMINAL = ["bash", "--rcfile", f"{FOLDER}/terminal.bashrc", "-i"]
_ENVIRONMENT = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
_POWERS: dict[str, Power] = {"running": "on", "paused": "paused", "restarting": "booting"}


@dataclass(frozen=True, slots=True)
class DockerSettings:
    """How nodes are made. ``registry`` is False where nothing can be pulled: then stand-ins are planted, and a look-up
    at the registry fails at once instead of after a minute."""

    image: str
    registry: bool
    pids: int = MAX_PIDS


def connect() -> Any:
    """The engine that ``DOCKER_HOST`` names, or this machine's.

    Raises:
        DriverError: none answers.
    """
    try:
        client = docker.from_env(timeout=60)
        client.ping()
    except (DockerException, OSError) as error:
        raise DriverError(
            f"no Docker engine answers ({reason_of(error)}); start one, or set DOCKER_HOST, and see that you may use it"
        ) from error
    return client


def without_image(image: str) -> str:
    """What to say where the image of nodes is missing."""
    return f"there is no node image {image}; make it with `swarm-playground node-image`"


class DockerDriver:
    """The containers of one lab. Implements ``driver.Driver``."""

    kind = "docker"

    def __init__(self, client: Any, lab: str, settings: DockerSettings, owner: Owner) -> None:
        self._client = client
        self._api = client.api
        self._lab = lab
        self._settings = settings
        self._labels = {LAB: lab, **owner_labels(owner)}
        self._network = f"swarm-playground-{lab}"
        self._taken: set[str] = set()
        self._placing = threading.Lock()
        self._launches = Launches()

    def machines(self) -> list[Machine]:
        with sentences():
            found = self._api.containers(all=True, filters={"label": f"{LAB}={self._lab}"})
        return [self._machine(container) for container in found]

    def _machine(self, listed: Any) -> Machine:
        labels = listed["Labels"]
        networks = listed["NetworkSettings"]["Networks"]
        settings = networks.get(self._network, {})
        address = (settings.get("IPAMConfig") or {}).get("IPv4Address") or settings.get("IPAddress", "")
        size = Size(float(labels.get(CPUS, 1)), int(labels.get(MEMORY, 0)))
        return Machine(labels[NODE], address, _POWERS.get(listed["State"], "off"), size)

    # How machines are made and broken

    def launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        with self._launches.one(self._remove_all):
            return self._launch(name, size, told)

    def _launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        told(f"Creating {name}")
        with sentences():
            with self._placing:
                self._launches.require_going()
                address = self._free_address(self._ensure_network())
            volume = self._container(name)
            self._api.create_volume(volume, labels={**self._labels, NODE: name})
            made = self._create(name, size, volume, address)
            self._api.put_archive(made["Id"], "/", _scripts())
            self._launches.require_going()
            told(f"Starting {name}")
            self._api.start(made["Id"])
        told("Waiting for initialization to complete")
        self._await_ready(name)
        return Machine(name, address, "on", size)

    def _create(self, name: str, size: Size, volume: str, address: str) -> Any:
        try:
            return self._api.create_container(
                self._settings.image,
                command=["sh", f"{FOLDER}/start-node"],
                name=volume,
                hostname=name,
                labels={**self._labels, NODE: name, CPUS: str(size.cpus), MEMORY: str(size.memory)},
                environment={} if self._settings.registry else {"SWARM_PLAYGROUND_PLANT": "1"},
                entrypoint=[],
                stop_signal="SIGTERM",
                host_config=host_config(self._api, self._settings, size, volume),
                networking_config=self._api.create_networking_config(
                    {self._network: self._api.create_endpoint_config(aliases=[name], ipv4_address=address)}
                ),
            )
        except ImageNotFound as error:
            raise DriverError(without_image(self._settings.image)) from error

    def _await_ready(self, name: str) -> None:
        deadline_s = time.monotonic() + READY_S
        while time.monotonic() < deadline_s:
            self._launches.require_going()
            done = self.run(name, ["test", "-e", "/run/swarm-playground/ready"], user="root", limit_s=10)
            if done.exit == 0:
                return
            time.sleep(0.25)
        log = self.run(name, ["tail", "-n", "3", "/var/log/dockerd.log"], user="root", limit_s=10)
        said = log.stdout.decode(errors="replace").strip() or "it wrote nothing"
        raise DriverError(f"dockerd of {name} did not answer within {READY_S:.0f} s; the end of its log: {said}")

    def _ensure_network(self) -> str:
        """Make the lab's network if it is not there; the first three numbers of its addresses."""
        for network in self._api.networks(filters={"label": f"{LAB}={self._lab}"}):
            return str(network["IPAM"]["Config"][0]["Subnet"]).rpartition(".")[0]
        start = int(self._lab[:6] or "0", 16) % len(SUBNETS)
        for prefix in SUBNETS[start:] + SUBNETS[:start]:
            pool = docker.types.IPAMPool(subnet=f"{prefix}.0/24", gateway=f"{prefix}.1")
            try:
                self._api.create_network(
                    self._network,
                    driver="bridge",
                    labels=self._labels,
                    ipam=docker.types.IPAMConfig(pool_configs=[pool]),
                )
            except APIError as error:
                if "overlaps" in str(error).lower():
                    continue
                raise
            return prefix
        raise DriverError("every network from 10.223.1.0/24 to 10.223.254.0/24 is in use; remove some labs")

    def _free_address(self, prefix: str) -> str:
        taken = {machine.address for machine in self.machines()} | self._taken
        address = next(f"{prefix}.{last}" for last in range(2, 255) if f"{prefix}.{last}" not in taken)
        self._taken.add(address)
        return address

    def start(self, name: str) -> None:
        with sentences():
            if self._api.inspect_container(self._container(name))["State"]["Paused"]:
                self._api.unpause(self._container(name))
            else:
                self._api.start(self._container(name))

    def stop(self, name: str) -> None:
        with sentences():
            self._wake(name)
            self._api.stop(self._container(name), timeout=STOP_S)

    def kill(self, name: str) -> None:
        with sentences():
            self._wake(name)
            self._api.kill(self._container(name))

    def pause(self, name: str) -> None:
        with sentences():
            self._api.pause(self._container(name))

    def _wake(self, name: str) -> None:
        """A frozen process gets no signal."""
        with contextlib.suppress(APIError):
            self._api.unpause(self._container(name))

    def delete(self, name: str) -> None:
        self._taken -= {machine.address for machine in self.machines() if machine.name == name}
        with sentences():
            for container in self._api.containers(
                all=True, filters={"label": [f"{LAB}={self._lab}", f"{NODE}={name}"]}
            ):
                remove_container(self._api, container["Id"])
            with contextlib.suppress(NotFound):
                self._api.remove_volume(self._container(name), force=True)

    def clear(self) -> None:
        self._launches.end()
        with contextlib.suppress(DriverError):  # What is just being made may resist; it is removed below.
            self._remove_all()
        if not self._launches.wait(LAST_LAUNCH_S):
            raise DriverError(f"a machine of lab {self._lab} was still being made after {LAST_LAUNCH_S:.0f} s")
        self._remove_all()  # What those made that had begun before.

    def _remove_all(self) -> None:
        with sentences():
            remove_lab(self._api, self._lab)

    # Going in

    def run(
        self, name: str, command: Sequence[str], *, user: str, tty: bool = False, stdin: bytes = b"", limit_s: float
    ) -> Completed:
        running = Exec(
            self._api, self._container(name), bounded(command, limit_s), tty=tty, user=user, directory=_home(user),
            size=(80, 24) if tty else None, environment=_environment(user, tty),
        )  # fmt: skip
        began_s = time.monotonic()
        deadline_s = began_s + limit_s + GRACE_S
        out, err = bytearray(), bytearray()
        framed = Framed(running)
        try:
            if stdin:
                running.write(stdin)
            running.end_input() if not tty else None
            while True:
                running.limit(max(0.05, deadline_s - time.monotonic()))
                if tty:
                    data = running.read()
                    if not data:
                        break
                    out += data
                else:
                    frame = framed.read_frame()
                    if frame is None:
                        break
                    (out if frame[0] == STDOUT else err).extend(frame[1])
                if time.monotonic() > deadline_s:
                    raise TimeoutError
        finally:
            running.close()
        took_s = time.monotonic() - began_s
        with sentences():
            code = running.exit_code()
        if was_ended(code, took_s, limit_s):
            raise TimeoutError
        return Completed(bytes(out), bytes(err), code)

    def terminal(self, name: str, columns: int, rows: int) -> Exec:
        return Exec(
            self._api, self._container(name), TERMINAL, tty=True, size=(columns, rows), user="ubuntu",
            directory="/home/ubuntu", environment=_environment("ubuntu", True),
        )  # fmt: skip

    def dial(self, name: str) -> Framed:
        command = ["docker", "system", "dial-stdio"]
        return Framed(Exec(self._api, self._container(name), command, tty=False, user="root"))

    def _container(self, name: str) -> str:
        return f"swarm-playground-{self._lab}-{name}"


def host_config(api: Any, settings: DockerSettings, size: Size, volume: str = "") -> Any:
    """What a node may do and use; ``volume`` holds its images."""
    return api.create_host_config(
        cap_add=["ALL"],
        cap_drop=["SYS_RESOURCE"],
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        device_cgroup_rules=["a *:* rwm"],
        binds={volume: {"bind": "/var/lib/docker", "mode": "rw"}} if volume else {},
        mem_limit=size.memory,
        memswap_limit=size.memory,
        nano_cpus=int(size.cpus * 1e9),
        pids_limit=settings.pids,
        extra_hosts=None if settings.registry else dict.fromkeys(REGISTRIES, "127.0.0.1"),
        restart_policy={"Name": "no"},
    ) | {"CgroupnsMode": "private", "MaskedPaths": [], "ReadonlyPaths": []}


def owner_labels(owner: Owner) -> dict[str, str]:
    """What stands on everything that an owner made."""
    return {OWNER: owner.lock, OWNER_HOST: owner.host, DATA: owner.data, UNTIL: str(owner.until_s)}


def try_out(client: Any, image: str, script: str, owner: Owner, limit_s: float = 60.0) -> str:
    """What ``script`` prints in a machine like a node's that is thrown away afterwards.

    Raises:
        DriverError: the engine does not start one.
    """
    api = client.api
    with sentences():
        made = api.create_container(
            image,
            command=["sh", "-c", script],
            entrypoint=[],
            labels={TRIAL: "1", **owner_labels(owner)},
            # A bridge of the engine's may be missing or taken; nodes get one of their own.
            host_config=host_config(api, DockerSettings(image, registry=True), Size(1.0, 256 * 1024**2))
            | {"NetworkMode": "none"},
        )
        try:
            api.start(made["Id"])
            api.wait(made["Id"], timeout=limit_s)
            return str(api.logs(made["Id"]).decode(errors="replace"))
        finally:
            remove_container(api, made["Id"])


def remove_lab(api: Any, lab: str) -> None:
    """Remove all that carries a lab's label, and volumes of its names. Nothing there is no error.

    A volume that is removed between its making and its container's is made anew by the engine, without the label.
    """
    only = {"label": f"{LAB}={lab}"}
    for container in api.containers(all=True, filters=only):
        remove_container(api, container["Id"])
    for having in (only, {"name": f"swarm-playground-{lab}-"}):
        for volume in (api.volumes(filters=having) or {}).get("Volumes") or ():
            with contextlib.suppress(NotFound):
                api.remove_volume(volume["Name"], force=True)
    for network in api.networks(filters=only):
        with contextlib.suppress(NotFound):
            api.remove_network(network["Id"])


def remove_container(api: Any, container: str) -> None:
    with contextlib.suppress(NotFound):
        try:
            api.remove_container(container, v=True, force=True)
        except APIError as error:
            if "already in progress" not in str(error):
                raise


def _home(user: str) -> str:
    return "/" if user == "root" else f"/home/{user}"


def _environment(user: str, tty: bool) -> dict[str, str]:
    home = "/root" if user == "root" else f"/home/{user}"
    return {"HOME": home, "USER": user, "LANG": "C.UTF-8", **(_ENVIRONMENT if tty else {})}


def _scripts() -> bytes:
    """Our own files for a node, as an archive."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name in SCRIPTS:
            content = files("playground.backends.real").joinpath("files", name).read_bytes()
            entry = tarfile.TarInfo(f"{FOLDER.lstrip('/')}/{name}")
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()
