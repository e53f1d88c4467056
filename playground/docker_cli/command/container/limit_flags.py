"""What a container may use, for ``run``, ``create`` and ``update``."""

from playground.docker_cli.flags import kinds
from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import INT64, STRING
from playground.docker_cli.opts import limits

LIMITS = (
    Flag("blkio-weight", kinds.UINT16, "Weight of its block I/O, 10 to 1000, or 0 for none (default 0)"),
    Flag("cpu-period", INT64, "Period of the CFS scheduler"),
    Flag("cpu-quota", INT64, "Quota of the CFS scheduler"),
    Flag("cpu-rt-period", INT64, "Real-time period in microseconds"),
    Flag("cpu-rt-runtime", INT64, "Real-time runtime in microseconds"),
    Flag("cpu-shares", INT64, "Weight of its processor time", short="c"),
    Flag("cpus", limits.CPUS, "Processors that the container may use"),
    Flag("cpuset-cpus", STRING, "Processors to run on (0-3, 0,1)"),
    Flag("cpuset-mems", STRING, "Memory nodes to use (0-3, 0,1)"),
    Flag("memory", limits.BYTES, "Memory that the container may use", short="m"),
    Flag("memory-reservation", limits.BYTES, "Memory that is kept for the container when it runs short"),
    Flag("memory-swap", limits.MEMORY_SWAP, "Memory and swap together ('-1': any amount of swap)"),
    Flag("pids-limit", INT64, "Processes that the container may have (-1: any number)"),
)
