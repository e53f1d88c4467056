"""Clients that speak an older version of the API: what they may ask, and what they are told."""

from typing import Any

import pytest

from playground.api.client import Response
from playground.engine import api_versions
from tests.engine.lab import WEBPAGE, Lab

Json = dict[str, Any]


class OldClient:
    """Asks ``manager1`` in one version of the API."""

    def __init__(self, lab: Lab, version: str) -> None:
        self._lab = lab
        self._version = tuple(int(part) for part in version.split("."))

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Response:
        engine = self._lab.machines["manager1"].engine
        response: Response = self._lab.run(engine.request(method, path, query, body, version=self._version))
        return response

    def get(self, path: str, **query: str) -> Any:
        response = self.ask("GET", path, **query)
        assert response.status == 200, response.body
        return response.body

    def post(self, path: str, body: Any = None, **query: str) -> Any:
        response = self.ask("POST", path, body, **query)
        assert response.status < 300, response.body
        return response.body


@pytest.fixture
def lab() -> Lab:
    lab = Lab("manager1")
    lab.swarm("manager1")
    return lab


def service(container: Json | None = None, template: Json | None = None, **parts: Any) -> Json:
    return {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": f"{WEBPAGE}", **(container or {})}, **(template or {})},
        **parts,
    }


RICH = service(
    {
        "Sysctls": {"net.ipv4.ip_forward": "1"},
        "CapabilityAdd": ["CAP_NET_ADMIN"],
        "Ulimits": [{"Name": "nofile", "Hard": 9, "Soft": 9}],
        "OomScoreAdj": 5,
        "Privileges": {"NoNewPrivileges": True},
        "Healthcheck": {"Test": ["CMD", "true"], "StartInterval": 1_000_000_000},
    },
    {"Placement": {"MaxReplicas": 2}, "Resources": {"Limits": {"Pids": 7}}},
)


@pytest.mark.parametrize(
    ("version", "lost"),
    [
        ("1.46", set()),
        ("1.45", {"OomScoreAdj"}),
        ("1.43", {"OomScoreAdj", "NoNewPrivileges", "StartInterval"}),
        ("1.40", {"OomScoreAdj", "NoNewPrivileges", "StartInterval", "CapabilityAdd", "Ulimits", "Pids"}),
        (
            "1.39",
            {"OomScoreAdj", "NoNewPrivileges", "StartInterval", "CapabilityAdd", "Ulimits", "Pids", "Sysctls",
             "MaxReplicas"},
        ),
    ],
)  # fmt: skip
def test_a_service_has_only_what_its_clients_version_knows(lab: Lab, version: str, lost: set[str]) -> None:
    made = OldClient(lab, version).post("/services/create", RICH)
    spec = str(lab.get("manager1", f"/services/{made['ID']}")["Spec"])
    every = {"OomScoreAdj", "NoNewPrivileges", "StartInterval", "CapabilityAdd", "Ulimits", "Pids", "Sysctls"}
    found = {name for name in {*every, "MaxReplicas"} if f"'{name}': " in spec and f"'{name}': False" not in spec}
    assert found == {*every, "MaxReplicas"} - lost


