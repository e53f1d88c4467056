"""Who somebody is on a machine: whoami, id, groups.

Source: GNU coreutils.
"""

from typing import Final

from playground.api.accounts import account_of, group_name, memberships
from playground.api.owners import number_of
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse

_GROUPS = {"root": ("root",), "ubuntu": ("ubuntu", "adm", "sudo", "docker")}
"""Who is in which groups; anybody else is in none but their own."""


def groups_of(user: str) -> tuple[str, ...]:
    """The groups of a user of a machine, the user's own first."""
    return _GROUPS.get(user, (user,))


async def whoami(invocation: Invocation) -> int:
    user = invocation.user
    if user.isdecimal():
        unknown = (
            f"unknown uid {user}" if invocation.surroundings.sh == "busybox" else f"cannot find name for user ID {user}"
        )
        return await invocation.complain(unknown)
    await invocation.stdout.write(user + "\n")
    return 0


def _numbers(invocation: Invocation, user: str) -> tuple[int, int, tuple[int, ...]]:
    """The number of a user, of the group that new files belong to, and of all groups."""
    account = account_of(invocation.files, user)
    number = number_of(user) if account is None else account.user_id
    if user == invocation.surroundings.user and invocation.surroundings.groups:
        first, *groups = invocation.surroundings.groups
        return number, first, tuple(groups)
    found = (number,) if account is None else memberships(invocation.files, account)
    return number, found[0], found


async def identity(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "Ggnru")
    except UsageError as error:
        return await refuse(invocation, error)
    user = options.words[0] if options.words else invocation.user
    account = account_of(invocation.files, user)
    if options.words and account is None:
        busybox = invocation.surroundings.sh == "busybox"
        return await invocation.complain(f"unknown user {user}" if busybox else f"\u2018{user}\u2019: no such user")
    number, first, groups = _numbers(invocation, user)
    names = [group_name(invocation.files, group) for group in groups]
    letters = "".join(letter for letter in "Ggnu" if options.has(letter))
    if letters in ("nu", "gn") and not (group_name(invocation.files, first) if letters == "gn" else account):
        unknown = (
            f"unknown ID {number}"
            if invocation.surroundings.sh == "busybox"
            else f"cannot find name for user ID {number}"
        )
        return await invocation.complain(unknown)
    texts = {
        "u": str(number),
        "g": str(first),
        "nu": user,
        "gn": group_name(invocation.files, first),
        "G": " ".join(str(group) for group in groups),
        "Gn": " ".join(name or str(group) for group, name in zip(groups, names, strict=True)),
    }

    def shown(number: int, name: str) -> str:
        return f"{number}({name})" if name else str(number)

    whole = (
        f"uid={shown(number, '' if user.isdecimal() else user)} "
        f"gid={shown(first, group_name(invocation.files, first))} "
        f"groups={','.join(shown(group, name) for group, name in zip(groups, names, strict=True))}"
    )
    await invocation.stdout.write(texts.get(letters, whole) + "\n")
    return 0


async def groups(invocation: Invocation) -> int:
    _, _, numbers = _numbers(invocation, invocation.user)
    await invocation.stdout.write(f"{' '.join(group_name(invocation.files, each) or str(each) for each in numbers)}\n")
    return 0


IDENTITY_TOOLS: Final[dict[str, Tool]] = {"whoami": whoami, "id": identity, "groups": groups, "logname": whoami}
