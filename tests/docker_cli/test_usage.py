"""What the command says of words it does not understand: the recorded answers of the real one."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.docker_cli.command.model import Command
from playground.docker_cli.command.tree import root
from tests.docker_cli.conftest import Docker, FakeEngine

RECORDINGS = Path(__file__).parents[1] / "recordings"


def refusals() -> list[dict[str, Any]]:
    """Recorded commands that failed before they asked the engine anything."""
    steps = []
    for path in sorted(RECORDINGS.glob("0*.jsonl")):
        for line in path.read_text().splitlines():
            step = json.loads(line)
            usage = "Usage:  " in step.get("err", "") and step["rc"] != 0
            if usage and not step["out"] and not any(c in step["cmd"] for c in "$|&;>'"):
                steps.append(step)
    return list({step["cmd"]: step for step in steps}.values())


@pytest.mark.parametrize("step", refusals(), ids=lambda step: step["cmd"])
def test_a_misspelt_command_is_refused_in_the_real_words(step: dict[str, Any], docker: Docker) -> None:
    engine = FakeEngine()

    result = docker(engine, *step["cmd"].split()[1:])

    assert (result.out, result.err, result.code) == (step["out"], step["err"], step["rc"])
    assert engine.requests == []


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (["service", "ls", "-x"], "unknown shorthand flag: 'x' in -x", 125),
        (["service", "create", "--name"], "flag needs an argument: --name", 125),
        (["ps", "-n"], "flag needs an argument: 'n' in -n", 125),
        (["service", "ls", "--quiet=maybe"], 'invalid argument "maybe" for "-q, --quiet" flag: ', 125),
        (["service", "ls", "--=x"], "bad flag syntax: --=x", 125),
        (["--nope"], "unknown flag: --nope", 125),
        (["help", "nothing"], "unknown help topic: nothing", 1),
        (["service", "create", "--endpoint-mode"], "flag needs an argument: --endpoint-mode", 125),
    ],
)
def test_wrong_flags_are_named(words: list[str], error: str, code: int, docker: Docker) -> None:
    result = docker(FakeEngine(), *words)

    assert result.err.startswith(error)
    assert result.code == code


def commands(command: Command) -> list[Command]:
    return [command, *(below for child in command.children for below in commands(child))]


@pytest.mark.parametrize("command", commands(root()), ids=lambda command: command.path)
def test_every_command_explains_itself(command: Command, docker: Docker) -> None:
    result = docker(FakeEngine(), *command.path.split()[1:], "--help")

    assert result.code == 0
    assert result.err == ""
    assert result.out.startswith("Usage:  docker")
    assert result.out.endswith("\n")
    assert not result.out.endswith("\n\n")


def test_a_noun_alone_prints_its_help_to_standard_error(docker: Docker) -> None:
    result = docker(FakeEngine(), "swarm")

    assert result.code == 0
    assert result.out == ""
    assert result.err.startswith("Usage:  docker swarm COMMAND\n\n")
    assert "\nCommands:\n  ca          " in result.err
    assert result.err.endswith("Run 'docker swarm COMMAND --help' for more information on a command.\n")


def test_help_hides_what_makes_no_sense_outside_a_swarm(docker: Docker) -> None:
    from playground.api import Response

    engine = FakeEngine({"GET /_ping": Response(200, "OK", headers={"Swarm": "inactive"})})

    result = docker(engine, "swarm", "--help")

    assert "  init  " in result.out
    assert "  leave  " not in result.out
    assert "  update  " not in result.out


def test_version_flag(docker: Docker) -> None:
    assert docker(FakeEngine(), "--version").out == "Docker version 28.1.1, build 4eba377\n"
    assert docker(FakeEngine(), "-v").out == "Docker version 28.1.1, build 4eba377\n"


def test_an_engine_that_does_not_answer(docker: Docker) -> None:
    result = docker(FakeEngine(unreachable=True), "node", "ls")

    assert result.err == (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
    )
    assert result.code == 1


def test_flags_after_the_image_belong_to_the_container(docker: Docker) -> None:
    engine = FakeEngine({"POST /services/create": {"ID": "x"}})

    docker(engine, "service", "create", "-d", "--no-resolve-image", "alpine", "ls", "-l")

    assert engine.posted("/services/create")["TaskTemplate"]["ContainerSpec"]["Args"] == ["ls", "-l"]


@pytest.mark.parametrize("words", [("build", "-t", "mine", "."), ("load", "-i", "x.tar"), ("compose", "up", "-d")])
def test_what_is_left_out_says_so_whatever_its_flags(docker: Docker, words: tuple[str, ...]) -> None:
    result = docker(FakeEngine({}), *words)

    assert result.err == f"docker {words[0]} is not part of this playground\n"
    assert result.code == 1
