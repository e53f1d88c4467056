"""What can be run, and in which environment: env, printenv, which."""

from typing import Final

from playground.shell.tool import Invocation, Tool


async def environment(invocation: Invocation) -> int:
    """``env``, and ``printenv``."""
    own = dict(invocation.environment)
    words = invocation.arguments[1:]
    if invocation.name == "printenv" and words:
        status = 0
        for name in words:
            if name in own:
                await invocation.stdout.write(own[name] + "\n")
            else:
                status = 1
        return status
    while words:
        if words[0] in ("-i", "-", "--ignore-environment"):
            own = {}
        elif words[0] == "-u" and len(words) > 1:
            words.pop(0)
            own.pop(words[0], None)
        elif "=" in words[0] and not words[0].startswith("-"):
            name, _, value = words[0].partition("=")
            own[name] = value
        else:
            break
        words.pop(0)
    if words:
        if invocation.shell.finds(words[0]) is None:
            return await invocation.complain(f"\u2018{words[0]}\u2019: No such file or directory", 127)
        return await invocation.shell.run(words, environment=own)
    for name, value in own.items():
        await invocation.stdout.write(f"{name}={value}\n")
    return 0


async def busybox(invocation: Invocation) -> int:
    """An applet of BusyBox by its name, as ``busybox ls``; says what it is when none is named."""
    applet = invocation.arguments[1:]
    if not applet:
        await invocation.stdout.write("BusyBox v1.37.0 multi-call binary.\n\nUsage: busybox COMMAND [ARGUMENT...]\n")
        return 0
    if invocation.shell.finds(applet[0]) is None:
        await invocation.stderr.write(f"{applet[0]}: applet not found\n")
        return 127
    return await invocation.shell.run(applet)


async def which(invocation: Invocation) -> int:
    status = 0
    for name in invocation.arguments[1:]:
        if name.startswith("-"):
            continue
        path = invocation.shell.finds(name)
        if path is None:
            status = 1
        else:
            await invocation.stdout.write(path + "\n")
    return status


PROGRAM_TOOLS: Final[dict[str, Tool]] = {
    "env": environment,
    "printenv": environment,
    "which": which,
}
