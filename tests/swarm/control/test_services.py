from typing import Any

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.control.answers import ServiceCounts
from playground.swarm.errors import BadConfiguration, Code, RpcError
from playground.swarm.model import Network, Service, TaskState
from tests.swarm.control_room import ControlRoom, published, service_body


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def refused(room: ControlRoom, body: dict[str, Any]) -> RpcError:
    with pytest.raises(RpcError) as caught:
        room.run(room.api.create_service(body))
    return caught.value


def test_a_created_service_is_kept_as_the_api_shows_it(room: ControlRoom) -> None:
    service = room.service()
    assert len(service.id) == 25
    assert service.spec == {
        "Name": "web",
        "Labels": {},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "nginx", "Isolation": "default"},
            "ForceUpdate": 0,
            "Runtime": "container",
        },
        "Mode": {"Replicated": {"Replicas": 1}},
    }
    assert room.store.view.get(Service, service.id) == service
    assert service.spec_version == 0
    assert service.update_status is None


def test_a_name_is_unique_without_regard_to_case(room: ControlRoom) -> None:
    room.service(name="web")
    error = refused(room, service_body("WEB"))
    assert error.code is Code.ALREADY_EXISTS
    assert error.description == "name conflicts with an existing object: service WEB already exists"


def template(**container: Any) -> dict[str, Any]:
    return {"TaskTemplate": {"ContainerSpec": {"Image": "nginx", **container}}}


def task_template(**parts: Any) -> dict[str, Any]:
    return {"TaskTemplate": {"ContainerSpec": {"Image": "nginx"}, **parts}}


def secret_reference(name: str, target: str = "x") -> dict[str, Any]:
    file = {"Name": target, "UID": "0", "GID": "0", "Mode": 292}
    return {"SecretID": f"{name}-id", "SecretName": name, "File": file}


def config_reference(name: str, target: str = "x") -> dict[str, Any]:
    return {**secret_reference(name, target), "ConfigID": f"{name}-id", "ConfigName": name}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"Name": ""}, "meta: name must be provided"),
        ({"Name": "bad name"}, "name must be valid as a DNS name component"),
        ({"Name": "a.b"}, "name must be valid as a DNS name component"),
        ({"Name": "a-"}, "name must be valid as a DNS name component"),
        ({"Name": "a" * 64}, "name must be 63 characters or fewer"),
        (template(Image=""), "ContainerSpec: image reference must be provided"),
        (template(Image="UPPER:tag"), 'ContainerSpec: "UPPER:tag" is not a valid repository/tag'),
        (template(Image="a" * 64), f'ContainerSpec: "{"a" * 64}" is not a valid repository/tag'),
        (
            template(Mounts=[{"Type": "volume", "Target": "/a"}, {"Type": "tmpfs", "Target": "/a"}]),
            "ContainerSpec: duplicate mount point: /a",
        ),
        (
            task_template(Resources={"Limits": {"NanoCPUs": 500_000}}),
            "invalid cpu value 0.0005: Must be at least 0.001",
        ),
        (
            task_template(Resources={"Reservations": {"MemoryBytes": 4096}}),
            "invalid memory value 4096: Must be at least 4MiB",
        ),
        (task_template(RestartPolicy={"Delay": -1}), "TaskSpec: restart-delay cannot be negative"),
        (task_template(RestartPolicy={"Window": -1}), "TaskSpec: restart-window cannot be negative"),
        ({"UpdateConfig": {"Delay": -1}}, "TaskSpec: update-delay cannot be negative"),
        ({"UpdateConfig": {"Monitor": -1}}, "TaskSpec: update-monitor cannot be negative"),
        (
            {"UpdateConfig": {"MaxFailureRatio": 1.5}},
            "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1",
        ),
        (
            template(Healthcheck={"Interval": 1000}),
            "ContainerSpec: Interval in HealthConfig cannot be less than 1ms",
        ),
        (
            template(Healthcheck={"StartInterval": 1000}),
            "ContainerSpec: StartInterval in HealthConfig cannot be less than 1ms",
        ),
        (template(Healthcheck={"Retries": -1}), "ContainerSpec: Retries in HealthConfig cannot be negative"),
        (
            {"EndpointSpec": {**published(80), "Mode": "dnsrr"}},
            "EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
        ),
        (
            {"EndpointSpec": {"Ports": [*published(80)["Ports"], *published(80, 81, "host")["Ports"]]}},
            "EndpointSpec: duplicate published ports provided",
        ),
        ({"Mode": {"Replicated": {"Replicas": 1 << 63}}}, "Number of replicas must be non-negative"),
        (
            {"Mode": {"ReplicatedJob": {}}, "UpdateConfig": {"Parallelism": 1}},
            "Jobs may not have an update config",
        ),
        (template(Secrets=[secret_reference("a")]), "secret not found: a"),
        (template(Secrets=[secret_reference("a"), secret_reference("b", "y")]), "secrets not found: a, b"),
        (template(Configs=[config_reference("a")]), "config not found: a"),
        (
            template(Secrets=[secret_reference("a"), secret_reference("b")]),
            "secret references 'a' and 'b' have a conflicting target: 'x'",
        ),
        (
            template(Configs=[config_reference("a"), config_reference("b")]),
            "config references 'a' and 'b' have a conflicting target: 'x'",
        ),
        (
            template(Env=["A={{.Nope}}"]),
            'expanding env failed: expanding env "A={{.Nope}}": template: expansion:1:2: executing "expansion" at '
            "<.Nope>: can't evaluate field Nope in type *template.Context",
        ),
        (
            template(Hostname="{{.Node.Hostname"),
            "expanding hostname failed: template: expansion:1: unclosed action",
        ),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(room: ControlRoom, parts: dict[str, Any], text: str) -> None:
    before = room.store.index
    error = refused(room, {**service_body(), **parts})
    assert error.code is Code.INVALID_ARGUMENT
    assert error.description == text
    assert room.store.index == before


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:1.27-alpine",
        "joeyratt/webpage:latest",
        "localhost:5000/a/b_c:v1",
        "GHCR.io/owner/name@sha256:" + "0" * 64,
        "a__b/c--d:T.a-g_1",
    ],
)
def test_images_may_be_named_in_every_usual_way(room: ControlRoom, image: str) -> None:
    room.service(image=image)


