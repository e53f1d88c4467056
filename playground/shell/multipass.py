"""The ``multipass`` command: a client of the lab's hypervisor.

Behaviour, layouts and sentences after multipass 1.15 (src/client/cli/cmd, src/daemon/daemon.cpp); the spinner after
src/client/cli/cmd/animated_spinner.cpp.
"""

import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from playground.api.machine import Hypervisor, HypervisorError, Instance
from playground.api.process import Interrupted, Process, Program, RunningTask, TerminalReader
from playground.shell.multipass_format import INFOS, LISTS
from playground.shell.power_watch import PowerWatch
from playground.shell.run import run_command
from playground.shell.surroundings import Surroundings
from playground.shell.tool import Invocation, UsageError
from playground.shell.tools.options import Options, read_options

VERSION: Final = "1.15.1"
SOCKET: Final = "/var/snap/multipass/common/multipass_socket"
"""Where the snap's service listens: who may not read and write it cannot use the service."""
SPINNER_US: Final = 100_000
MIN_MEMORY: Final = 128 * 1024**2
MIN_DISK: Final = 512 * 1024**2
DEFAULT_MEMORY: Final = 1024**3
DEFAULT_DISK: Final = 5 * 1024**3
IMAGES: Final = ("docker", "24.04", "noble", "lts", "22.04", "jammy", "release:24.04", "release:docker")

_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
_SIZE: Final = re.compile(r"([0-9]{1,18})(?:(\.[0-9]{1,9})?([KkMmGg])(?:i?[Bb])?|[Bb])?\Z")
_ADJECTIVES: Final = (
    "ample",
    "brisk",
    "calm",
    "daring",
    "eager",
    "fluent",
    "gentle",
    "humble",
    "jolly",
    "keen",
    "lively",
)
_ANIMALS: Final = (
    "albatross",
    "badger",
    "cicada",
    "dingo",
    "egret",
    "ferret",
    "gecko",
    "heron",
    "ibex",
    "jackal",
    "koala",
)
_FINE: Final = 0
_COMMAND_LINE: Final = 1
_FAILED: Final = 2


def parse_size(text: str) -> int | None:
    """Bytes of ``4G``, ``512M``, ``1.5G``, ``5368709120``; None when it is no size."""
    found = _SIZE.match(text)
    if found is None:
        return None
    whole, fraction, unit = found.groups()
    factor = {None: 1, "k": 1024, "m": 1024**2, "g": 1024**3}[unit.lower() if unit else None]
    return int(whole) * factor + int(float(fraction or 0) * factor)


