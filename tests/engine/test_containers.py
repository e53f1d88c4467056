"""The life of containers, as a client of the Engine API sees it."""

import io
import tarfile
from typing import Any

import pytest

from playground.api.client import ApiError
from tests.engine.lab import WEBPAGE, Lab


@pytest.fixture
def lab() -> Lab:
    return Lab("manager1")


def test_a_started_container_is_listed_with_its_command_and_age(lab: Lab) -> None:
    lab.container("manager1", "one", Cmd=["sleep", "300"])
    lab.sleep(5)
    (listed,) = lab.get("manager1", "/containers/json")
    assert (listed["Names"], listed["Command"], listed["Status"]) == (["/one"], "sleep 300", "Up 5 seconds")


def test_process_one_ignores_sigterm_and_is_killed_after_the_grace_period(lab: Lab) -> None:
    lab.container("manager1", "one", Cmd=["sleep", "300"])
    began = lab.kernel.now_us
    lab.post("manager1", "/containers/one/stop", t=2)
    assert 2_000_000 <= lab.kernel.now_us - began < 2_200_000
    assert lab.get("manager1", "/containers/one/json")["State"]["ExitCode"] == 137


def test_a_server_with_a_handler_stops_at_once(lab: Lab) -> None:
    lab.ask("manager1", "POST", "/images/create", fromImage="nginx", tag="alpine")
    lab.container("manager1", "web", image="nginx:alpine")
    lab.sleep(1)
    began = lab.kernel.now_us
    lab.post("manager1", "/containers/web/stop")
    assert lab.kernel.now_us - began < 500_000
    assert lab.get("manager1", "/containers/web/json")["State"]["ExitCode"] == 0


def test_logs_keep_the_streams_and_the_exit_code_is_the_commands(lab: Lab) -> None:
    lab.container("manager1", "two", Cmd=["sh", "-c", "echo out; echo err >&2; exit 3"])
    lab.sleep(1)
    assert lab.get("manager1", "/containers/two/logs", stdout=1, stderr=1) == [(1, b"out\n"), (2, b"err\n")]
    assert lab.post("manager1", "/containers/two/wait") == [{"StatusCode": 3}]


def test_a_taken_name_is_a_conflict_that_names_the_holder(lab: Lab) -> None:
    holder = lab.container("manager1", "web")
    answer = lab.ask("manager1", "POST", "/containers/create", {"Image": WEBPAGE}, name="web")
    assert answer.status == 409
    assert answer.body["message"] == (
        f'Conflict. The container name "/web" is already in use by container "{holder}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("DELETE", "/containers/nobody", 404, "No such container: nobody"),
        ("POST", "/containers/nobody/start", 404, "No such container: nobody"),
        ("GET", "/images/nothing/json", 404, "No such image: nothing:latest"),
        ("DELETE", "/volumes/data", 404, "get data: no such volume"),
        ("GET", "/networks/lan", 404, "network lan not found"),
        ("GET", "/nowhere", 404, "page not found"),
        (
            "GET",
            "/services",
            503,
            'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to '
            "swarm and try again.",
        ),
    ],
)
def test_what_is_not_there_is_refused_with_the_engines_words(
    lab: Lab, method: str, path: str, status: int, message: str
) -> None:
    answer = lab.ask("manager1", method, path)
    assert (answer.status, answer.body) == (status, {"message": message})


def test_a_command_that_the_image_lacks_cannot_be_started(lab: Lab) -> None:
    lab.container("manager1", "bad", start=False, Cmd=["nosuch"])
    answer = lab.ask("manager1", "POST", "/containers/bad/start")
    assert answer.status == 400
    assert 'exec: "nosuch": executable file not found in $PATH' in answer.body["message"]
    assert lab.get("manager1", "/containers/bad/json")["State"]["ExitCode"] == 127


def test_a_published_port_answers_and_cannot_be_taken_twice(lab: Lab) -> None:
    published = {"HostConfig": {"PortBindings": {"5000/tcp": [{"HostPort": "8080"}]}}}
    lab.container("manager1", "web", **published)
    lab.sleep(1)
    answer = lab.run(lab.host.http("GET", "manager1", 8080, "/"))
    assert b"webpage latest" in answer.body
    assert answer.served_by == "web"
    lab.container("manager1", "web2", start=False, **published)
    refused = lab.ask("manager1", "POST", "/containers/web2/start")
    assert refused.body["message"].endswith("Bind for 0.0.0.0:8080 failed: port is already allocated")
    assert lab.get("manager1", "/containers/web2/json")["State"]["Status"] == "created"


