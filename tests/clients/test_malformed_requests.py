"""Requests that no proper client sends, to every route of the engine: the real refusals, and nothing changed.

The route table itself says what there is to ask. Bodies start from one that the route takes and get wrong types, odd
strings, numbers out of range and fields that do not exist; names, versions, filters and flags get the same.
"""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.engine.routes import ROUTES, Route
from playground.web.app import Playground, Settings, create_app
from playground.web.engine_request import JSON_BODIES, MAX_JSON

IMAGE = "alpine:latest"
CONTAINER_SPEC = {
    "Image": IMAGE,
    "Command": ["sleep", "1000"],
    "Env": ["A=1"],
    "Labels": {"a": "b"},
    "Mounts": [{"Type": "volume", "Source": "data", "Target": "/data"}],
    "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000, "Retries": 3},
    "Hosts": ["10.0.0.9 other"],
    "Secrets": [],
    "Configs": [],
    "StopGracePeriod": 1000000000,
    "Privileges": None,
    "Init": True,
    "TTY": False,
}
SERVICE_SPEC = {
    "Name": "made",
    "Labels": {"a": "b"},
    "TaskTemplate": {
        "ContainerSpec": CONTAINER_SPEC,
        "Resources": {"Limits": {"NanoCPUs": 100000000, "MemoryBytes": 8000000}, "Reservations": {"NanoCPUs": 1000000}},
        "RestartPolicy": {"Condition": "any", "Delay": 1000000000, "MaxAttempts": 2, "Window": 0},
        "Placement": {
            "Constraints": ["node.role==manager"],
            "Preferences": [{"Spread": {"SpreadDescriptor": "node.id"}}],
        },
        "LogDriver": {"Name": "json-file", "Options": {}},
        "Networks": [{"Target": "net", "Aliases": ["x"]}],
        "ForceUpdate": 1,
    },
    "Mode": {"Replicated": {"Replicas": 1}},
    "UpdateConfig": {"Parallelism": 1, "Delay": 1, "FailureAction": "pause", "MaxFailureRatio": 0.1},
    "RollbackConfig": {"Parallelism": 1, "Order": "start-first"},
    "EndpointSpec": {"Mode": "vip", "Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080}]},
}  # fmt: skip
SWARM_SPEC = {
    "Name": "default",
    "Labels": {},
    "Orchestration": {"TaskHistoryRetentionLimit": 5},
    "Raft": {"SnapshotInterval": 10000, "KeepOldSnapshots": 0, "ElectionTick": 10, "HeartbeatTick": 1},
    "Dispatcher": {"HeartbeatPeriod": 5000000000},
    "CAConfig": {"NodeCertExpiry": 7776000000000000, "ExternalCAs": [], "ForceRotate": 0},
    "TaskDefaults": {"LogDriver": {"Name": "json-file"}},
    "EncryptionConfig": {"AutoLockManagers": False},
}
ENDPOINT = {
    "IPAMConfig": {"IPv4Address": "10.20.0.5"},
    "Aliases": ["x"],
    "Links": [],
    "DriverOpts": {},
    "MacAddress": "",
}
# ForceNewCluster is not here: with it the real engine, too, stops its node before it looks at the rest.
BODIES: dict[str, Any] = {
    "/auth": {"username": "a", "password": "b", "serveraddress": "https://index.docker.io/v1/"},
    "/swarm/init": {
        "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "", "DataPathAddr": "", "DataPathPort": 0,
        "DefaultAddrPool": ["10.0.0.0/8"], "SubnetSize": 24, "Availability": "active",
        "AutoLockManagers": False, "Spec": SWARM_SPEC,
    },
    "/swarm/join": {
        "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "", "DataPathAddr": "", "RemoteAddrs": ["10.222.216.2:2377"],
        "JoinToken": "SWMTKN-1-x-y", "Availability": "active",
    },
    "/swarm/update": SWARM_SPEC,
    "/swarm/unlock": {"UnlockKey": "SWMKEY-1-x"},
    "/services/create": SERVICE_SPEC,
    "/services/{id}/update": SERVICE_SPEC,
    "/nodes/{id}/update": {"Name": "", "Labels": {"a": "b"}, "Role": "manager", "Availability": "active"},
    "/secrets/create": {"Name": "made", "Labels": {"a": "b"}, "Data": "aGVsbG8=", "Templating": {"Name": "golang"}},
    "/secrets/{id}/update": {"Name": "sec", "Labels": {"a": "b"}},
    "/configs/create": {"Name": "made", "Labels": {"a": "b"}, "Data": "aGVsbG8=", "Templating": {"Name": "golang"}},
    "/configs/{id}/update": {"Name": "cfg", "Labels": {"a": "b"}},
    "/networks/create": {
        "Name": "made", "Driver": "overlay", "Attachable": True, "Internal": False, "Ingress": False, "Scope": "",
        "IPAM": {"Driver": "default", "Options": {}, "Config": [{
            "Subnet": "10.30.0.0/24", "Gateway": "10.30.0.1", "IPRange": "10.30.0.0/25",
            "AuxiliaryAddresses": {"a": "10.30.0.9"},
        }]},
        "Options": {}, "Labels": {"a": "b"}, "EnableIPv6": False, "ConfigOnly": False, "ConfigFrom": None,
    },
    "/networks/{id}/connect": {"Container": "box", "EndpointConfig": ENDPOINT},
    "/networks/{id}/disconnect": {"Container": "box", "Force": True},
    "/containers/create": {
        "Image": IMAGE, "Cmd": ["sleep", "1000"], "Entrypoint": None, "Env": ["A=1"], "Labels": {"a": "b"},
        "Tty": False, "OpenStdin": False, "User": "", "WorkingDir": "/", "ExposedPorts": {"80/tcp": {}},
        "StopSignal": "SIGTERM", "StopTimeout": 1, "Volumes": {"/v": {}},
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000},
        "HostConfig": {
            "Binds": ["data:/data"], "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8081"}]},
            "NetworkMode": "bridge", "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "AutoRemove": False, "Memory": 0, "NanoCpus": 0,
            "Mounts": [{"Type": "volume", "Source": "d2", "Target": "/d2"}], "ExtraHosts": ["a:10.0.0.1"],
            "LogConfig": {"Type": "json-file", "Config": {}},
        },
        "NetworkingConfig": {"EndpointsConfig": {"bridge": {"Aliases": None}}},
    },
    "/containers/{name}/update": {"Memory": 0, "RestartPolicy": {"Name": "no"}},
    "/containers/{name}/exec": {"Cmd": ["true"], "AttachStdout": True, "Tty": False, "Env": ["A=1"], "User": ""},
    "/exec/{name}/start": {"Detach": True, "Tty": False},
    "/volumes/create": {"Name": "made", "Driver": "local", "DriverOpts": {}, "Labels": {"a": "b"}},
}  # fmt: skip
KNOWN = ("web", "sec", "cfg", "net", "data", "box", "self", "manager1", "alpine", "lan")
ENDLESS = ("/events", "/containers/{name}/wait", "/containers/{name}/attach")
"""Answers that come when something happens, or never."""
TOO_OLD = "client version "
"""How a refusal begins that is no JSON, for clients that read none."""
SERVER_ERRORS = (
    r"^rpc error: code = Unknown desc = ",
    r"^strconv\.Atoi: parsing ",  # limit, t and the like of containers
    r"^Bad parameters: you must choose at least one stream$",  # logs of services and tasks, as the next two
    r"^tail value must be a positive integer or",
    r"^negative tail values not supported$",
    r"^(could not parse since timestamp: )?strconv\.ParseInt: parsing ",  # logs and events
    r"^(json: cannot unmarshal|invalid character|unexpected EOF$|EOF$)",  # credentials
    r"^failed to parse value as time or duration: |^more than one until filter specified$",  # of images
    r"^syntax error in pattern$",
    r"^error while looking up for (publish|expose) ",
    r"^invalid filter: 'type'=",
    r"^invalid (mode|volume specification): ",
    r"^(unrecognized rollback option|unsupported registryAuthFrom value|service does not have a previous spec)",
    r"^Could not attach to network |^container [0-9a-f]+ is not connected to network |^network .* not found$",
    r"^Invalid escape keys ",
    r"^ps: error: |^Couldn't find PID field ",
    r"^cannot (stop|restart) container: ",
)
"""Sentences that the real engine, too, sends with status 500: plain errors of Go without a class of their own."""


