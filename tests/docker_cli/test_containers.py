"""Containers: listing them, running them, their streams."""

from typing import Any

import pytest

from playground.api import Response
from playground.docker_cli.attached import detach_sequence
from playground.docker_cli.formatter.containers import ports_text
from tests.docker_cli.conftest import NOW_US, Docker, FakeDuplex, FakeEngine, refused, streamed

CONTAINER_ID = "e975dc4c240c41fefe80b39120d04d6df2f248f01ffa2306bab635dfd80c9dcd"


def a_container(**changes: Any) -> dict[str, Any]:
    return {
        "Id": CONTAINER_ID,
        "Names": ["/one"],
        "Image": "joeyratt/webpage:latest",
        "ImageID": "sha256:" + "d" * 64,
        "Command": "sleep 300",
        "Created": NOW_US // 1_000_000 - 1,
        "State": "running",
        "Status": "Up Less than a second",
        "Ports": [],
        "Labels": {"a": "b"},
        **changes,
    }


def test_ps_prints_the_recorded_table(docker: Docker) -> None:
    result = docker(FakeEngine({"GET /containers/json": [a_container()]}), "ps")

    assert result.out == (
        "CONTAINER ID   IMAGE                     COMMAND       CREATED        STATUS                  "
        "PORTS     NAMES\n"
        'e975dc4c240c   joeyratt/webpage:latest   "sleep 300"   1 second ago   Up Less than a second             one\n'
    )


def test_an_empty_list_still_has_its_header(docker: Docker) -> None:
    result = docker(FakeEngine({"GET /containers/json": []}), "ps")

    assert result.out == "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n"


@pytest.mark.parametrize(
    ("words", "query", "out"),
    [
        (["-aq"], {"all": "1"}, "e975dc4c240c\n"),
        (["-l", "--no-trunc", "-q"], {"limit": "1"}, f"{CONTAINER_ID}\n"),
        (["-n", "3", "--format", "{{.Names}}"], {"limit": "3"}, "one\n"),
        (["-f", "name=x", "-f", "name=y", "-q"], {"filters": '{"name":{"x":true,"y":true}}'}, "e975dc4c240c\n"),
        (["--format", '{{.Label "a"}} {{.Size}}'], {"size": "1"}, "b 0B\n"),
        (["--format", "table {{.ID}}\\t{{.Labels}}"], {}, "CONTAINER ID   LABELS\ne975dc4c240c   a=b\n"),
    ],
)
def test_flags_of_ps(words: list[str], query: dict[str, str], out: str, docker: Docker) -> None:
    engine = FakeEngine({"GET /containers/json": [a_container()]})

    result = docker(engine, "ps", *words)

    assert result.out == out
    assert engine.requests[0].query == query


def test_a_bad_filter_is_refused_before_anything_is_asked(docker: Docker) -> None:
    result = docker(FakeEngine(), "ps", "-f", "nothing")

    assert result.err.startswith(
        'invalid argument "nothing" for "-f, --filter" flag: bad format of filter (expected name=value)\n\nUsage:'
    )
    assert result.code == 125


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        ([], ""),
        ([{"PrivatePort": 80, "Type": "tcp"}], "80/tcp"),
        ([{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}], "0.0.0.0:8080->80/tcp"),
        ([{"PrivatePort": n, "Type": "tcp"} for n in (80, 81, 82, 90)], "80-82/tcp, 90/tcp"),
        ([{"IP": "::", "PrivatePort": 80, "PublicPort": 80, "Type": "tcp"}], "[::]:80->80/tcp"),
        (
            [{"IP": "0.0.0.0", "PrivatePort": n, "PublicPort": n, "Type": "tcp"} for n in (80, 81)],
            "0.0.0.0:80-81->80-81/tcp",
        ),
    ],
)
def test_ports_are_written_as_ranges(ports: list[Any], text: str) -> None:
    assert ports_text(ports) == text


def test_run_in_the_background_prints_the_id(docker: Docker) -> None:
    engine = FakeEngine({"POST /containers/create": {"Id": "cid"}, "POST /containers/cid/start": None})

    result = docker(engine, "run", "-d", "--name", "n", "-p", "8080:80", "-e", "A=1", "-v", "v:/d", "nginx", "x")

    body = engine.posted("/containers/create")
    assert result.out == "cid\n"
    assert engine.requests[0].query == {"name": "n"}
    assert body["Cmd"] == ["x"]
    assert body["Env"] == ["A=1"]
    assert body["HostConfig"]["PortBindings"] == {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}
    assert body["HostConfig"]["Binds"] == ["v:/d"]
    assert body["HostConfig"]["NetworkMode"] == "default"


def test_run_copies_both_streams_and_returns_the_containers_code(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "POST /containers/create": {"Id": "cid"},
            "POST /containers/cid/start": None,
            "POST /containers/cid/wait": {"StatusCode": 3},
        }
    )
    engine.duplexes = [FakeDuplex([(1, b"out\n"), (2, b"err\n")])]

    result = docker(engine, "run", "--rm", "alpine", "sh", "-c", "x")

    assert (result.out, result.err, result.code) == ("out\n", "err\n", 3)
    assert next(r for r in engine.requests if r.path.endswith("/wait")).query == {"condition": "removed"}


