"""``docker`` inspect, top, port, diff, stats, prune for containers.

Source: docker/cli command/container.
"""

from typing import Any

from playground.docker_cli.cli import Cli, filters_json
from playground.docker_cli.command.common_flags import FORCE, FORMAT, INSPECT_FORMAT, NO_TRUNC
from playground.docker_cli.command.model import Command, at_least, between, exactly, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.sizes import bytes_size, human_size
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.tabwriter import align
from playground.docker_cli.formatter.texts import short_id
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.opts.lists import FILTER

_PRUNE = "WARNING! This will remove all stopped containers.\nAre you sure you want to continue?"
_STATS = Columns(
    "*container.statsContext",
    {
        "Container": "CONTAINER",
        "Name": "NAME",
        "ID": "CONTAINER ID",
        "CPUPerc": "CPU %",
        "MemUsage": "MEM USAGE / LIMIT",
        "MemPerc": "MEM %",
        "NetIO": "NET I/O",
        "BlockIO": "BLOCK I/O",
        "PIDs": "PIDS",
    },
    "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}",
)


async def show(cli: Cli, values: Values) -> None:
    query = {"size": "1"} if values.truth("size") else None

    async def find(name: str) -> Found:
        return Found(await cli.get(f"/containers/{name}/json", query), "container.InspectResponse")

    await inspect(cli, values.words, values.text("format"), find)


async def top(cli: Cli, values: Values) -> None:
    name, *arguments = values.words
    query = {"ps_args": " ".join(arguments)} if arguments else None
    answer = await cli.get(f"/containers/{name}/top", query)
    lines = ["\t".join(row) for row in [answer.get("Titles") or [], *(answer.get("Processes") or [])]]
    await cli.write(align("\n".join(lines) + "\n", 20, 3))


async def port(cli: Cli, values: Values) -> None:
    """Print where the ports of a container are published, or where one is."""
    name = values.words[0]
    container = await cli.get(f"/containers/{name}/json")
    published = (container.get("NetworkSettings") or {}).get("Ports") or {}
    out: list[str] = []
    if len(values.words) > 1:
        wanted = values.words[1]
        number, slash, protocol = wanted.partition("/")
        if not number.isdigit() or int(number) > 65535:
            raise CommandFailed(f"Error: invalid port ({number}): invalid syntax")
        bindings = published.get(f"{number}/{protocol if slash else 'tcp'}")
        if not bindings:
            raise CommandFailed(f"Error: No public port '{wanted}' published for {name}")
        out = [_address(binding) for binding in bindings]
    else:
        for source, bindings in published.items():
            out += [f"{source} -> {_address(binding)}" for binding in bindings or []]
    if out:
        await cli.line("\n".join(sorted(out, key=_natural)))


def _natural(text: str) -> tuple[int, str]:
    number = text.partition("/")[0]
    return (int(number), text) if number.isdigit() else (0, text)


def _address(binding: Any) -> str:
    host = binding.get("HostIp", "")
    return f"[{host}]:{binding.get('HostPort', '')}" if ":" in host else f"{host}:{binding.get('HostPort', '')}"


async def diff(cli: Cli, values: Values) -> None:
    if not values.words[0]:
        raise CommandFailed("container name cannot be empty")
    changes = (await cli.get(f"/containers/{values.words[0]}/changes")) or []
    await cli.write("".join(f"{'CAD'[change.get('Kind', 0)]} {change.get('Path', '')}\n" for change in changes))


async def stats(cli: Cli, values: Values) -> None:
    """Print one reading of each container; a stream repeats it every second until Ctrl-C."""
    once = values.truth("no-stream")
    while True:
        names = values.words
        if not names:
            listed = (await cli.get("/containers/json", {"all": "1"} if values.truth("all") else None)) or []
            names = [item["Id"] for item in listed]
        rows = []
        for name in names:
            reading = await cli.get(f"/containers/{name}/stats", {"stream": "false", "one-shot": "false"})
            rows.append(_stats_row(reading, name, not values.truth("no-trunc")))
        form = _STATS.format(values.text("format"))
        text = render(_STATS, form, rows)
        if once:
            await cli.write(text)
            return
        await cli.write("\x1b[H\x1b[J" + text if cli.process.stdout.is_terminal else text)
        await cli.process.loop.sleep(1_000_000)


