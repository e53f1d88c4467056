"""``docker update``: change what a container may use, and when it is started again.

Source: docker/cli command/container/update.go.
"""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.container.limit_flags import LIMITS
from playground.docker_cli.command.container.new_container import restart_policy
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.several import each
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
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

    async def change(name: str) -> None:
        answer = await cli.post(f"/containers/{name}/update", body=body)
        warnings.extend((answer or {}).get("Warnings") or [])

    try:
        await each(cli, values.words, change)
    finally:
        if warnings:
            await cli.line("\n".join(warnings))


def command() -> Command:
    return Command(
        "update [OPTIONS] CONTAINER [CONTAINER...]",
        "Change what one or more containers may use",
        run,
        at_least(1),
        (
            *LIMITS,
            Flag("kernel-memory", limits.BYTES, "Kernel memory that the container may use", hidden=True),
            Flag("restart", STRING, "When to start the container again"),
        ),
        completes="all containers",
    )
