"""The real ``docker`` command against an emulated engine."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.serving import serving

pytestmark = pytest.mark.skipif(shutil.which("docker") is None, reason="there is no docker command on the PATH")

Docker = Callable[..., str]
STACK = """\
services:
  page:
    image: joeyratt/webpage:latest
    deploy:
      replicas: 2
"""


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docker]:
    """Runs the command; its output, after a look at its exit code."""
    with serving("eventlet") as served:
        lab = served.lab("manager1", clock=10, images=["joeyratt/webpage:latest", "alpine:latest"])
        config = tmp_path_factory.mktemp("docker")
        environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": lab.engine("manager1"), "DOCKER_CONFIG": str(config)}

        def run(*words: str, code: int = 0, typed: str = "") -> str:
            done = subprocess.run(
                ["docker", *words],
                env={**environment, "HOME": str(config)},
                input=typed,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == code, (words, done)
            return done.stdout + done.stderr

        assert "is now a manager" in run("swarm", "init", "--advertise-addr", "10.222.216.2")
        yield run


def test_version_and_info(docker: Docker) -> None:
    assert "Version:          28.1.1" in docker("version")
    assert " Swarm: active\n" in docker("info")


def test_a_service_is_created_with_progress(docker: Docker) -> None:
    said = docker("service", "create", "--name", "web", "--replicas", "2", "joeyratt/webpage:latest")

    assert "overall progress: 2 out of 2 tasks" in said
    assert "converged" in said
    assert "2/2" in docker("service", "ls")
    assert docker("service", "ps", "web").count("Running") == 4
    assert docker("service", "logs", "--raw", "web")
    assert docker("service", "rm", "web") == "web\n"


def test_containers_run_attached_and_detached(docker: Docker) -> None:
    assert docker("run", "--rm", "alpine", "sh", "-c", "echo hello; exit 3", code=3) == "hello\n"
    assert docker("run", "--rm", "-i", "alpine", "sh", typed="echo typed\n") == "typed\n"
    docker("run", "-d", "--name", "box", "alpine", "sh", "-c", "echo started; sleep 1000")
    assert docker("logs", "box") == "started\n"
    assert docker("exec", "box", "sh", "-c", "echo inside") == "inside\n"
    assert docker("exec", "-i", "box", "sh", typed="echo piped\n") == "piped\n"
    assert "box" in docker("ps")
    assert docker("rm", "-f", "box") == "box\n"


def test_files_are_copied(docker: Docker, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("taken along\n")
    docker("run", "-d", "--name", "copied", "alpine", "sleep", "1000")

    docker("cp", str(tmp_path / "note"), "copied:/note")
    docker("cp", "copied:/note", str(tmp_path / "back"))

    assert (tmp_path / "back").read_text() == "taken along\n"
    docker("rm", "-f", "copied")


def test_a_stack_is_deployed(docker: Docker, tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK)

    said = docker("stack", "deploy", "--detach=true", "-c", str(tmp_path / "stack.yml"), "site")

    assert said == "Creating network site_default\nCreating service site_page\n"
    assert "site_page" in docker("stack", "services", "site")
    docker("stack", "rm", "site")


def test_a_pull_shows_its_end(docker: Docker) -> None:
    assert docker("pull", "busybox").endswith("docker.io/library/busybox:latest\n")
    assert "pull access denied for nobody/nothing" in docker("pull", "nobody/nothing", code=1)