def test_a_job_asked_for_before_there_were_jobs_has_no_mode(lab: Lab) -> None:
    job = service(Mode={"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}})
    OldClient(lab, "1.40").post("/services/create", job)
    assert list(lab.get("manager1", "/services/web")["Spec"]["Mode"]) == ["Replicated"]


def test_the_engine_pins_the_image_for_clients_that_do_not_ask_the_registry(lab: Lab) -> None:
    OldClient(lab, "1.29").post("/services/create", service())
    assert "@sha256:" in lab.get("manager1", "/services/web")["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    warned = OldClient(lab, "1.29").post("/services/create", {**service({"Image": "nobody/nothing"}), "Name": "none"})
    assert warned["Warnings"][0].startswith("image nobody/nothing could not be accessed on a registry to record\n")
    OldClient(lab, "1.30").post("/services/create", {**service(), "Name": "later"})
    assert lab.get("manager1", "/services/later")["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == WEBPAGE


def test_services_have_no_status_for_clients_older_than_it(lab: Lab) -> None:
    lab.service("manager1", "web", 1)
    assert "ServiceStatus" in OldClient(lab, "1.41").get("/services", status="true")[0]
    assert "ServiceStatus" not in OldClient(lab, "1.40").get("/services", status="true")[0]
    # What an old client says there is not even read.
    assert OldClient(lab, "1.40").ask("GET", "/services", status="perhaps").status == 200
    assert OldClient(lab, "1.41").ask("GET", "/services", status="perhaps").status == 400


@pytest.mark.parametrize("kind", ["secret", "config"])
def test_templates_are_refused_to_clients_older_than_they(lab: Lab, kind: str) -> None:
    body = {"Name": "t", "Data": "YQ==", "Templating": {"Name": "golang"}}
    refused = OldClient(lab, "1.36").ask("POST", f"/{kind}s/create", body)
    assert (refused.status, refused.body["message"]) == (
        400,
        f"{kind} templating is not supported on the specified API version: 1.36",
    )
    assert OldClient(lab, "1.37").ask("POST", f"/{kind}s/create", body).status == 201


def test_address_pools_and_data_ports_of_old_clients_are_not_read() -> None:
    body = {"ListenAddr": "0.0.0.0:2377", "DefaultAddrPool": ["10.9.0.0/16"], "SubnetSize": 26, "DataPathPort": 5000}
    shown = {}
    for version in ("1.38", "1.39", "1.40"):
        lab = Lab("manager1")
        OldClient(lab, version).post("/swarm/init", body)
        swarm = lab.get("manager1", "/swarm")
        shown[version] = (swarm["DefaultAddrPool"], swarm["SubnetSize"], swarm["DataPathPort"])
    assert shown == {
        "1.38": (["10.0.0.0/8"], 24, 4789),
        "1.39": (["10.9.0.0/16"], 26, 4789),
        "1.40": (["10.9.0.0/16"], 26, 5000),
    }


def test_a_network_without_ipv4_needs_a_client_of_148(lab: Lab) -> None:
    body = {"Driver": "bridge", "EnableIPv4": False, "EnableIPv6": True}
    for version, has in (("1.47", True), ("1.48", False)):
        OldClient(lab, version).post("/networks/create", {**body, "Name": f"n{has}"})
        assert lab.get("manager1", f"/networks/n{has}")["EnableIPv4"] is has


def test_lists_of_networks_name_containers_to_very_old_clients_only(lab: Lab) -> None:
    made = lab.post("manager1", "/containers/create", {"Image": WEBPAGE})
    lab.post("manager1", f"/containers/{made['Id']}/start")
    for version, named in (("1.27", [made["Id"]]), ("1.28", [])):
        bridge = next(n for n in OldClient(lab, version).get("/networks") if n["Name"] == "bridge")
        assert list(bridge["Containers"]) == named


def test_info_shows_each_version_what_it_knew(lab: Lab) -> None:
    seen = {version: OldClient(lab, version).get("/info") for version in ("1.24", "1.43", "1.46", "1.48", "1.49")}
    assert seen["1.24"]["SecurityOptions"] == ["apparmor", "seccomp", "cgroupns"]
    assert seen["1.43"]["SecurityOptions"][1] == "name=seccomp,profile=builtin"
    assert seen["1.43"]["Runtimes"]["runc"] == {"path": "runc"}
    assert "status" in seen["1.46"]["Runtimes"]["runc"]
    assert [version for version, info in seen.items() if "Containerd" in info] == ["1.46", "1.48", "1.49"]
    assert [version for version, info in seen.items() if "FirewallBackend" in info] == ["1.49"]
    assert [version for version, info in seen.items() if "Expected" in info["RuncCommit"]] == list(seen)[:-1]
    key = "AllowNondistributableArtifactsCIDRs"
    assert [version for version, info in seen.items() if key in info["RegistryConfig"]] == ["1.24", "1.43", "1.46"]


def test_images_have_a_virtual_size_up_to_143(lab: Lab) -> None:
    for version, has in (("1.43", True), ("1.44", False)):
        client = OldClient(lab, version)
        image = client.get(f"/images/{WEBPAGE}/json")
        assert ("VirtualSize" in image) is has
        assert ("VirtualSize" in client.get("/images/json")[0]) is has
        assert ("VirtualSize" in client.get("/system/df")["Images"][0]) is has


def test_disk_usage_of_one_kind_needs_a_client_of_142(lab: Lab) -> None:
    assert OldClient(lab, "1.41").get("/system/df", type="volume")["Images"]
    assert OldClient(lab, "1.42").get("/system/df", type="volume") == {
        "LayersSize": 0, "Images": None, "Containers": None, "Volumes": [], "BuildCache": None,
    }  # fmt: skip


def test_pruning_volumes_takes_named_ones_for_old_clients(lab: Lab) -> None:
    lab.post("manager1", "/volumes/create", {"Name": "mine"})
    assert not OldClient(lab, "1.42").post("/volumes/prune")["VolumesDeleted"]
    assert OldClient(lab, "1.41").post("/volumes/prune")["VolumesDeleted"] == ["mine"]


def test_a_container_of_an_old_client_has_the_defaults_of_its_time(lab: Lab) -> None:
    body = {"Image": WEBPAGE, "HostConfig": {"AutoRemove": True, "Annotations": {"a": "b"}}}
    shown = {}
    for version in ("1.24", "1.39", "1.42", "1.43"):
        made = OldClient(lab, version).post("/containers/create", body)
        host = lab.get("manager1", f"/containers/{made['Id']}/json")["HostConfig"]
        shown[version] = (host["AutoRemove"], host["IpcMode"], "Annotations" in host)
    assert shown == {
        "1.24": (False, "shareable", False),
        "1.39": (True, "shareable", False),
        "1.42": (True, "private", False),
        "1.43": (True, "private", True),
    }


def test_a_container_on_several_networks_needs_a_client_of_144(lab: Lab) -> None:
    for name in ("a", "b"):
        lab.post("manager1", "/networks/create", {"Name": name})
    body = {
        "Image": WEBPAGE,
        "HostConfig": {"NetworkMode": "a"},
        "NetworkingConfig": {"EndpointsConfig": {"a": {}, "b": {}}},
    }
    refused = OldClient(lab, "1.43").ask("POST", "/containers/create", body)
    assert (refused.status, refused.body["message"]) == (
        400,
        "Container cannot be created with multiple network endpoints: a, b",
    )
    assert OldClient(lab, "1.44").ask("POST", "/containers/create", body).status == 201


def test_the_containers_own_mac_address_goes_to_its_main_network(lab: Lab) -> None:
    body = {"Image": WEBPAGE, "MacAddress": "02:42:ac:11:00:99"}
    for version, warnings in (("1.43", 0), ("1.44", 1)):
        made = OldClient(lab, version).post("/containers/create", body)
        assert len(made["Warnings"]) == warnings
        lab.post("manager1", f"/containers/{made['Id']}/start")
        networks = lab.get("manager1", f"/containers/{made['Id']}/json")["NetworkSettings"]["Networks"]
        assert networks["bridge"]["MacAddress"] == "02:42:ac:11:00:99"
        lab.ask("manager1", "DELETE", f"/containers/{made['Id']}", force="1")
    twice = {**body, "NetworkingConfig": {"EndpointsConfig": {"bridge": {"MacAddress": "02:42:ac:11:00:98"}}}}
    refused = OldClient(lab, "1.49").ask("POST", "/containers/create", twice)
    assert refused.status == 400
    assert "must match the endpoint-specific MAC address" in refused.body["message"]


def test_mount_options_of_another_type_are_refused_since_142(lab: Lab) -> None:
    mount = {"Type": "volume", "Source": "vol", "Target": "/v", "TmpfsOptions": {"SizeBytes": 1}}
    body = {"Image": WEBPAGE, "HostConfig": {"Mounts": [mount]}}
    assert OldClient(lab, "1.41").ask("POST", "/containers/create", body).status == 201
    refused = OldClient(lab, "1.42").ask("POST", "/containers/create", body)
    assert (refused.status, refused.body["message"]) == (
        400,
        'TmpfsOptions must not be specified on mount type "volume"',
    )


def test_the_setting_of_an_interface_moves_to_its_endpoint_up_to_147(lab: Lab) -> None:
    body = {"Image": WEBPAGE, "HostConfig": {"Sysctls": {"net.ipv4.conf.eth0.forwarding": "1"}}}
    made = OldClient(lab, "1.47").post("/containers/create", body)
    assert made["Warnings"][0].startswith('Migrated sysctl "net.ipv4.conf.eth0.forwarding" to DriverOpts')
    shown = lab.get("manager1", f"/containers/{made['Id']}/json")
    options = shown["NetworkSettings"]["Networks"]["bridge"]["DriverOpts"]
    assert options == {"com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.forwarding=1"}
    assert OldClient(lab, "1.48").ask("POST", "/containers/create", body).status == 500


def test_a_containers_aliases_hold_its_id_up_to_144(lab: Lab) -> None:
    lab.post("manager1", "/networks/create", {"Name": "mine"})
    made = lab.post("manager1", "/containers/create", {"Image": WEBPAGE, "HostConfig": {"NetworkMode": "mine"}})
    for version, aliases in (("1.44", [made["Id"][:12]]), ("1.45", None)):
        shown = OldClient(lab, version).get(f"/containers/{made['Id']}/json")
        assert shown["NetworkSettings"]["Networks"]["mine"]["Aliases"] == aliases


def test_events_of_new_images_are_not_told_to_clients_older_than_they() -> None:
    async def events() -> Any:
        yield {"Type": "image", "Action": "create"}
        yield {"Type": "image", "Action": "pull"}

    async def told(version: api_versions.Version) -> list[str]:
        stream = api_versions.answered(version, "/events", Response(200, stream=events())).stream
        assert stream is not None
        return [event["Action"] async for event in stream]

    lab = Lab("manager1")
    assert lab.run(told((1, 45))) == ["pull"]
    assert lab.run(told((1, 46))) == ["create", "pull"]


@pytest.mark.parametrize("template", sorted({*api_versions._BODIES, *api_versions._QUERY, *api_versions._ANSWERS}))
def test_every_rule_is_of_a_route_that_there_is(template: str) -> None:
    from playground.engine.routes import ROUTES

    assert template in {route.template for route in ROUTES}
