"""``docker system df``: what takes up the disk.

Source: docker/cli formatter/disk_usage.go.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FORMAT
from playground.docker_cli.command.image.verbs import COLUMNS as IMAGES
from playground.docker_cli.command.image.verbs import image_rows
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.volume.verbs import COLUMNS as VOLUMES
from playground.docker_cli.command.volume.verbs import volume_row
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.formatter.containers import COLUMNS as CONTAINERS
from playground.docker_cli.formatter.containers import container_row
from playground.docker_cli.formatter.sizes import human_size
from playground.docker_cli.formatter.table import Columns, filled_in, render
from playground.docker_cli.gotemplate.values import Row

COLUMNS = Columns(
    "*formatter.diskUsageImagesContext",
    {"Type": "TYPE", "TotalCount": "TOTAL", "Active": "ACTIVE", "Size": "SIZE", "Reclaimable": "RECLAIMABLE"},
    "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    raw=(
        "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n"
    ),
)
_CACHE = Columns(
    "*formatter.buildCacheContext",
    {
        "ID": "CACHE ID",
        "CacheType": "CACHE TYPE",
        "Size": "SIZE",
        "CreatedSince": "CREATED",
        "LastUsedSince": "LAST USED",
        "UsageCount": "USAGE",
        "Shared": "SHARED",
    },
    "table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}",
)
_IMAGES = (
    "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
    "\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}"
)
_CONTAINERS = (
    "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}"
)
_VOLUMES = "table {{.Name}}\t{{.Links}}\t{{.Size}}"


async def run(cli: Cli, values: Values) -> None:
    usage = await cli.get("/system/df")
    if values.truth("verbose"):
        await cli.write(_verbose(cli, usage, values.text("format")))
        return
    rows = [_images(usage), _containers(usage), _volumes(usage), _cache(usage)]
    await cli.write(render(COLUMNS, COLUMNS.format(values.text("format")), rows))


def _row(kind: str, total: int, active: int, size: int, reclaimable: str) -> Row:
    return COLUMNS.row(
        {
            "Type": lambda: kind,
            "TotalCount": lambda: str(total),
            "Active": lambda: str(active),
            "Size": lambda: human_size(size),
            "Reclaimable": lambda: reclaimable,
        }
    )


def _share(part: int, whole: int) -> str:
    return f"{human_size(part)} ({part * 100 // whole}%)" if whole > 0 else human_size(part)


def _images(usage: Any) -> Row:
    images, total = usage.get("Images") or [], usage.get("LayersSize", 0)
    used = sum(
        image["Size"] - image["SharedSize"]
        for image in images
        if image.get("Containers", 0) != 0 and -1 not in (image.get("Size", -1), image.get("SharedSize", -1))
    )
    active = sum(image.get("Containers", 0) > 0 for image in images)
    return _row("Images", len(images), active, total, _share(total - used, total))


def _containers(usage: Any) -> Row:
    containers = usage.get("Containers") or []
    running = [item for item in containers if any(word in item.get("State", "") for word in ("running", "paused"))]
    running += [item for item in containers if "restarting" in item.get("State", "") and item not in running]
    size = sum(item.get("SizeRw", 0) for item in containers)
    free = size - sum(item.get("SizeRw", 0) for item in running)
    return _row("Containers", len(containers), len(running), size, _share(free, size))


def _volumes(usage: Any) -> Row:
    volumes = usage.get("Volumes") or []
    known = [volume.get("UsageData") or {} for volume in volumes]
    active = sum(data.get("RefCount", 0) > 0 for data in known)
    size = sum(data["Size"] for data in known if data.get("Size", -1) != -1)
    used = sum(data["Size"] for data in known if data.get("RefCount", 0) != 0 and data.get("Size", -1) != -1)
    return _row("Local Volumes", len(volumes), active, size, _share(size - used, size))


def _cache(usage: Any) -> Row:
    cache = usage.get("BuildCache") or []
    active = sum(bool(item.get("InUse")) for item in cache)
    used = sum(item.get("Size", 0) for item in cache if item.get("InUse") and not item.get("Shared"))
    size = sum(item.get("Size", 0) for item in cache if not item.get("Shared"))
    return _row("Build Cache", len(cache), active, size, human_size(size - used))


def _verbose(cli: Cli, usage: Any, wanted: str) -> str:
    table = wanted in ("", "table")
    images = [_without_digest(image_rows(cli, image, table, False)[0]) for image in usage.get("Images") or []]
    containers = [container_row(cli, {**item, "SizeRootFs": 0}, table) for item in usage.get("Containers") or []]
    volumes = [volume_row(volume) for volume in usage.get("Volumes") or []]
    if not table:
        lists: dict[str, Callable[[], list[Row]]] = {
            "Images": lambda: images,
            "Containers": lambda: containers,
            "Volumes": lambda: volumes,
            "BuildCache": lambda: [],
        }
        return filled_in(wanted, Row("*formatter.diskUsageContext", lists, is_struct=True))
    return (
        "Images space usage:\n\n"
        + render(IMAGES, _IMAGES, images)
        + "\nContainers space usage:\n\n"
        + render(CONTAINERS, _CONTAINERS, containers)
        + "\nLocal Volumes space usage:\n\n"
        + render(VOLUMES, _VOLUMES, volumes)
        + f"\nBuild cache usage: {human_size(usage.get('BuilderSize', 0))}\n\n"
        + render(_CACHE, _CACHE.table, [])
    )


def _without_digest(image: Row) -> Row:
    return replace(image, methods={**image.methods, "Digest": lambda: ""})


COMMAND = Command(
    "df [OPTIONS]",
    "Show what takes up the disk",
    run,
    none,
    (Flag("verbose", help="List every object", short="v"), FORMAT),
)
