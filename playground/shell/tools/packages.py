"""Tools that install programs, of which there are none to install: apt, snap."""

from typing import Final

from playground.shell.tool import Invocation, Tool


async def apt(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    action = words[0] if words else ""
    if action in ("install", "remove", "purge", "update", "upgrade") and invocation.user != "root":
        lock = "/var/lib/apt/lists/lock" if action == "update" else "/var/lib/dpkg/lock-frontend"
        await invocation.stderr.write(f"E: Could not open lock file {lock} - open (13: Permission denied)\n")
        if action != "update":
            await invocation.stderr.write(f"E: Unable to acquire the dpkg frontend lock ({lock}), are you root?\n")
        return 100
    if action in ("update", "upgrade"):
        await invocation.stdout.write("Reading package lists... Done\nBuilding dependency tree... Done\n")
        await invocation.stdout.write("All packages are up to date.\n")
        return 0
    if action != "install":
        await invocation.stderr.write(f"E: Invalid operation {action}\n")
        return 100
    await invocation.stdout.write("Reading package lists... Done\nBuilding dependency tree... Done\n")
    status = 0
    for name in words[1:]:
        if invocation.shell.finds({"docker.io": "docker", "docker-ce": "docker", "snapd": "snap"}.get(name, name)):
            await invocation.stdout.write(f"{name} is already the newest version.\n")
        else:
            await invocation.stderr.write(f"E: Unable to locate package {name}\n")
            status = 100
    if status == 0:
        await invocation.stdout.write("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
    return status


async def snap(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    match words:
        case ["install", *names] if names:
            if invocation.user != "root":
                sentence = "access denied (try with sudo)"
                await invocation.stderr.write(f"error: {sentence}\n")
                return 1
            status = 0
            for name in names:
                if invocation.shell.finds(name) is not None:
                    await invocation.stderr.write(f"snap \"{name}\" is already installed, see 'snap help refresh'\n")
                else:
                    await invocation.stderr.write(f'error: snap "{name}" not found\n')
                    status = 1
            return status
        case ["list", *_]:
            await invocation.stdout.write("Name       Version  Rev    Tracking       Publisher   Notes\n")
            if invocation.shell.finds("multipass") is not None:
                await invocation.stdout.write("multipass  1.15.1   14535  latest/stable  canonical✓  -\n")
            return 0
        case _:
            await invocation.stderr.write("error: only snap install and snap list are known here\n")
            return 64


PACKAGE_TOOLS: Final[dict[str, Tool]] = {"apt": apt, "apt-get": apt, "snap": snap}
