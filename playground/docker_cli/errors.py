"""Why a command ends other than well. ``main`` turns each of these into text on stderr and an exit code."""


class CommandFailed(Exception):
    """The command is over: ``message`` goes to stderr (nothing when empty), ``code`` is its exit code.

    Source: docker/cli cli/error.go (StatusError).
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class UsageFailed(CommandFailed):
    """A flag was wrong: three paragraphs (what, the usage line, where to read more) and exit code 125."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 125)


class HelpWanted(Exception):
    """The command was asked to show its help instead of doing anything."""


class FlagValueError(ValueError):
    """A flag does not take this value; ``str(error)`` is the reason as the flag's type words it."""


def joined(errors: list[str], code: int = 1) -> None:
    """Raise one failure with one message a line, if there was any.

    Raises:
        CommandFailed: ``errors`` is not empty.
    """
    if errors:
        raise CommandFailed("\n".join(errors), code)
