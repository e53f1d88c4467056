"""The ``multipass`` command: a client of the lab's hypervisor.

Behaviour, layouts and sentences after multipass 1.15 (src/client/cli/cmd, src/daemon/daemon.cpp); the spinner after
src/client/cli/cmd/animated_spinner.cpp.
"""

import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from playground.api.machine import Hypervisor, HypervisorError
from playground.api.process import Process, Program
from playground.shell.multipass_format import INFOS, LISTS
from playground.shell.multipass_inside import Inside
from playground.shell.multipass_instances import Instances
from playground.shell.multipass_spinner import Spinner
from playground.shell.multipass_words import (
    ADJECTIVES,
    ANIMALS,
    COMMAND_LINE,
    DEFAULT_DISK,
    DEFAULT_MEMORY,
    FAILED,
    FINE,
    IMAGES,
    MIN_DISK,
    MIN_MEMORY,
    NAME,
    PURPOSES,
    USAGES,
    read_words,
    size_of,
)
from playground.shell.surroundings import Surroundings
from playground.shell.tool import Invocation, UsageError

VERSION: Final = "1.15.1"
SOCKET: Final = "/var/snap/multipass/common/multipass_socket"
"""Where the snap's service listens: who may not read and write it cannot use the service."""


def multipass_program(
    hypervisor: Hypervisor,
    surroundings_of: Callable[[str], Surroundings | None],
    random: Random | None = None,
    socket: str = "",
) -> Program:
    """The ``multipass`` program of a host.

    ``surroundings_of`` gives the world of a running instance's login user, for ``shell``, ``exec`` and ``transfer``;
    None when it is not running. ``random`` names instances that get no name; without it
    they get the same names in every lab. ``socket`` is the file through which the service is reached; without it
    the service is always reached.
    """
    client = _Client(hypervisor, surroundings_of, random or Random(0), socket)

    async def multipass(process: Process) -> int:
        return await client.run(process)

    return multipass


