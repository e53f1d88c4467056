"""Compose files: filling in, checking, converting, deploying."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.docker_cli.compose import validation
from playground.docker_cli.compose.interpolation import interpolate
from playground.docker_cli.compose.normal_form import parse_volume
from playground.docker_cli.compose.yaml_text import parse_yaml
from playground.docker_cli.errors import CommandFailed
from tests.docker_cli.conftest import Docker, FakeEngine, refused

RECORDING = Path(__file__).parents[1] / "recordings" / "06-stacks-secrets-networks.jsonl"
SHOP = """services:
  web:
    image: joeyratt/webpage:latest
    ports: ["8080:5000"]
    stop_grace_period: 1s
    networks: [front]
    deploy:
      replicas: 5
      update_config: {parallelism: 2, delay: 5s}
      placement:
        constraints: ["node.role == worker"]
  db:
    image: joeyratt/webpage:latest
    stop_grace_period: 1s
    networks: [front]
    secrets: [token]
networks:
  front: {}
secrets:
  token:
    file: ./token.txt
"""


def recorded(command: str) -> dict[str, Any]:
    steps = [json.loads(line) for line in RECORDING.read_text().splitlines()]
    return next(step for step in steps if step.get("cmd", "").startswith(command))


@pytest.fixture
def manager() -> FakeEngine:
    return FakeEngine(
        {
            "GET /info": {"Swarm": {"ControlAvailable": True}},
            "GET /services": [],
            "GET /networks": [],
            "GET /secrets": [{"ID": "sid", "Spec": {"Name": "shop_token"}}],
            "GET /configs": [],
            "GET /secrets/shop_token": refused(404, "secret shop_token not found"),
            "POST /networks/create": {"Id": "nid"},
            "POST /secrets/create": {"ID": "sid"},
            "POST /services/create": {"ID": "id"},
        }
    )


def test_config_prints_what_the_real_one_printed(docker: Docker) -> None:
    step = recorded("docker stack config")

    result = docker(FakeEngine(), "stack", "config", "-c", "/stack.yml", files={"/stack.yml": SHOP})

    assert (result.out, result.err, result.code) == (step["out"], step["err"], step["rc"])


def test_deploy_makes_networks_secrets_and_services(docker: Docker, manager: FakeEngine) -> None:
    files = {"/stack.yml": SHOP, "/token.txt": "abc"}

    result = docker(manager, "stack", "deploy", "-c", "/stack.yml", "--resolve-image", "never", "shop", files=files)

    step = recorded("docker stack deploy -c /stack.yml shop")
    assert result.code == 0
    assert sorted(result.out.splitlines()) == sorted(step["out"].splitlines())
    assert result.err == step["err"]
    assert manager.posted("/secrets/create") == {
        "Name": "shop_token",
        "Labels": {"com.docker.stack.namespace": "shop"},
        "Data": "YWJj",
    }
    assert manager.posted("/networks/create")["Driver"] == "overlay"


def test_a_service_of_a_stack_has_its_labels_and_its_alias(docker: Docker, manager: FakeEngine) -> None:
    bodies: list[Any] = []
    manager.routes["POST /services/create"] = lambda query, body: bodies.append(body) or {"ID": "id"}

    files = {"/stack.yml": SHOP, "/token.txt": "abc"}
    docker(manager, "stack", "deploy", "-d", "-c", "/stack.yml", "--resolve-image=never", "shop", files=files)

    web, db = bodies
    assert web["Name"] == "shop_web"
    assert web["Labels"] == {
        "com.docker.stack.namespace": "shop",
        "com.docker.stack.image": "joeyratt/webpage:latest",
    }
    assert web["Mode"] == {"Replicated": {"Replicas": 5}}
    assert web["UpdateConfig"]["Parallelism"] == 2
    assert web["UpdateConfig"]["Delay"] == 5_000_000_000
    assert web["TaskTemplate"]["Placement"] == {"Constraints": ["node.role == worker"]}
    assert web["TaskTemplate"]["Networks"] == [{"Target": "shop_front", "Aliases": ["web"]}]
    assert web["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] == 1_000_000_000
    assert web["EndpointSpec"]["Ports"] == [
        {"Protocol": "tcp", "TargetPort": 5000, "PublishedPort": 8080, "PublishMode": "ingress"}
    ]
    assert db["TaskTemplate"]["ContainerSpec"]["Secrets"][0]["SecretID"] == "sid"


def test_a_second_deploy_updates_and_keeps_the_count_of_forced_updates(docker: Docker, manager: FakeEngine) -> None:
    old = {"Name": "s_a", "Labels": {}, "TaskTemplate": {"ContainerSpec": {"Image": "x"}, "ForceUpdate": 4}}
    manager.routes["GET /services"] = [{"ID": "sid", "Version": {"Index": 3}, "Spec": old}]
    manager.routes["POST /services/sid/update"] = {}

    result = docker(
        manager,
        *("stack", "deploy", "-d", "-c", "-", "--resolve-image", "never", "s"),
        stdin=b"services: {a: {image: nginx}}",
    )

    assert result.out == "Creating network s_default\nUpdating service s_a (id: sid)\n"
    assert manager.posted("/services/sid/update")["TaskTemplate"]["ForceUpdate"] == 4


def test_prune_removes_what_the_file_no_longer_has(docker: Docker, manager: FakeEngine) -> None:
    manager.routes["GET /services"] = [{"ID": "old", "Version": {"Index": 3}, "Spec": {"Name": "s_gone"}}]
    manager.routes["DELETE /services/old"] = None

    result = docker(
        manager,
        *("stack", "deploy", "-d", "--prune", "-c", "-", "--resolve-image", "never", "s"),
        stdin=b"services: {a: {image: nginx}}",
    )

    assert result.out.startswith("Removing service s_gone\n")


WRONG = {
    "services:\n  web:\n    imagee: x\n": "services.web Additional property imagee is not allowed",
    "services:\n  web:\n    image: 5\n": "services.web.image must be a string",
    "services: []": "services must be a mapping",
    "colour: red": "(root) Additional property colour is not allowed",
    "- a": "top-level object must be a mapping",
    "a: b: c": "yaml: mapping values are not allowed in this context",
    "version: '9.9'\nservices: {}": "unsupported Compose file version: 9.9",
    "services: {a: {image: x, deploy: {replicas: many}}}": "services.a.deploy.replicas must be a integer",
    "services: {a: {image: x, stop_grace_period: soon}}": (
        "services.a.stop_grace_period Does not match format 'duration'"
    ),
    "services: {a: {image: x, networks: [nope]}}": 'service a: undefined network "nope"',
    "services: {a: {image: x, secrets: [nope]}}": 'service a: undefined secret "nope"',
    "services: {a: {image: x, volumes: ['vo:/v']}}": 'service a: undefined volume "vo"',
    "services: {a: {image: x, deploy: {mode: global, replicas: 2}}}": (
        "service a: replicas can only be used with replicated or replicated-job mode"
    ),
    "services: {a: {image: '${NOPE:?say it}'}}": (
        'invalid interpolation format for services.a.image: "required variable NOPE is missing a value: say it";'
        " you may need to escape any $ with another $"
    ),
    "services: {a: {image: '$!'}}": 'invalid interpolation format for services.a.image: "$!"',
    "services: {a: {image: x, mem_limit: 1g}}": "Compose file contains unsupported options:\n\nmem_limit: Set resource",
}


@pytest.mark.parametrize(("text", "error"), WRONG.items())
def test_a_wrong_file_is_refused(text: str, error: str, docker: Docker, manager: FakeEngine) -> None:
    result = docker(manager, "stack", "deploy", "-d", "-c", "-", "--resolve-image=never", "s", stdin=text.encode())

    assert result.err.startswith(error)
    assert result.code == 1


def test_aliases_that_grow_without_measure_are_refused(docker: Docker, manager: FakeEngine) -> None:
    levels = "".join(f"x-{n}: &l{n} [{','.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))

    result = docker(manager, "stack", "deploy", "-c", "-", "s", stdin=f"x-0: &l0 [a]\n{levels}services: {{}}".encode())

    assert result.err == "yaml: document contains excessive aliasing\n"


def test_unsupported_and_deprecated_options_are_passed_over_aloud(docker: Docker, manager: FakeEngine) -> None:
    text = b"services: {a: {image: x, build: ., links: [b], container_name: c}}"

    result = docker(manager, "stack", "deploy", "-d", "-c", "-", "--resolve-image=never", "s", stdin=text)

    assert result.err == (
        "Ignoring unsupported options: build, links\n\n"
        "Ignoring deprecated options:\n\ncontainer_name: Setting the container name is not supported.\n\n"
    )


def test_variables_are_filled_in_and_cast() -> None:
    document = {
        "services": {
            "a": {
                "image": "${IMAGE:-nginx}:$TAG",
                "deploy": {"replicas": "${N}"},
                "labels": {"price": "$$5", "x": "${EMPTY-unset}"},
            }
        }
    }

    service = interpolate(document, {"TAG": "1", "N": "3", "EMPTY": ""})["services"]["a"]

    assert service == {"image": "nginx:1", "deploy": {"replicas": 3}, "labels": {"price": "$5", "x": ""}}


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("/data", {"type": "volume", "target": "/data"}),
        ("vo:/data", {"type": "volume", "source": "vo", "target": "/data"}),
        ("./x:/data:ro", {"type": "bind", "source": "./x", "target": "/data", "read_only": True}),
        ("vo:/d:nocopy", {"type": "volume", "source": "vo", "target": "/d", "volume": {"nocopy": True}}),
    ],
)
def test_a_short_volume_has_a_long_form(text: str, volume: dict[str, Any]) -> None:
    assert parse_volume(text) == volume


def test_a_volume_with_an_empty_part_is_refused() -> None:
    with pytest.raises(CommandFailed, match="invalid spec: aa::b: empty section between colons"):
        parse_volume("aa::b")


def test_files_lie_over_one_another(docker: Docker) -> None:
    files = {
        "/a.yml": "services: {a: {image: one, environment: [A=1], ports: ['80:80'], command: x}}",
        "/b.yml": "services: {a: {image: two, environment: {B: 2}, command: y}, b: {image: c}}",
    }

    result = docker(FakeEngine(), "stack", "config", "-c", "/a.yml", "-c", "/b.yml", files=files)

    assert result.out == (
        'version: "3.13"\nservices:\n  a:\n    command:\n      - "y"\n    environment:\n      A: "1"\n      B: "2"\n'
        "    image: two\n    ports:\n      - mode: ingress\n        target: 80\n        published: 80\n"
        "        protocol: tcp\n  b:\n    image: c\n"
    )


def test_env_files_and_the_shell_fill_the_environment(docker: Docker) -> None:
    files = {"/d/a.yml": "services: {a: {image: x, env_file: e.env, environment: [FROM_SHELL]}}", "/d/e.env": "K=v\n"}

    result = docker(FakeEngine(), "stack", "config", "-c", "/d/a.yml", files=files, environment={"FROM_SHELL": "here"})

    assert "    environment:\n      FROM_SHELL: here\n      K: v\n" in result.out


def test_stack_rm_says_what_it_removes(docker: Docker) -> None:
    label = {"com.docker.stack.namespace": "shop"}
    engine = FakeEngine(
        {
            "GET /services": [{"ID": i, "Spec": {"Name": f"shop_{i}", "Labels": label}} for i in ("web", "db")],
            "GET /networks": [{"Id": "n", "Name": "shop_front"}],
            "GET /secrets": [{"ID": "s", "Spec": {"Name": "shop_token"}}],
            "GET /configs": [],
            **{f"DELETE /{path}": None for path in ("services/web", "services/db", "networks/n", "secrets/s")},
        }
    )

    result = docker(engine, "stack", "rm", "shop")

    step = recorded("docker stack rm shop")
    assert (result.out, result.err, result.code) == (step["out"], step["err"], step["rc"])


@pytest.mark.parametrize(
    "command", ["docker stack ps nothing", "docker stack services nothing", "docker stack rm nothing"]
)
def test_a_stack_of_which_nothing_is_there(command: str, docker: Docker) -> None:
    engine = FakeEngine({f"GET /{kind}": [] for kind in ("services", "tasks", "networks", "secrets", "configs")})

    result = docker(engine, *command.split()[1:])

    step = recorded(command)
    assert (result.out, result.err, result.code) == (step["out"], step["err"], step["rc"])


NOT_YET = {
    "version: '3.0'\nservices: {a: {image: x, secrets: [s]}}": "services.a Additional property secrets is not allowed",
    "version: '3.8'\nservices: {a: {image: x, deploy: {resources: {limits: {pids: 5}}}}}": (
        "services.a.deploy.resources.limits Additional property pids is not allowed"
    ),
    "version: '3.3'\nx-common: 1\nservices: {a: {image: x}}": "(root) Additional property x-common is not allowed",
}


@pytest.mark.parametrize("text", NOT_YET)
def test_a_property_newer_than_the_files_version_is_refused(text: str) -> None:
    with pytest.raises(CommandFailed) as failure:
        validation.validate(parse_yaml(text), validation.version_of(parse_yaml(text)))
    assert failure.value.message == NOT_YET[text]


YAML_FAULTS = {
    "services: [": "yaml: line 1: did not find expected node content",
    "a: [b": "yaml: line 1: did not find expected ',' or ']'",
    "a:\n- b\n c: d": "yaml: line 3: mapping values are not allowed in this context",
    "a: &x [*x]": "yaml: anchor 'x' value contains itself",
    "a: *x": "yaml: unknown anchor 'x' referenced",
    "a: 1\nb: {c: 1, c: 2}\nd:\n  e: 1\n  e: 2": (
        'yaml: unmarshal errors:\n  line 2: mapping key "c" already defined at line 2\n'
        '  line 5: mapping key "e" already defined at line 4'
    ),
    "a: \x01": "yaml: control characters are not allowed",
    "%YAML 1.2\n---\na: b": "yaml: found incompatible YAML document",
    "1: 2": "top-level object must be a mapping",
}


@pytest.mark.parametrize("text", YAML_FAULTS)
def test_faults_of_yaml_are_worded_as_the_go_library_does(text: str) -> None:
    with pytest.raises(CommandFailed) as failure:
        parse_yaml(text)
    assert failure.value.message == YAML_FAULTS[text]
