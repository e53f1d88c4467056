"""Options of volumes and networks and names of images that the engine refuses."""

from typing import Any

import pytest

from tests.engine.lab import WEBPAGE, Lab


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab("manager1")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"a": "b"}, 'create v9: invalid option: "a"'),
        ({"type": "nfs"}, 'create v9: missing required option: "device"'),
        ({"device": "/x"}, 'create v9: missing required option: "type"'),
        ({"o": "ro", "device": "/x"}, 'create v9: missing required option: "type"'),
    ],
)
def test_an_option_that_the_driver_has_not_is_refused(lab: Lab, options: dict[str, str], fault: str) -> None:
    answer = lab.ask("manager1", "POST", "/volumes/create", {"Name": "v9", "DriverOpts": options})
    assert (answer.status, answer.body["message"]) == (400, fault)
    assert lab.ask("manager1", "GET", "/volumes/v9").status == 404


def test_options_that_belong_together_are_kept(lab: Lab) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    assert lab.post("manager1", "/volumes/create", {"Name": "v1", "DriverOpts": options})["Options"] == options


def test_an_image_name_in_capitals_is_refused(lab: Lab) -> None:
    fault = "invalid reference format: repository name (library/UP) must be lowercase"
    for method, path, body in (("GET", "/images/UP/json", None), ("POST", "/containers/create", {"Image": "UP"})):
        answer = lab.ask("manager1", method, path, body)
        assert (answer.status, answer.body["message"]) == (400, fault), path


@pytest.mark.parametrize(
    ("more", "status", "fault"),
    [
        ({"IPAM": {"Driver": "x"}}, 404, "could not find plugin x in v1 plugin registry: plugin not found"),
        (
            {"ConfigOnly": True, "ConfigFrom": {"Network": "other"}},
            403,
            "a configuration network cannot depend on another configuration network",
        ),
    ],
)
def test_a_network_that_contradicts_itself_is_refused(lab: Lab, more: dict[str, Any], status: int, fault: str) -> None:
    answer = lab.ask("manager1", "POST", "/networks/create", {"Name": "n9", **more})
    assert (answer.status, answer.body["message"]) == (status, fault)


def test_verbose_is_a_truth_value(lab: Lab) -> None:
    answer = lab.ask("manager1", "GET", "/networks/bridge", verbose="x")
    fault = 'invalid value for verbose: x: strconv.ParseBool: parsing "x": invalid syntax'
    assert (answer.status, answer.body["message"]) == (400, fault)


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        ({"PidMode": "x"}, "invalid PID mode: x"),
        ({"IpcMode": "x"}, "invalid IPC mode: x"),
        ({"ExtraHosts": ["x"]}, 'bad format for add-host: "x"'),
        ({"OomScoreAdj": 5000}, "Invalid value 5000, range for oom score adj is [-1000, 1000]"),
        ({"ShmSize": -1}, "SHM size can not be less than 0"),
        (
            {"Memory": 20 << 20, "MemorySwap": 10 << 20},
            "Minimum memoryswap limit should be larger than memory limit, see usage",
        ),
        (
            {"Memory": 10 << 20, "MemoryReservation": 20 << 20},
            "Minimum memory limit can not be less than memory reservation limit, see usage",
        ),
    ],
)
def test_a_host_configuration_that_makes_no_sense_is_refused(lab: Lab, host: dict[str, Any], fault: str) -> None:
    answer = lab.ask("manager1", "POST", "/containers/create", {"Image": WEBPAGE, "HostConfig": host})
    assert (answer.status, answer.body["message"]) == (400, fault)
