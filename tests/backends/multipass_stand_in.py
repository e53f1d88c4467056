"""A stand-in for the command ``multipass``, for machines where the snap is not.

It keeps its machines in the folder ``STAND_IN_STATE``. With ``STAND_IN_IMAGE`` each is a container of that image with a
dockerd inside, made by the driver of the docker backend; without, it is a folder, and ``exec`` runs programs here.
``STAND_IN_FAILS`` makes it fail as the real one does: ``socket``, ``kvm``, ``slow`` (the launch reports a time-out, the
machine comes up), ``gone`` (the launch fails and leaves nothing), ``blueprint`` (it knows no blueprints).
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STATE = Path(os.environ.get("STAND_IN_STATE", "."))
IMAGE = os.environ.get("STAND_IN_IMAGE", "")
LAB = os.environ.get("STAND_IN_LAB", "")
FAILS = os.environ.get("STAND_IN_FAILS", "")
SOCKET = "/var/snap/multipass/common/multipass_socket"


def install(folder: Path) -> str:
    """Put a command ``multipass`` into a folder; its path."""
    program = folder / "multipass"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).resolve()}" "$@"\n')
    program.chmod(0o755)
    return str(program)


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def refuse(verb: str, text: str) -> int:
    sys.stderr.write(f"{verb} failed: {text}\n")
    return 2


def load() -> dict[str, Any]:
    file = STATE / "instances.json"
    return json.loads(file.read_text()) if file.exists() else {}


@contextlib.contextmanager
def changed() -> Iterator[dict[str, Any]]:
    """The instances, to be changed; nobody else changes them meanwhile, so that no change is lost."""
    with (STATE / "instances.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        instances = load()
        yield instances
        new = STATE / f"instances.{os.getpid()}"
        new.write_text(json.dumps(instances))
        new.replace(STATE / "instances.json")


def driver() -> Any:
    from playground.backends.real.docker_driver import DockerDriver, DockerSettings, connect
    from playground.backends.real.ownership import Owner

    owner = Owner(lock="nobody", host="a stand-in")  # Of another host: no sweep takes it for left over.
    return DockerDriver(connect(), LAB, DockerSettings(image=IMAGE, registry=False), owner)


def option(arguments: list[str], *names: str, default: str = "") -> str:
    for name in names:
        if name in arguments:
            return arguments[arguments.index(name) + 1]
    return default


def launch(arguments: list[str]) -> int:
    name = option(arguments, "--name", "-n")
    instances = load()
    if name in instances:
        return refuse("launch", f'instance "{name}" already exists')
    if arguments[0] == "docker" and FAILS == "blueprint":
        return refuse("launch", 'Unable to find an image matching "docker" in remote "".')
    if FAILS == "kvm":
        return refuse(
            "launch", "KVM support is not enabled on this machine.\nPlease ensure the following:\n1. The CPU..."
        )
    for phase in (
        f"Creating {name}",
        f"Configuring {name}",
        f"Starting {name}",
        "Waiting for initialization to complete",
    ):
        for sign in "-\\|/":
            say(f"\r\x1b[2K{phase}  {sign}", end="")
    say(f"\r\x1b[2K\r{' ' * 40}\r", end="")
    if FAILS == "gone":
        return refuse("launch", "The following errors occurred:\nsomething broke for good")
    cpus, memory = (
        int(option(arguments, "--cpus", "-c", default="1")),
        option(arguments, "--memory", "-m", default="1G"),
    )
    size = int(memory[:-1]) << {"M": 20, "G": 30}[memory[-1]]
    address = f"10.222.216.{len(instances) + 2}"
    if IMAGE:
        from playground.backends.real.driver import Size

        with (STATE / "lock").open("w") as one_at_a_time:
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            address = driver().launch(name, Size(cpus, size), lambda phase: None).address
    polls = 2 if FAILS == "slow" else 0
    image = sys.stdin.read() if "--cloud-init" in arguments else arguments[0]
    with changed() as instances:
        instances[name] = {
            "state": "Running",
            "ipv4": address,
            "cpus": cpus,
            "memory": size,
            "polls": polls,
            "image": image,
        }
    if FAILS == "slow":
        return refuse("launch", "The following errors occurred:\ntimed out waiting for initialization to complete")
    say(f"Launched: {name}")
    return 0


def list_() -> int:
    rows = []
    with changed() as instances:
        for name, one in instances.items():
            starting = one["polls"] > 0
            one["polls"] -= starting
            state = "Starting" if starting else one["state"]
            addresses = [one["ipv4"], "172.17.0.1"] if state == "Running" else []
            rows.append({"ipv4": addresses, "name": name, "release": "Ubuntu 24.04 LTS", "state": state})
    say(json.dumps({"list": rows}, indent=4))
    return 0


def info(name: str) -> int:
    one = load().get(name)
    if one is None:
        return refuse("info", f'instance "{name}" does not exist')
    on = one["state"] == "Running"
    memory = {"total": one["memory"], "used": one["memory"] // 4} if on else {}
    details = {"cpu_count": str(one["cpus"]) if on else "", "memory": memory, "state": one["state"]}
    say(json.dumps({"errors": [], "info": {name: details}}, indent=4))
    return 0


def enter(verb: str, name: str, command: list[str], directory: str, tty: bool) -> int:
    one = load().get(name)
    if one is None:
        return refuse(verb, f'instance "{name}" does not exist')
    if one["state"] != "Running":
        return refuse(verb, f'instance "{name}" is not running')
    user = "ubuntu"
    if command[:3] == ["sudo", "-n", "--"]:
        command, user = command[3:], "root"
    bounds: list[str] = []
    if command[0] == "timeout":
        bounds, command = command[:4], command[4:]
    if command[0] == "hostnamectl":
        command = ["hostname", command[-1]]  # A container has no systemd to ask.
    if IMAGE:
        flags = ["-i", *(["-t"] if tty else []), "-u", user, *(["-w", directory] if directory else [])]
        home = "/root" if user == "root" else "/home/ubuntu"
        return subprocess.call(
            ["docker", "exec", "-e", f"HOME={home}", *flags, f"swarm-playground-{LAB}-{name}", *bounds, *command]
        )
    if command[0] in ("docker", "hostname"):
        return 0
    if command[:2] == ["sh", "-c"] and command[2].startswith("cat >/etc/"):
        return 0
    return subprocess.call([*bounds, *command])


def change(verb: str, arguments: list[str]) -> int:
    names = [argument for argument in arguments if not argument.startswith("-")]
    for name in names:
        if name not in load():
            return refuse(verb, f'instance "{name}" does not exist')
        if IMAGE:
            kill = verb == "stop" and "--force" in arguments
            getattr(driver(), "kill" if kill else {"suspend": "pause"}.get(verb, verb))(name)
        with changed() as instances:
            if verb == "delete":
                instances.pop(name, None)
            else:
                instances[name]["state"] = {"start": "Running", "stop": "Stopped", "suspend": "Suspended"}[verb]
    return 0


def main(arguments: list[str]) -> int:
    verb, rest = arguments[0], arguments[1:]
    if FAILS == "socket":
        return refuse(
            verb, f"multipass socket access denied\nPlease check that you have read/write permissions to '{SOCKET}'"
        )
    match verb:
        case "version":
            say("multipass   1.15.0\nmultipassd  1.15.0")
            return 0
        case "launch":
            return launch(rest)
        case "list":
            return list_()
        case "info":
            return info(rest[0])
        case "shell":
            return enter(
                "shell", rest[0], ["bash", "-l"] if IMAGE else ["sh", "-i"], "/home/ubuntu" if IMAGE else "", True
            )
        case "exec":
            at = rest.index("--")
            return enter(
                "exec", rest[0], rest[at + 1 :], option(rest[:at], "--working-directory", "-d"), sys.stdin.isatty()
            )
        case "start" | "stop" | "suspend" | "delete":
            return change(verb, rest)
    return refuse(verb, "the stand-in does not know that command")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
