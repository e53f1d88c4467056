"""The Docker daemon of a machine is stopped and started by the one who works there."""

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry


def made(*nodes: str) -> Lab:
    header = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=nodes, images=("alpine:latest",), manual=True)
    return Registry(MemoryStore(), {}).create(header)


def run(lab: Lab, command: str, node: str = "manager1") -> tuple[str, int]:
    what = {"do": "exec", "node": node, "command": command, "tty": False, "limit_us": 120_000_000}
    answer = lab.finish(lab.submit(what), lambda _: None)
    return f"{answer['stdout']}{answer['stderr']}", answer["exit"]


def test_a_restarted_daemon_of_a_locked_swarm_wants_the_key() -> None:
    lab = made("manager1")
    key = run(lab, "docker swarm init --autolock | grep -o 'SWMKEY-1-.*'")[0]
    assert run(lab, "systemctl restart docker") == ("", 0)
    assert "Swarm is encrypted and needs to be unlocked" in run(lab, "docker node ls")[0]
    assert run(lab, f"echo {key.strip()} | docker swarm unlock")[1] == 0
    lab.advance(10, lambda _: None)
    assert "Leader" in run(lab, "docker node ls")[0]


def test_a_stopped_daemon_answers_nobody_until_it_is_started() -> None:
    lab = made("manager1")
    assert run(lab, "systemctl is-active docker") == ("active\n", 0)
    assert run(lab, "service docker stop") == ("", 0)
    assert "Cannot connect to the Docker daemon" in run(lab, "docker ps")[0]
    assert run(lab, "systemctl is-active docker") == ("inactive\n", 3)
    assert run(lab, "systemctl status docker")[1] == 3
    assert lab.view()["nodes"]["manager1"]["engine"] is False
    assert run(lab, "systemctl start docker.service") == ("", 0)
    assert run(lab, "docker ps -q") == ("", 0)
    assert lab.view()["nodes"]["manager1"]["engine"] is True


def test_only_root_may_and_only_docker_is_there() -> None:
    lab = made("manager1")
    refused, status = run(lab, "sudo -u ubuntu systemctl restart docker")
    assert refused.startswith("Failed to restart docker.service: Interactive authentication required.")
    assert status == 1
    assert run(lab, "systemctl restart nginx") == (
        "Failed to restart nginx.service: Unit nginx.service not found.\n",
        5,
    )


def test_where_the_last_one_has_left_there_is_no_quorum_to_speak_of() -> None:
    lab = made("manager1", "worker1")
    run(lab, "docker swarm init")
    token = run(lab, "docker swarm join-token -q worker")[0].strip()
    run(lab, f"docker swarm join --token {token} manager1:2377", "worker1")
    run(lab, "docker swarm leave --force")
    lab.advance(5, lambda _: None)
    assert lab.view()["quorum"]["has"] is False
    run(lab, "docker swarm leave", "worker1")
    lab.advance(5, lambda _: None)
    assert lab.view()["quorum"] is None
