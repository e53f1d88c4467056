"""A Docker engine for the tests, and the node image: found, or started and built where this machine lets us."""

import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from playground.backends.real import docker_image
from playground.backends.real.driver import DriverError

STATE = Path(os.environ.get("SWARM_PLAYGROUND_TEST_STATE", "/var/tmp/swarm-playground-tests"))
SOCKET = f"unix://{STATE}/docker.sock"
NEEDED = (("dockerd", "docker.io"), ("iptables", "iptables"), ("debootstrap", "debootstrap"))
START_S = 60


def _answers(host: str) -> bool:
    try:
        client = docker.DockerClient(base_url=host, version="1.41", timeout=10)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


def _install() -> None:
    missing = [package for program, package in NEEDED if shutil.which(program) is None]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip(f"no Docker engine answers, and {', '.join(missing)} can only be installed by root with apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-yq", "--no-install-recommends", *missing]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{' '.join(command)} failed: {done.stderr.strip()[-200:]}")


def _start() -> None:
    """Start a dockerd of our own. It stays for the next run; its folder holds its log and process number."""
    if os.geteuid() != 0:
        pytest.skip("no Docker engine answers, and only root can start one")
    log = STATE / "dockerd.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                "dockerd", "--data-root", str(STATE / "data"), "--exec-root", str(STATE / "exec"),
                "--pidfile", str(STATE / "dockerd.pid"), "--host", SOCKET,
            ],
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    end_s = time.monotonic() + START_S
    while not _answers(SOCKET):
        if process.poll() is not None or time.monotonic() > end_s:
            pytest.skip(f"dockerd does not run on this machine: {log.read_text(errors='replace').strip()[-300:]}")
        time.sleep(0.5)


def find_or_start() -> str:
    """The value for ``DOCKER_HOST``. Skips, with the reason, where there is no engine and none can be started."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for host in (os.environ.get("DOCKER_HOST", ""), "unix:///var/run/docker.sock", SOCKET):
            if host and _answers(host):
                break
        else:
            _install()
            _start()
            host = SOCKET
        client = docker.DockerClient(base_url=host, timeout=300)
        try:
            if not docker_image.is_there(client):
                _install()
                packages = not docker_image.registry_answers()
                docker_image.build(client, from_packages=packages, told=lambda text: None, cache=STATE)
        except DriverError as error:
            pytest.skip(f"the node image cannot be made here: {error}")
        finally:
            client.close()
        return host
