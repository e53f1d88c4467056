"""Other limits for a container that is there: what is taken, and what is refused in the engine's words."""

from typing import Any

import pytest

from tests.engine.lab import WEBPAGE, Lab

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab("manager1")
    for name, host in (("plain", {}), ("limited", {"Memory": 64 * MEGABYTE}), ("quota", {"CpuQuota": 50_000})):
        lab.post("manager1", "/containers/create", {"Image": WEBPAGE, "HostConfig": host}, name=name)
    return lab


@pytest.mark.parametrize(
    ("name", "request_", "status", "fault"),
    [
        ("nobody", {"Memory": MEGABYTE}, 400, "Minimum memory limit allowed is 6MB"),
        ("nobody", {}, 404, "No such container: nobody"),
        ("plain", {"NanoCpus": 99_000_000_000}, 400, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs"),
        ("plain", {"RestartPolicy": {"Name": "sometimes"}}, 400, "invalid restart policy: unknown policy 'sometimes'"),
        ("plain", {"CpuPeriod": 5}, 400, "CPU cfs period can not be less than 1ms"),
        ("limited", {"Memory": 256 * MEGABYTE}, 409, "Memory limit should be smaller than already set memoryswap"),
        ("quota", {"NanoCpus": 1_000_000_000}, 409, "Nano CPUs cannot be updated as CPU Quota has already been set"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    lab: Lab, name: str, request_: dict[str, Any], status: int, fault: str
) -> None:
    answer = lab.ask("manager1", "POST", f"/containers/{name}/update", request_)
    assert answer.status == status, answer.body
    assert fault in answer.body["message"]


def test_memory_alone_allows_as_much_swap_and_both_can_be_raised(lab: Lab) -> None:
    host = lab.get("manager1", "/containers/limited/json")["HostConfig"]
    assert host["MemorySwap"] == 2 * host["Memory"]
    lab.post("manager1", "/containers/limited/update", {"Memory": 256 * MEGABYTE, "MemorySwap": -1})
    host = lab.get("manager1", "/containers/limited/json")["HostConfig"]
    assert (host["Memory"], host["MemorySwap"]) == (256 * MEGABYTE, -1)