class _Client:
    def __init__(
        self,
        hypervisor: Hypervisor,
        surroundings_of: Callable[[str], Surroundings | None],
        random: Random,
        socket: str,
    ) -> None:
        self._hypervisor = hypervisor
        self._socket = socket
        self._instances = Instances(hypervisor, surroundings_of)
        inside = Inside(self._instances)
        self._random = random
        self._commands: dict[str, Callable[[Process, list[str]], Awaitable[int]]] = {
            "launch": self._launch,
            "list": self._list,
            "ls": self._list,
            "info": self._info,
            "shell": inside.shell,
            "sh": inside.shell,
            "connect": inside.shell,
            "exec": inside.exec,
            "start": self._start,
            "stop": self._stop,
            "restart": self._restart,
            "delete": self._delete,
            "recover": self._recover,
            "purge": self._purge,
            "transfer": inside.transfer,
            "copy-files": inside.transfer,
            "version": self._version,
            "help": self._help,
            "find": self._find,
            "get": self._get,
        }

    async def run(self, process: Process) -> int:
        words = process.arguments[1:]
        if not words or words[0] in ("-h", "--help"):
            return await self._help(process, [])
        if words[0] in ("-V", "--version"):
            return await self._version(process, [])
        command = self._commands.get(words[0])
        if command is None:
            unsupported = (
                "suspend",
                "mount",
                "umount",
                "alias",
                "aliases",
                "snapshot",
                "restore",
                "clone",
                "set",
                "networks",
            )
            if words[0] in unsupported:
                await process.stderr.write(f"{words[0]} failed: not supported by this lab\n")
                return FAILED
            await process.stderr.write(f"Unknown command or alias: '{words[0]}'\n")
            return COMMAND_LINE
        if "--help" in words[1:] or "-h" in words[1:]:
            return await self._help(process, [words[0]])
        try:
            if words[0] not in ("help", "version"):
                self._require_service(process)
            return await command(process, words[1:])
        except UsageError as error:
            await process.stderr.write(f"{error}\n")
            return COMMAND_LINE
        except HypervisorError as error:
            await process.stderr.write(f"{words[0]} failed: {error}\n")
            return FAILED

    def _require_service(self, process: Process) -> None:
        """Raises HypervisorError unless the service's socket is there and lets this user in.

        Source: multipass ``src/client/common/client_common.cpp``.
        """
        if not self._socket or not isinstance(process, Invocation):
            return
        files = process.files.at(user=process.user)
        if not files.exists(self._socket):
            reason = f"Please ensure multipassd is running and '{self._socket}' is accessible"
            raise HypervisorError(f"cannot connect to the multipass socket\n{reason}")
        if not files.may(self._socket, "read") or not files.may(self._socket, "write"):
            reason = f"Please check that you have read/write permissions to '{self._socket}'"
            raise HypervisorError(f"multipass socket access denied\n{reason}")

    # Making and ending

    async def _launch(self, process: Process, words: list[str]) -> int:
        long = {"name": "n=", "cpus": "c=", "disk": "d=", "memory": "m=", "mem": "m=", "timeout": "t="}
        long |= {"cloud-init": "C=", "network": "N=", "bridged": "b", "mount": "M="}
        options = read_words(words, "bv", "ncdmtCNM", long)
        if len(options.words) > 1:
            raise UsageError("Too many arguments supplied")
        image = options.words[0] if options.words else "24.04"
        cpus = options.value("c", "1")
        if not re.fullmatch(r"[0-9]{1,4}", cpus) or int(cpus) < 1:
            raise UsageError(f"Error: invalid CPU count '{cpus}', need a positive integer value.")
        memory = size_of(options.value("m"), DEFAULT_MEMORY)
        disk = size_of(options.value("d"), DEFAULT_DISK)
        for letter in "CNM":
            if options.has(letter):
                raise UsageError("launch failed: cloud-init, networks and mounts are not supported by this lab")
        if options.has("n") and not NAME.match(options.value("n")):
            raise HypervisorError(f"Invalid instance name supplied: {options.value('n')}")
        if memory < MIN_MEMORY:
            raise HypervisorError(f"Invalid memory size value supplied: {options.value('m')}.")
        if disk < MIN_DISK:
            raise HypervisorError(f"Invalid disk size value supplied: {options.value('d')}.")
        if image not in IMAGES:
            raise HypervisorError(f'Unable to find an image matching "{image}" in remote "".')
        name = options.value("n") or self._free_name(image)
        spinner = Spinner(process)
        try:
            await self._hypervisor.launch(name, int(cpus), memory, disk, spinner.start)
        finally:
            await spinner.stop()
        await process.stdout.write(f"Launched: {name}\n")
        return FINE

    def _free_name(self, image: str) -> str:
        taken = [instance.name for instance in self._hypervisor.instances()]
        if image.endswith("docker") and "docker" not in taken:
            return "docker"
        while True:
            name = f"{self._random.choice(ADJECTIVES)}-{self._random.choice(ANIMALS)}"
            if name not in taken:
                return name

    async def _start(self, process: Process, words: list[str]) -> int:
        names = self._instances.named(read_words(words, "v", "", {"all": "a", "timeout": "t="}, "a"))
        problems = ""
        for name in names:
            instance = self._instances.find(name)
            if instance is None:
                problems += f"Instance '{name}' does not exist.\n"
            elif instance.state == "Deleted":
                ending = "Use 'recover' to recover it or 'purge' to permanently delete it."
                problems += f"Instance '{name}' is deleted. {ending}\n"
        if problems:
            await process.stderr.write(f"start failed: instance(s) missing\n{problems}")
            return FAILED
        return await self._instances.each(process, "Starting", names, self._hypervisor.start)

    async def _stop(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "vfc", "t", {"all": "a", "force": "f", "cancel": "c", "time": "t="}, "a")
        force = options.has("f")
        names = self._instances.existing(self._instances.named(options))
        return await self._instances.each(process, "Stopping", names, lambda name: self._hypervisor.stop(name, force))

    async def _restart(self, process: Process, words: list[str]) -> int:
        names = self._instances.existing(
            self._instances.named(read_words(words, "v", "", {"all": "a", "timeout": "t="}, "a"))
        )
        return await self._instances.each(process, "Restarting", names, self._hypervisor.restart)

    async def _delete(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "vp", "", {"all": "a", "purge": "p"}, "a")
        purge = options.has("p")
        names = self._instances.existing(self._instances.named(options), deleted_too=True)
        return await self._instances.each(process, "Deleting", names, lambda name: self._hypervisor.delete(name, purge))

    async def _recover(self, process: Process, words: list[str]) -> int:
        names = self._instances.existing(
            self._instances.named(read_words(words, "v", "", {"all": "a"}, "a")), deleted_too=True
        )
        return await self._instances.each(process, "Recovering", names, self._hypervisor.recover)

    async def _purge(self, process: Process, words: list[str]) -> int:
        await self._hypervisor.purge()
        return FINE

    # Asking

    async def _list(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "v", "", {"format": "F=", "snapshots": "s", "no-ipv4": "n"})
        if options.words:
            raise UsageError("This command takes no arguments")
        kind = options.value("F", "table")
        if kind not in LISTS:
            raise UsageError("Invalid format type given.")
        if options.has("s"):
            await process.stdout.write("No snapshots found.\n")
            return FINE
        await process.stdout.write(LISTS[kind](sorted(self._hypervisor.instances(), key=lambda i: i.name)))
        return FINE

    async def _info(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "v", "", {"all": "a", "format": "F=", "no-runtime-information": "r"}, "a")
        kind = options.value("F", "table")
        if kind not in INFOS:
            raise UsageError("Invalid format type given.")
        names = self._instances.existing(options.words, deleted_too=True)
        instances = [i for i in self._hypervisor.instances() if not names or i.name in names]
        if not instances and kind == "table":
            await process.stdout.write("No instances found.\n")
            return FINE
        await process.stdout.write(INFOS[kind](sorted(instances, key=lambda i: i.name)))
        return FINE

    async def _version(self, process: Process, words: list[str]) -> int:
        await process.stdout.write(f"multipass   {VERSION}\nmultipassd  {VERSION}\n")
        return FINE

    async def _find(self, process: Process, words: list[str]) -> int:
        await process.stdout.write(
            "Image                       Aliases           Version          Description\n"
            "22.04                       jammy             20250516         Ubuntu 22.04 LTS\n"
            "24.04                       noble,lts         20250516         Ubuntu 24.04 LTS\n"
            "\n"
            "Blueprint (deprecated)      Aliases           Version          Description\n"
            "docker                                        0.4              A Docker environment with Portainer and "
            "related tools\n\n"
        )
        return FINE

    async def _get(self, process: Process, words: list[str]) -> int:
        known = {"client.primary-name": "primary", "local.driver": "qemu", "local.privileged-mounts": "true"}
        if words == ["--keys"]:
            await process.stdout.write("\n".join(sorted(known)) + "\n")
            return FINE
        if len(words) != 1:
            raise UsageError("Need exactly one setting key.")
        if words[0] not in known:
            raise UsageError(f"Unrecognized settings key: '{words[0]}'")
        await process.stdout.write(known[words[0]] + "\n")
        return FINE

    async def _help(self, process: Process, words: list[str]) -> int:
        if words and words[0] not in self._commands:
            await process.stderr.write(f"Error: Unknown Command: '{words[0]}'\n")
            return COMMAND_LINE
        if words:
            await process.stdout.write(f"Usage: multipass {words[0]} {USAGES.get(words[0], '')}".rstrip() + "\n")
            return FINE
        names = sorted(name for name in self._commands if name not in ("sh", "ls", "connect", "copy-files"))
        lines = "".join(f"  {name:<12} {PURPOSES[name]}\n" for name in names)
        await process.stdout.write(
            f"Usage: multipass <command> [options]\nManage virtual machines.\n\nCommands:\n{lines}"
        )
        return FINE
