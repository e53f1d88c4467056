"""Tables of containers.

Source: docker/cli formatter/container.go.
"""

from typing import Any

from playground.api.durations import human_duration
from playground.api.image_reference import InvalidReference, parse_reference
from playground.docker_cli.cli import Cli
from playground.docker_cli.flags.numbers import SECOND, quoted
from playground.docker_cli.formatter.instants import go_time
from playground.docker_cli.formatter.sizes import human_size
from playground.docker_cli.formatter.table import Columns
from playground.docker_cli.formatter.texts import ellipsis, short_id
from playground.docker_cli.gotemplate.values import Row, Value
from playground.docker_cli.wire.shapes import type_named

COLUMNS = Columns(
    "*formatter.ContainerContext",
    {
        "ID": "CONTAINER ID",
        "Names": "NAMES",
        "Image": "IMAGE",
        "Command": "COMMAND",
        "CreatedAt": "CREATED AT",
        "RunningFor": "CREATED",
        "Ports": "PORTS",
        "State": "STATE",
        "Status": "STATUS",
        "Size": "SIZE",
        "Labels": "LABELS",
        "Mounts": "MOUNTS",
        "LocalVolumes": "LOCAL VOLUMES",
        "Networks": "NETWORKS",
        "Platform": "PLATFORM",
    },
    "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    raw=(
        "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n"
        "state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\n"
        "labels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n"
    ),
    raw_quiet="container_id: {{.ID}}",
)


def container_row(cli: Cli, item: Any, truncate: bool) -> Row:
    """One line of ``docker ps``."""
    labels = item.get("Labels") or {}
    created = int(item.get("Created", 0)) * SECOND

    def names() -> str:
        stripped = [name[1:] for name in item.get("Names") or []]
        if truncate:
            stripped = next(([name] for name in stripped if "/" not in name), stripped)
        return ",".join(stripped)

    def command() -> str:
        text = str(item.get("Command", ""))
        return quoted(ellipsis(text, 20) if truncate else text)

    def mounts() -> str:
        sources = [mount.get("Name") or mount.get("Source", "") for mount in item.get("Mounts") or []]
        return ",".join(ellipsis(source, 15) if truncate else source for source in sources)

    def size() -> str:
        own, whole = item.get("SizeRw") or 0, item.get("SizeRootFs") or 0
        return f"{human_size(own, 3)} (virtual {human_size(whole, 3)})" if whole else human_size(own, 3)

    return COLUMNS.row(
        {
            "ID": lambda: short_id(item["Id"]) if truncate else item["Id"],
            "Names": names,
            "Image": lambda: _image(item, truncate),
            "Command": command,
            "CreatedAt": lambda: go_time(created),
            "RunningFor": lambda: human_duration(cli.now_ns - created) + " ago",
            "Ports": lambda: ports_text(item.get("Ports") or []),
            "State": lambda: item.get("State", ""),
            "Status": lambda: item.get("Status", ""),
            "Size": size,
            "Labels": lambda: ",".join(sorted(f"{key}={value}" for key, value in labels.items())),
            "Label": lambda name: labels.get(name, ""),
            "Mounts": mounts,
            "LocalVolumes": lambda: str(sum(m.get("Driver") == "local" for m in item.get("Mounts") or [])),
            "Networks": lambda: ",".join((item.get("NetworkSettings") or {}).get("Networks") or {}),
            "Platform": lambda: Value(type_named("*ocispec.Platform"), None),
        },
        takes_label=True,
    )


def _image(item: Any, truncate: bool) -> str:
    image = str(item.get("Image", ""))
    if not image:
        return "<no image>"
    if truncate:
        short = short_id(str(item.get("ImageID", "")))
        if short == short_id(image):
            return short
        try:
            reference = parse_reference(image)
        except InvalidReference:
            return image
        return reference.familiar_name + (f":{reference.tag}" if reference.tag else "")
    return image


def _joined(address: str, port: object) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def ports_text(ports: list[Any]) -> str:
    """``0.0.0.0:80->9090/tcp, 9988/tcp``, neighbours joined to ranges."""
    ports = sorted(
        ports,
        key=lambda port: (
            port.get("PrivatePort", 0),
            port.get("IP", ""),
            port.get("PublicPort", 0),
            port.get("Type", ""),
        ),
    )
    groups: dict[tuple[str, str], list[int]] = {}
    done: list[str] = []
    mapped: list[str] = []
    for port in ports:
        private, address, protocol = port.get("PrivatePort", 0), port.get("IP", ""), port.get("Type", "")
        if address and port.get("PublicPort", 0) != private:
            mapped.append(f"{_joined(address, port.get('PublicPort', 0))}->{private}/{protocol}")
            continue
        key = (address, protocol)
        if key in groups and private == groups[key][1] + 1:
            groups[key][1] = private
            continue
        if key in groups:
            done.append(_group(key, groups[key]))
        groups[key] = [private, private]
    done += [_group(key, bounds) for key, bounds in groups.items()]
    return ", ".join([*done, *mapped])


def _group(key: tuple[str, str], bounds: list[int]) -> str:
    text = str(bounds[0]) if bounds[0] == bounds[1] else f"{bounds[0]}-{bounds[1]}"
    address, protocol = key
    return f"{_joined(address, text)}->{text}/{protocol}" if address else f"{text}/{protocol}"