@dataclass
class Site:
    """A playground with one lab: a swarm of one manager with one object of every kind."""

    playground: Playground
    client: FlaskClient = field(init=False)
    base: str = field(init=False)
    known: dict[str, Any] = field(init=False)
    """What there is, as it was after the last request that was taken."""

    def __post_init__(self) -> None:
        self.client = self.playground.app.test_client()
        self.build()

    def build(self) -> None:
        answer = self.client.post(
            "/api/labs", json={"clock": "manual", "seed": 1, "nodes": ["manager1"], "images": [IMAGE]}
        )
        assert answer.status_code == 201, answer.text
        self.base = answer.get_json()["nodes"]["manager1"]["engine"].removeprefix("tcp://localhost:80")
        made = {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.222.216.2"}
        for path, body in (
            ("/swarm/init", made),
            ("/networks/create", {"Name": "net", "Driver": "overlay", "Attachable": True}),
            ("/networks/create", {"Name": "lan"}),
            ("/secrets/create", {"Name": "sec", "Data": "aGVsbG8="}),
            ("/configs/create", {"Name": "cfg", "Data": "aGVsbG8="}),
            ("/volumes/create", {"Name": "data"}),
            ("/services/create", {**SERVICE_SPEC, "Name": "web"}),
            ("/containers/create?name=box", {"Image": IMAGE, "Cmd": ["sleep", "100000"]}),
        ):
            status, text = self.ask("POST", path, json.dumps(body).encode())
            assert status < 300, text
        assert self.ask("POST", "/containers/box/start")[0] == 204
        lab = answer.get_json()
        done = self.client.post(
            f"/api/labs/{lab['id']}/exec",
            json={"node": "manager1", "command": "sleep 30"},
            headers={"Authorization": f"Bearer {lab['token']}"},
        )
        assert done.status_code == 200, "the tasks did not get the time to start"
        self.known = self.state()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        kind = headers.pop("kind", "application/json" if body is not None else None)
        answer = self.client.open(self.base + path, method=method, data=body, content_type=kind, headers=headers)
        return answer.status_code, answer.get_data(as_text=True)

    def state(self) -> dict[str, Any]:
        """What must not change when something is refused."""
        found: dict[str, Any] = {}
        for path in ("/swarm", "/nodes", "/services", "/secrets", "/configs", "/networks", "/system/df"):
            found[path] = self.ask("GET", path)[1]
        # Of containers what does not change with time alone.
        found["/system/df"] = [
            [{key: value for key, value in one.items() if key not in ("Status", "SizeRw")} for one in group or ()]
            for group in (json.loads(found["/system/df"])[kind] for kind in ("Images", "Containers", "Volumes"))
        ]
        return found

    def mend(self) -> None:
        """After a request that was taken: a new lab, where it removed what the others need."""
        present = self.ask("GET", "/services/web")[0] == 200 and self.ask("GET", "/containers/box/json")[0] == 200
        if not present or '"running"' not in self.ask("GET", "/containers/box/json")[1]:
            self.build()
        self.known = self.state()

    def refuses(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Send something odd: a refusal has a sentence and changes nothing, and there is no accident."""
        status, text = self.ask(method, path, body, **headers)
        request = f"{method} {path[:300]} {(body or b'')[:2000]!r}"
        assert "Traceback" not in text, request
        if status >= 400:
            unchanged = self.state() == self.known
            if not unchanged:
                self.build()
            assert unchanged, f"{status} {text!r} but something changed: {request}"
            if method != "HEAD" and not text.startswith(TOO_OLD):
                message = json.loads(text)["message"]
                known = status < 500 or status in (501, 503) or any(re.search(p, message) for p in SERVER_ERRORS)
                assert known, f"{status} {message!r} for {request}"
        elif method != "GET":
            self.mend()
        return status, text


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    playground = create_app(Settings(labs_per_minute=100_000))
    yield Site(playground)
    playground.registry.stop()


def concrete(route: Route, name: str = "web") -> str:
    return route.template.removesuffix("/?").replace("{id}", quote(name, safe="")).replace("{name}", quote(name))


def takes_json(route: Route) -> bool:
    return route.method == "POST" and any(pattern.fullmatch(concrete(route)) for pattern in JSON_BODIES)


JSON_ROUTES = [route for route in ROUTES if takes_json(route) and route.template != "/auth"]
"""``/auth`` reads its body itself and calls what it cannot read a fault of its own, with status 500."""
MALFORMED = {
    b"{": "unexpected EOF",
    b"[1,": "unexpected EOF",
    b"nul": "unexpected EOF",
    b"{'a': 1}": "invalid character '\\\\'' looking for beginning of object key string",
    b'{"a": 1,}': "invalid character '}' looking for beginning of object key string",
    b'{"a" 1}': "invalid character '1' after object key",
    b"\xff\xfe": "invalid character",
    b'{"a": 01}': "invalid character '1' after object key:value pair",
    b"{} {}": "unexpected content after JSON",
    b'{"a": "\x01"}': "in string literal",
}


@pytest.mark.parametrize("route", JSON_ROUTES, ids=lambda route: route.template)
def test_a_body_that_is_no_json_is_refused_in_the_words_of_go(site: Site, route: Route) -> None:
    for body, sentence in MALFORMED.items():
        status, text = site.ask("POST", concrete(route, "box"), body)
        assert (status, sentence in text) == (400, True), (body, text)
    # What is hijacked needs a connection of its own, which an application without a server does not have.
    for body in (b"[]", b'"text"', b"1", b"true") if route.template != "/exec/{name}/start" else ():
        status, text = site.ask("POST", concrete(route, "box"), body)
        assert status == 400, (body, text)
        assert "cannot unmarshal" in text, (body, text)
    status, text = site.ask("POST", concrete(route, "box"), b"{}", kind="text/plain")
    assert (status, "unsupported Content-Type header (text/plain)" in text) == (400, True)
    status, text = site.ask("POST", concrete(route, "box"), b'{"a": "' + b"x" * MAX_JSON + b'"}')
    assert status == 413
    assert site.state() == site.known


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_versions_names_and_filters_that_make_no_sense_are_refused(site: Site, route: Route) -> None:
    if route.template in ENDLESS:
        return
    for version in ("v1.23", "v1.50"):
        status, text = site.refuses(route.method, f"/{version}{concrete(route)}")
        assert status == 400, (version, status)
        if route.method != "HEAD":
            assert re.search("is too (old|new)", text)
    if "{" in route.template and route.template not in ("/images/{name}/push", "/images/{name}/tag"):
        for name in ("x" * 5000, "\u00e9\u2603", "\x00", "a b"):
            assert site.refuses(route.method, concrete(route, name), body_for(route))[0] >= 400
    if route.method == "GET" and "{" not in route.template:
        for filters in ("{", "[]", '{"a":1}', '{"label":{"a":1}}', '{"nonsense":{"x":true}}', '"x"', "0"):
            site.refuses("GET", f"{route.template.removesuffix('/?')}?filters={quote(filters)}")


def body_for(route: Route) -> bytes | None:
    return json.dumps(BODIES[route.template]).encode() if takes_json(route) else None


ODD_WORDS = "x ../.. -1 1e9 0 = : / {{ sha256: 10.0.0.0/8 300.1.1.1 [::1]:99999 node.role a==b==c none host bridge"
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "\x00", "\u2603", "a" * 300, "\n", "{{.Node.Nothing}}"]),
    st.sampled_from(ODD_WORDS.split()),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([[]]),
    st.just({"": None}),
    st.just({"x": {"y": [1, {}]}}),
    st.lists(st.text(max_size=5), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, the whole included."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        found += places(below, (*path, key))
    return found


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with some of its places replaced, dropped or added to."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(value)))
        if not path:
            key = draw(st.sampled_from(["Unknown", "name", ""]))
            if isinstance(value, dict):
                value[key] = copy.deepcopy(draw(ODD))
            continue
        parent = value
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = copy.deepcopy(draw(ODD))
    return value


PLAIN = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(data=st.data())
@settings(PLAIN, max_examples=120)
def test_bodies_with_wrong_values_break_nothing(site: Site, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(JSON_ROUTES), label="route")
    body = data.draw(changed(BODIES[route.template]), label="body")
    name = data.draw(st.sampled_from(KNOWN), label="name")
    query = f"?version={data.draw(st.sampled_from(['', '0', '10', 'x', '-1', str(2**64)]))}&name=made"
    site.refuses("POST", concrete(route, name) + query, json.dumps(body).encode())


FLAG_WORDS = """
    all force v limit size before since until stdout stderr tail timestamps details insertDefaults status verbose scope
    version signal t h w name ps_args stream one-shot fromImage tag repo term noprune rollback registryAuthFrom
    rotateWorkerToken filters path digests type link
"""
VALUE_WORDS = """
    0 1 true false yes -1 x 99999999999999999999 1.5 1e400 all SIGKILL NOSUCH 2013-01-02T00:00:00Z 2013-01-02T99
    / .. {"label":["a=b"]} {"x":{}} {"until":{"1h":true}} {"name":{"(":true}} {"id":{"":true}} [[
    {"dangling":{"x":true}} {"desired-state":{"bad":true}} {"role":["boss"]} {"membership":["x"]} {"mode":["x"]}
"""
FLAGS = FLAG_WORDS.split()
VALUES = st.one_of(st.just(""), st.sampled_from(VALUE_WORDS.split()), st.text(max_size=8))


@given(data=st.data())
@settings(PLAIN, max_examples=120)
def test_queries_with_wrong_values_break_nothing(site: Site, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from([route for route in ROUTES if route.template not in ENDLESS]), label="route")
    query = data.draw(st.dictionaries(st.sampled_from(FLAGS), VALUES, max_size=4), label="query")
    name = data.draw(st.sampled_from(KNOWN), label="name")
    if route.template.endswith("/stats"):
        query["stream"] = "0"
    text = "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
    site.refuses(route.method, f"{concrete(route, name)}?{text}", body_for(route))


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/swarm/init", {"ForceNewCluster": 1}, "number into Go struct field InitRequest.ForceNewCluster of type bool"),
        ("/swarm/init", {"SubnetSize": -1}, "number -1 into Go struct field InitRequest.SubnetSize of type uint32"),
        ("/swarm/join", {"RemoteAddrs": "x"}, "string into Go struct field JoinRequest.RemoteAddrs of type []string"),
        ("/swarm/unlock", {"UnlockKey": []}, "array into Go struct field UnlockRequest.UnlockKey of type string"),
        ("/networks/create", {"Name": 1}, "number into Go struct field CreateRequest.Name of type string"),
        (
            "/services/create",
            {"TaskTemplate": {"RestartPolicy": {"Delay": "x"}}},
            "string into Go struct field RestartPolicy.TaskTemplate.RestartPolicy.Delay of type time.Duration",
        ),
        (
            "/services/create",
            {"TaskTemplate": {"Resources": {"Limits": {"Pids": "x"}}}},
            "string into Go struct field Limit.TaskTemplate.Resources.Limits.Pids of type int64",
        ),
        (
            "/services/create",
            {"TaskTemplate": {"Runtime": 1}},
            "number into Go struct field TaskSpec.TaskTemplate.Runtime of type swarm.RuntimeType",
        ),
        (
            "/services/create",
            {"TaskTemplate": {"ContainerSpec": {"Isolation": 1}}},
            "number into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Isolation of type "
            "container.Isolation",
        ),
        (
            "/containers/create",
            {"HostConfig": {"Memory": "x"}},
            "string into Go struct field HostConfig.HostConfig.Memory of type int64",
        ),
        ("/swarm/init", 5, "number into Go value of type swarm.InitRequest"),
    ],
)
def test_a_field_of_the_wrong_type_is_named_as_go_names_it(site: Site, path: str, body: Any, sentence: str) -> None:
    status, text = site.refuses("POST", path, json.dumps(body).encode())

    assert (status, json.loads(text)["message"]) == (400, f"invalid JSON: json: cannot unmarshal {sentence}")
