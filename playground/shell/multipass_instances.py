"""Which instances a multipass command means."""

from collections.abc import Awaitable, Callable

from playground.api.machine import Hypervisor, HypervisorError, Instance
from playground.api.process import Process
from playground.shell.multipass_spinner import Spinner
from playground.shell.multipass_words import FINE
from playground.shell.surroundings import Surroundings
from playground.shell.tool import UsageError
from playground.shell.tools.options import Options


class Instances:
    """The instances of a host as commands mean them, and the worlds inside those that run."""

    def __init__(self, hypervisor: Hypervisor, surroundings_of: Callable[[str], Surroundings | None]) -> None:
        self._hypervisor = hypervisor
        self._surroundings_of = surroundings_of

    def find(self, name: str) -> Instance | None:
        """The instance of that name, deleted or not."""
        return next((instance for instance in self._hypervisor.instances() if instance.name == name), None)

    def named(self, options: Options) -> list[str]:
        """The names that a command got, or with ``--all`` all of them.

        Raises:
            UsageError: there are none, or both.
        """
        if options.has("a"):
            if options.words:
                raise UsageError("Cannot specify name when --all option set")
            return [instance.name for instance in self._hypervisor.instances() if instance.state != "Deleted"]
        if not options.words:
            raise UsageError("Name argument or --all is required")
        return list(dict.fromkeys(options.words))

    def existing(self, names: list[str], deleted_too: bool = False) -> list[str]:
        """``names``, when there are such instances.

        Raises:
            HypervisorError: one of them is missing, or deleted.
        """
        problems: list[str] = []
        for name in names:
            instance = self.find(name)
            if instance is None:
                problems.append(f'instance "{name}" does not exist')
            elif instance.state == "Deleted" and not deleted_too:
                problems.append(f'instance "{name}" is deleted')
        if len(problems) == 1:
            raise HypervisorError(problems[0])
        if problems:
            raise HypervisorError("The following errors occurred:\n" + "\n".join(problems))
        return names

    async def each(self, process: Process, doing: str, names: list[str], act: Callable[[str], Awaitable[None]]) -> int:
        """Act on instances one after the other, while the spinner says what is done."""
        spinner = Spinner(process)
        await spinner.start(f"{doing} {', '.join(names)}")
        try:
            for name in names:
                await act(name)
        finally:
            await spinner.stop()
        return FINE

    def running(self, name: str) -> Surroundings | None:
        """The world of an instance; None when it is not running.

        Raises:
            HypervisorError: there is none of that name, or it is deleted.
        """
        self.existing([name])
        instance = self.find(name)
        return self._surroundings_of(name) if instance is not None and instance.state == "Running" else None

    async def reached(self, process: Process, name: str) -> Surroundings:
        """The world of an instance, which is started where it does not run.

        Raises:
            HypervisorError: it cannot be.
        """
        there = self.running(name)
        if there is None:
            await self.each(process, "Starting", [name], self._hypervisor.start)
            there = self._surroundings_of(name)
        if there is None:
            raise HypervisorError(f'instance "{name}" is not running')
        return there
