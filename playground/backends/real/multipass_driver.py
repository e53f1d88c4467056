"""Machines that are virtual machines of Multipass, as in the chapter.

Everything goes through the command ``multipass``: it makes and breaks them, opens their terminals, and carries HTTP to
their engines (``docker system dial-stdio`` inside). That a launch has worked is never taken from its exit code: it is
known to report a time-out while the machine still comes up (canonical/multipass issues 1757, 3536), so it is asked.
"""

import contextlib
import shlex
import time
from collections.abc import Callable, Sequence
from importlib.resources import files

from playground.backends.real.driver import GRACE_S, Completed, DriverError, Machine, Size, bounded, was_ended
from playground.backends.real.launches import Launches
from playground.backends.real.local_process import LocalProcess
from playground.backends.real.multipass_output import Instance, Trouble, explained, instances, phases, size_of, trouble

PREFIX = "sp"
BLUEPRINT = "docker"
RELEASE = "24.04"
DISK = "12G"
LAUNCH_S = 900.0
POLL_S = 2.0
COMMAND_S = 120.0
LAST_LAUNCH_S = 20.0
PROFILE = "/etc/swarm-playground.bashrc"
"""Makes the learner's shell tell which commands it runs. ``multipass shell`` would start one that does not."""
CLOUD_INIT = """#cloud-config
package_update: true
packages: [docker.io]
runcmd: [usermod -aG docker ubuntu]
"""
"""For versions of Multipass that have no blueprints any more: what the blueprint ``docker`` brought."""


class MultipassDriver:
    """The virtual machines of one lab. Implements ``driver.Driver``."""

    kind = "multipass"

    def __init__(
        self,
        lab: str,
        *,
        program: str = "multipass",
        launch_s: float = LAUNCH_S,
        poll_s: float = POLL_S,
        on_cleared: Callable[[], object] = lambda: None,
    ) -> None:
        """``on_cleared`` is called when all machines are removed."""
        self._lab = lab
        self._on_cleared = on_cleared
        self._program = program
        self._launch_s = launch_s
        self._poll_s = poll_s
        self._sizes: dict[str, Size] = {}
        self._launches = Launches()

    def machines(self) -> list[Machine]:
        prefix = instance_name(self._lab, "")
        return [
            self._machine(instance.name.removeprefix(prefix), instance)
            for instance in instances(self._multipass("list", "--format", "json"))
            if instance.name.startswith(prefix)
        ]

    def _machine(self, name: str, instance: Instance) -> Machine:
        size = self._sizes.get(name)
        if size is None:
            cpus, memory = size_of(self._multipass("info", instance.name, "--format", "json"), instance.name)
            size = Size(cpus, memory)
            if cpus:
                self._sizes[name] = size
        return Machine(name, instance.address, instance.power, size)

    def launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        with self._launches.one(self._remove_all):
            return self._launch(name, size, told)

    def _launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        whole = max(1, round(size.cpus))
        options = [
            "--name",
            self._instance(name),
            "--cpus",
            str(whole),
            "--memory",
            f"{size.memory >> 20}M",
            "--disk",
            DISK,
        ]
        options += ["--timeout", str(int(self._launch_s))]
        code, printed = self._follow(["launch", BLUEPRINT, *options], told)
        if code and trouble(printed) is Trouble.NO_IMAGE:
            told("This Multipass has no blueprint docker; installing Docker in a plain Ubuntu")
            code, printed = self._follow(["launch", RELEASE, *options, "--cloud-init", "-"], told, CLOUD_INIT.encode())
        if code and trouble(printed) in (
            Trouble.SOCKET,
            Trouble.NO_KVM,
            Trouble.NO_DAEMON,
            Trouble.TAKEN,
            Trouble.NO_IMAGE,
        ):
            raise DriverError(explained(printed))
        self._sizes[name] = Size(whole, size.memory)
        return self._await_ready(name, told, "" if code == 0 else printed)

    def _await_ready(self, name: str, told: Callable[[str], object], failure: str) -> Machine:
        """Ask until the machine runs and its engine answers. ``failure``: what the launch complained of."""
        if failure:
            told("Multipass reports a failure; looking whether the machine comes up all the same")
        deadline_s = time.monotonic() + self._launch_s
        while True:
            self._launches.require_going()
            machine = next((one for one in self.machines() if one.name == name), None)
            if machine is None and failure:
                raise DriverError(explained(failure))
            if machine is not None and machine.power == "on" and machine.address and self._engine_answers(name):
                break
            if time.monotonic() > deadline_s:
                raise DriverError(
                    f"{name} did not come up within {self._launch_s:.0f} s; look at it with `multipass info "
                    f"{self._instance(name)}`. {explained(failure) if failure else ''}".strip()
                )
            time.sleep(self._poll_s)
        profile = files("playground.backends.real").joinpath("files", "terminal.bashrc").read_bytes()
        self._do(name, ["hostnamectl", "set-hostname", name])
        self._do(name, ["sh", "-c", f"cat >{PROFILE}"], profile)
        return machine

    def _do(self, name: str, command: Sequence[str], stdin: bytes = b"") -> None:
        done = self.run(name, command, user="root", stdin=stdin, limit_s=COMMAND_S)
        if done.exit:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise DriverError(f"`{shlex.join(command)}` failed on {name}: {said}")

    def _engine_answers(self, name: str) -> bool:
        try:
            return self.run(name, ["docker", "version"], user="root", limit_s=20).exit == 0
        except (DriverError, TimeoutError):
            return False

    def start(self, name: str) -> None:
        self._multipass("start", self._instance(name), limit_s=self._launch_s)

    def stop(self, name: str) -> None:
        self._multipass("stop", self._instance(name))

    def kill(self, name: str) -> None:
        self._multipass("stop", "--force", self._instance(name))

    def pause(self, name: str) -> None:
        self._multipass("suspend", self._instance(name))

    def delete(self, name: str) -> None:
        self._delete(self._instance(name))
        self._sizes.pop(name, None)

    def _delete(self, instance: str) -> None:
        try:
            self._multipass("delete", "--purge", instance)
        except DriverError as error:
            if trouble(str(error)) is not Trouble.GONE:
                raise

    def clear(self) -> None:
        self._launches.end()
        self._remove_all()
        if not self._launches.wait(LAST_LAUNCH_S):
            raise DriverError(
                f"a machine of lab {self._lab} is still being made; it is removed when Multipass has done"
            )
        self._remove_all()  # What those made that had begun before.
        self._on_cleared()

    def _remove_all(self) -> None:
        remove_lab(self._lab, program=self._program)

    # Going in

    def run(
        self, name: str, command: Sequence[str], *, user: str, tty: bool = False, stdin: bytes = b"", limit_s: float
    ) -> Completed:
        began_s = time.monotonic()
        process = LocalProcess(self._exec(name, bounded(command, limit_s), user), (80, 24) if tty else None)
        try:
            process.limit(limit_s + GRACE_S)
            with contextlib.suppress(OSError):  # A program that ended without reading its input.
                process.write(stdin)
            process.end_input()
            out, err = process.read_all()
            code = process.wait(GRACE_S)
        finally:
            process.close()
        if was_ended(code, time.monotonic() - began_s, limit_s):
            raise TimeoutError
        text = err.decode(errors="replace")
        if code and text.startswith("exec failed:"):
            raise DriverError(explained(text))
        return Completed(out, err, code)

    def terminal(self, name: str, columns: int, rows: int) -> LocalProcess:
        shell = ["bash", "--rcfile", PROFILE, "-i"]
        return LocalProcess(self._exec(name, shell, "ubuntu"), (columns, rows))

    def dial(self, name: str) -> LocalProcess:
        return LocalProcess(self._exec(name, ["docker", "system", "dial-stdio"], "root"))

    def _exec(self, name: str, command: Sequence[str], user: str) -> list[str]:
        root = user == "root"
        where = "/" if root else "/home/ubuntu"
        return [
            self._program, "exec", self._instance(name), "--working-directory", where, "--",
            *(("sudo", "-n", "--") if root else ()), *command,
        ]  # fmt: skip

    # The command

    def _instance(self, name: str) -> str:
        return instance_name(self._lab, name)

    def _multipass(self, *arguments: str, limit_s: float = COMMAND_S) -> str:
        return multipass(self._program, *arguments, limit_s=limit_s)

    def _follow(self, arguments: list[str], told: Callable[[str], object], stdin: bytes = b"") -> tuple[int, str]:
        """Run a command that shows its progress; exit code and what it printed, the errors last."""
        process = LocalProcess([self._program, *arguments])
        printed, last = "", ""
        try:
            process.limit(self._launch_s)
            process.write(stdin)
            process.end_input()
            while data := process.read():
                printed += data.decode(errors="replace")
                for phase in phases(printed):
                    last, before = phase, last
                    if phase != before:
                        told(phase)
                printed = printed.rpartition("\r")[2] if "\r" in printed else printed
            _, err = process.read_all()
            return process.wait(COMMAND_S), f"{printed}\n{err.decode(errors='replace')}".strip()
        except TimeoutError:
            return 1, "timed out waiting for multipass to end"
        finally:
            process.close()


