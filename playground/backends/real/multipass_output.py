"""What ``multipass`` prints, read: lists and details in JSON, the phases of a launch, and why something failed.

Source of the forms: canonical/multipass ``tests/test_output_formatter.cpp`` and ``src/platform/backends/shared/linux``.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from playground.backends.real.driver import DriverError, Power

SOCKET = "/var/snap/multipass/common/multipass_socket"
_POWERS: dict[str, Power] = {
    "running": "on",
    "starting": "booting",
    "restarting": "booting",
    "unknown": "booting",
    "delayed shutdown": "stopping",
    "suspending": "stopping",
    "suspended": "paused",
    "stopped": "off",
}
_PHASE = re.compile(r"[A-Z][A-Za-z]+(?: [\w.:%'-]+)*")
_SPINNER = re.compile(r"\s+[-\\|/]$")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x08")


@dataclass(frozen=True, slots=True)
class Instance:
    """A virtual machine as ``multipass list`` tells it. ``address`` is empty until it has one."""

    name: str
    power: Power
    address: str


def instances(text: str) -> list[Instance]:
    """Read ``multipass list --format json``; deleted ones are left out.

    Raises:
        DriverError: it is not that.
    """
    listed = _json(text).get("list")
    if not isinstance(listed, list):
        raise DriverError("multipass list printed something unexpected; is it version 1.8 or newer?")
    found = []
    for entry in listed:
        state = str(entry.get("state", "")).lower()
        if state == "deleted":
            continue
        addresses = [str(address) for address in entry.get("ipv4") or () if address]
        address = next((one for one in addresses if not one.startswith("172.")), addresses[0] if addresses else "")
        found.append(Instance(str(entry.get("name", "")), _POWERS.get(state, "off"), address))
    return found


def size_of(text: str, name: str) -> tuple[int, int]:
    """Processors and bytes of memory from ``multipass info --format json``; 0 where it does not say (it is off).

    Raises:
        DriverError: it is not that, or not of this machine.
    """
    info = _json(text).get("info")
    if not isinstance(info, dict) or name not in info:
        raise DriverError(f"multipass info says nothing of {name}")
    details = info[name]
    memory = (details.get("memory") or {}).get("total") or 0
    return int(details.get("cpu_count") or 0), int(memory)


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        raise DriverError(f"multipass printed no JSON but {text.strip()[:120]!r}") from None
    return data if isinstance(data, dict) else {}


def phases(text: str) -> Iterator[str]:
    """The phases that the progress display of ``multipass launch`` went through, each once."""
    last = ""
    for piece in re.split(r"[\r\n]+", _CONTROL.sub("\n", text)):
        phase = _SPINNER.sub("", piece.strip())
        if phase != last and _PHASE.fullmatch(phase):
            last = phase
            yield phase


class Trouble(Enum):
    """Why a command of multipass failed."""

    SOCKET = "socket"
    NO_KVM = "no kvm"
    NO_DAEMON = "no daemon"
    SLOW = "slow"
    NO_IMAGE = "no image"
    TAKEN = "taken"
    GONE = "gone"
    OTHER = "other"


_TELLS = (
    (re.compile(r"socket access denied", re.I), Trouble.SOCKET),
    (re.compile(r"KVM support is not enabled|The KVM device cannot be opened", re.I), Trouble.NO_KVM),
    (re.compile(r"cannot connect to the multipass socket", re.I), Trouble.NO_DAEMON),
    (re.compile(r"timed out (?:waiting|getting)", re.I), Trouble.SLOW),
    (re.compile(r"Unable to find an image matching|Remote \"[^\"]*\" is unknown", re.I), Trouble.NO_IMAGE),
    (re.compile(r"instance \"[^\"]*\" already exists", re.I), Trouble.TAKEN),
    (re.compile(r"instance \"[^\"]*\" does not exist", re.I), Trouble.GONE),
)
_REMEDIES = {
    Trouble.SOCKET: f"Multipass does not let this user in: its socket is protected. Join the group that owns {SOCKET} "
    f"(ls -l shows it), or, as the chapter does, allow everybody: sudo chmod 666 {SOCKET}",
    Trouble.NO_KVM: "This machine offers no virtualisation (KVM). Switch it on in the BIOS; in a virtual machine, "
    "allow nested virtualisation; and see that the snap may use it: sudo snap connect multipass:kvm",
    Trouble.NO_DAEMON: "The daemon of Multipass does not answer. Start it (sudo snap restart multipass) and wait a few "
    "seconds.",
}


def trouble(text: str) -> Trouble:
    """Recognise why a command failed from what it printed."""
    return next((kind for tell, kind in _TELLS if tell.search(text)), Trouble.OTHER)


def explained(text: str) -> str:
    """One sentence on what failed and what to do about it."""
    remedy = _REMEDIES.get(trouble(text))
    said = " ".join(text.split())
    return f"{remedy} (multipass said: {said})" if remedy else f"multipass said: {said or 'nothing'}"
