"""systemctl and service: the Docker daemon of a machine is stopped and started. Other services are not there.

Sentences after systemd 255 and Ubuntu 24.04. Nothing starts the daemon again by itself: its socket does not.
"""

from typing import Final

from playground.shell.dates import date_text
from playground.shell.tool import Invocation, Tool

_NAMES: Final = ("docker", "docker.service", "docker.socket")
_CHANGES: Final = ("start", "stop", "restart", "reload", "try-restart", "reload-or-restart", "force-reload")
_DENIED: Final = "Interactive authentication required."


async def systemctl(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    action, units = (words[0], words[1:]) if words else ("list-units", [])
    if action in ("daemon-reload", "list-units", "list-unit-files"):
        return 0
    if action not in (*_CHANGES, "status", "is-active", "is-enabled", "is-failed", "enable", "disable"):
        await invocation.stderr.write(f"Unknown command verb '{action}', did you mean 'status'?\n")
        return 1
    if not units:
        await invocation.stderr.write("Too few arguments.\n")
        return 1
    status = 0
    for unit in dict.fromkeys(unit.removesuffix(".service") for unit in units):
        status = await _act(invocation, action, unit) or status
    return status


async def service(invocation: Invocation) -> int:
    """``service NAME ACTION``, the older way to say it."""
    words = invocation.arguments[1:]
    if len(words) < 2:
        await invocation.stderr.write("Usage: service < option > | --status-all | [ service_name [ command ] ]\n")
        return 1
    name, action = words[0], words[1]
    if name != "docker":
        await invocation.stderr.write(f"{name}: unrecognized service\n")
        return 1
    if action not in (*_CHANGES, "status"):
        await invocation.stderr.write(f"Usage: service {name} {{start|stop|restart|status}}\n")
        return 3
    return await _act(invocation, action, name)


async def _act(invocation: Invocation, action: str, unit: str) -> int:
    daemon = invocation.surroundings.daemon
    if unit not in _NAMES or daemon is None:
        if action in ("is-active", "is-enabled", "is-failed"):
            await invocation.stdout.write("inactive\n" if action == "is-active" else "not-found\n")
            return 4
        full = unit if "." in unit else f"{unit}.service"
        if action == "status":
            await invocation.stderr.write(f"Unit {full} could not be found.\n")
            return 4
        await invocation.stderr.write(f"Failed to {action} {full}: Unit {full} not found.\n")
        return 5
    if action in ("is-active", "is-enabled", "is-failed"):
        word = "enabled" if action == "is-enabled" else "active" if daemon.running else "inactive"
        await invocation.stdout.write(word + "\n")
        return 0 if action == "is-enabled" or (daemon.running == (action == "is-active")) else 3
    if action == "status":
        return await _status(invocation, daemon.running, daemon.since_us)
    if invocation.user != "root":
        await invocation.stderr.write(
            f"Failed to {action} docker.service: {_DENIED}\n"
            "See system logs and 'systemctl status docker.service' for details.\n"
        )
        return 1
    if unit == "docker.socket" or action in ("enable", "disable", "reload"):
        return 0
    if action in ("stop", "restart", "try-restart", "reload-or-restart", "force-reload"):
        await daemon.stop()
    if action != "stop":
        await daemon.start()
    return 0


async def _status(invocation: Invocation, running: bool, since_us: int) -> int:
    since = date_text("%a %Y-%m-%d %H:%M:%S UTC", invocation.surroundings.wall_us + since_us)
    state = f"active (running) since {since}" if running else f"inactive (dead) since {since}"
    await invocation.stdout.write(
        f"{'●' if running else '○'} docker.service - Docker Application Container Engine\n"
        "     Loaded: loaded (/usr/lib/systemd/system/docker.service; enabled; preset: enabled)\n"
        f"     Active: {state}\n"
        "TriggeredBy: ● docker.socket\n"
        "       Docs: https://docs.docker.com\n"
    )
    return 0 if running else 3


SERVICE_TOOLS: Final[dict[str, Tool]] = {"systemctl": systemctl, "service": service}
