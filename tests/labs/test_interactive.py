"""A person at a terminal inside a container."""

import time

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry

IMAGE = "joeyratt/webpage:latest"


def type_in(lab: Lab, text: str) -> None:
    lab.submit({"do": "type", "terminal": "manager1", "data": text})
    lab.advance(2, time.sleep)


def lab_with_a_shell_in_a_container() -> Lab:
    header = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=("manager1",), images=(IMAGE,), manual=True)
    lab = Registry(MemoryStore(), {}).create(header)
    lab.submit({"do": "open", "terminal": "manager1", "columns": 80, "rows": 24})
    type_in(lab, f"docker run -d --name one {IMAGE}\r")
    type_in(lab, "docker exec -it one sh\r")
    return lab


def test_what_is_typed_into_a_shell_in_a_container_is_shown_once() -> None:
    lab = lab_with_a_shell_in_a_container()
    type_in(lab, "echo hello\r")
    type_in(lab, "sleep 1000\r")
    type_in(lab, "\x03")
    type_in(lab, "exit\r")
    type_in(lab, "hostname\r")

    shown = lab.scrollbacks["manager1"].read(0, 100_000)[0]

    assert shown.count("echo hello\r\n") == 1
    assert "\r\r\n" not in shown
    assert "^C" in shown
    assert shown.rstrip().rsplit("hostname", 1)[1].split("\r\n")[1].endswith("manager1")


def test_a_program_in_a_container_hears_of_the_screens_new_size() -> None:
    lab = lab_with_a_shell_in_a_container()
    type_in(lab, "stty size\r")
    lab.submit({"do": "resize", "terminal": "manager1", "columns": 132, "rows": 43})
    type_in(lab, "stty size\r")

    shown = lab.scrollbacks["manager1"].read(0, 100_000)[0]

    assert "24 80\r\n" in shown
    assert "43 132\r\n" in shown