@pytest.mark.parametrize("image", ["nginx:", "nginx@sha256:12", "/nginx", "a//b", "nginx:" + "t" * 129, "a___b", "-a"])
def test_other_text_is_no_image(room: ControlRoom, image: str) -> None:
    assert refused(room, service_body(image=image)).description == (
        f'ContainerSpec: "{image}" is not a valid repository/tag'
    )


def test_a_bad_constraint_is_refused_as_a_plain_error(room: ControlRoom) -> None:
    error = refused(room, {**service_body(), **task_template(Placement={"Constraints": ["red"]})})
    assert str(error) == "rpc error: code = Unknown desc = constraint expected one operator from ==, !="


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"EndpointSpec": {"Mode": "nope"}}, 'invalid resolution mode: "nope"'),
        ({"UpdateConfig": {"Order": "nope"}}, "unrecognized update order nope"),
        ({"UpdateConfig": {"FailureAction": "nope"}}, "unrecognized update failure action nope"),
        (task_template(RestartPolicy={"Condition": "nope"}), 'invalid RestartCondition: "nope"'),
        ({"Mode": {"Replicated": {}, "Global": {}}}, "must specify only one service mode"),
        (template(Mounts=[{"Type": "nope"}]), 'invalid MountType: "nope"'),
        (
            {"Mode": {"Replicated": {"Replicas": -1}}},
            "invalid JSON: json: cannot unmarshal number -1 into Go struct field "
            "ReplicatedService.Mode.Replicated.Replicas of type uint64",
        ),
        (
            {"Name": 3},
            "invalid JSON: json: cannot unmarshal number into Go struct field ServiceSpec.Name of type string",
        ),
    ],
)
def test_a_spec_that_cannot_be_read_is_refused_by_the_engine(
    room: ControlRoom, parts: dict[str, Any], text: str
) -> None:
    with pytest.raises(BadConfiguration) as caught:
        room.run(room.api.create_service({**service_body(), **parts}))
    assert str(caught.value) == text


def test_ingress_ports_may_not_be_shared(room: ControlRoom) -> None:
    first = room.service(EndpointSpec=published(5000))
    for mode in ("ingress", "host"):
        error = refused(room, service_body("other", EndpointSpec=published(5000, mode=mode)))
        assert error.description == f"port '5000' is already in use by service 'web' ({first.id}) as an ingress port"
    room.service(name="udp", EndpointSpec=published(5000, protocol="udp"))


