"""The ``docker`` command: finds the verb in the tree, reads its flags, runs it, and words what went wrong.

Source: docker/cli cmd/docker/docker.go, cli/cobra.go; spf13/cobra command.go (Traverse, execute).
"""

from playground.api import ApiError, EngineClient, EngineUnreachable, Interrupted, Process
from playground.api.client import ENGINE_VERSION, GIT_COMMIT
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command
from playground.docker_cli.command.tree import root
from playground.docker_cli.endpoint import choose_engine
from playground.docker_cli.errors import CommandFailed, HelpWanted, UsageFailed
from playground.docker_cli.flags.flagset import FlagError, Values
from playground.docker_cli.help import help_text


async def main(process: Process, client: EngineClient) -> int:
    """Run ``docker`` with ``process.arguments`` (the first is ``docker``) and return its exit code."""
    cli = Cli(process, client)
    try:
        return await _dispatch(cli, process.arguments[1:])
    except CommandFailed as failure:
        if failure.message:
            await cli.complain(failure.message + "\n")
        return failure.code
    except OSError as error:
        if error.filename is None:
            raise  # not a file of ours: whoever reads the output has gone
        await cli.complain(error_text(error) + "\n")
        return 1
    except (ApiError, EngineUnreachable) as error:
        await cli.complain(error_text(error) + "\n")
        return 1
    except Interrupted:
        return 130


async def _dispatch(cli: Cli, words: list[str]) -> int:
    top = root()
    values = Values(top.flags)
    try:
        values.parse(words, interspersed=False)
    except FlagError as error:
        raise _flag_failure(top, error) from None
    words = values.words
    choose_engine(cli, values)
    if await _told_of_itself(cli, top, values, help_too=not words):
        return 0
    if not words:
        await _show_help(cli, top, to_error=True)
        return 0
    if values.truth("help"):
        words = [*words, "--help"]
    command, rest = _find(top, words)
    if command is top:
        if words[0] == "help":
            return await _help(cli, top, words[1:])
        return await _unknown(cli, top, words)
    return await run_command(cli, command, rest)


async def _told_of_itself(cli: Cli, top: Command, values: Values, *, help_too: bool) -> bool:
    """Print the help or the version where a flag of ``docker`` itself asks for it; whether one did."""
    if help_too and values.truth("help"):
        await _notices(cli, values)
        await _show_help(cli, top, to_error=False)
        return True
    if values.truth("version"):
        await _show_version(cli)
        return True
    return False


async def _unknown(cli: Cli, top: Command, words: list[str]) -> int:
    """Words that name no command: flags among them are those of ``docker`` itself, and count first."""
    values = Values(top.flags)
    try:
        values.parse(words)
    except FlagError as error:
        raise _flag_failure(top, error) from None
    if await _told_of_itself(cli, top, values, help_too=True):
        return 0
    raise CommandFailed(f"docker: unknown command: docker {words[0]}\n\nRun 'docker --help' for more information")


async def run_command(cli: Cli, command: Command, words: list[str]) -> int:
    """Read the words of one command and run it.

    Raises:
        CommandFailed: flags or words are wrong, or the command fails.
    """
    values = Values(command.flags)
    try:
        if not command.any_flags:
            values.parse(words, command.interspersed)
        elif words[:1] in (["--help"], ["-h"]):
            values.parse(words[:1])
    except FlagError as error:
        raise _flag_failure(command, error) from None
    await _notices(cli, values)
    if values.truth("help"):
        await _show_help(cli, command, to_error=False)
        return 0
    if command.arguments is not None:
        command.arguments(command, values.words)
    if command.run is None:
        await _show_help(cli, command, to_error=True)
        return 0
    try:
        return await command.run(cli, values) or 0
    except FlagError as error:
        raise _flag_failure(command, error) from None
    except HelpWanted:
        await _show_help(cli, command, to_error=False)
        return 0


def _find(command: Command, words: list[str]) -> tuple[Command, list[str]]:
    """Walk down the tree as far as the words name commands; flags in between belong to the command above."""
    flags: list[str] = []
    values = Values(command.flags)
    expects_value = False
    for position, word in enumerate(words):
        if word.startswith("--") and "=" not in word:
            expects_value = not values.takes_no_value(word)
            flags.append(word)
        elif len(word) == 2 and word[0] == "-" and not values.takes_no_value(word):
            expects_value = True
            flags.append(word)
        elif expects_value:
            expects_value = False
            flags.append(word)
        elif len(word) > 1 and word[0] == "-":
            flags.append(word)
        else:
            child = command.child(word)
            if child is None:
                return command, words
            try:
                values.parse(flags)
            except FlagError as error:
                raise CommandFailed(str(error)) from None
            return _find(child, words[position + 1 :])
    return command, words


def _flag_failure(command: Command, error: FlagError) -> UsageFailed:
    return UsageFailed(f"{error}\n\nUsage:  {command.use_line}\n\nRun '{command.path} --help' for more information")


async def _show_version(cli: Cli) -> None:
    await cli.line(f"Docker version {ENGINE_VERSION}, build {GIT_COMMIT}")


async def _notices(cli: Cli, values: Values) -> None:
    for notice in values.notices:
        await cli.line(notice)


async def _help(cli: Cli, top: Command, words: list[str]) -> int:
    command = top
    for position, word in enumerate(words):
        child = command.child(word)
        if child is None:
            raise CommandFailed(f"unknown help topic: {' '.join(words[position:] if position else words)}")
        command = child
    await _show_help(cli, command, to_error=False)
    return 0


async def _show_help(cli: Cli, command: Command, to_error: bool) -> None:
    swarm = await cli.swarm_status() if command.children else None
    stdin_is_screen = cli.process.stdin.is_terminal and cli.process.stdout.is_terminal
    columns = cli.process.stdout.columns if stdin_is_screen else 80
    text = help_text(command, swarm, columns)
    await (cli.complain(text) if to_error else cli.write(text))
