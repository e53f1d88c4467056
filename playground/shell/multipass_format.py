"""How ``multipass list`` and ``info`` lay out what they know: tables, JSON, CSV, YAML.

Source of columns and keys: multipass 1.15, src/client/cli/formatter.
"""

import json
from typing import Any, Final

from playground.api.machine import Instance

NAME_WIDTH: Final = 24
STATE_WIDTH: Final = 18
ADDRESS_WIDTH: Final = 17


def _release(instance: Instance) -> str:
    return instance.image or "Not Available"


def list_table(instances: list[Instance]) -> str:
    if not instances:
        return "No instances found.\n"
    width = max(NAME_WIDTH, *(len(instance.name) + 2 for instance in instances))
    lines = [f"{'Name':<{width}}{'State':<{STATE_WIDTH}}{'IPv4':<{ADDRESS_WIDTH}}Image"]
    for instance in instances:
        addresses = instance.addresses or ("--",)
        state = f"{instance.state:<{STATE_WIDTH}}"
        lines.append(f"{instance.name:<{width}}{state}{addresses[0]:<{ADDRESS_WIDTH}}{_release(instance)}")
        lines += [" " * (width + STATE_WIDTH) + address for address in addresses[1:]]
    return "\n".join(lines) + "\n"


def _ipv4(instance: Instance) -> list[str]:
    return list(instance.addresses)


def list_json(instances: list[Instance]) -> str:
    rows = [{"ipv4": _ipv4(i), "name": i.name, "release": _release(i), "state": i.state} for i in instances]
    return json.dumps({"list": rows}, indent=4) + "\n"


def list_csv(instances: list[Instance]) -> str:
    lines = ["Name,State,IPv4,Release,AllIPv4"]
    for i in instances:
        first = i.addresses[0] if i.addresses else ""
        lines.append(f'{i.name},{i.state},{first},{_release(i)},"{",".join(i.addresses)}"')
    return "\n".join(lines) + "\n"


def list_yaml(instances: list[Instance]) -> str:
    lines: list[str] = []
    for i in instances:
        lines += [f"{i.name}:", f"  - state: {i.state}", "    ipv4:"]
        lines += [f"      - {address}" for address in i.addresses] or ['      - ""']
        lines.append(f"    release: {_release(i)}")
    return "\n".join(lines) + "\n" if lines else "{}\n"


def size_text(count: int) -> str:
    """Bytes as multipass prints them: one decimal, binary units."""
    value: float = count
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            break
        value /= 1024
    return f"{value:.1f}{unit}" if unit != "B" else f"{count}B"


def info_table(instances: list[Instance]) -> str:
    return "\n".join(_details(instance) for instance in instances)


def _details(instance: Instance) -> str:
    running = instance.state == "Running"
    addresses = list(instance.addresses) or ["--"]
    release = _release(instance).removeprefix("Ubuntu ")
    rows = [("Name:", instance.name), ("State:", instance.state), ("Snapshots:", "0"), ("IPv4:", addresses[0])]
    rows += [("", address) for address in addresses[1:]]
    rows += [
        ("Release:", _release(instance) if running else "--"),
        ("Image hash:", f"{instance.image_hash[:12]} (Ubuntu {release})"),
        ("CPU(s):", str(instance.cpus) if running else "--"),
        ("Load:", " ".join(f"{load:.2f}" for load in instance.load) if running else "--"),
        ("Disk usage:", f"{size_text(instance.disk_used)} out of {size_text(instance.disk)}" if running else "--"),
        (
            "Memory usage:",
            f"{size_text(instance.memory_used)} out of {size_text(instance.memory)}" if running else "--",
        ),
        ("Mounts:", "--"),
    ]
    return "".join(f"{label:<16}{value}\n" for label, value in rows)


def info_json(instances: list[Instance]) -> str:
    details: dict[str, Any] = {}
    for i in instances:
        running = i.state == "Running"
        details[i.name] = {
            "cpu_count": str(i.cpus) if running else "",
            "disks": {"sda1": {"total": str(i.disk), "used": str(i.disk_used)} if running else {}},
            "image_hash": i.image_hash[:12],
            "image_release": _release(i).removeprefix("Ubuntu "),
            "ipv4": _ipv4(i),
            "load": list(i.load) if running else [],
            "memory": {"total": i.memory, "used": i.memory_used} if running else {},
            "mounts": {},
            "release": _release(i) if running else "",
            "snapshot_count": "0",
            "state": i.state,
        }
    return json.dumps({"errors": [], "info": details}, indent=4) + "\n"


def info_csv(instances: list[Instance]) -> str:
    head = "Name,State,Ipv4,Release,Image hash,Image release,Load,Disk usage,Disk total,Memory usage,Memory total,"
    lines = [head + "Mounts,AllIPv4,CPU(s),Snapshots"]
    for i in instances:
        release = _release(i)
        load = " ".join(f"{value:.2f}" for value in i.load)
        cells = [i.name, i.state, i.addresses[0] if i.addresses else "", release, i.image_hash]
        cells += [
            release.removeprefix("Ubuntu "),
            load,
            str(i.disk_used),
            str(i.disk),
            str(i.memory_used),
            str(i.memory),
        ]
        lines.append(",".join([*cells, "", ";".join(i.addresses), str(i.cpus), "0"]))
    return "\n".join(lines) + "\n"


def info_yaml(instances: list[Instance]) -> str:
    lines = ["errors:", "  - ~"]
    for i in instances:
        lines += [
            f"{i.name}:",
            f"  - state: {i.state}",
            "    snapshot_count: 0",
            f"    image_hash: {i.image_hash[:12]}",
        ]
        lines += [f"    image_release: {_release(i).removeprefix('Ubuntu ')}", f"    release: {_release(i)}"]
        lines += [f"    cpu_count: {i.cpus}", "    ipv4:", *(f"      - {address}" for address in i.addresses)]
        lines += ["    memory:", f"      usage: {i.memory_used}", f"      total: {i.memory}", "    mounts: ~"]
    return "\n".join(lines) + "\n"


LISTS: Final = {"table": list_table, "json": list_json, "csv": list_csv, "yaml": list_yaml}
INFOS: Final = {"table": info_table, "json": info_json, "csv": info_csv, "yaml": info_yaml}