def test_host_ports_may_be_shared_among_themselves_only(room: ControlRoom) -> None:
    first = room.service(EndpointSpec=published(5000, mode="host"))
    room.service(name="same", EndpointSpec=published(5000, mode="host"))
    error = refused(room, service_body("other", EndpointSpec=published(5000)))
    assert error.description.endswith("as a host-published port")
    assert f"'web' ({first.id})" in error.description or "'same'" in error.description


def test_a_service_keeps_its_own_port_through_an_update(room: ControlRoom) -> None:
    first = room.service(EndpointSpec=published(5000))
    second = room.service(name="other", EndpointSpec=published(5001))
    body = {**second.spec, "EndpointSpec": published(5000)}
    with pytest.raises(RpcError, match="port '5000' is already in use"):
        room.run(room.api.update_service(second.id, second.version, body))
    body = {**first.spec, "EndpointSpec": published(5000, 81)}
    assert room.run(room.api.update_service(first.id, first.version, body)).spec["EndpointSpec"] == published(5000, 81)


def test_without_ingress_network_no_port_is_published_through_it(room: ControlRoom) -> None:
    ingress = next(each for each in room.store.view.all(Network) if each.name == "ingress")
    room.run(room.api.remove_network(ingress.id))
    error = refused(room, service_body(EndpointSpec=published(5000)))
    assert error.code is Code.FAILED_PRECONDITION
    assert error.description == "service needs ingress network, but no ingress network is present"
    room.service(EndpointSpec=published(5000, mode="host"))


def test_nothing_is_attached_to_ingress_by_hand(room: ControlRoom) -> None:
    ingress = next(each for each in room.store.view.all(Network) if each.name == "ingress")
    error = refused(room, {**service_body(), **task_template(Networks=[{"Target": ingress.id}])})
    assert error.description == 'Service cannot be explicitly attached to the ingress network "ingress"'


def test_an_update_keeps_one_spec_back_and_forgets_the_last_rollout(room: ControlRoom) -> None:
    service = room.service()
    body = {**service.spec, "Labels": {"a": "b"}}
    updated = room.run(room.api.update_service(service.id, service.version, body))
    assert updated.previous_spec == service.spec
    assert updated.spec["Labels"] == {"a": "b"}
    assert updated.spec_version == service.version
    assert updated.previous_spec_version == service.spec_version
    assert updated.update_status is None
    assert updated.version > service.version


def test_an_update_from_another_version_is_refused(room: ControlRoom) -> None:
    service = room.service()
    room.run(room.api.update_service(service.id, service.version, service.spec))
    for version in (service.version, service.version + 5):
        with pytest.raises(RpcError) as caught:
            room.run(room.api.update_service(service.id, version, service.spec))
        assert str(caught.value) == "rpc error: code = Unknown desc = update out of sequence"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Name": "other"}, "renaming services is not supported"),
        ({"Mode": {"Global": {}}}, "service mode change is not allowed"),
        ({"Networks": [{"Target": "x"}]}, "networks must be migrated to TaskSpec before being changed"),
    ],
)
def test_name_mode_and_old_networks_stay(room: ControlRoom, change: dict[str, Any], text: str) -> None:
    service = room.service()
    with pytest.raises(RpcError) as caught:
        room.run(room.api.update_service(service.id, service.version, {**service.spec, **change}))
    assert (caught.value.code, caught.value.description) == (Code.UNIMPLEMENTED, text)


def test_a_rollback_swaps_the_two_specs_and_another_swaps_them_again(room: ControlRoom) -> None:
    service = room.service()
    with pytest.raises(RpcError) as caught:
        room.run(room.api.update_service(service.id, service.version, service.spec, rollback=True))
    assert caught.value.description == f"service {service.id} does not have a previous spec"
    assert caught.value.code is Code.FAILED_PRECONDITION

    new = room.run(room.api.update_service(service.id, service.version, {**service.spec, "Labels": {"a": "b"}}))
    room.kernel.run_until(7 * SECOND)
    back = room.run(room.api.update_service(new.id, new.version, new.spec, rollback=True))
    assert (back.spec, back.previous_spec) == (service.spec, new.spec)
    assert (back.spec_version, back.previous_spec_version) == (service.spec_version, new.spec_version)
    assert back.update_status is not None
    assert (back.update_status.state, back.update_status.message, back.update_status.started_us) == (
        "rollback_started",
        "manually requested rollback",
        7 * SECOND,
    )
    again = room.run(room.api.update_service(back.id, back.version, back.spec, rollback=True))
    assert again.spec == new.spec


