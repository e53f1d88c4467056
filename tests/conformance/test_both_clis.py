"""Our ``docker`` command and the real one, asked the same of the same lab, answer the same bytes.

The real one is whatever ``docker`` is on the PATH; it speaks to the engine over HTTP. Help texts are our own words
and are not compared. The real command reads ages off the machine's clock, so the lab's clock shows the same time.
"""

import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from playground.labs.journal import Header
from playground.labs.lab import Lab
from playground.web.app import Settings, create_app
from playground.web.engine_mount import engine_path
from playground.web.servers import serve_also
from tests.conformance.invocations import SETUP, invocations

pytestmark = pytest.mark.skipif(shutil.which("docker") is None, reason="there is no docker command on the PATH")

Answer = tuple[str, str, int]
Ask = Callable[[str], Answer]

SECOND = 1_000_000
AGE_S = 930
"""How long ago the lab began: ages are then whole minutes, that change seldom."""
ALL = list(dict.fromkeys(invocations()))
NEWER = "docker 28.2 says it otherwise than the 28.1 that is emulated"
KNOWN: dict[str, str] = {
    "version": "it tells its own version",
    "info": "it tells its own version and plugins",
    "--version": "it tells its own version",
    "context ls": "it is told by DOCKER_HOST where the engine is",
    "image inspect alpine:latest --format '{{json .}}'": NEWER,
}
"""Invocation -> why the real command, version 28.2 here, answers otherwise."""
MISSING = {
    "service ls --format '{{range .}}{{end}}'": "Go prints the inside of the command's own row, pointers included",
}
"""Invocation -> what our command lacks. An entry that has become the same fails, like one of ``KNOWN``."""
EXPECTED = {**KNOWN, **MISSING}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Lab, str]]:
    """A lab that has been running for a while, and the address of its engine."""
    playground = create_app(Settings())
    playground.start()
    listener = socket.create_server(("127.0.0.1", 0))
    stop = serve_also("threading", listener, playground.app)
    now_us = time.time_ns() // 1000
    lab = playground.registry.create(
        Header(
            seed=1,
            wall_us=now_us - AGE_S * SECOND,
            nodes=("manager1",),
            images=("joeyratt/webpage:latest", "alpine:latest"),
        )
    )
    for command in SETUP:
        _run(lab, command)
    lab.advance((time.time_ns() // 1000 - lab.header.wall_us - lab.now_us) / SECOND, time.sleep)
    yield lab, f"tcp://127.0.0.1:{listener.getsockname()[1]}{engine_path(lab, 'manager1')}"
    stop()
    playground.registry.stop()


def _run(lab: Lab, command: str) -> Answer:
    what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 60 * SECOND}
    ticket = lab.submit(what)
    while not ticket.wait(0.002):
        lab.pump()
    return ticket.value["stdout"], ticket.value["stderr"], ticket.value["exit"]


@pytest.fixture(scope="module")
def ours(served: tuple[Lab, str]) -> Ask:
    return lambda words: _run(served[0], f"docker {words}")


@pytest.fixture(scope="module")
def theirs(served: tuple[Lab, str], tmp_path_factory: pytest.TempPathFactory) -> Ask:
    home = tmp_path_factory.mktemp("home")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_HOST": served[1], "TZ": "UTC"}

    def ask(words: str) -> Answer:
        done = subprocess.run(
            ["docker", *shlex.split(words)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
            cwd=home,
        )
        # What our command prints comes back with plain line ends, wherever they came from.
        return done.stdout.decode().replace("\r\n", "\n"), done.stderr.decode(), done.returncode

    return ask


def test_there_are_enough_invocations() -> None:
    assert len(ALL) >= 300
    assert not [words for words in EXPECTED if words not in ALL]


@pytest.mark.parametrize("words", ALL)
def test_both_answer_the_same(words: str, ours: Ask, theirs: Ask) -> None:
    mine, real = ours(words), theirs(words)
    if mine != real and mine[2] == real[2]:
        mine = ours(words)  # An age may have come to its next minute in between.
    if words in EXPECTED:
        assert mine != real, f"there is no difference any more: {EXPECTED[words]}"
        pytest.skip(EXPECTED[words])
    assert mine == real