class _Spinner:
    """A message with a turning bar behind it, on a terminal; nothing elsewhere."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._live = process.stdout.is_terminal
        self._drawing: RunningTask[None] | None = None

    async def start(self, message: str) -> None:
        if not self._live:
            return
        await self.stop()
        await self._process.stdout.write(f"\x1b[2K\r{message}  ")
        self._drawing = self._process.loop.spawn(self._draw(), "spinner")

    async def _draw(self) -> None:
        step = 0
        while True:
            step += 1
            await self._process.stdout.write("\b" + "|/-\\"[step % 4])
            await self._process.loop.sleep(SPINNER_US)

    async def stop(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
            await self._process.stdout.write("\b \x1b[2K\r")


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
        self._surroundings_of = surroundings_of
        self._random = random
        self._commands: dict[str, Callable[[Process, list[str]], Awaitable[int]]] = {
            "launch": self._launch,
            "list": self._list,
            "ls": self._list,
            "info": self._info,
            "shell": self._shell,
            "sh": self._shell,
            "connect": self._shell,
            "exec": self._exec,
            "start": self._start,
            "stop": self._stop,
            "restart": self._restart,
            "delete": self._delete,
            "recover": self._recover,
            "purge": self._purge,
            "transfer": self._transfer,
            "copy-files": self._transfer,
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
                return _FAILED
            await process.stderr.write(f"Unknown command or alias: '{words[0]}'\n")
            return _COMMAND_LINE
        if "--help" in words[1:] or "-h" in words[1:]:
            return await self._help(process, [words[0]])
        try:
            if words[0] not in ("help", "version"):
                self._require_service(process)
            return await command(process, words[1:])
        except UsageError as error:
            await process.stderr.write(f"{error}\n")
            return _COMMAND_LINE
        except HypervisorError as error:
            await process.stderr.write(f"{words[0]} failed: {error}\n")
            return _FAILED

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

    def _find_instance(self, name: str) -> Instance | None:
        return next((instance for instance in self._hypervisor.instances() if instance.name == name), None)

    # Making and ending

    async def _launch(self, process: Process, words: list[str]) -> int:
        long = {"name": "n=", "cpus": "c=", "disk": "d=", "memory": "m=", "mem": "m=", "timeout": "t="}
        long |= {"cloud-init": "C=", "network": "N=", "bridged": "b", "mount": "M="}
        options = _options(words, "bv", "ncdmtCNM", long)
        if len(options.words) > 1:
            raise UsageError("Too many arguments supplied")
        image = options.words[0] if options.words else "24.04"
        cpus = options.value("c", "1")
        if not re.fullmatch(r"[0-9]{1,4}", cpus) or int(cpus) < 1:
            raise UsageError(f"Error: invalid CPU count '{cpus}', need a positive integer value.")
        memory = _size(options.value("m"), DEFAULT_MEMORY)
        disk = _size(options.value("d"), DEFAULT_DISK)
        for letter in "CNM":
            if options.has(letter):
                raise UsageError("launch failed: cloud-init, networks and mounts are not supported by this lab")
        if options.has("n") and not _NAME.match(options.value("n")):
            raise HypervisorError(f"Invalid instance name supplied: {options.value('n')}")
        if memory < MIN_MEMORY:
            raise HypervisorError(f"Invalid memory size value supplied: {options.value('m')}.")
        if disk < MIN_DISK:
            raise HypervisorError(f"Invalid disk size value supplied: {options.value('d')}.")
        if image not in IMAGES:
            raise HypervisorError(f'Unable to find an image matching "{image}" in remote "".')
        name = options.value("n") or self._free_name(image)
        spinner = _Spinner(process)
        if self._find_instance(name) is not None:
            raise HypervisorError(f'instance "{name}" already exists')
        try:
            await self._hypervisor.launch(name, int(cpus), memory, disk, spinner.start)
        finally:
            await spinner.stop()
        await process.stdout.write(f"Launched: {name}\n")
        return _FINE

    def _free_name(self, image: str) -> str:
        taken = [instance.name for instance in self._hypervisor.instances()]
        if image.endswith("docker") and "docker" not in taken:
            return "docker"
        while True:
            name = f"{self._random.choice(_ADJECTIVES)}-{self._random.choice(_ANIMALS)}"
            if name not in taken:
                return name

    async def _start(self, process: Process, words: list[str]) -> int:
        names = self._names(_options(words, "v", "", {"all": "a", "timeout": "t="}, "a"))
        problems = ""
        for name in names:
            instance = self._find_instance(name)
            if instance is None:
                problems += f"Instance '{name}' does not exist.\n"
            elif instance.state == "Deleted":
                ending = "Use 'recover' to recover it or 'purge' to permanently delete it."
                problems += f"Instance '{name}' is deleted. {ending}\n"
        if problems:
            await process.stderr.write(f"start failed: instance(s) missing\n{problems}")
            return _FAILED
        return await self._each(process, "Starting", names, self._hypervisor.start)

    async def _stop(self, process: Process, words: list[str]) -> int:
        options = _options(words, "vfc", "t", {"all": "a", "force": "f", "cancel": "c", "time": "t="}, "a")
        force = options.has("f")
        names = self._existing(self._names(options))
        return await self._each(process, "Stopping", names, lambda name: self._hypervisor.stop(name, force))

    async def _restart(self, process: Process, words: list[str]) -> int:
        names = self._existing(self._names(_options(words, "v", "", {"all": "a", "timeout": "t="}, "a")))
        return await self._each(process, "Restarting", names, self._hypervisor.restart)

    async def _delete(self, process: Process, words: list[str]) -> int:
        options = _options(words, "vp", "", {"all": "a", "purge": "p"}, "a")
        purge = options.has("p")
        names = self._existing(self._names(options), deleted_too=True)
        return await self._each(process, "Deleting", names, lambda name: self._hypervisor.delete(name, purge))

    async def _recover(self, process: Process, words: list[str]) -> int:
        names = self._existing(self._names(_options(words, "v", "", {"all": "a"}, "a")), deleted_too=True)
        return await self._each(process, "Recovering", names, self._hypervisor.recover)

    async def _purge(self, process: Process, words: list[str]) -> int:
        await self._hypervisor.purge()
        return _FINE

    def _names(self, options: Options) -> list[str]:
        if options.has("a"):
            if options.words:
                raise UsageError("Cannot specify name when --all option set")
            return [instance.name for instance in self._hypervisor.instances() if instance.state != "Deleted"]
        if not options.words:
            raise UsageError("Name argument or --all is required")
        return list(dict.fromkeys(options.words))

    def _existing(self, names: list[str], deleted_too: bool = False) -> list[str]:
        """``names``, when there are such instances.

        Raises:
            HypervisorError: one of them is missing, or deleted.
        """
        problems: list[str] = []
        for name in names:
            instance = self._find_instance(name)
            if instance is None:
                problems.append(f'instance "{name}" does not exist')
            elif instance.state == "Deleted" and not deleted_too:
                problems.append(f'instance "{name}" is deleted')
        if len(problems) == 1:
            raise HypervisorError(problems[0])
        if problems:
            raise HypervisorError("The following errors occurred:\n" + "\n".join(problems))
        return names

    async def _each(self, process: Process, doing: str, names: list[str], act: Callable[[str], Awaitable[None]]) -> int:
        spinner = _Spinner(process)
        await spinner.start(f"{doing} {', '.join(names)}")
        try:
            for name in names:
                await act(name)
        finally:
            await spinner.stop()
        return _FINE

    # Asking

    async def _list(self, process: Process, words: list[str]) -> int:
        options = _options(words, "v", "", {"format": "F=", "snapshots": "s", "no-ipv4": "n"})
        if options.words:
            raise UsageError("This command takes no arguments")
        kind = options.value("F", "table")
        if kind not in LISTS:
            raise UsageError("Invalid format type given.")
        if options.has("s"):
            await process.stdout.write("No snapshots found.\n")
            return _FINE
        await process.stdout.write(LISTS[kind](sorted(self._hypervisor.instances(), key=lambda i: i.name)))
        return _FINE

    async def _info(self, process: Process, words: list[str]) -> int:
        options = _options(words, "v", "", {"all": "a", "format": "F=", "no-runtime-information": "r"}, "a")
        kind = options.value("F", "table")
        if kind not in INFOS:
            raise UsageError("Invalid format type given.")
        names = self._existing(options.words, deleted_too=True)
        instances = [i for i in self._hypervisor.instances() if not names or i.name in names]
        if not instances and kind == "table":
            await process.stdout.write("No instances found.\n")
            return _FINE
        await process.stdout.write(INFOS[kind](sorted(instances, key=lambda i: i.name)))
        return _FINE

    async def _version(self, process: Process, words: list[str]) -> int:
        await process.stdout.write(f"multipass   {VERSION}\nmultipassd  {VERSION}\n")
        return _FINE

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
        return _FINE

    async def _get(self, process: Process, words: list[str]) -> int:
        known = {"client.primary-name": "primary", "local.driver": "qemu", "local.privileged-mounts": "true"}
        if words == ["--keys"]:
            await process.stdout.write("\n".join(sorted(known)) + "\n")
            return _FINE
        if len(words) != 1:
            raise UsageError("Need exactly one setting key.")
        if words[0] not in known:
            raise UsageError(f"Unrecognized settings key: '{words[0]}'")
        await process.stdout.write(known[words[0]] + "\n")
        return _FINE

    async def _help(self, process: Process, words: list[str]) -> int:
        if words and words[0] not in self._commands:
            await process.stderr.write(f"Error: Unknown Command: '{words[0]}'\n")
            return _COMMAND_LINE
        if words:
            await process.stdout.write(f"Usage: multipass {words[0]} {_USAGES.get(words[0], '')}".rstrip() + "\n")
            return _FINE
        names = sorted(name for name in self._commands if name not in ("sh", "ls", "connect", "copy-files"))
        lines = "".join(f"  {name:<12} {_PURPOSES[name]}\n" for name in names)
        await process.stdout.write(
            f"Usage: multipass <command> [options]\nManage virtual machines.\n\nCommands:\n{lines}"
        )
        return _FINE

    # Going in

    def _running(self, name: str) -> Surroundings | None:
        """The world of an instance; None when it is not running.

        Raises:
            HypervisorError: there is none of that name, or it is deleted.
        """
        self._existing([name])
        instance = self._find_instance(name)
        return self._surroundings_of(name) if instance is not None and instance.state == "Running" else None

    async def _reached(self, process: Process, name: str) -> Surroundings:
        there = self._running(name)
        if there is None:
            await self._each(process, "Starting", [name], self._hypervisor.start)
            there = self._surroundings_of(name)
        if there is None:
            raise HypervisorError(f'instance "{name}" is not running')
        return there

    async def _shell(self, process: Process, words: list[str]) -> int:
        options = _options(words, "v", "", {"timeout": "t="})
        if len(options.words) > 1:
            raise UsageError("Too many arguments given")
        there = await self._reached(process, options.words[0] if options.words else "primary")
        if isinstance(process, Invocation) and isinstance(process.stdin, TerminalReader) and process.stdin.is_terminal:
            if there.motd:
                await process.stdout.write(there.motd)
            return await process.shell.nested(there, process.stdin)
        text = (await process.stdin.read()).decode("utf-8", "surrogateescape")
        return await self._command(process, there, text)

    async def _exec(self, process: Process, words: list[str]) -> int:
        directory = ""
        while words and words[0].startswith("-") and words[0] != "--":
            option = words.pop(0)
            if option in ("-d", "--working-directory") and words:
                directory = words.pop(0)
            elif option.startswith("--working-directory="):
                directory = option.partition("=")[2]
            elif option not in ("-n", "--no-map-working-directory", "-v"):
                raise UsageError(f"Unknown option '{option.lstrip('-')}'.")
        name, rest = (words[0], words[1:]) if words else ("", [])
        if rest and rest[0].startswith("-") and rest[0] != "--":
            sentence = 'Options to the inner command should come after "--", like this:'
            shown = "multipass exec <instance> -- <command> <arguments>"
            raise UsageError(f"Unknown option '{rest[0].lstrip('-')}'.\n\n{sentence}\n{shown}")
        rest = rest[1:] if rest[:1] == ["--"] else rest
        if not name or not rest:
            raise UsageError("Wrong number of arguments")
        there = await self._reached(process, name)
        from playground.shell.parameters import quoted

        text = " ".join(quoted(word) if word else "''" for word in rest)
        return await self._command(process, there, f"cd {quoted(directory)} && {text}" if directory else text)

    async def _command(self, process: Process, there: Surroundings, text: str) -> int:
        """Run a command over there, as ssh does: with this process's streams, ended by Ctrl-C or a power cut."""
        loop = process.loop
        task = loop.spawn(
            run_command(there, text, flavour="bash", stdin=process.stdin, stdout=process.stdout, stderr=process.stderr),
            "multipass exec",
        )
        power = PowerWatch(loop, there.gone, task)
        try:
            return (await task).exit
        except Interrupted:
            task.throw(Interrupted())
            raise
        except BaseException:
            task.cancel()
            if not power.went_off:
                raise
            await process.stderr.write("exec failed: connection to the instance was lost\n")
            return _FAILED
        finally:
            power.stop()

    async def _transfer(self, process: Process, words: list[str]) -> int:
        options = _options(words, "rpv", "", {"recursive": "r", "parents": "p"})
        if len(options.words) < 2:
            raise UsageError("Not enough arguments given")
        if not isinstance(process, Invocation):
            raise HypervisorError("no files here")
        *sources, target = options.words
        for source in sources:
            data = await self._read(process, source)
            name = source.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
            await self._write(process, target, data, name)
        return _FINE

    async def _read(self, process: Invocation, source: str) -> bytes:
        name, colon, path = source.partition(":")
        try:
            if source == "-":
                return await process.stdin.read()
            if colon:
                there = await self._reached(process, name)
                return there.files.at(user=there.user).read(path)
            return process.files.read(source)
        except OSError as error:
            where = "remote" if colon else "local"
            raise HypervisorError(f'[sftp] cannot open {where} file "{path or source}": {error.strerror}') from None

    async def _write(self, process: Invocation, target: str, data: bytes, source_name: str) -> None:
        name, colon, path = target.partition(":")
        if target == "-":
            await process.stdout.write(data)
            return
        if colon:
            there = await self._reached(process, name)
            files = there.files.at(user=there.user)
        else:
            files, path = process.files, target
        path = path or "."
        if files.is_directory(path):
            path = f"{path.rstrip('/')}/{source_name}"
        try:
            files.write(path, data)
        except OSError as error:
            where = "remote" if colon else "local"
            raise HypervisorError(f'[sftp] cannot open {where} file "{path}": {error.strerror}') from None


