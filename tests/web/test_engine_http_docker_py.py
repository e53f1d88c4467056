"""The Docker SDK for Python, unchanged, against an emulated engine."""

from collections.abc import Iterator

import docker
import pytest
from docker.models.containers import ExecResult
from docker.types import ServiceMode

from tests.waiting import until
from tests.web.serving import serving

WEBPAGE = "joeyratt/webpage:latest"


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    with serving("eventlet") as served:
        lab = served.lab("manager1", clock=20, images=[WEBPAGE, "joeyratt/webpage:v2.0", "alpine:latest"])
        client = docker.DockerClient(base_url=lab.engine("manager1"))
        client.swarm.init(advertise_addr="10.222.216.2")
        yield client
        client.close()


def test_version_and_info(client: docker.DockerClient) -> None:
    assert client.ping()
    assert client.version()["Version"] == "28.1.1"
    assert client.info()["Swarm"]["LocalNodeState"] == "active"
    assert client.info()["Swarm"]["Managers"] == 1


def test_founding_a_swarm_twice_is_refused(client: docker.DockerClient) -> None:
    with pytest.raises(docker.errors.APIError, match="This node is already part of a swarm") as caught:
        client.swarm.init()
    assert caught.value.status_code == 503


def test_a_service_lives(client: docker.DockerClient) -> None:
    service = client.services.create(WEBPAGE, name="web", mode=ServiceMode("replicated", 2))
    until(lambda: [task["Status"]["State"] for task in service.tasks()] == ["running"] * 2)
    assert [found.name for found in client.services.list(filters={"name": "web"})] == ["web"]
    assert service.scale(3)
    until(lambda: sum(task["Status"]["State"] == "running" for task in service.tasks()) == 3)
    service.reload()
    service.update(image="joeyratt/webpage:v2.0")

    def updated() -> bool:
        service.reload()
        return bool(service.attrs.get("UpdateStatus", {}).get("State") == "completed")

    until(updated)
    assert b"".join(service.logs(stdout=True, stderr=True))
    service.reload()
    service.remove()
    with pytest.raises(docker.errors.NotFound, match="service web not found"):
        client.services.get("web")


def test_nodes_and_a_stale_version(client: docker.DockerClient) -> None:
    (node,) = client.nodes.list(filters={"role": "manager"})
    stale = node.version
    assert node.update({**node.attrs["Spec"], "Labels": {"zone": "a"}})
    with pytest.raises(docker.errors.APIError, match="update out of sequence"):
        client.api.update_node(node.id, stale, node.attrs["Spec"])


def test_secrets_configs_and_networks(client: docker.DockerClient) -> None:
    secret = client.secrets.create(name="password", data=b"hidden", labels={"a": "b"})
    config = client.configs.create(name="motd", data=b"hello")
    network = client.networks.create("backend", driver="overlay", attachable=True)

    assert [found.id for found in client.secrets.list(filters={"name": "password"})] == [secret.id]
    assert "Data" not in client.secrets.get(secret.id).attrs["Spec"]
    assert client.configs.get(config.id).attrs["Spec"]["Data"] == "aGVsbG8="
    assert client.networks.get("backend").attrs["Scope"] == "swarm"
    with pytest.raises(docker.errors.APIError, match="already exists") as caught:
        client.secrets.create(name="password", data=b"x")
    assert caught.value.status_code == 409
    secret.remove()
    config.remove()
    network.remove()


def test_a_container_runs_and_commands_run_in_it(client: docker.DockerClient) -> None:
    assert client.images.pull("busybox:latest").tags == ["busybox:latest"]
    assert client.containers.run("alpine", ["sh", "-c", "echo hello"], remove=True) == b"hello\n"
    box = client.containers.run("alpine", "sleep 1000", detach=True, name="box")
    try:
        assert box.exec_run(["sh", "-c", "echo in; exit 4"]) == ExecResult(4, b"in\n")
        assert box.exec_run(["sh", "-c", "echo a; echo b >&2"], demux=True).output == (b"a\n", b"b\n")
        assert box.logs() == b""
        assert [found.name for found in client.containers.list(filters={"name": "box"})] == ["box"]
    finally:
        box.remove(force=True)
    with pytest.raises(docker.errors.NotFound, match="No such container: box"):
        client.containers.get("box")


def test_events_are_heard(client: docker.DockerClient) -> None:
    events = client.events(decode=True, filters={"type": "volume"})
    volume = client.volumes.create("heard")

    event = next(events)

    assert (event["Action"], event["Actor"]["ID"]) == ("create", "heard")
    events.close()
    volume.remove()


def test_a_shell_on_a_stream_runs_each_command_as_it_comes(client: docker.DockerClient) -> None:
    box = client.containers.run("alpine:latest", "sleep 1000", detach=True)
    begun = client.api.exec_create(box.id, ["sh"], stdin=True)
    answer = client.api.exec_start(begun["Id"], socket=True)
    stream = answer._sock
    stream.settimeout(20)
    stream.sendall(b"x=3\necho $x\n")
    assert stream.recv(100) == b"\x01\0\0\0\0\0\0\x023\n"
    stream.sendall(b"exit 4\n")
    assert stream.recv(100) == b""
    assert client.api.exec_inspect(begun["Id"])["ExitCode"] == 4
    stream.close()
    answer.close()
    box.remove(force=True)