def test_containers_of_one_network_find_each_other_by_name(lab: Lab) -> None:
    lab.post("manager1", "/networks/create", {"Name": "lan"})
    lab.container("manager1", "aa", HostConfig={"NetworkMode": "lan"})
    lab.sleep(1)
    lab.container("manager1", "bb", HostConfig={"NetworkMode": "lan"}, Cmd=["wget", "-qO-", "http://aa:5000/"])
    lab.post("manager1", "/containers/bb/wait")
    assert b"webpage latest" in lab.logs("manager1", "bb")
    assert lab.ask("manager1", "DELETE", "/networks/lan").status == 403


def test_a_failing_container_is_restarted_with_growing_pauses_up_to_its_limit(lab: Lab) -> None:
    policy = {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}
    lab.container("manager1", "crash", Cmd=["sh", "-c", "exit 1"], HostConfig=policy)
    lab.sleep(10)
    found = lab.get("manager1", "/containers/crash/json")
    assert (found["RestartCount"], found["State"]["Status"]) == (3, "exited")


def test_health_checks_turn_a_container_unhealthy_after_its_retries(lab: Lab) -> None:
    check = {"Test": ["CMD-SHELL", "false"], "Interval": 10**9, "Retries": 2}
    lab.container("manager1", "sick", Healthcheck=check)
    assert lab.get("manager1", "/containers/json")[0]["Status"].endswith("(health: starting)")
    lab.sleep(3)
    health = lab.get("manager1", "/containers/sick/json")["State"]["Health"]
    assert (health["Status"], health["FailingStreak"]) == ("unhealthy", 2)


def test_a_volume_keeps_what_one_container_wrote_for_the_next(lab: Lab) -> None:
    mounted = {"HostConfig": {"Binds": ["data:/data"]}}
    lab.container("manager1", "writer", Cmd=["sleep", "60"], **mounted)
    container = lab.machines["manager1"].engine.containers.find("writer")
    container.files.write("/data/note", b"kept\n")
    assert lab.ask("manager1", "DELETE", "/volumes/data").status == 409
    lab.ask("manager1", "DELETE", "/containers/writer", force=1)
    lab.container("manager1", "reader", Cmd=["cat", "/data/note"], **mounted)
    lab.post("manager1", "/containers/reader/wait")
    assert lab.logs("manager1", "reader") == b"kept\n"


def test_what_a_container_may_only_read_is_not_written(lab: Lab) -> None:
    host = {"ReadonlyRootfs": True, "Binds": ["data:/data:ro"], "Tmpfs": {"/scratch": "", "/sealed": "ro"}}
    lab.container("manager1", "one", Cmd=["sleep", "60"], HostConfig=host)
    files = lab.machines["manager1"].engine.containers.find("one").files
    for path in ("/x", "/data/x", "/sealed/x", "/etc/hosts"):
        with pytest.raises(OSError, match="Read-only file system"):
            files.write(path, b"x")
    files.write("/scratch/x", b"x")
    packed = io.BytesIO()
    tarfile.open(fileobj=packed, mode="w").close()
    for path, status, message in (
        ("/tmp", 400, "container rootfs is marked read-only"),
        ("/data", 400, "mounted volume is marked read-only"),
        ("/scratch", 200, None),
    ):
        answer = lab.ask("manager1", "PUT", "/containers/one/archive", packed.getvalue(), path=path)
        assert (answer.status, (answer.body or {}).get("message")) == (status, message)


def test_volumes_are_mounted_for_a_run_and_for_a_look_inside(lab: Lab) -> None:
    heard: list[tuple[str, dict[str, str]]] = []
    engine = lab.machines["manager1"].engine
    made = lab.container("manager1", "one", Cmd=["sleep", "60"], HostConfig={"Binds": ["data:/data"]})
    engine.events.listen(lambda event: heard.append((event["Action"], event["Actor"]["Attributes"])))
    lab.ask("manager1", "HEAD", "/containers/one/archive", path="/data")
    lab.post("manager1", "/containers/one/stop", t=0)
    lab.post("manager1", "/containers/one/start")
    mounted = {"container": made, "destination": "/data", "driver": "local", "propagation": "", "read/write": "true"}
    left = {"container": made, "driver": "local"}
    assert [pair for pair in heard if "mount" in pair[0]] == [
        ("mount", mounted),
        ("unmount", left),
        ("unmount", left),
        ("mount", mounted),
    ]


def test_what_ran_when_the_power_went_is_exited_with_255(lab: Lab) -> None:
    lab.container("manager1", "one", Cmd=["sleep", "300"])
    lab.machines["manager1"].kill()
    lab.run(lab.machines["manager1"].start())
    state = lab.get("manager1", "/containers/one/json")["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", 255)


