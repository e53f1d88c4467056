"""Help texts: the layout of the real ones around our own words.

Source: docker/cli cli/cobra.go (usage template).
"""

from playground.docker_cli.command.model import Command
from playground.docker_cli.flags.usages import flag_usages, visible

_PAD = 11
_WIDTH = 80
_MORE = "For more help on how to use Docker, head to https://docs.docker.com/go/guides/"


def help_text(command: Command, swarm: str | None, columns: int = _WIDTH) -> str:
    """The help of one command.

    ``swarm`` is what the engine's ping says of itself (``inactive``, ``active/manager``,
    ...); commands that make no sense there are left out. None leaves out nothing.
    """
    children = [child for child in command.children if _listed(child, swarm)]
    parts = [_usage(command, children), (command.long or command.short).strip()]
    aliases = _aliases(command)
    if aliases:
        parts.append(f"Aliases:\n  {aliases}")
    options = flag_usages(command.flags, columns - 1).rstrip()
    if command.parent and options:
        parts.append(f"Options:\n{options}")
    parts += _lists(command, children)
    if not command.parent and options:
        parts.append(f"Global Options:\n{options}")
    if command.children:
        parts.append(f"Run '{command.path} COMMAND --help' for more information on a command.")
    if not command.parent:
        parts.append(_MORE)
    return "\n\n".join(parts) + "\n"


def _usage(command: Command, children: list[Command]) -> str:
    if not children:
        return f"Usage:  {command.use_line}"
    options = " [OPTIONS]" if visible(command.flags) else ""
    return f"Usage:  {command.path}{options} COMMAND"


def _aliases(command: Command) -> str:
    if command.also:
        return command.also
    if not command.aliases or not command.parent:
        return ""
    return ", ".join([command.path, *(f"{command.parent.path} {alias}" for alias in command.aliases)])


def _lists(command: Command, children: list[Command]) -> list[str]:
    width = max([_PAD, *(len(child.name) for child in command.children)])
    top = [] if command.parent else sorted((c for c in children if c.top), key=lambda child: child.top)
    management = [child for child in children if child.children and child.swarm is None]
    swarm = [child for child in children if child.children and child.swarm is not None]
    others = [child for child in children if not child.children and child not in top]
    lists = []
    for title, commands, pad in (
        ("Common Commands", top, width + 1),
        ("Management Commands", management, width + 1),
        ("Swarm Commands", swarm, width + 1),
        ("Commands", others, width + 1),
    ):
        if commands:
            lines = [f"  {child.name:<{pad}}{child.short}" for child in commands]
            lists.append(f"{title}:\n" + "\n".join(lines))
    return lists


def _listed(command: Command, swarm: str | None) -> bool:
    if command.hidden:
        return False
    if swarm is None or command.swarm in (None, ""):
        return True
    if command.swarm == "manager":
        return swarm == "active/manager"
    return swarm != "inactive"
