"""The learner's own machine: what keeps Multipass from working there, and what puts it right."""

from collections.abc import Callable
from typing import Any

import pytest

from playground.backends.emulated import BadRequest, EmulatedCluster
from playground.sim import SECOND

SOCKET = "/var/snap/multipass/common/multipass_socket"
LAUNCH = "multipass launch docker --name manager1"
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def cluster() -> EmulatedCluster:
    return EmulatedCluster(seed=1, wall_us=1_760_000_000_000_000)


@pytest.fixture
def run(cluster: EmulatedCluster) -> Run:
    def run(command: str, machine: str = "host") -> dict[str, Any]:
        done: list[dict[str, Any]] = []
        cluster.execute(machine, command, tty=False, limit_us=120 * SECOND, done=done.append)
        cluster.kernel.run_while(lambda: not done, cluster.kernel.now_us + 130 * SECOND)
        return done[0]

    return run


def switch(cluster: EmulatedCluster, on: bool) -> None:
    cluster.check_fault({"virtualization": on})
    cluster.fault({"virtualization": on}, lambda _: None)


def test_commands_on_the_host_run_as_the_learner_at_home(run: Run) -> None:
    assert run("whoami; pwd")["stdout"] == "learner\n/home/learner\n"


def test_a_socket_that_the_user_may_not_write_keeps_every_command_out(run: Run) -> None:
    run(f"sudo chmod 660 {SOCKET}")

    refused = run(LAUNCH)

    assert refused["exit"] == 2
    assert refused["stderr"] == (
        "launch failed: multipass socket access denied\n"
        f"Please check that you have read/write permissions to '{SOCKET}'\n"
    )
    assert run("multipass ls")["stderr"].startswith("ls failed: multipass socket access denied\n")
    assert run("multipass version")["exit"] == 0
    assert run("sudo multipass ls")["exit"] == 0


def test_the_chapter_s_remedy_opens_the_socket(run: Run) -> None:
    run(f"sudo chmod 660 {SOCKET}")

    assert run(f"chmod 666 {SOCKET}")["exit"] == 1
    assert run(f"sudo chmod 666 {SOCKET}")["exit"] == 0
    assert run("multipass ls") == {"stdout": "No instances found.\n", "stderr": "", "exit": 0}


def test_without_a_socket_there_is_no_service(run: Run) -> None:
    run(f"sudo rm {SOCKET}")

    assert run("multipass ls")["stderr"] == (
        "ls failed: cannot connect to the multipass socket\n"
        f"Please ensure multipassd is running and '{SOCKET}' is accessible\n"
    )


def test_without_virtualization_nothing_is_launched_until_the_firmware_allows_it(
    cluster: EmulatedCluster, run: Run
) -> None:
    switch(cluster, False)

    refused = run(LAUNCH)

    assert refused["exit"] == 2
    assert refused["stderr"].startswith("launch failed: KVM support is not enabled on this machine.\n")
    assert "2. Virtualization is enabled in the system BIOS." in refused["stderr"]
    assert run("ls /dev/kvm")["exit"] == 2
    assert cluster.machines == {}
    switch(cluster, True)
    assert run("ls /dev/kvm")["exit"] == 0
    assert run(LAUNCH)["stdout"] == "Launched: manager1\n"


def test_the_host_restarts_for_its_firmware_only_when_no_machine_runs(cluster: EmulatedCluster, run: Run) -> None:
    run(LAUNCH)

    with pytest.raises(BadRequest, match="switch its machines off first: manager1"):
        cluster.check_fault({"virtualization": False})
    with pytest.raises(BadRequest, match="takes true or false"):
        cluster.check_fault({"virtualization": "yes"})

    run("multipass stop manager1")
    switch(cluster, False)
    assert run("multipass start manager1")["stderr"].startswith("start failed: KVM support is not enabled")


