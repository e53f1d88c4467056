"""What is typed around a swarm as tutorials have it: names, interfaces, the outside, a shell around a server."""

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry


def ask(lab: Lab, command: str, node: str = "manager1") -> tuple[str, str, int]:
    what = {"do": "exec", "node": node, "command": command, "tty": False, "limit_us": 90_000_000}
    answer = lab.finish(lab.submit(what), lambda _: None)
    return answer["stdout"], answer["stderr"], answer["exit"]


@pytest.fixture(scope="module")
def lab() -> Lab:
    images = ("alpine:latest", "nginx:latest", "nginx:alpine")
    header = Header(seed=1, wall_us=1, nodes=("manager1", "worker1"), images=images, manual=True)
    return Registry(MemoryStore(), {}).create(header)


@pytest.fixture(scope="module")
def swarm(lab: Lab) -> Lab:
    """``lab`` with a swarm, made with the name of the machine's interface and of its manager."""
    assert ask(lab, "docker swarm init --advertise-addr ens3")[2] == 0
    joined = ask(lab, "ssh worker1 docker swarm join --token $(docker swarm join-token -q worker) manager1:2377")
    assert joined == ("This node joined a swarm as a worker.\n", "", 0)
    return lab


def test_a_name_of_the_outside_is_found_and_answers_a_ping(lab: Lab) -> None:
    out, err, status = ask(lab, "ping -c 2 docker.com")
    assert (err, status) == ("", 0)
    assert "2 packets transmitted, 2 received, 0% packet loss" in out
    out, err, status = ask(lab, "docker run --rm alpine ping -c 1 docker.com")
    assert out.startswith(
        "PING docker.com (203.0.113.10): 56 data bytes\n64 bytes from 203.0.113.10: seq=0 ttl=64 time="
    )
    assert "\n1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max = " in out


def test_what_nobody_has_is_refused_in_the_words_of_who_asks(lab: Lab) -> None:
    assert ask(lab, "ping nosuch.example") == ("", "ping: nosuch.example: Name or service not known\n", 2)
    assert ask(lab, "ping nosuch") == ("", "ping: nosuch: Temporary failure in name resolution\n", 2)
    out, err, status = ask(lab, "docker run --rm alpine ping nosuch")
    assert (out + err, status) == ("ping: bad address 'nosuch'\n", 1)
    assert ask(lab, "dig +short nosuch") == ("", "", 0)
    assert ask(lab, "host nosuch") == ("Host nosuch not found: 3(NXDOMAIN)\n", "", 1)


def test_pages_of_the_outside_are_where_no_program_of_a_lab_gets(lab: Lab) -> None:
    out, _, status = ask(lab, "curl -sI http://docker.com/products")
    assert status == 0
    assert "HTTP/1.1 301 Moved Permanently" in out
    assert "Location: https://docker.com/products" in out
    assert ask(lab, "curl -s -m 2 http://docker.com:81; echo $?")[0] == "28\n"


def test_the_ports_that_are_open_are_those_of_the_swarm_and_of_what_is_published(swarm: Lab) -> None:
    ask(swarm, "docker service create -q --name web -p 8080:80 nginx:alpine")
    ports = ask(swarm, "ss -tlnH | awk '{print $4}'")[0].split()
    assert ports == ["0.0.0.0:22", "*:2377", "*:7946", "*:8080"]
    assert ask(swarm, "ss -tlnH | awk '{print $4}'", "worker1")[0].split() == ["0.0.0.0:22", "*:7946", "*:8080"]
    named = "Connection to manager1 (10.222.216.2) 2377 port [tcp/*] succeeded!\n"
    assert ask(swarm, "nc -zv manager1 2377", "worker1") == ("", named, 0)
    refused = "nc: connect to worker1 (10.222.216.3) port 2377 (tcp) failed: Connection refused\n"
    assert ask(swarm, "nc -zv worker1 2377") == ("", refused, 1)
    assert ask(swarm, "curl -s 0.0.0.0:8080 | head -1")[0] == "<!DOCTYPE html>\n"


@pytest.mark.parametrize(
    "shell", ["""sh -c "exec nginx -g 'daemon off;'" """, """bash -c 'echo begun; sleep 1; nginx -g "daemon off;"'"""]
)
def test_a_shell_that_ends_in_the_images_program_becomes_it(lab: Lab, shell: str) -> None:
    ask(lab, f"docker run -d --name shelled -p 8090:80 nginx {shell}; sleep 3")
    assert "Welcome to nginx" in ask(lab, "curl -s localhost:8090")[0]
    assert "start worker processes" in "".join(ask(lab, "docker logs shelled")[:2])
    before_us = lab.now_us
    ask(lab, "docker stop shelled")
    assert lab.now_us - before_us < 5_000_000
    assert ask(lab, "docker inspect -f '{{.State.ExitCode}}' shelled; docker rm shelled")[0] == "0\nshelled\n"


def test_an_engines_id_is_a_uuid(lab: Lab) -> None:
    assert ask(lab, "docker info -f '{{.ID}}' | grep -Ec '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'")[0] == "1\n"
