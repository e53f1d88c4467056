"""aiodocker's own tests, from its source package, unchanged, against an emulated engine.

They expect a daemon inside a container of the daemon under test, which they start with ``docker compose``. Here a
``docker`` of our own takes that place on their PATH: it starts nothing and names the engine of a lab as the daemon.
"""

import os
import re
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.web.serving import serving

VERSION = "0.27.0"
SUITES = ("swarm", "services", "nodes", "secrets", "configs", "system", "events")
"""Tasks are tested among the services."""
NEEDED = (f"aiodocker=={VERSION}", "async-timeout", "pytest-asyncio", "testcontainers")
"""Kept out of the project's own environment: pytest-asyncio there would be a plugin of every other test."""
EXCEPTIONS = {
    "test_services.py::test_logs_services": "runs Python code in a container, which the emulation does not",
    "test_services.py::test_logs_services_stream": "runs Python code in a container, which the emulation does not",
}
"""Tests that a real engine passes and an emulated one does not, each with the reason."""
SHIM = """#!/bin/sh
case "$1 $*" in
"compose "*" ps "*) echo inner ;;
compose*|exec*|save*|load*|pull*|-H*) ;;
port*) echo "${DOCKER_HOST#tcp://}" ;;
*) echo "what the tests ask of docker is not known here: $*" >&2; exit 125 ;;
esac
"""


def pip(*arguments: str) -> None:
    """Run pip; skip what needs it where the package index cannot be reached."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    except subprocess.TimeoutExpired:
        pytest.skip("pip does not get aiodocker in time")
    if done.returncode != 0:
        pytest.skip(f"pip does not get aiodocker: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """aiodocker's source tree, with all that its tests import in ``site``."""
    folder = tmp_path_factory.mktemp("aiodocker")
    pip("download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), f"aiodocker=={VERSION}")
    pip("install", "--target", str(folder / f"aiodocker-{VERSION}" / "site"), *NEEDED)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"aiodocker-{VERSION}"


@pytest.fixture(scope="module")
def outcomes(source: Path) -> dict[str, str]:
    """What became of each test: ``test_swarm.py::test_swarm_init`` -> ``PASSED``."""
    shim = source / "bin" / "docker"
    shim.parent.mkdir()
    shim.write_text(SHIM)
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    skipped = [f"--deselect=tests/{name}" for name in EXCEPTIONS]
    with serving("eventlet") as served:
        lab = served.lab("manager1", clock=10, images=["python:3.13-alpine"])
        ran = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "pytest",
                    "-c",
                    os.devnull,
                    "--rootdir",
                    str(source),
                    "-o",
                    "asyncio_mode=auto",
                ),
                *("-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider", "--tb=short", "-v", "--color=no", *skipped),
                *(f"tests/test_{name}.py" for name in SUITES),
            ],
            cwd=source,
            env={
                **{key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "DOCKER"))},
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTHONPATH": str(source / "site"),
                "DOCKER_HOST": lab.engine("manager1"),
                "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
    found = dict(re.findall(r"^tests/(\S+::\S+) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)", ran.stdout, re.MULTILINE))
    assert found, ran.stdout + ran.stderr
    if any(outcome in ("FAILED", "ERROR") for outcome in found.values()):
        sys.stdout.write(ran.stdout)  # pytest shows it where the test fails.
    return found


def test_aiodockers_own_tests_pass(outcomes: dict[str, str]) -> None:
    assert {name: outcome for name, outcome in outcomes.items() if outcome != "PASSED"} == {}


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_of_aiodocker_has_run(outcomes: dict[str, str], suite: str) -> None:
    assert any(name.startswith(f"test_{suite}.py::") for name in outcomes)
