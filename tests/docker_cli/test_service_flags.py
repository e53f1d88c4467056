"""Flags of ``service create`` and ``update``, and the specification that they make."""

from typing import Any

import pytest

from tests.docker_cli.conftest import Docker, FakeEngine, refused

DIGEST = "sha256:" + "a" * 64

CREATED: list[tuple[list[str], str, Any]] = [
    (["--name", "web"], "Name", "web"),
    (["--replicas", "3"], "Mode", {"Replicated": {"Replicas": 3}}),
    ([], "Mode", {"Replicated": {}}),
    (["--mode", "global"], "Mode", {"Global": {}}),
    (
        ["--mode", "replicated-job", "--replicas", "4"],
        "Mode",
        {"ReplicatedJob": {"MaxConcurrent": 4, "TotalCompletions": 4}},
    ),
    (["--mode", "global-job"], "Mode", {"GlobalJob": {}}),
    (["-l", "a=b", "-l", "c"], "Labels", {"a": "b", "c": ""}),
    (["--container-label", "x=y"], "TaskTemplate.ContainerSpec.Labels", {"x": "y"}),
    (["-e", "A=1", "-e", "B=2", "-e", "A=3"], "TaskTemplate.ContainerSpec.Env", ["B=2", "A=3"]),
    (["--entrypoint", "sh -c 'a b'"], "TaskTemplate.ContainerSpec.Command", ["sh", "-c", "a b"]),
    (["--hostname", "h"], "TaskTemplate.ContainerSpec.Hostname", "h"),
    (["-w", "/srv"], "TaskTemplate.ContainerSpec.Dir", "/srv"),
    (["-u", "1:2"], "TaskTemplate.ContainerSpec.User", "1:2"),
    (["--group", "a"], "TaskTemplate.ContainerSpec.Groups", ["a"]),
    (["-t"], "TaskTemplate.ContainerSpec.TTY", True),
    (["--read-only"], "TaskTemplate.ContainerSpec.ReadOnly", True),
    (["--init"], "TaskTemplate.ContainerSpec.Init", True),
    (["--stop-signal", "SIGINT"], "TaskTemplate.ContainerSpec.StopSignal", "SIGINT"),
    (["--stop-grace-period", "1m"], "TaskTemplate.ContainerSpec.StopGracePeriod", 60_000_000_000),
    (["--host", "db:10.0.0.5"], "TaskTemplate.ContainerSpec.Hosts", ["10.0.0.5 db"]),
    (
        ["--dns", "8.8.8.8", "--dns-search", "example.com", "--dns-option", "ndots:1"],
        "TaskTemplate.ContainerSpec.DNSConfig",
        {"Nameservers": ["8.8.8.8"], "Search": ["example.com"], "Options": ["ndots:1"]},
    ),
    (["--sysctl", "a.b=1"], "TaskTemplate.ContainerSpec.Sysctls", {"a.b": "1"}),
    (["--cap-add", "net_admin"], "TaskTemplate.ContainerSpec.CapabilityAdd", ["CAP_NET_ADMIN"]),
    (["--cap-add", "all", "--cap-drop", "chown"], "TaskTemplate.ContainerSpec.CapabilityDrop", ["CAP_CHOWN"]),
    (
        ["--ulimit", "nofile=10:20"],
        "TaskTemplate.ContainerSpec.Ulimits",
        [{"Name": "nofile", "Hard": 20, "Soft": 10}],
    ),
    (["--oom-score-adj", "-5"], "TaskTemplate.ContainerSpec.OomScoreAdj", -5),
    (["--isolation", "process"], "TaskTemplate.ContainerSpec.Isolation", "process"),
    (
        ["--mount", "type=bind,src=/a,dst=/b,ro"],
        "TaskTemplate.ContainerSpec.Mounts",
        [{"Type": "bind", "Source": "/a", "Target": "/b", "ReadOnly": True}],
    ),
    (
        ["--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770"],
        "TaskTemplate.ContainerSpec.Mounts",
        [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1 << 20, "Mode": 0o1770}}],
    ),
    (
        ["--health-cmd", "true", "--health-interval", "2s", "--health-retries", "3"],
        "TaskTemplate.ContainerSpec.Healthcheck",
        {"Test": ["CMD-SHELL", "true"], "Interval": 2_000_000_000, "Retries": 3},
    ),
    (["--no-healthcheck"], "TaskTemplate.ContainerSpec.Healthcheck", {"Test": ["NONE"]}),
    (["--limit-cpu", "0.5"], "TaskTemplate.Resources.Limits", {"NanoCPUs": 500_000_000}),
    (
        ["--limit-memory", "64m", "--limit-pids", "9"],
        "TaskTemplate.Resources.Limits",
        {"MemoryBytes": 64 << 20, "Pids": 9},
    ),
    (
        ["--reserve-cpu", "1", "--reserve-memory", "1g", "--generic-resource", "gpu=2"],
        "TaskTemplate.Resources.Reservations",
        {
            "NanoCPUs": 1_000_000_000,
            "MemoryBytes": 1 << 30,
            "GenericResources": [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 2}}],
        },
    ),
    (
        [
            "--constraint",
            "node.role==worker",
            "--replicas-max-per-node",
            "2",
            "--placement-pref",
            "spread=node.labels.z",
        ],
        "TaskTemplate.Placement",
        {
            "Constraints": ["node.role==worker"],
            "Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.z"}}],
            "MaxReplicas": 2,
        },
    ),
    (
        ["--restart-max-attempts", "3"],
        "TaskTemplate.RestartPolicy",
        {"Condition": "any", "Delay": 5_000_000_000, "MaxAttempts": 3},
    ),
    (
        ["--update-delay", "3s"],
        "UpdateConfig",
        {
            "Parallelism": 1,
            "Delay": 3_000_000_000,
            "FailureAction": "pause",
            "Monitor": 5_000_000_000,
            "MaxFailureRatio": 0,
            "Order": "stop-first",
        },
    ),
    (
        ["--rollback-parallelism", "0", "--rollback-order", "start-first", "--rollback-max-failure-ratio", "0.25"],
        "RollbackConfig",
        {
            "Parallelism": 0,
            "FailureAction": "pause",
            "Monitor": 5_000_000_000,
            "MaxFailureRatio": 0.25,
            "Order": "start-first",
        },
    ),
    (
        ["--log-driver", "json-file", "--log-opt", "max-size=1m"],
        "TaskTemplate.LogDriver",
        {"Name": "json-file", "Options": {"max-size": "1m"}},
    ),
    (["--endpoint-mode", "dnsrr"], "EndpointSpec", {"Mode": "dnsrr"}),
    (
        ["-p", "8080:80"],
        "EndpointSpec.Ports",
        [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"}],
    ),
    (["-p", "53/udp"], "EndpointSpec.Ports", [{"Protocol": "udp", "TargetPort": 53, "PublishMode": "ingress"}]),
    (
        ["-p", "published=1,target=2,mode=host"],
        "EndpointSpec.Ports",
        [{"Protocol": "tcp", "TargetPort": 2, "PublishedPort": 1, "PublishMode": "host"}],
    ),
    (
        ["-p", "8080-8081:80-81"],
        "EndpointSpec.Ports",
        [
            {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"},
            {"Protocol": "tcp", "TargetPort": 81, "PublishedPort": 8081, "PublishMode": "ingress"},
        ],
    ),
    (["--network", "back"], "TaskTemplate.Networks", [{"Target": "n1"}]),
    (
        ["--network", "name=back,alias=db,driver-opt=a=b"],
        "TaskTemplate.Networks",
        [{"Target": "n1", "Aliases": ["db"], "DriverOpts": {"a": "b"}}],
    ),
    (
        ["--secret", "source=pw,target=p,mode=0400"],
        "TaskTemplate.ContainerSpec.Secrets",
        [
            {
                "File": {"Name": "p", "UID": "0", "GID": "0", "Mode": 0o400},
                "SecretID": "s1",
                "SecretName": "pw",
            }
        ],
    ),
    (
        ["--credential-spec", "file://f"],
        "TaskTemplate.ContainerSpec.Privileges.CredentialSpec.File",
        "f",
    ),
    ([], "TaskTemplate.ContainerSpec", {"Image": "nginx:latest", "Init": False, "DNSConfig": {}}),
    ([], "EndpointSpec", {"Mode": "vip"}),
]


def at(body: Any, path: str) -> Any:
    for step in path.split("."):
        body = body[step]
    return body


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(
        {
            "POST /services/create": {"ID": "id"},
            "GET /networks/back": {"Id": "n1", "Name": "back"},
            "GET /secrets": [{"ID": "s1", "Spec": {"Name": "pw"}}],
        }
    )


@pytest.mark.parametrize(("flags", "path", "value"), CREATED, ids=lambda value: str(value)[:40])
def test_a_flag_of_create_sets_its_field(
    flags: list[str], path: str, value: Any, docker: Docker, engine: FakeEngine
) -> None:
    result = docker(engine, "service", "create", "-d", "--no-resolve-image", *flags, "nginx")

    assert (result.err, result.code, result.out) == ("", 0, "id\n")
    assert at(engine.posted("/services/create"), path) == value


REFUSED = [
    (["--mode", "sideways"], "Unknown mode: sideways, only replicated and global supported"),
    (["--mode", "global", "--replicas-max-per-node", "1"], "replicas-max-per-node can only be used with"),
    (["--max-concurrent", "1"], "max-concurrent can only be used with replicated-job mode"),
    (["--mode", "global-job", "--update-delay", "1s"], "update and rollback configuration is not supported for jobs"),
    (["--no-healthcheck", "--health-cmd", "x"], "--no-healthcheck conflicts with --health-* options"),
    (["--placement-pref", "x"], 'placement preference must be of the format "<strategy>=<arg>"'),
    (["--placement-pref", "pack=x"], "unsupported placement preference pack (only spread is supported)"),
    (["-p", "1.2.3.4:80:80"], "hostip is not supported"),
    (["-p", "mode=host,published=1"], "missing mandatory field 'target'"),
    (["-p", "mode=both,target=1"], "invalid publish mode value (both): must be either 'ingress' or 'host'"),
    (["-p", "colour=red"], "invalid field key: colour"),
    (["--secret", "source=a,colour=red"], "invalid field in secret request: colour"),
    (["--secret", "target=a,uid=0"], "source is required"),
    (["--secret", "nope"], "secret not found: nope"),
    (["--secret", "source=a,target=t", "--secret", "source=b,target=t"], "duplicate secret target for b not allowed"),
    (["--mount", "type=bind"], "target is required"),
    (["--mount", "type=bind,dst=/a,colour=1"], "unexpected key 'colour' in 'colour=1'"),
    (["--mount", "type=bind,dst=/a,volume-nocopy"], "cannot mix 'volume-*' options with mount type 'bind'"),
    (["--network", "nope"], "Error response from daemon: /networks/nope not found"),
    (["--limit-cpu", "x"], "failed to parse x as a rational number"),
    (["--ulimit", "nope=1"], "invalid ulimit type: nope"),
    (["--health-interval", "-1s"], "duration cannot be negative"),
    (["-e", "=x"], "invalid environment variable: =x"),
    (["--dns", "x"], "IP address is not correctly formatted: x"),
    (["--host", "x"], 'bad format for add-host: "x"'),
]


@pytest.mark.parametrize(("flags", "error"), REFUSED, ids=lambda value: str(value)[:40])
def test_create_refuses_what_makes_no_sense(flags: list[str], error: str, docker: Docker, engine: FakeEngine) -> None:
    result = docker(engine, "service", "create", "-d", *flags, "nginx")

    assert error in result.err
    assert result.code in (1, 125)
    assert not any(request.method == "POST" for request in engine.requests)


def test_create_pins_the_image_to_the_registrys_digest(docker: Docker, engine: FakeEngine) -> None:
    engine.routes["GET /distribution/nginx:latest/json"] = {
        "Descriptor": {"digest": DIGEST},
        "Platforms": [{"architecture": "amd64", "os": "linux"}],
    }

    docker(engine, "service", "create", "-d", "nginx")

    task = engine.posted("/services/create")["TaskTemplate"]
    assert task["ContainerSpec"]["Image"] == f"nginx:latest@{DIGEST}"
    assert task["Placement"]["Platforms"] == [{"Architecture": "amd64", "OS": "linux"}]


def test_create_warns_when_the_registry_does_not_answer(docker: Docker, engine: FakeEngine) -> None:
    result = docker(engine, "service", "create", "-d", "nginx")

    assert result.err == (
        "image nginx:latest could not be accessed on a registry to record\nits digest. Each node will access"
        " nginx:latest independently,\npossibly leading to different nodes running different\n"
        "versions of the image.\n\n"
    )
    assert result.out == "id\n"


def a_service() -> dict[str, Any]:
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"}
    return {
        "ID": "sid",
        "Version": {"Index": 7},
        "Spec": {
            "Name": "web",
            "Labels": {"a": "1"},
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "nginx:1",
                    "Env": ["A=1", "B=2"],
                    "Mounts": [{"Type": "volume", "Source": "v", "Target": "/v"}],
                    "Hosts": ["10.0.0.1 one two"],
                },
                "Placement": {"Constraints": ["node.role==worker"]},
                "Networks": [{"Target": "n1"}],
                "ForceUpdate": 2,
            },
            "Mode": {"Replicated": {"Replicas": 3}},
            "EndpointSpec": {"Mode": "vip", "Ports": [port]},
        },
    }