def test_what_a_service_names_and_what_the_store_keeps_is_seen(cluster: EmulatedCluster, run: Run) -> None:
    run(LAUNCH)
    for command in (
        "docker swarm init",
        "printf secret | docker secret create password -",
        "printf text | docker config create site -",
        "docker network create -d overlay back",
        "docker service create -d --name web --secret password --config site --network back --log-driver syslog nginx",
        "docker service create -d --name other -l com.docker.stack.namespace=shop nginx",
    ):
        assert run(command, "manager1")["exit"] == 0

    seen = cluster.observer.changes()

    web, other = sorted(seen["set"]["services"].values(), key=lambda service: str(service["name"]), reverse=True)
    assert (web["secrets"], web["configs"], web["networks"], web["log_driver"]) == (
        ["password"],
        ["site"],
        ["back"],
        "syslog",
    )
    assert (other["stack"], other["networks"], other["log_driver"]) == ("shop", [], "")
    assert seen["put"]["secrets"] == ["password"]
    assert seen["put"]["configs"] == ["site"]


def test_a_driver_that_keeps_nothing_gives_a_service_no_logs(run: Run) -> None:
    run(LAUNCH)
    run("docker swarm init", "manager1")
    run("docker service create --name quiet --log-driver none alpine sh -c 'date; sleep 100'", "manager1")
    run("docker service create --name loud alpine sh -c 'date; sleep 100'", "manager1")

    assert run("docker service logs quiet", "manager1") == {"stdout": "", "stderr": "", "exit": 0}
    assert "loud.1" in run("docker service logs loud", "manager1")["stdout"]


def test_curl_is_heard_like_docker(cluster: EmulatedCluster, run: Run) -> None:
    run(LAUNCH)
    run("docker swarm init", "manager1")
    run("docker service create --name who -p 8000:80 traefik/whoami", "manager1")
    heard: list[Any] = []
    cluster.on_command = heard.append

    run("curl -s manager1:8000 | head -1")

    assert [(found.machine, found.line, found.exit) for found in heard] == [("host", "curl -s manager1:8000", 0)]
    assert "Hostname:" in heard[0].output


def test_a_task_that_waits_keeps_no_network_and_gets_it_again_at_its_start(cluster: EmulatedCluster, run: Run) -> None:
    """A new task waits, created, until the old one has ended; with that one the node drops the overlay."""
    run(LAUNCH)
    for command in (
        "docker swarm init",
        "docker network create -d overlay back",
        "docker service create --name web --network back nginx:1.26",
        "docker service update --image nginx:1.27 web",
    ):
        done = run(command, "manager1")

    assert done["exit"] == 0, done["stderr"]
    assert "Failed" not in run("docker service ps web", "manager1")["stdout"]


def test_a_page_that_is_opened_is_heard_as_a_visit_from_the_host(cluster: EmulatedCluster, run: Run) -> None:
    run(LAUNCH)
    run("docker swarm init", "manager1")
    run("docker service create --name who -p 8000:80 traefik/whoami", "manager1")
    heard: list[Any] = []
    cluster.on_command = heard.append

    for port in (8000, 9000):
        cluster.open_port("manager1", port, "/", lambda _: None)
    cluster.kernel.run_until(cluster.kernel.now_us + SECOND)

    assert [(found.machine, found.line, found.exit) for found in heard] == [
        ("host", "open http://manager1:9000/", 1),
        ("host", "open http://manager1:8000/", 0),
    ]
    assert "Hostname:" in heard[1].output


def test_the_socket_is_shown_as_one_and_belongs_to_a_group_that_the_learner_is_not_in(run: Run) -> None:
    run(f"sudo chmod 660 {SOCKET}")

    assert run(f"ls -l {SOCKET}")["stdout"].startswith("srw-rw---- 1 root sudo ")
    assert run(f"test -S {SOCKET}")["exit"] == 0
    assert run("groups")["stdout"] == "learner\n"
    assert run("multipass ls")["exit"] == 2


def test_a_socket_of_the_learner_s_own_group_is_open_to_the_learner(run: Run) -> None:
    run(f"sudo chmod 660 {SOCKET}; sudo chown root:learner {SOCKET}")

    assert run("multipass ls")["exit"] == 0


def test_a_change_of_mode_that_was_refused_is_heard_so_that_a_lesson_can_speak_of_it(
    cluster: EmulatedCluster, run: Run
) -> None:
    heard: list[tuple[str, str, int]] = []
    cluster.on_command = lambda command: heard.append((command.machine, command.line, command.exit))

    run(f"chmod 666 {SOCKET}")
    run(f"sudo chmod 666 {SOCKET}")

    assert heard == [("host", f"chmod 666 {SOCKET}", 1), ("host", f"chmod 666 {SOCKET}", 0)]
