"""The status and the words of the swarm's refusals, as a client of the Engine API meets them."""

from base64 import b64encode
from typing import Any

import pytest

from playground.engine.errors import status_of
from playground.swarm import errors as swarm
from playground.swarm.control.filters import InvalidFilterValue
from playground.swarm.errors import Code, RpcError
from playground.swarm.membership import CertificatesExpired, Locked
from tests.engine.lab import Lab


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.INVALID_ARGUMENT, 400),
        (Code.FAILED_PRECONDITION, 400),
        (Code.UNAUTHENTICATED, 401),
        (Code.PERMISSION_DENIED, 403),
        (Code.NOT_FOUND, 404),
        (Code.ALREADY_EXISTS, 409),
        (Code.UNIMPLEMENTED, 501),
        (Code.UNAVAILABLE, 503),
        (Code.CANCELED, 500),
        (Code.UNKNOWN, 500),
        (Code.DEADLINE_EXCEEDED, 500),
        (Code.RESOURCE_EXHAUSTED, 500),
        (Code.ABORTED, 500),
        (Code.INTERNAL, 500),
    ],
)
def test_a_grpc_code_has_the_status_that_moby_gives_it(code: Code, status: int) -> None:
    assert status_of(RpcError(code, "refused")) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (swarm.NotManager("no"), 503),
        (Locked(), 503),
        (CertificatesExpired(), 503),
        (swarm.NotAllowed("no"), 403),
        (swarm.BadConfiguration("no"), 400),
        (swarm.InvalidUnlockKey("no"), 401),
        (swarm.NotLocked("no"), 409),
        (swarm.Unavailable("no"), 503),
        (swarm.JoinFailed("no"), 500),
        (InvalidFilterValue("no"), 500),
        (swarm.SwarmError("plain"), 500),
    ],
)
def test_a_refusal_of_the_engines_swarm_side_has_its_class_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


def test_a_bug_is_no_refusal() -> None:
    assert status_of(KeyError("bug")) is None


@pytest.mark.parametrize(
    ("request_body", "status", "message"),
    [
        ({"ListenAddr": ""}, 400, 'invalid ListenAddr "": invalid empty address'),
        ({"DefaultAddrPool": ["10.0.0.0/8"], "SubnetSize": 30}, 500, "subnet size is out of range: 30"),
        ({"DataPathPort": 80}, 500, "Datapath port number is not in valid range (1024-49151) : 80"),
        ({"Availability": "lazy"}, 500, 'invalid Availability: "lazy"'),
        ({"Spec": {"Name": "mine"}}, 400, 'swarm spec must be named "default"'),
    ],
)
def test_init_refuses_what_makes_no_sense(request_body: dict[str, Any], status: int, message: str) -> None:
    lab = Lab("manager1")
    body = {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": lab.machines["manager1"].ip, **request_body}
    answer = lab.ask("manager1", "POST", "/swarm/init", body)
    assert (answer.status, answer.body["message"]) == (status, message)
    assert lab.get("manager1", "/info")["Swarm"]["LocalNodeState"] == "inactive"


@pytest.mark.parametrize("kind", ["secret", "config"])
def test_only_the_labels_of_a_secret_or_config_can_be_changed(kind: str) -> None:
    lab = Lab("manager1")
    lab.swarm("manager1")
    data = b64encode(b"one").decode()
    created = lab.post("manager1", f"/{kind}s/create", {"Name": "word", "Data": data})["ID"]
    path = f"/{kind}s/{created}/update"

    def version() -> int:
        return int(lab.get("manager1", f"/{kind}s/{created}")["Version"]["Index"])

    lab.post("manager1", path, {"Name": "word", "Labels": {"a": "1"}}, version=version())
    lab.post("manager1", path, {"Name": "word", "Labels": {"a": "2"}, "Data": data}, version=version())
    other = {"Name": "word", "Labels": {"a": "3"}, "Data": b64encode(b"two").decode()}
    answer = lab.ask("manager1", "POST", path, other, version=version())
    assert (answer.status, answer.body["message"]) == (
        400,
        "rpc error: code = InvalidArgument desc = only updates to Labels are allowed",
    )
    assert lab.get("manager1", f"/{kind}s/{created}")["Spec"]["Labels"] == {"a": "2"}