def test_every_update_runs_a_job_again(room: ControlRoom) -> None:
    job = room.service(Mode={"ReplicatedJob": {"MaxConcurrent": 2}})
    assert job.spec["Mode"] == {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 2}}
    assert job.job_status is not None
    assert job.job_status.iteration == 0
    room.kernel.run_until(SECOND)
    updated = room.run(room.api.update_service(job.id, job.version, job.spec))
    assert updated.job_status is not None
    assert (updated.job_status.iteration, updated.job_status.last_execution_us) == (1, SECOND)


def test_what_runs_is_counted_wherever_it_runs(room: ControlRoom) -> None:
    web = room.service(Mode={"Replicated": {"Replicas": 2}})
    room.add_task("a", web)
    room.add_task("b", web)
    room.add_task("c", web, desired=TaskState.SHUTDOWN)
    room.add_task("d", web, TaskState.FAILED)
    everywhere = room.service(name="everywhere", Mode={"Global": {}})
    room.add_task("e", everywhere)
    room.add_task("f", everywhere, TaskState.READY, TaskState.READY)
    job = room.service(name="job", Mode={"GlobalJob": {}})
    room.add_task("g", job, TaskState.COMPLETE, TaskState.COMPLETE, job_iteration=0)
    room.add_task("h", job, TaskState.RUNNING, TaskState.COMPLETE, job_iteration=0)
    room.add_task("i", job, TaskState.COMPLETE, TaskState.COMPLETE, job_iteration=7)
    counted = room.run(room.api.list_service_statuses([web.id, everywhere.id, job.id, "gone"]))
    assert counted == {
        web.id: ServiceCounts(3, 2, 0),
        everywhere.id: ServiceCounts(1, 1, 0),
        job.id: ServiceCounts(1, 1, 1),
        "gone": ServiceCounts(),
    }


def test_services_are_listed_by_id_and_filtered(room: ControlRoom) -> None:
    web = room.service(Labels={"tier": "front"})
    webby = room.service(name="webby", Mode={"Global": {}}, Labels={"tier": "back"})

    def listed(**filters: list[str]) -> set[str]:
        services = room.run(room.api.list_services({key.replace("_", "-"): value for key, value in filters.items()}))
        assert [each.id for each in services] == sorted(each.id for each in services)
        return {each.name for each in services}

    assert listed() == {"web", "webby"}
    assert listed(name=["webb"]) == {"webby"}
    assert listed(name=["web"]) == {"web", "webby"}
    assert listed(id=[web.id[:20]]) == {"web"}
    assert listed(mode=["global"]) == {"webby"}
    assert listed(label=["tier"]) == {"web", "webby"}
    assert listed(label=["tier=back"]) == {"webby"}
    assert listed(name=["web"], label=["tier=back"], id=[webby.id]) == {"webby"}
    with pytest.raises(BadConfiguration, match=r"^invalid filter 'foo'$"):
        listed(foo=["x"])


def test_an_inspected_service_says_what_its_spec_leaves_out(room: ControlRoom) -> None:
    service = room.service()
    shown = room.run(room.api.get_service(service.id, insert_defaults=True)).spec
    assert list(shown) == ["Name", "Labels", "TaskTemplate", "Mode", "UpdateConfig", "RollbackConfig"]
    assert list(shown["TaskTemplate"]) == [
        "ContainerSpec",
        "Resources",
        "RestartPolicy",
        "Placement",
        "ForceUpdate",
        "Runtime",
    ]
    assert shown["TaskTemplate"]["ContainerSpec"] == {
        "Image": "nginx",
        "StopGracePeriod": 10 * 10**9,
        "DNSConfig": {},
        "Isolation": "default",
    }
    assert room.run(room.api.get_service(service.id)) == service


def test_a_removed_service_is_gone(room: ControlRoom) -> None:
    service = room.service()
    room.run(room.api.remove_service(service.id))
    for call in (room.api.get_service, room.api.remove_service):
        with pytest.raises(RpcError) as caught:
            room.run(call(service.id))
        assert str(caught.value) == f"rpc error: code = NotFound desc = service {service.id} not found"