CHANGED: list[tuple[list[str], str, Any]] = [
    (["--image", "nginx:2"], "TaskTemplate.ContainerSpec.Image", "nginx:2"),
    (["--replicas", "5"], "Mode.Replicated.Replicas", 5),
    (["--force"], "TaskTemplate.ForceUpdate", 3),
    (["--label-add", "b=2", "--label-rm", "a"], "Labels", {"b": "2"}),
    (["--label-rm", "nope"], "Labels", {"a": "1"}),
    (["--env-add", "A=9", "--env-rm", "B"], "TaskTemplate.ContainerSpec.Env", ["A=9"]),
    (["--args", "a 'b c'"], "TaskTemplate.ContainerSpec.Args", ["a", "b c"]),
    (["--constraint-add", "a==b"], "TaskTemplate.Placement.Constraints", ["a==b", "node.role==worker"]),
    (["--constraint-rm", "node.role==worker"], "TaskTemplate.Placement", {}),
    (["--host-rm", "one"], "TaskTemplate.ContainerSpec.Hosts", ["10.0.0.1 two"]),
    (
        ["--publish-add", "90:91"],
        "EndpointSpec.Ports",
        [
            {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"},
            {"Protocol": "tcp", "TargetPort": 91, "PublishedPort": 90, "PublishMode": "ingress"},
        ],
    ),
    (["--publish-rm", "80"], "EndpointSpec", {"Mode": "vip"}),
    (["--network-rm", "back"], "TaskTemplate.Networks", []),
    (["--update-parallelism", "2"], "UpdateConfig.Parallelism", 2),
    (["--limit-memory", "8m"], "TaskTemplate.Resources.Limits", {"MemoryBytes": 8 << 20}),
    (["--cap-drop", "chown"], "TaskTemplate.ContainerSpec.CapabilityDrop", ["CAP_CHOWN"]),
    (["--dns-add", "1.1.1.1"], "TaskTemplate.ContainerSpec.DNSConfig", {"Nameservers": ["1.1.1.1"]}),
    (["--health-cmd", "x"], "TaskTemplate.ContainerSpec.Healthcheck", {"Test": ["CMD-SHELL", "x"]}),
    (
        ["--mount-add", "type=tmpfs,dst=/t", "--mount-rm", "/v"],
        "TaskTemplate.ContainerSpec.Mounts",
        [{"Type": "tmpfs", "Target": "/t"}],
    ),
    ([], "", None),
]


@pytest.mark.parametrize(("flags", "path", "value"), CHANGED, ids=lambda value: str(value)[:40])
def test_a_flag_of_update_changes_its_field(flags: list[str], path: str, value: Any, docker: Docker) -> None:
    engine = FakeEngine(
        {
            "GET /services/web": a_service(),
            "POST /services/sid/update": {},
            "GET /networks/back": {"Id": "n1", "Name": "back"},
        }
    )

    result = docker(engine, "service", "update", "-d", "--no-resolve-image", *flags, "web")

    assert (result.out, result.err, result.code) == ("web\n", "", 0)
    spec = engine.posted("/services/sid/update")
    assert engine.requests[-1].query == {"version": "7", "registryAuthFrom": "spec"}
    if path:
        assert at(spec, path) == value
    else:
        assert spec == a_service()["Spec"]


def test_rollback_goes_with_no_other_flag(docker: Docker) -> None:
    engine = FakeEngine({"GET /services/web": a_service(), "POST /services/sid/update": {}})

    refusal = docker(engine, "service", "update", "--rollback", "--replicas", "2", "web")
    done = docker(engine, "service", "update", "--rollback", "-d", "web")

    assert refusal.err == "other flags may not be combined with --rollback\n"
    assert done.code == 0
    assert engine.requests[-1].query["rollback"] == "previous"


def test_an_attached_network_is_not_attached_again(docker: Docker) -> None:
    engine = FakeEngine({"GET /services/web": a_service(), "GET /networks/back": {"Id": "n1"}})

    result = docker(engine, "service", "update", "--network-add", "back", "web")

    assert result.err == "service is already attached to network back\n"


def test_scale_goes_on_after_a_service_that_is_not_there(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "GET /services/web": a_service(),
            "POST /services/sid/update": {},
            "GET /services/nope": refused(404, "service nope not found"),
        }
    )

    result = docker(engine, "service", "scale", "-d", "nope=1", "web=4")

    assert result.out == "web scaled to 4\n"
    assert result.err == "nope: Error response from daemon: service nope not found\n"
    assert result.code == 1
    assert engine.posted("/services/sid/update")["Mode"] == {"Replicated": {"Replicas": 4}}
