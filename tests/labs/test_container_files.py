"""What containers of a whole lab write, where it goes, and which programs they have."""

import time

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry

HEADER = Header(
    seed=5, wall_us=1_760_000_000_000_000, nodes=("manager1",), images=("alpine:latest", "python:3.12"), manual=True
)


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Registry(MemoryStore(), {}).create(HEADER)


def run(lab: Lab, command: str) -> tuple[str, str, int]:
    what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 60_000_000}
    result = lab.finish(lab.submit(what), time.sleep)
    return result["stdout"], result["stderr"], result["exit"]


def test_a_part_of_a_volume_is_mounted(lab: Lab) -> None:
    whole = "docker run --rm -v data:/mnt alpine sh -c"
    part = "docker run --rm --mount type=volume,src=data,dst=/mnt,volume-subpath={} alpine sh -c"
    assert run(lab, f"{whole} 'mkdir -p /mnt/sub; echo inside > /mnt/sub/f; echo outside > /mnt/g'") == ("", "", 0)
    assert run(lab, f"{part.format('sub')} 'cat /mnt/f; echo new > /mnt/h'") == ("inside\n", "", 0)
    assert run(lab, f"{whole} 'cat /mnt/sub/h'") == ("new\n", "", 0)
    _, missing, code = run(lab, f"{part.format('none')} true")
    assert "cannot access path /var/lib/docker/volumes/data/_data/none: " in missing
    assert code == 127
    _, outside, code = run(lab, f"{part.format('../x')} true")
    assert 'invalid mount config for type "volume": subpath must be a relative path within the volume' in outside
    assert code == 125


def test_pruning_tells_how_much_the_containers_had_written(lab: Lab) -> None:
    run(lab, "docker run --name writer alpine sh -c 'echo 12345 > /data'")
    out, _, _ = run(lab, "docker container prune -f")
    assert "Total reclaimed space: 6B" in out


def test_a_program_that_cannot_run_here_says_so(lab: Lab) -> None:
    out, complaint, code = run(lab, "docker run --rm python:3.12 python -c 'print(1)'")
    assert (out, code) == ("", 126)
    assert complaint.startswith("python: this image has the program, but the emulation cannot run it")
    assert run(lab, "docker run --rm python:3.12 sh -c 'echo 1'") == ("1\n", "", 0)