def _options(words: list[str], flags: str, valued: str, long: dict[str, str], more_flags: str = "") -> Options:
    try:
        return read_options(words, flags + more_flags, valued, long | {"verbose": "v"})
    except UsageError as error:
        found = re.search(r"option '?(?:-- ')?-*([^' ]+)'", str(error))
        name = found.group(1) if found else str(error)
        if "requires" in str(error):
            raise UsageError(f"Missing value after '{'-' if len(name) == 1 else '--'}{name}'.") from None
        raise UsageError(f"Unknown option '{name}'.") from None


def _size(text: str, default: int) -> int:
    if not text:
        return default
    size = parse_size(text)
    if size is None:
        raise UsageError(f"error: {text} is not a valid memory size")
    return size


_PURPOSES: Final = {
    "launch": "Make a virtual machine and start it",
    "list": "Show all machines",
    "info": "Show more of some machines",
    "shell": "Work in a shell on a machine",
    "exec": "Run one command on a machine",
    "start": "Switch machines on",
    "stop": "Switch machines off",
    "restart": "Switch machines off and on again",
    "delete": "Put machines in the bin",
    "recover": "Take machines out of the bin",
    "purge": "Empty the bin",
    "transfer": "Copy files to or from a machine",
    "version": "Show the version",
    "help": "Show this, or a command's usage",
    "find": "Show what can be launched",
    "get": "Show a setting",
}
_USAGES: Final = {
    "launch": "[--name NAME] [--cpus N] [--memory SIZE] [--disk SIZE] [IMAGE]",
    "list": "[--format table|json|csv|yaml]",
    "info": "[--format table|json|csv|yaml] [NAME...]",
    "shell": "[NAME]",
    "exec": "[--working-directory DIR] NAME -- COMMAND",
    "start": "[--all] NAME...",
    "stop": "[--all] [--force] NAME...",
    "restart": "[--all] NAME...",
    "delete": "[--all] [--purge] NAME...",
    "recover": "[--all] NAME...",
    "transfer": "SOURCE... TARGET (NAME:PATH for a file on a machine, - for input or output)",
}
