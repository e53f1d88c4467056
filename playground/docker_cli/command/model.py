"""A command of the tree as data, and the rules for how many words it takes.

Source: docker/cli cli/required.go; spf13/cobra command.go.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values

if TYPE_CHECKING:
    from playground.docker_cli.cli import Cli

Run = Callable[["Cli", Values], Awaitable[int | None]]
Arguments = Callable[["Command", list[str]], None]


@dataclass(slots=True)
class Command:
    """A verb (with ``run``) or a noun (with ``children``).

    ``use`` is its usage line without what stands above it. ``also`` are full paths of
    the same command elsewhere in the tree. ``swarm`` says when help lists it:
    ``manager`` on managers only, ``active`` in a swarm only, an empty string always;
    None for a command that has nothing to do with Swarm. ``top`` orders the common
    commands of the root. ``completes`` names the kind of object its words are.
    """

    use: str
    short: str
    run: Run | None = None
    arguments: Arguments | None = None
    flags: tuple[Flag, ...] = ()
    aliases: tuple[str, ...] = ()
    also: str = ""
    long: str = ""
    children: list["Command"] = field(default_factory=list)
    swarm: str | None = None
    top: int = 0
    hidden: bool = False
    interspersed: bool = True
    any_flags: bool = False
    """Its flags are not looked at, ``--help`` aside: it refuses whatever it is asked."""
    completes: str = ""
    parent: "Command | None" = None

    @property
    def name(self) -> str:
        return self.use.split(" ", 1)[0]

    @property
    def path(self) -> str:
        """``docker service ls``."""
        return f"{self.parent.path} {self.name}" if self.parent else self.name

    @property
    def use_line(self) -> str:
        return f"{self.parent.path} {self.use}" if self.parent else self.use

    def child(self, name: str) -> "Command | None":
        for command in self.children:
            if command.name == name or name in command.aliases:
                return command
        return None

    def adopt(self, *children: "Command") -> "Command":
        """Hang commands below this one, in order of their names."""
        for child in children:
            child.parent = self
        self.children = sorted([*self.children, *children], key=lambda command: command.name)
        return self


def none(command: Command, words: list[str]) -> None:
    """No words at all."""
    if not words:
        return
    if command.children:
        raise CommandFailed(
            f"docker: unknown command: {command.path} {words[0]}\n\n"
            f"Usage:  {command.use_line}\n\nRun '{command.path} --help' for more information"
        )
    raise _refusal(command, "accepts no arguments", "Run")


def exactly(number: int) -> Arguments:
    def check(command: Command, words: list[str]) -> None:
        if len(words) != number:
            raise _refusal(command, f"requires {number} {_arguments(number)}", "Run")

    return check


def at_least(number: int) -> Arguments:
    def check(command: Command, words: list[str]) -> None:
        if len(words) < number:
            raise _refusal(command, f"requires at least {number} {_arguments(number)}", "See")

    return check


def at_most(number: int) -> Arguments:
    def check(command: Command, words: list[str]) -> None:
        if len(words) > number:
            raise _refusal(command, f"requires at most {number} {_arguments(number)}", "SRun")

    return check


def between(least: int, most: int) -> Arguments:
    def check(command: Command, words: list[str]) -> None:
        if not least <= len(words) <= most:
            raise _refusal(command, f"requires at least {least} and at most {most} {_arguments(most)}", "Run")

    return check


def _arguments(number: int) -> str:
    return "argument" if number == 1 else "arguments"


def _refusal(command: Command, what: str, verb: str) -> CommandFailed:
    return CommandFailed(
        f"docker: '{command.path}' {what}\n\n"
        f"Usage:  {command.use_line}\n\n{verb} '{command.path} --help' for more information"
    )
