"""``docker cp``, ``docker update`` and ``docker -H``, in a lab."""

import time
from collections.abc import Callable

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.registry import Registry

Shell = Callable[[str], tuple[str, str, int]]


@pytest.fixture(scope="module")
def shell() -> Shell:
    """A node's shell, with a container ``box`` on the node."""
    header = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=("manager1",), images=("alpine:latest",), manual=True)
    lab = Registry(MemoryStore(), {}).create(header)

    def run(command: str) -> tuple[str, str, int]:
        what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 60_000_000}
        result = lab.finish(lab.submit(what), time.sleep)
        return result["stdout"], result["stderr"], result["exit"]

    run("mkdir -p /tmp/w && cd /tmp/w && docker run -d --name box alpine:latest sleep 100000")
    return run


def test_a_file_goes_into_a_container_and_comes_back(shell: Shell) -> None:
    shell("echo here > /tmp/w/a; docker cp /tmp/w/a box:/tmp/b; docker cp box:/tmp/b /tmp/w/c")
    assert shell("cat /tmp/w/c; docker exec box cat /tmp/b") == ("here\nhere\n", "", 0)


def test_a_directory_keeps_its_name_inside_one_that_is_there(shell: Shell) -> None:
    shell("mkdir -p /tmp/w/d/e; echo 1 > /tmp/w/d/e/f; docker cp /tmp/w/d box:/tmp")
    assert shell("docker exec box cat /tmp/d/e/f")[0] == "1\n"
    shell("docker cp box:/tmp/d /tmp/w/new; docker cp box:/tmp/d /tmp/w/new")
    assert shell("cat /tmp/w/new/e/f /tmp/w/new/d/e/f")[0] == "1\n1\n"


def test_the_contents_alone_are_copied_from_a_path_that_ends_in_a_dot(shell: Shell) -> None:
    shell(
        "mkdir -p /tmp/w/x /tmp/w/y; echo 2 > /tmp/w/x/f; docker cp /tmp/w/x/. box:/var; docker cp box:/var/. /tmp/w/y"
    )
    assert shell("docker exec box cat /var/f; cat /tmp/w/y/f")[0] == "2\n2\n"


def test_a_copy_keeps_a_programs_mode(shell: Shell) -> None:
    shell("echo 'echo ran' > /tmp/w/p; chmod 755 /tmp/w/p; docker cp /tmp/w/p box:/p; docker cp box:/p /tmp/w/q")
    assert shell("/tmp/w/q")[0] == "ran\n"


REFUSED = {
    "docker cp box:/nothing /tmp/w": "Error response from daemon: Could not find the file /nothing in container box\n",
    "docker cp /tmp/w/nothing box:/": "lstat /tmp/w/nothing: no such file or directory\n",
    "docker cp box:/etc box:/tmp": "copying between containers is not supported\n",
    "docker cp /a /b": "must specify at least one container source\n",
    "docker cp box:/etc /no/where": 'invalid output path: directory "/no" does not exist\n',
    "docker update box": "you must provide one or more flags when using this command\n",
    "docker -H tcp://10.9.9.9:1 ps": (
        "Cannot connect to the Docker daemon at tcp://10.9.9.9:1. Is the docker daemon running?\n"
    ),
    "docker -l loud ps": "Unable to parse logging level: loud\n",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_makes_no_sense_is_refused_in_the_real_clients_words(command: str, shell: Shell) -> None:
    out, err, code = shell(command)
    assert (out, err, code) == ("", REFUSED[command], 1)


def test_an_update_changes_when_a_container_is_started_again(shell: Shell) -> None:
    assert shell("docker update --restart on-failure:3 box") == ("box\n", "", 0)
    policy = shell(
        "docker inspect -f '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}' box"
    )
    assert policy[0] == "on-failure 3\n"
