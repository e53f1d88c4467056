"""Nodes, services, tasks, secrets, networks: lists and details."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.api import Response
from playground.api.durations import human_duration
from playground.docker_cli.command.service.summary import summary
from playground.docker_cli.formatter.instants import parse_instant
from playground.docker_cli.formatter.services import published
from playground.docker_cli.formatter.sizes import bytes_size, human_size, ram_in_bytes
from playground.docker_cli.formatter.tabwriter import align
from playground.docker_cli.formatter.texts import ellipsis, familiar_image, natural
from tests.docker_cli.conftest import NOW_US, Docker, FakeEngine, refused, streamed

RECORDINGS = Path(__file__).parents[1] / "recordings"


def recorded(name: str, command: str) -> dict[str, Any]:
    steps = [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text().splitlines()]
    return next(step for step in steps if step.get("cmd") == command)


def a_node(name: str, leader: bool = False, manager: bool = False) -> dict[str, Any]:
    node: dict[str, Any] = {
        "ID": f"{name}id".ljust(25, "x"),
        "Version": {"Index": 4},
        "Spec": {"Labels": {}, "Role": "manager" if manager else "worker", "Availability": "active"},
        "Description": {"Hostname": name, "Engine": {"EngineVersion": "28.1.1"}},
        "Status": {"State": "ready", "Addr": "10.0.0.1"},
    }
    if manager:
        node["ManagerStatus"] = {"Leader": leader, "Reachability": "reachable", "Addr": "10.0.0.1:2377"}
    return node


def test_node_ls_sorts_by_name_and_marks_the_node_asked(docker: Docker) -> None:
    nodes = [a_node("worker10"), a_node("worker2"), a_node("manager1", leader=True, manager=True)]
    engine = FakeEngine({"GET /nodes": nodes, "GET /info": {"Swarm": {"NodeID": nodes[2]["ID"]}}})

    result = docker(engine, "node", "ls")

    assert result.out == (
        "ID                            HOSTNAME   STATUS    AVAILABILITY   MANAGER STATUS   ENGINE VERSION\n"
        "manager1idxxxxxxxxxxxxxxx *   manager1   Ready     Active         Leader           28.1.1\n"
        "worker2idxxxxxxxxxxxxxxxx     worker2    Ready     Active                          28.1.1\n"
        "worker10idxxxxxxxxxxxxxxx     worker10   Ready     Active                          28.1.1\n"
    )


def test_a_field_that_is_none_is_refused_in_the_recorded_words(docker: Docker) -> None:
    engine = FakeEngine({"GET /nodes": [a_node("a")], "GET /info": {"Swarm": {}}})

    result = docker(engine, "node", "ls", "--format", "{{.Nope}}")

    step = recorded("07-words", "docker node ls --format '{{.Nope}}'")
    assert (result.out, result.err, result.code) == (step["out"], step["err"], step["rc"])


def test_promote_and_demote_stop_at_what_is_so_already(docker: Docker) -> None:
    node = a_node("m1", manager=True)
    engine = FakeEngine({"GET /nodes/m1": node, f"POST /nodes/{node['ID']}/update": None})

    promoted = docker(engine, "node", "promote", "m1")
    demoted = docker(engine, "node", "demote", "m1")

    assert promoted.out == f"Node {node['ID']} is already a manager.\n"
    assert demoted.out == "Manager m1 demoted in the swarm.\n"
    assert engine.posted(f"/nodes/{node['ID']}/update")["Role"] == "worker"


def test_node_update_refuses_to_take_away_a_label_that_is_not_there(docker: Docker) -> None:
    result = docker(FakeEngine({"GET /nodes/w": a_node("w")}), "node", "update", "--label-rm", "zone", "w")

    assert result.err == "key zone doesn't exist in node's labels\n"


def service_of(step: dict[str, Any]) -> dict[str, Any]:
    service: dict[str, Any] = json.loads(step["out"])[0]
    return service


def test_service_inspect_prints_the_recorded_bytes_again(docker: Docker) -> None:
    step = recorded("01-chapter", "docker service inspect web-fe")
    shuffled = dict(sorted(service_of(step).items(), reverse=True))

    result = docker(FakeEngine({"GET /services/web-fe": shuffled}), "service", "inspect", "web-fe")

    assert result.out == step["out"]


def test_service_inspect_pretty_prints_the_recorded_text(docker: Docker) -> None:
    service = service_of(recorded("01-chapter", "docker service inspect web-fe"))

    result = docker(FakeEngine({"GET /services/web-fe": service}), "service", "inspect", "--pretty", "web-fe")

    assert result.out == recorded("01-chapter", "docker service inspect --pretty web-fe")["out"]


@pytest.mark.parametrize(
    ("form", "out", "err", "code"),
    [
        ("{{json .Spec.Mode}}", '{"Replicated":{"Replicas":5}}\n', "", 0),
        (
            "{{.Spec.Nope}}",
            "\n",
            'template parsing error: template: :1:7: executing "" at <.Spec.Nope>: '
            "can't evaluate field Nope in type swarm.ServiceSpec\n",
            1,
        ),
        ("{{", "", "template parsing error: template: :1: unclosed action\n", 1),
    ],
)
def test_service_inspect_through_a_template(form: str, out: str, err: str, code: int, docker: Docker) -> None:
    service = service_of(recorded("01-chapter", "docker service inspect web-fe"))

    result = docker(FakeEngine({"GET /services/web-fe": service}), "service", "inspect", "-f", form, "web-fe")

    assert (result.out, result.err, result.code) == (out, err, code)


def test_a_template_may_name_what_only_the_engine_knows(docker: Docker) -> None:
    engine = FakeEngine({"GET /networks/n": {"Name": "n", "Id": "i", "Strange": {"x": 5}}})

    assert docker(engine, "network", "inspect", "-f", "{{.Strange.x}}", "n").out == "5\n"
    assert docker(engine, "network", "inspect", "-f", "{{", "n").code == 64


def test_a_summary_has_every_block() -> None:
    service = {
        "ID": "i",
        "Spec": {
            "Name": "n",
            "Labels": {"a": "1", "b": ""},
            "Mode": {"Global": {}},
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "x",
                    "Args": ["a", "b"],
                    "Env": ["K=v"],
                    "Dir": "/d",
                    "User": "u",
                    "CapabilityAdd": ["CAP_A"],
                    "Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t"}],
                    "Healthcheck": {"Test": ["CMD", "x"], "Interval": 1_000_000_000},
                },
                "Resources": {"Limits": {"NanoCPUs": 500_000_000, "MemoryBytes": 1 << 20}},
                "LogDriver": {"Name": "json-file", "Options": {"k": "v"}},
                "Placement": {"MaxReplicas": 2, "Preferences": [{"Spread": {"SpreadDescriptor": "z"}}]},
                "Networks": [{"Target": "nid"}],
            },
            "EndpointSpec": {"Mode": "dnsrr"},
        },
    }

    text = summary(None, service, {"nid": "back"})

    assert text == (
        "\nID:\t\ti\nName:\t\tn\nLabels:\n a=1\n b\nService Mode:\tGlobal\nPlacement:\n"
        " Preferences:   [spread=z]\n Max Replicas Per Node:   2\nContainerSpec:\n Image:\t\tx\n Args:\t\ta b \n"
        " Env:\t\tK=v \n Dir:\t\t/d\n User: u\nCapabilities:\n Add: CAP_A\nMounts:\n Target:\t/t\n  Source:\t/s\n"
        "  ReadOnly:\tfalse\n  Type:\t\tbind\nLog Driver:\n Name:\t\tjson-file\n LogOpts:\n  k:       v\n\nResources:\n"
        " Limits:\n  CPU:\t\t0.5\n  Memory:\t1MiB\nNetworks: back \nEndpoint Mode:\tdnsrr\n Healthcheck:\n"
        "  Interval = 1s\n  Retries = 0\n  StartPeriod =\t0s\n  Timeout =\t0s\n  Tests:\n"
        "\t Test = CMD\n\t Test = x \n\n"
    )


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        ([(8080, 80)], "*:8080->80/tcp"),
        ([(8080, 80), (8081, 81), (8082, 82)], "*:8080-8082->80-82/tcp"),
        ([(80, 80), (81, 80)], "*:80-81->80/tcp"),
        ([(80, 80), (90, 90)], "*:80->80/tcp, *:90->90/tcp"),
    ],
)
def test_published_ports_are_joined_to_ranges(ports: list[tuple[int, int]], text: str) -> None:
    configs = [
        {"Protocol": "tcp", "PublishedPort": public, "TargetPort": target, "PublishMode": "ingress"}
        for public, target in ports
    ]

    assert published({"Endpoint": {"Ports": configs}}) == text


def test_tasks_stand_by_slot_with_their_history_below(docker: Docker) -> None:
    def task(identity: str, at: int, **status: Any) -> dict[str, Any]:
        return {
            "ID": identity.ljust(25, "x"),
            "CreatedAt": f"2025-11-22T08:00:{at:02d}Z",
            "ServiceID": "sid",
            "Slot": 1,
            "NodeID": "nid",
            "Spec": {"ContainerSpec": {"Image": "nginx:1@sha256:" + "a" * 64}},
            "DesiredState": "running",
            "Status": {"State": "running", "Timestamp": "2025-11-22T08:00:00Z", **status},
        }

    engine = FakeEngine(
        {
            "GET /services": [{"ID": "sid", "Spec": {"Name": "web"}}],
            "GET /services/sid": {"ID": "sid", "Spec": {"Name": "web"}},
            "GET /nodes/nid": a_node("worker1"),
            "GET /tasks": [
                task("old", 1, State="failed", Err="task: non-zero exit (1) and more of it"),
                task("new", 2),
            ],
        }
    )
    wall = parse_instant("2025-11-22T08:01:00Z") // 1000

    result = docker(engine, "service", "ps", "web", "nope", wall_us=wall)

    lines = result.out.splitlines()
    assert lines[1].split("   ")[0:2] == ["newxxxxxxxxx", "web.1"]
    assert lines[2].startswith(
        "oldxxxxxxxxx    \\_ web.1   nginx:1   worker1   Running         Failed about a minute ago"
    )
    assert '"task: non-zero exit (1) and m…"' in lines[2]
    assert result.err == "no such service: nope\n"
    assert result.code == 1


def test_secret_create_reads_its_input(docker: Docker) -> None:
    engine = FakeEngine({"POST /secrets/create": {"ID": "sid"}})

    result = docker(engine, "secret", "create", "-l", "a=b", "pw", "-", stdin=b"s3cret")

    assert result.out == "sid\n"
    assert engine.posted("/secrets/create") == {"Name": "pw", "Labels": {"a": "b"}, "Data": "czNjcmV0"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["secret", "create", "x", "/nope"], "error reading from /nope: open /nope: no such file or directory\n"),
        (["secret", "create", "x"], "secret file is required\n"),
        (["config", "create", "x", "-"], 'Error reading content from "-": error reading from STDIN: data is empty\n'),
    ],
)
def test_what_cannot_be_read_is_not_stored(words: list[str], error: str, docker: Docker) -> None:
    engine = FakeEngine()

    result = docker(engine, *words)

    assert (result.err, result.code) == (error, 1)
    assert engine.requests == []


def test_network_rm_complains_and_goes_on(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "DELETE /networks/a": refused(404, "network a not found"),
            "GET /networks/b": {"Name": "b"},
            "DELETE /networks/b": None,
        }
    )

    result = docker(engine, "network", "rm", "a", "b")

    assert (result.out, result.code) == ("b\n", 1)
    assert result.err == "Error response from daemon: network a not found\nexit status 1\n"


def test_the_ingress_network_is_removed_only_after_a_yes(docker: Docker) -> None:
    engine = FakeEngine({"GET /networks/ingress": {"Ingress": True}, "DELETE /networks/ingress": None})

    kept = docker(engine, "network", "rm", "ingress", stdin=b"\n")
    gone = docker(engine, "network", "rm", "ingress", stdin=b"y\n")

    assert kept.out.endswith("Are you sure you want to continue? [y/N] ")
    assert gone.out.endswith("[y/N] ingress\n")


def test_service_logs_name_the_task(docker: Docker) -> None:
    details = b"com.docker.swarm.node.id=nid,com.docker.swarm.service.id=sid,com.docker.swarm.task.id=tid"
    engine = FakeEngine(
        {
            "GET /services/web": {
                "Spec": {"TaskTemplate": {"ContainerSpec": {}}, "Mode": {"Replicated": {"Replicas": 10}}}
            },
            "GET /services/web/logs": lambda query, body: Response(200, stream=streamed((1, details + b" hello\n"))),
            "GET /services/sid": {"Spec": {"Name": "web"}},
            "GET /nodes/nid": a_node("worker1"),
            "GET /tasks/tid": {"ID": "t" * 25, "Slot": 2},
        }
    )

    result = docker(engine, "service", "logs", "web")

    assert result.out == "web.2.tttttttttttt@worker1     | hello\n"


def test_events_are_one_line_each(docker: Docker) -> None:
    event = {
        "Type": "service",
        "Action": "update",
        "Actor": {"ID": "sid", "Attributes": {"name": "web", "image.new": "x"}},
        "scope": "swarm",
        "timeNano": 1_763_800_000_123_000_000,
    }
    engine = FakeEngine({"GET /events": lambda query, body: Response(200, stream=streamed(event))})

    result = docker(engine, "events", "--since", "1m", "--filter", "type=service")

    assert result.out == "2025-11-22T08:26:40.123000000Z service update sid (image.new=x, name=web)\n"
    assert engine.requests[0].query["since"] == f"{NOW_US // 1_000_000 - 60}"
    assert docker(engine, "events", "--format", "{{.Nope}}").code == 64


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"),
        (3600, "About an hour"),
        (5400, "2 hours"),
        (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"),
        (14 * 86400, "2 weeks"),
        (90 * 86400, "3 months"),
        (800 * 86400, "2 years"),
    ],
)
def test_spans_in_words(seconds: float, text: str) -> None:
    assert human_duration(int(seconds * 1_000_000_000)) == text


def test_sizes() -> None:
    assert human_size(1_980_000, 3) == "1.98MB"
    assert human_size(0) == "0B"
    assert bytes_size(25_275_000_000) == "23.54GiB"
    assert ram_in_bytes("1.5g") == 1_610_612_736


def test_names_of_images_for_display() -> None:
    assert familiar_image("docker.io/library/nginx:1@sha256:" + "a" * 64) == "nginx:1"
    assert familiar_image("nginx@sha256:" + "a" * 64) == "nginx@sha256:" + "a" * 64
    assert familiar_image("ghcr.io/a/b:2") == "ghcr.io/a/b:2"


def test_natural_order_and_ellipsis() -> None:
    assert sorted(["web10", "web2", "web"], key=natural) == ["web", "web2", "web10"]
    assert ellipsis("abcdef", 4) == "abc…"
    assert ellipsis("abcd", 4) == "abcd"


def test_columns_are_at_least_ten_wide_and_the_last_is_free() -> None:
    assert align("A\tB\tC\nlonger text\t\t\n") == "A             B         C\nlonger text             \n"
