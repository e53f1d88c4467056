"""Limits of memory, processors and disks that a container is given: what makes no sense, and what is not there.

The machine has version 2 of the control groups, as its ``/info`` says.

Source: moby ``daemon/daemon_unix.go`` (``verifyPlatformContainerResources``), ``pkg/sysinfo``.
"""

import re
from typing import Any

from playground.engine.errors import BadParameter

_MIN_MEMORY = 6 * 1024 * 1024
_MEMORY_NODES = 1
_HIGHEST_IN_SET = 8192
_RANGE = re.compile(r"\+?([0-9]{1,9})(?:-\+?([0-9]{1,9}))?")


def check(limits: dict[str, Any], cpus: int, *, update: bool) -> list[str]:
    """Refuse limits that no container can have; returns warnings of what has no effect here.

    Raises:
        BadParameter: with the engine's sentence.
    """
    warnings = _check_memory(limits, update)
    _check_processors(limits, cpus)
    if limits["CpuPercent"] > 0:
        warnings.append("linux does not support CPU percent. Percent discarded.")
    _check_set("cpus", "CPUs", limits["CpusetCpus"], cpus)
    _check_set("mems", "memory nodes", limits["CpusetMems"], _MEMORY_NODES)
    if limits["BlkioWeight"] and not 10 <= limits["BlkioWeight"] <= 1000:
        raise BadParameter("Range of blkio weight is from 10 to 1000")
    if limits["IOMaximumBandwidth"] or limits["IOMaximumIOps"]:
        raise BadParameter("Invalid QoS settings: linux does not support Maximum IO Bandwidth or Maximum IO IOps")
    return warnings


def without_effect_left_out(host: dict[str, Any]) -> dict[str, Any]:
    """A configuration without the limits of which ``check`` has warned."""
    return {**host, "MemorySwappiness": None, "OomKillDisable": False, "CpuPercent": 0}


def _check_memory(limits: dict[str, Any], update: bool) -> list[str]:
    memory, swap, reserved = limits["Memory"], limits["MemorySwap"], limits["MemoryReservation"]
    warnings = []
    if memory and memory < _MIN_MEMORY:
        raise BadParameter("Minimum memory limit allowed is 6MB")
    if memory > 0 and 0 < swap < memory:
        raise BadParameter("Minimum memoryswap limit should be larger than memory limit, see usage")
    if not memory and swap > 0 and not update:
        raise BadParameter("You should always set the Memory limit when using Memoryswap limit, see usage")
    if limits["MemorySwappiness"] not in (None, -1):
        warnings.append(
            "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory "
            "swappiness discarded."
        )
    if 0 < reserved < _MIN_MEMORY:
        raise BadParameter("Minimum memory reservation allowed is 6MB")
    if 0 < memory < reserved:
        raise BadParameter("Minimum memory limit can not be less than memory reservation limit, see usage")
    if limits["OomKillDisable"]:
        warnings.append("Your kernel does not support OomKillDisable. OomKillDisable discarded.")
    return warnings


def _check_processors(limits: dict[str, Any], cpus: int) -> None:
    if limits["NanoCpus"] > 0:
        for key, words in (("CpuPeriod", "CPU Period"), ("CpuQuota", "CPU Quota")):
            if limits[key] > 0:
                raise BadParameter(f"Conflicting options: Nano CPUs and {words} cannot both be set")
    if not 0 <= limits["NanoCpus"] <= cpus * 1_000_000_000:
        raise BadParameter(f"range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available")
    if limits["CpuPeriod"] and not 1000 <= limits["CpuPeriod"] <= 1_000_000:
        raise BadParameter("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
    if 0 < limits["CpuQuota"] < 1000:
        raise BadParameter("CPU cfs quota can not be less than 1ms (i.e. 1000)")


def _check_set(word: str, things: str, text: str, there: int) -> None:
    """``0-3,5``: which processors, or which nodes of memory, of those that are there."""
    if not text:
        return
    highest = -1
    for part in text.split(","):
        found = _RANGE.fullmatch(part)
        if found is None or (found[2] is not None and int(found[2]) < int(found[1])):
            raise BadParameter(f"Invalid value {text} for cpuset {word}: invalid format: {text}")
        highest = max(highest, int(found[2] or found[1]))
        if highest > _HIGHEST_IN_SET:
            raise BadParameter(
                f"Invalid value {text} for cpuset {word}: value out of range, maximum is {_HIGHEST_IN_SET}"
            )
    if highest >= there:
        available = "0" if there == 1 else f"0-{there - 1}"
        raise BadParameter(f"Requested {things} are not available - requested {text}, available: {available}")
