"""Who somebody is on a machine: whoami, id, groups.

Source: GNU coreutils.
"""

from typing import Final

from playground.api.owners import number_of
from playground.shell.tool import Invocation, Tool


async def whoami(invocation: Invocation) -> int:
    await invocation.stdout.write(invocation.user + "\n")
    return 0


_GROUPS = {"root": ("root",), "ubuntu": ("ubuntu", "adm", "sudo", "docker")}
"""Who is in which groups; anybody else is in none but their own."""


def groups_of(user: str) -> tuple[str, ...]:
    """The groups of a user, the user's own first."""
    return _GROUPS.get(user, (user,))


async def identity(invocation: Invocation) -> int:
    user = invocation.user
    number = number_of(user)
    words = invocation.arguments[1:]
    if words in (["-u"], ["-g"]):
        await invocation.stdout.write(f"{number}\n")
    elif words in (["-un"], ["-gn"], ["-u", "-n"]):
        await invocation.stdout.write(f"{user}\n")
    elif words == ["-G"]:
        await invocation.stdout.write(f"{' '.join(str(number_of(group)) for group in groups_of(user))}\n")
    elif words in (["-Gn"], ["-nG"]):
        await invocation.stdout.write(f"{' '.join(groups_of(user))}\n")
    else:
        groups = ",".join(f"{number_of(group)}({group})" for group in groups_of(user))
        await invocation.stdout.write(f"uid={number}({user}) gid={number}({user}) groups={groups}\n")
    return 0


async def groups(invocation: Invocation) -> int:
    await invocation.stdout.write(f"{' '.join(groups_of(invocation.user))}\n")
    return 0


IDENTITY_TOOLS: Final[dict[str, Tool]] = {"whoami": whoami, "id": identity, "groups": groups, "logname": whoami}
