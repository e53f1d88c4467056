"""Tools that tell about the terminal or clear it: clear, reset, tty, stty, tput."""

from typing import Final

from playground.shell.tool import Invocation, Tool


async def clear(invocation: Invocation) -> int:
    await invocation.stdout.write("\x1b[H\x1b[2J\x1b[3J" if invocation.name == "clear" else "\x1bc")
    return 0


async def tty(invocation: Invocation) -> int:
    await invocation.stdout.write("/dev/pts/0\n" if invocation.stdin.is_terminal else "not a tty\n")
    return 0 if invocation.stdin.is_terminal else 1


async def stty(invocation: Invocation) -> int:
    if invocation.arguments[1:] == ["size"] and invocation.stdout.is_terminal:
        await invocation.stdout.write(f"{invocation.stdout.rows} {invocation.stdout.columns}\n")
    return 0


async def tput(invocation: Invocation) -> int:
    answers = {
        "cols": f"{invocation.stdout.columns}\n",
        "lines": f"{invocation.stdout.rows}\n",
        "clear": "\x1b[H\x1b[2J",
    }
    answers |= {"bold": "\x1b[1m", "sgr0": "\x1b(B\x1b[m"}
    await invocation.stdout.write(answers.get((invocation.arguments[1:] or [""])[0], ""))
    return 0


SCREEN_TOOLS: Final[dict[str, Tool]] = {"clear": clear, "reset": clear, "tty": tty, "stty": stty, "tput": tput}
