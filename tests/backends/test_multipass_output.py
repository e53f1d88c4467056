"""Reading what multipass prints; the forms are those of canonical/multipass ``tests/test_output_formatter.cpp``."""

import pytest

from playground.backends.real.driver import DriverError
from playground.backends.real.multipass_output import Instance, Trouble, explained, instances, phases, size_of, trouble

LIST = """{
    "list": [
        {
            "ipv4": [
                "10.222.216.226",
                "172.17.0.1"
            ],
            "name": "manager1",
            "release": "Ubuntu 24.04 LTS",
            "state": "Running"
        },
        {
            "ipv4": [
            ],
            "name": "worker1",
            "release": "Ubuntu 24.04 LTS",
            "state": "Stopped"
        },
        {
            "ipv4": [
            ],
            "name": "worker2",
            "release": "Not Available",
            "state": "Deleted"
        }
    ]
}
"""
INFO = """{
    "errors": [
    ],
    "info": {
        "manager1": {
            "cpu_count": "2",
            "disks": {
                "sda1": {
                    "total": "5153960756",
                    "used": "1288490188"
                }
            },
            "image_hash": "1797c5c82016c1e65f4008fcf89deae3a044ef76087a9ec5b907c6d64a3609ac",
            "image_release": "24.04 LTS",
            "ipv4": [
                "10.222.216.226"
            ],
            "load": [
                0.45,
                0.51,
                0.15
            ],
            "memory": {
                "total": 4105109504,
                "used": 60817408
            },
            "mounts": {
            },
            "release": "Ubuntu 24.04.1 LTS",
            "snapshot_count": "0",
            "state": "Running"
        },
        "worker1": {
            "cpu_count": "",
            "disks": {
                "sda1": {
                }
            },
            "ipv4": [
            ],
            "load": [
            ],
            "memory": {
            },
            "release": "",
            "state": "Stopped"
        }
    }
}
"""


def test_a_list_gives_name_power_and_the_address_that_is_not_dockers_own() -> None:
    assert instances(LIST) == [Instance("manager1", "on", "10.222.216.226"), Instance("worker1", "off", "")]


def test_an_empty_list_is_no_machines() -> None:
    assert instances('{\n    "list": [\n    ]\n}\n') == []


def test_details_give_processors_and_memory() -> None:
    assert size_of(INFO, "manager1") == (2, 4105109504)


def test_a_machine_that_is_off_has_no_size_to_tell() -> None:
    assert size_of(INFO, "worker1") == (0, 0)


@pytest.mark.parametrize("text", ["", "No instances found.", '{"list": 3}', "[]"])
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(DriverError, match="multipass"):
        instances(text)


def test_a_launchs_display_is_read_as_its_phases() -> None:
    printed = (
        "Retrieving image: 10%\rCreating manager1 |\x08 \rCreating manager1  /\r\x1b[2KConfiguring manager1 -\r"
        "Starting manager1 \\\r                 \rWaiting for initialization to complete |\rLaunched: manager1\n"
    )
    assert list(phases(printed)) == [
        "Retrieving image: 10%",
        "Creating manager1",
        "Configuring manager1",
        "Starting manager1",
        "Waiting for initialization to complete",
    ]


@pytest.mark.parametrize(
    ("text", "kind", "remedy"),
    [
        ("launch failed: multipass socket access denied\nPlease check that", Trouble.SOCKET, "chmod 666"),
        ("launch failed: KVM support is not enabled on this machine.\nPlease ensure", Trouble.NO_KVM, "BIOS"),
        ("The KVM device cannot be opened for reading and writing.", Trouble.NO_KVM, "snap connect multipass:kvm"),
        ("list failed: cannot connect to the multipass socket", Trouble.NO_DAEMON, "snap restart"),
        ("launch failed: The following errors occurred:\ntimed out waiting for initialization", Trouble.SLOW, ""),
        ("launch failed: The following errors occurred:\nw: timed out waiting for response", Trouble.SLOW, ""),
        ('launch failed: Unable to find an image matching "docker" in remote "".', Trouble.NO_IMAGE, ""),
        ('launch failed: instance "manager1" already exists', Trouble.TAKEN, ""),
        ('info failed: instance "manager1" does not exist', Trouble.GONE, ""),
        ("something else", Trouble.OTHER, ""),
    ],
)
def test_failures_are_recognised_and_those_of_the_chapter_come_with_their_remedy(
    text: str, kind: Trouble, remedy: str
) -> None:
    assert trouble(text) is kind
    assert remedy in explained(text)
    assert " ".join(text.split()) in explained(text)