def instance_name(lab: str, name: str) -> str:
    """The name of a lab's machine among all of Multipass's on this computer."""
    return f"{PREFIX}-{lab}-{name}"


def multipass(program: str, *arguments: str, limit_s: float = COMMAND_S) -> str:
    """Run a command of multipass and return what it printed.

    Raises:
        DriverError: it failed; the sentence says what to do where that is known.
    """
    process = LocalProcess([program, *arguments])
    try:
        process.limit(limit_s)
        process.end_input()
        out, err = process.read_all()
        code = process.wait(limit_s)
    except TimeoutError:
        raise DriverError(f"`multipass {shlex.join(arguments)}` did not end within {limit_s:.0f} s") from None
    finally:
        process.close()
    if code:
        raise DriverError(explained(f"{err.decode(errors='replace')}{out.decode(errors='replace')}"))
    return out.decode(errors="replace")


def labs(program: str = "multipass") -> dict[str, list[str]]:
    """Every lab with machines on this computer, and their names in Multipass.

    Raises:
        DriverError: Multipass does not answer.
    """
    found: dict[str, list[str]] = {}
    for instance in instances(multipass(program, "list", "--format", "json")):
        prefix, _, rest = instance.name.partition("-")
        lab, _, name = rest.partition("-")
        if prefix == PREFIX and lab and name:
            found.setdefault(lab, []).append(instance.name)
    return found


def remove_lab(lab: str, program: str = "multipass") -> None:
    """Delete and purge every machine of a lab. None there is no error."""
    for instance in labs(program).get(lab, ()):
        with contextlib.suppress(DriverError):
            multipass(program, "delete", "--purge", instance)
    if lab in labs(program):
        raise DriverError(f"machines of lab {lab} could not be removed: {', '.join(labs(program)[lab])}")
