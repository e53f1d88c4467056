"""Does the same to several objects: goes on after a failure, complains at the end."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.errors import CommandFailed, joined


async def each(
    cli: Cli, names: Sequence[str], act: Callable[[str], Awaitable[Any]], forgive_missing: bool = False
) -> None:
    """Act on every name and print those for which it went well.

    ``forgive_missing`` passes over what is not there.

    Raises:
        CommandFailed: it failed for some; one reason a line.
    """
    errors = []
    for name in names:
        try:
            await act(name)
        except (ApiError, EngineUnreachable, CommandFailed) as error:
            if forgive_missing and isinstance(error, ApiError) and error.status == 404:
                continue
            errors.append(error_text(error))
        else:
            await cli.line(name)
    joined(errors)