def test_run_passes_input_on(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "POST /containers/create": {"Id": "cid"},
            "POST /containers/cid/start": None,
            "POST /containers/cid/wait": {"StatusCode": 0},
        }
    )

    duplex = FakeDuplex([(1, b"ok\n")])
    engine.duplexes = [duplex]

    result = docker(engine, "run", "-i", "alpine", "cat", stdin=b"hello")

    assert result.out == "ok\n"
    assert duplex.sent == b"hello"
    assert engine.requests[1].query["stdin"] == "1"


def test_run_pulls_an_image_that_is_not_there(docker: Docker) -> None:
    answers: list[Any] = [refused(404, "No such image: nginx:latest"), {"Id": "cid"}]
    engine = FakeEngine(
        {
            "POST /containers/create": lambda query, body: answers.pop(0),
            "POST /images/create": lambda query, body: Response(
                200, stream=streamed({"status": "Pulling from library/nginx", "id": "latest"})
            ),
            "POST /containers/cid/start": None,
        }
    )

    result = docker(engine, "run", "-d", "nginx")

    assert result.out == "cid\n"
    assert result.err == "Unable to find image 'nginx:latest' locally\nlatest: Pulling from library/nginx\n"


def test_run_ends_with_125_when_the_engine_refuses(docker: Docker) -> None:
    engine = FakeEngine({"POST /containers/create": refused(409, "Conflict. The name is taken")})

    result = docker(engine, "run", "-d", "nginx")

    assert result.err == (
        "docker: Error response from daemon: Conflict. The name is taken\n\n"
        "Run 'docker run --help' for more information\n"
    )
    assert result.code == 125


@pytest.mark.parametrize(
    ("message", "code"), [("exec: x: executable file not found in $PATH", 127), ("permission denied", 126), ("?", 125)]
)
def test_the_exit_code_tells_what_went_wrong(message: str, code: int, docker: Docker) -> None:
    engine = FakeEngine({"POST /containers/create": {"Id": "c"}, "POST /containers/c/start": refused(400, message)})

    assert docker(engine, "run", "-d", "nginx", "x").code == code


def test_a_terminal_is_needed_for_it(docker: Docker) -> None:
    result = docker(FakeEngine(), "run", "-it", "alpine")

    assert (result.err, result.code) == ("the input device is not a TTY\n", 1)


def test_exec_returns_the_commands_code(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "GET /containers/one/json": {},
            "POST /containers/one/exec": {"Id": "e"},
            "GET /exec/e/json": {"ExitCode": 7},
        }
    )
    engine.duplexes = [FakeDuplex([(1, b"inside\n")])]

    result = docker(engine, "exec", "-w", "/srv", "one", "echo", "-n", "inside")

    assert (result.out, result.code) == ("inside\n", 7)
    assert engine.posted("/containers/one/exec")["Cmd"] == ["echo", "-n", "inside"]


def test_logs_go_where_they_were_written(docker: Docker) -> None:
    engine = FakeEngine(
        {
            "GET /containers/two/json": {"Id": "cid"},
            "GET /containers/cid/logs": lambda query, body: Response(
                200, stream=streamed((1, b"out\n"), (2, b"err\n"))
            ),
        }
    )

    result = docker(engine, "logs", "--since", "10s", "two")

    assert (result.out, result.err) == ("out\n", "err\n")
    assert engine.requests[-1].query["since"] == f"{NOW_US // 1_000_000 - 10}"


def test_rm_goes_on_after_one_that_is_not_there(docker: Docker) -> None:
    engine = FakeEngine({"DELETE /containers/two": None})

    result = docker(engine, "rm", "two", "nobody")

    assert result.out == "two\n"
    assert result.err == "Error response from daemon: /containers/nobody not found\n"
    assert result.code == 1


def test_forced_rm_forgives_what_is_not_there(docker: Docker) -> None:
    result = docker(FakeEngine({"DELETE /containers/a": refused(404, "No such container: a")}), "rm", "-f", "a")

    assert (result.out, result.err, result.code) == ("", "Error response from daemon: No such container: a\n", 0)


def test_detach_keys_are_bytes() -> None:
    assert detach_sequence("") == b"\x10\x11"
    assert detach_sequence("ctrl-a,x") == b"\x01x"


def test_prune_asks_first(docker: Docker) -> None:
    engine = FakeEngine({"POST /containers/prune": {"ContainersDeleted": ["x"], "SpaceReclaimed": 1500}})

    refused_result = docker(engine, "container", "prune", stdin=b"n\n")
    done = docker(engine, "container", "prune", stdin=b"y\n")

    assert refused_result.out == (
        "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] "
    )
    assert done.out.endswith("Deleted Containers:\nx\n\nTotal reclaimed space: 1.5kB\n")
    assert len(engine.requests) == 1
