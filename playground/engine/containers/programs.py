"""Which commands an image has, and which of them is its main program."""

from playground.engine.errors import BadParameter
from playground.engine.images.life import Image, Life
from playground.engine.images.userlands import USERLANDS

_SHELLS = ("sh", "ash", "bash", "dash")


class CommandNotFound(BadParameter):
    """runc could not start the command. ``exit_code`` is what the container or exec ends with."""

    exit_code = 127


def start_failure(word: str, prefix: str) -> CommandNotFound:
    """The engine's sentence for a command that is not in the image."""
    reason = f'exec: "{word}": executable file not found in $PATH'
    if "/" in word:
        reason = f'exec: "{word}": stat {word}: no such file or directory'
    return CommandNotFound(f"{prefix}unable to start container process: {reason}: unknown")


RUN_FAILURE = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
)
EXEC_FAILURE = "OCI runtime exec failed: exec failed: "


def has_command(image: Image, word: str) -> bool:
    """True when an image has the program; paths count by their last part in the usual directories."""
    directory, _, name = word.rpartition("/")
    if name == "getent" and image.repository == "busybox":
        return False  # It comes with a C library's own tools, which the image of BusyBox alone leaves out.
    if directory and directory not in ("/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin"):
        return word in (*image.entrypoint, *image.command[:1], *image.programs)
    return (
        name in USERLANDS[image.userland] or name in image.programs or word in (*image.entrypoint, *image.command[:1])
    )


def main_program(image: Image, words: list[str]) -> Life | None:
    """The scripted life that a command line starts; None means that a shell runs it.

    Raises:
        CommandNotFound: the image does not have the command.
    """
    if not has_command(image, words[0]):
        raise start_failure(words[0], RUN_FAILURE)
    rest = words
    wrapped = tuple(words[: len(image.entrypoint)]) == image.entrypoint and bool(image.entrypoint)
    life = image.life
    if wrapped and image.entrypoint[: len(life.main)] != life.main:
        rest = words[len(image.entrypoint) :]
        if rest and rest[0].startswith("-") and life.main:
            rest = [*life.main, *rest]
        if rest and not has_command(image, rest[0]):
            raise start_failure(rest[0], RUN_FAILURE)
    if life.main and tuple(rest[: len(life.main)]) == life.main:
        return life
    return None


def command_of(image: Image, words: list[str]) -> list[str]:
    """The words that the shell runs: without an entrypoint script that only hands over to them."""
    if (
        image.entrypoint
        and tuple(words[: len(image.entrypoint)]) == image.entrypoint
        and len(words) > len(image.entrypoint)
    ):
        return words[len(image.entrypoint) :]
    return words


def is_shell(word: str) -> bool:
    return word.rpartition("/")[2] in _SHELLS
