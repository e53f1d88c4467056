"""``serve --engine-ports``: every node has a plain TCP port, closed with its lab."""

import http.client
import socket
from urllib.parse import urlsplit

import docker
import pytest

from playground.web.servers import NAMES
from tests.web.serving import serving


@pytest.mark.parametrize("server", NAMES)
def test_every_node_has_a_port_of_its_own_until_the_lab_ends(server: str) -> None:
    with serving(server, "--engine-ports") as served:
        lab = served.lab("manager1", "worker1", images=["alpine:latest"])
        ports = {node: urlsplit(lab.engine(node)).port or 0 for node in ("manager1", "worker1")}
        assert lab.call("GET", "")["nodes"]["worker1"]["engine"] == f"tcp://127.0.0.1:{ports['worker1']}"
        for node, port in ports.items():
            client = docker.DockerClient(base_url=f"tcp://127.0.0.1:{port}")
            assert client.info()["Name"] == node
            assert client.containers.run("alpine", ["sh", "-c", "echo here"], remove=True) == b"here\n"
            client.close()
        assert _status(ports["manager1"], "/api/lessons") == 404

        served.call("DELETE", f"/api/labs/{lab.made['id']}", lab.made["token"])

        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", ports["worker1"]), timeout=5)


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status