def test_an_attached_client_hears_a_container_that_starts_later(lab: Lab) -> None:
    lab.container("manager1", "hello", start=False, Cmd=["echo", "hello"])
    engine = lab.machines["manager1"].engine
    attached = lab.run(engine.hijack("/containers/hello/attach", {"stream": "1", "stdout": "1", "stderr": "1"}))
    lab.post("manager1", "/containers/hello/start")

    async def read() -> list[tuple[int, bytes]]:
        frames = []
        while (frame := await attached.read()) is not None:
            frames.append(frame)
        return frames

    assert lab.run(read()) == [(1, b"hello\n")]


def test_attaching_without_a_stream_gives_what_was_written_and_ends(lab: Lab) -> None:
    lab.container("manager1", "hello", Cmd=["echo", "hello"])
    lab.sleep(1)
    attached = lab.run(
        lab.machines["manager1"].engine.hijack("/containers/hello/attach", {"logs": "1", "stdout": "1", "stream": "0"})
    )
    assert lab.run(attached.read()) == (1, b"hello\n")
    assert lab.run(attached.read()) is None


def test_a_terminal_at_which_nobody_types_stays_open(lab: Lab) -> None:
    lab.container("manager1", "shell", Cmd=["sh"], Tty=True)
    lab.sleep(60)
    assert lab.get("manager1", "/containers/shell/json")["State"]["Status"] == "running"


