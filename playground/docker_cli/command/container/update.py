"""``docker update``: change what a container may use, and when it is started again.

Source: docker/cli command/container/update.go.
"""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.container.new_container import restart_policy
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags import kinds
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import INT64, STRING
from playground.docker_cli.opts import limits

_FIELDS = {
    "blkio-weight": "BlkioWeight",
    "cpuset-cpus": "CpusetCpus",
    "cpuset-mems": "CpusetMems",
    "cpu-shares": "CpuShares",
    "memory": "Memory",
    "memory-reservation": "MemoryReservation",
    "memory-swap": "MemorySwap",
    "kernel-memory": "KernelMemory",
    "cpu-period": "CpuPeriod",
    "cpu-quota": "CpuQuota",
    "cpu-rt-period": "CpuRealtimePeriod",
    "cpu-rt-runtime": "CpuRealtimeRuntime",
    "cpus": "NanoCpus",
}


async def run(cli: Cli, values: Values) -> None:
    if not values.given():
        raise CommandFailed("you must provide one or more flags when using this command")
    policy = restart_policy(values.text("restart"))
    body: dict[str, Any] = {field: values[name] for name, field in _FIELDS.items()}
    if values.number("pids-limit"):
        body["PidsLimit"] = values.number("pids-limit")
    body["RestartPolicy"] = policy
    warnings: list[str] = []
    errors: list[str] = []
    for name in values.words:
        try:
            answer = await cli.post(f"/containers/{name}/update", body=body)
        except (ApiError, EngineUnreachable) as error:
            errors.append(error_text(error))
        else:
            await cli.line(name)
            warnings += (answer or {}).get("Warnings") or []
    if warnings:
        await cli.line("\n".join(warnings))
    joined(errors)


def command() -> Command:
    return Command(
        "update [OPTIONS] CONTAINER [CONTAINER...]",
        "Change what one or more containers may use",
        run,
        at_least(1),
        (
            Flag("blkio-weight", kinds.UINT16, "Weight of its block I/O, 10 to 1000, or 0 for none (default 0)"),
            Flag("cpu-period", INT64, "Period of the CFS scheduler"),
            Flag("cpu-quota", INT64, "Quota of the CFS scheduler"),
            Flag("cpu-rt-period", INT64, "Real-time period in microseconds"),
            Flag("cpu-rt-runtime", INT64, "Real-time runtime in microseconds"),
            Flag("cpuset-cpus", STRING, "Processors to run on (0-3, 0,1)"),
            Flag("cpuset-mems", STRING, "Memory nodes to use (0-3, 0,1)"),
            Flag("cpu-shares", INT64, "Weight of its processor time", short="c"),
            Flag("memory", limits.BYTES, "Memory that the container may use", short="m"),
            Flag("memory-reservation", limits.BYTES, "Memory that is kept for the container when it runs short"),
            Flag("memory-swap", limits.MEMORY_SWAP, "Memory and swap together ('-1': any amount of swap)"),
            Flag("kernel-memory", limits.BYTES, "Kernel memory that the container may use", hidden=True),
            Flag("restart", STRING, "When to start the container again"),
            Flag("pids-limit", INT64, "Processes that the container may have (-1: any number)"),
            Flag("cpus", limits.CPUS, "Processors that the container may use"),
        ),
        completes="all containers",
    )
