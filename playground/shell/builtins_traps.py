"""The builtin ``trap``: what happens at signals, failures and the end."""

from typing import TYPE_CHECKING

from playground.shell.parameters import single_quoted
from playground.shell.signals import CONDITIONS, SIGNALS, signal_named, signal_table

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


async def trap(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word != "--"]
    traps = shell.state.traps
    if words == ["-l"]:
        await shell.write(signal_table())
        return 0
    if not words or words[0] == "-p":
        for name in sorted(traps, key=_order_of_trap):
            if not words[1:] or name in map(_trapped, words[1:]):
                await shell.write(f"trap -- {single_quoted(traps[name])} {'SIG' * (name in SIGNALS)}{name}\n")
        return 0
    action, names = (words[0], words[1:]) if len(words) > 1 else ("-", words)
    status = 0
    for word in names:
        condition = _trapped(word)
        if condition is None:
            await shell.complain(f"trap: {word}: invalid signal specification")
            status = 1
        elif action == "-":
            traps.pop(condition, None)
        else:
            traps[condition] = action
    return status


def _trapped(word: str) -> str | None:
    """What a word for ``trap`` names."""
    if word == "0":
        return "EXIT"
    return word.upper() if word.upper() in CONDITIONS else signal_named(word)


def _order_of_trap(name: str) -> int:
    return 0 if name == "EXIT" else SIGNALS.get(name, 65 + CONDITIONS.index(name) if name in CONDITIONS else 0)