REFUSED = {
    "a processor too many": ({"NanoCpus": 3_000_000_000}, {}, "range of CPUs is from 0.01 to 2.00"),
    "no such capability": ({"CapAdd": ["NOSUCH"]}, {}, 'invalid CapAdd: unknown capability: "CAP_NOSUCH"'),
    "no such log driver": ({"LogConfig": {"Type": "nosuch"}}, {}, 'logging plugin nosuch: plugin "nosuch" not found'),
    "nobody to link to": ({"Links": ["nobody"]}, {}, "could not get container for nobody: No such container: nobody"),
    "nobody's volumes": ({"VolumesFrom": ["nobody:ro"]}, {}, "No such container: nobody"),
    "nobody's processes": ({"PidMode": "container:nobody"}, {}, "No such container: nobody"),
    "a processor that is not there": ({"CpusetCpus": "0-7"}, {}, "Requested CPUs are not available - requested 0-7"),
    "an option of another log driver": (
        {"LogConfig": {"Type": "local", "Config": {"labels": "x"}}}, {}, "unknown log opt 'labels' for log driver local"
    ),
}  # fmt: skip
REFUSED_AT_START = {
    "nobody's network": (
        {"NetworkMode": "container:nobody"}, {}, "joining network namespace of container: No such container: nobody"
    ),
    "no such user": ({}, {"User": "nobodyhere"}, "unable to find user nobodyhere: no matching entries in passwd file"),
    "no such group": ({"GroupAdd": ["nope"]}, {}, "Unable to find group nope: no matching entries in group file"),
    "no such device": (
        {"Devices": [{"PathOnHost": "/dev/nope", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}]}, {},
        'error gathering device information while adding custom device "/dev/nope": no such file or directory',
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED_AT_START)
def test_some_things_are_only_missed_when_a_container_starts(what: str, lab: Lab) -> None:
    host, more, text = REFUSED_AT_START[what]
    lab.container("manager1", "odd", start=False, HostConfig=host, **more)

    answer = lab.ask("manager1", "POST", "/containers/odd/start")

    assert (answer.status, answer.body["message"]) == (500, text)
    assert lab.get("manager1", "/containers/odd/json")["State"]["ExitCode"] == 128


def test_limits_that_have_no_effect_are_warned_of_and_left_out(lab: Lab) -> None:
    host = {"MemorySwappiness": 50, "OomKillDisable": True}
    made = lab.post("manager1", "/containers/create", {"Image": WEBPAGE, "HostConfig": host})
    kept = lab.get("manager1", f"/containers/{made['Id']}/json")["HostConfig"]

    assert [warning.partition(" does not support ")[0] for warning in made["Warnings"]] == ["Your kernel"] * 2
    assert (kept["MemorySwappiness"], kept["OomKillDisable"]) == (None, False)


@pytest.mark.parametrize("what", REFUSED)
def test_a_container_is_refused_what_its_engine_has_not(what: str, lab: Lab) -> None:
    host, more, text = REFUSED[what]
    answer = lab.ask("manager1", "POST", "/containers/create", {"Image": WEBPAGE, "HostConfig": host, **more})
    assert answer.status == 400
    assert text in answer.body["message"]


def test_the_processes_of_a_container_that_does_not_run_are_a_conflict(lab: Lab) -> None:
    lab.container("manager1", "one", Cmd=["true"])
    lab.sleep(1)
    assert lab.ask("manager1", "GET", "/containers/one/top").status == 409


# Detaching, parts of volumes, what pruning gives back


async def _typed(duplex: Any, *pieces: bytes) -> bytes:
    for piece in pieces:
        await duplex.write(piece)
    shown = b""
    while (frame := await duplex.read()) is not None:
        shown += frame[1]
    return shown


@pytest.mark.parametrize(
    ("asked", "pieces"),
    [("", (b"\x10", b"\x11")), ("ctrl-x", (b"ab\x18",)), ("a,b,ctrl-@", (b"ab", b"\x00"))],
)
def test_detach_keys_end_the_connection_and_leave_the_process(asked: str, pieces: tuple[bytes, ...]) -> None:
    lab = Lab("a")
    body = {"Image": WEBPAGE, "Cmd": ["cat"], "Tty": True, "OpenStdin": True}
    made = lab.post("a", "/containers/create", body)["Id"]
    lab.post("a", f"/containers/{made}/start")
    query = {"stdin": "1", "stdout": "1", "stream": "1", "detachKeys": asked}
    duplex = lab.run(lab.machines["a"].engine.hijack(f"/containers/{made}/attach", query))
    shown = lab.run(_typed(duplex, *pieces), seconds=5)
    assert not shown.startswith(b"\x10")
    assert lab.get("a", f"/containers/{made}/json")["State"]["Running"]
    until = str(lab.machines["a"].engine.clock.unix_us() / 1e6)
    events = lab.ask("a", "GET", "/events", since="0", until=until).body
    assert [event["Action"] for event in events if event["Type"] == "container"][-1] == "detach"


def test_keys_that_do_not_detach_reach_the_process() -> None:
    lab = Lab("a")
    made = lab.post("a", "/containers/create", {"Image": WEBPAGE, "Cmd": ["cat"], "Tty": True, "OpenStdin": True})["Id"]
    lab.post("a", f"/containers/{made}/start")
    query = {"stdin": "1", "stdout": "1", "stream": "1", "detachKeys": "x,y"}
    duplex = lab.run(lab.machines["a"].engine.hijack(f"/containers/{made}/attach", query))
    assert b"xxz" in lab.run(_typed(duplex, b"x", b"xz", b"xy"), seconds=5)


def test_detach_keys_that_are_none_are_refused() -> None:
    lab = Lab("a")
    made = lab.post("a", "/containers/create", {"Image": WEBPAGE, "Cmd": ["cat"], "Tty": True})["Id"]
    lab.post("a", f"/containers/{made}/start")
    with pytest.raises(ApiError, match=r"Invalid detach keys \(ctrl-1\) provided"):
        lab.run(lab.machines["a"].engine.hijack(f"/containers/{made}/attach", {"detachKeys": "ctrl-1"}))
    refused = lab.ask("a", "POST", f"/containers/{made}/exec", {"Cmd": ["ls"], "DetachKeys": "ctrl-1"})
    assert (refused.status, refused.body["message"]) == (500, "Invalid escape keys (ctrl-1) provided")


def test_a_command_may_run_in_any_directory_of_a_base_image() -> None:
    lab = Lab("a")
    made = lab.post("a", "/containers/create", {"Image": WEBPAGE, "Cmd": ["sleep", "99"]})["Id"]
    lab.post("a", f"/containers/{made}/start")
    for directory, code in (("/var/opt", 0), ("/nowhere", 126)):
        body = {"Cmd": ["true"], "WorkingDir": directory}
        run = lab.post("a", f"/containers/{made}/exec", body)["Id"]
        lab.ask("a", "POST", f"/exec/{run}/start", {"Detach": True})
        lab.sleep(1)
        assert (directory, lab.get("a", f"/exec/{run}/json")["ExitCode"]) == (directory, code)


def test_what_is_copied_below_a_mount_before_the_start_is_there_after_it() -> None:
    lab = Lab("a")
    made = lab.post("a", "/containers/create", {"Image": WEBPAGE, "Volumes": {"/vol1": {}}})["Id"]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("f")
        entry.size = 2
        tar.addfile(entry, io.BytesIO(b"hi"))
    assert lab.ask("a", "PUT", f"/containers/{made}/archive", packed.getvalue(), path="/vol1").status == 200
    lab.post("a", f"/containers/{made}/start")
    assert lab.ask("a", "GET", f"/containers/{made}/archive", path="/vol1/f").status == 200
