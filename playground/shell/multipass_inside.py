"""Going into instances with multipass."""

from playground.api.machine import HypervisorError
from playground.api.process import Interrupted, Process, TerminalReader
from playground.shell.multipass_instances import Instances
from playground.shell.multipass_words import FAILED, FINE, read_words
from playground.shell.parameters import quoted
from playground.shell.power_watch import PowerWatch
from playground.shell.run import run_command
from playground.shell.surroundings import Surroundings
from playground.shell.tool import Invocation, UsageError


class Inside:
    """The commands that reach into an instance: ``shell``, ``exec``, ``transfer``."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    async def shell(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "v", "", {"timeout": "t="})
        if len(options.words) > 1:
            raise UsageError("Too many arguments given")
        there = await self._instances.reached(process, options.words[0] if options.words else "primary")
        if isinstance(process, Invocation) and isinstance(process.stdin, TerminalReader) and process.stdin.is_terminal:
            if there.motd:
                await process.stdout.write(there.motd)
            return await process.shell.nested(there, process.stdin)
        text = (await process.stdin.read()).decode("utf-8", "surrogateescape")
        return await self._command(process, there, text)

    async def exec(self, process: Process, words: list[str]) -> int:
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
        there = await self._instances.reached(process, name)
        text = " ".join(quoted(word) for word in rest)
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
            return FAILED
        finally:
            power.stop()

    async def transfer(self, process: Process, words: list[str]) -> int:
        options = read_words(words, "rpv", "", {"recursive": "r", "parents": "p"})
        if len(options.words) < 2:
            raise UsageError("Not enough arguments given")
        if not isinstance(process, Invocation):
            raise HypervisorError("no files here")
        *sources, target = options.words
        for source in sources:
            data = await self._read(process, source)
            name = source.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
            await self._write(process, target, data, name)
        return FINE

    async def _read(self, process: Invocation, source: str) -> bytes:
        name, colon, path = source.partition(":")
        try:
            if source == "-":
                return await process.stdin.read()
            if colon:
                there = await self._instances.reached(process, name)
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
            there = await self._instances.reached(process, name)
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