def _stats_row(reading: Any, name: str, truncate: bool) -> Row:
    cpu, before = reading.get("cpu_stats") or {}, reading.get("precpu_stats") or {}
    memory = reading.get("memory_stats") or {}
    used_now = (cpu.get("cpu_usage") or {}).get("total_usage", 0)
    used = used_now - (before.get("cpu_usage") or {}).get("total_usage", 0)
    system = cpu.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    share = used / system * (cpu.get("online_cpus") or 1) * 100 if system > 0 and used > 0 else 0.0
    cache = (memory.get("stats") or {}).get("inactive_file", 0)
    usage = memory.get("usage", 0)
    usage = usage - cache if cache < usage else usage
    limit = memory.get("limit", 0)
    networks = (reading.get("networks") or {}).values()
    received, sent = (sum(n.get(key, 0) for n in networks) for key in ("rx_bytes", "tx_bytes"))
    blocks = (reading.get("blkio_stats") or {}).get("io_service_bytes_recursive") or []
    read, written = (sum(b["value"] for b in blocks if b["op"].lower() == op) for op in ("read", "write"))
    identity = reading.get("id", "")
    return _STATS.row(
        {
            "Container": lambda: name,
            "Name": lambda: (reading.get("name") or "/--")[1:] or "--",
            "ID": lambda: short_id(identity) if truncate else identity,
            "CPUPerc": lambda: f"{share:.2f}%",
            "MemUsage": lambda: f"{bytes_size(usage)} / {bytes_size(limit)}",
            "MemPerc": lambda: f"{usage / limit * 100 if limit else 0.0:.2f}%",
            "NetIO": lambda: f"{human_size(received, 3)} / {human_size(sent, 3)}",
            "BlockIO": lambda: f"{human_size(read, 3)} / {human_size(written, 3)}",
            "PIDs": lambda: str((reading.get("pids_stats") or {}).get("current", 0)),
        }
    )


async def prune_containers(cli: Cli, filters: dict[str, list[str]]) -> tuple[int, str]:
    """Remove stopped containers; the bytes that this freed, and the text that says which."""
    answer = (await cli.post("/containers/prune", {"filters": filters_json(filters)} if filters else None)) or {}
    names = answer.get("ContainersDeleted") or []
    text = "Deleted Containers:\n" + "".join(f"{name}\n" for name in names) if names else ""
    return int(answer.get("SpaceReclaimed", 0)), text


async def prune(cli: Cli, values: Values) -> None:
    if not values.truth("force") and not await cli.confirm(_PRUNE):
        return
    space, text = await prune_containers(cli, values["filter"])
    await cli.write((text + "\n" if text else "") + f"Total reclaimed space: {human_size(space)}\n")


INSPECT = Command(
    "inspect [OPTIONS] CONTAINER [CONTAINER...]",
    "Show all that is known of one or more containers",
    show,
    at_least(1),
    (INSPECT_FORMAT, Flag("size", help="Show how much disk they take", short="s")),
    completes="all containers",
)
PRUNE = Command(
    "prune [OPTIONS]",
    "Remove all stopped containers",
    prune,
    none,
    (FORCE, Flag("filter", FILTER, 'Remove only what fits (such as "until=TIMESTAMP")')),
)


def commands() -> list[Command]:
    """``top``, ``port``, ``diff`` and ``stats``, which stand in two places of the tree."""
    return [
        Command(
            "top CONTAINER [ps OPTIONS]",
            "List the processes of a container",
            top,
            at_least(1),
            also="docker container top, docker top",
            interspersed=False,
            completes="container",
        ),
        Command(
            "port CONTAINER [PRIVATE_PORT[/PROTO]]",
            "Show where the ports of a container are published",
            port,
            between(1, 2),
            also="docker container port, docker port",
            completes="container",
        ),
        Command(
            "diff CONTAINER",
            "List what changed in a container's file system",
            diff,
            exactly(1),
            also="docker container diff, docker diff",
            completes="all containers",
        ),
        Command(
            "stats [OPTIONS] [CONTAINER...]",
            "Show what containers use of the machine",
            stats,
            at_least(0),
            (
                Flag("all", help="Include containers that do not run", short="a"),
                Flag("no-stream", help="Print one reading and return"),
                NO_TRUNC,
                FORMAT,
            ),
            also="docker container stats, docker stats",
            completes="container",
        ),
    ]
