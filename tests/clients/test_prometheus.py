"""Prometheus, as Debian has it, finding what there is to watch in a swarm: its Docker Swarm service discovery."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.types import EndpointSpec, ServiceMode

from tests.web.serving import serving

PROMETHEUS = shutil.which("prometheus") or os.environ.get("PROMETHEUS", "")
pytestmark = pytest.mark.skipif(not PROMETHEUS, reason="prometheus is not installed (Debian: prometheus)")

CONFIGURATION = """
global: {{scrape_interval: 1h}}
scrape_configs:
"""
JOB = """
  - job_name: {role}
    dockerswarm_sd_configs: [{{host: "{host}", role: {role}, refresh_interval: 1s}}]
"""


@pytest.fixture(scope="module")
def discovered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[dict[str, str]]]]:
    """Gives the labels of the targets that Prometheus has found in a role."""
    folder = tmp_path_factory.mktemp("prometheus")
    with serving("eventlet") as served:
        lab = served.lab("manager1", clock=20, images=["nginx:latest"])
        client = docker.DockerClient(base_url=lab.engine("manager1"))
        client.swarm.init(advertise_addr="10.222.216.2")
        client.services.create(
            "nginx",
            name="web",
            labels={"team": "a"},
            mode=ServiceMode("replicated", 2),
            endpoint_spec=EndpointSpec(ports={8080: 80}),
        )
        client.close()
        with running(folder, lab.engine("manager1")) as url:
            yield lambda role: targets(url, role)


@contextmanager
def running(folder: Path, host: str) -> Iterator[str]:
    """Prometheus on a free port; gives its address."""
    jobs = "".join(JOB.format(role=role, host=host) for role in ("services", "tasks", "nodes"))
    (folder / "prometheus.yml").write_text(CONFIGURATION.format() + jobs)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            PROMETHEUS,
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={address}",
            "--log.level=error",
        ],
        cwd=folder,
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def targets(url: str, role: str) -> list[dict[str, str]]:
    """Wait for what Prometheus discovers in a role."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/api/v1/targets", timeout=5) as answer:
                active: list[dict[str, Any]] = json.loads(answer.read())["data"]["activeTargets"]
        except OSError:
            active = []
        found = [target["discoveredLabels"] for target in active if target["scrapePool"] == role]
        if len(found) >= {"services": 1, "tasks": 2, "nodes": 1}[role]:
            return found
        time.sleep(0.3)
    raise AssertionError(f"prometheus has found no {role}")


def test_prometheus_finds_services_with_their_addresses(
    discovered: Callable[[str], list[dict[str, str]]],
) -> None:
    found = discovered("services")

    assert {labels["__meta_dockerswarm_service_name"] for labels in found} == {"web"}
    assert {labels["__meta_dockerswarm_service_label_team"] for labels in found} == {"a"}
    assert {labels["__meta_dockerswarm_service_mode"] for labels in found} == {"replicated"}
    assert {labels["__meta_dockerswarm_network_name"] for labels in found} == {"ingress"}


def test_prometheus_finds_every_task_on_its_node(discovered: Callable[[str], list[dict[str, str]]]) -> None:
    found = discovered("tasks")

    assert {labels["__meta_dockerswarm_task_slot"] for labels in found} == {"1", "2"}
    assert {labels["__meta_dockerswarm_node_hostname"] for labels in found} == {"manager1"}
    assert all(labels["__meta_dockerswarm_task_container_id"] for labels in found)


def test_prometheus_finds_the_nodes(discovered: Callable[[str], list[dict[str, str]]]) -> None:
    (node,) = discovered("nodes")

    assert node["__meta_dockerswarm_node_role"] == "manager"
    assert node["__meta_dockerswarm_node_manager_leader"] == "true"
    assert node["__meta_dockerswarm_node_engine_version"] == "28.1.1"
    assert node["__address__"] == "10.222.216.2:80"
