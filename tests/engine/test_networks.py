"""Networks of one engine: address pools of both IP versions, what endpoints may ask for, names by links."""

from typing import Any

import pytest

from tests.engine.lab import WEBPAGE, Lab

IPV6 = {"Driver": "default", "Config": [{"Subnet": "2001:389::/64", "IPRange": "2001:389::/96"}]}


@pytest.fixture
def lab() -> Lab:
    return Lab("manager1")


def create(lab: Lab, **request: Any) -> tuple[int, Any]:
    answer = lab.ask("manager1", "POST", "/networks/create", {"Name": "net", **request})
    return answer.status, answer.body


def test_a_network_of_both_ip_versions_lists_the_block_that_was_asked_for_first(lab: Lab) -> None:
    assert create(lab, EnableIPv6=True, IPAM=IPV6)[0] == 201

    shown = lab.get("manager1", "/networks/net")

    assert (shown["EnableIPv4"], shown["EnableIPv6"]) == (True, True)
    assert shown["IPAM"] == {
        "Driver": "default",
        "Options": None,
        "Config": [
            {"Subnet": "2001:389::/64", "IPRange": "2001:389::/96", "Gateway": "2001:389::1"},
            {"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"},
        ],
    }


def test_a_container_gets_an_address_of_each_version(lab: Lab) -> None:
    create(lab, EnableIPv6=True, IPAM=IPV6)
    lab.container("manager1", "box", Cmd=["sleep", "300"], HostConfig={"NetworkMode": "net"})

    own = lab.get("manager1", "/containers/box/json")["NetworkSettings"]["Networks"]["net"]

    assert (own["IPAddress"], own["GlobalIPv6Address"]) == ("172.18.0.2", "2001:389::2")
    assert (own["IPv6Gateway"], own["GlobalIPv6PrefixLen"]) == ("2001:389::1", 64)
    (seen,) = lab.get("manager1", "/networks/net")["Containers"].values()
    assert seen["IPv6Address"] == "2001:389::2/64"


def test_wanted_addresses_are_given_and_shown_as_asked(lab: Lab) -> None:
    create(lab, EnableIPv6=True, IPAM=IPV6)
    lab.container("manager1", "box", Cmd=["sleep", "300"])
    wanted = {"IPv6Address": "2001:389::f00d", "LinkLocalIPs": ["169.254.8.8"]}
    lab.post("manager1", "/networks/net/connect", {"Container": "box", "EndpointConfig": {"IPAMConfig": wanted}})

    own = lab.get("manager1", "/containers/box/json")["NetworkSettings"]["Networks"]["net"]

    assert own["IPAMConfig"] == wanted
    assert own["GlobalIPv6Address"] == "2001:389::f00d"


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"Subnet": "nonsense"}, "invalid subnet nonsense: invalid CIDR block notation"),
        ({"Subnet": "10.1.2.0/16"}, "invalid subnet 10.1.2.0/16: it should be 10.1.0.0/16"),
        (
            {"Subnet": "10.1.0.0/16", "Gateway": "10.2.0.1"},
            "invalid gateway 10.2.0.1: parent subnet 10.1.0.0/16 doesn't contain this address",
        ),
        (
            {"Subnet": "10.1.0.0/16", "Gateway": "::1", "IPRange": "10.0.0.0/8"},
            "* invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.1.0.0/16\n"
            "* invalid gateway ::1: parent subnet is an IPv4 block",
        ),
    ],
)
def test_pools_that_make_no_sense_are_refused_with_every_fault(lab: Lab, block: Any, sentence: str) -> None:
    status, body = create(lab, IPAM={"Config": [block]})

    assert (status, body["message"]) == (400, f"invalid network config:\n{sentence}")


def test_addresses_are_for_networks_with_a_subnet_of_their_own(lab: Lab) -> None:
    create(lab)
    wanted = {"IPAMConfig": {"IPv4Address": "172.18.0.9"}}

    for network, sentence in (
        ("net", "user specified IP address is supported only when connecting to networks with user configured subnets"),
        ("bridge", "user specified IP address is supported on user defined networks only"),
    ):
        asked = {"Image": WEBPAGE, "NetworkingConfig": {"EndpointsConfig": {network: wanted}}}
        answer = lab.ask("manager1", "POST", "/containers/create", asked)
        message = answer.body["message"]
        assert answer.status == 400
        assert message.startswith(f"invalid config for network {network}: invalid endpoint settings:\n")
        assert sentence in message


def test_a_link_gives_another_container_a_name(lab: Lab) -> None:
    create(lab)
    endpoints = {"net": {"Links": ["upstream:bar"]}}
    box = lab.container(
        "manager1",
        "box",
        Cmd=["sleep", "300"],
        HostConfig={"NetworkMode": "net"},
        NetworkingConfig={"EndpointsConfig": endpoints},
    )
    engine = lab.machines["manager1"].engine
    container = engine.containers.find(box)
    assert engine.plane.resolve("bar", container) is None

    lab.container("manager1", "upstream", Cmd=["sleep", "300"], HostConfig={"NetworkMode": "net"})

    assert engine.plane.resolve("bar", container) == "172.18.0.3"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"ConfigOnly": True, "Internal": True}, "configuration network can only contain network specific fields."),
        ({"ConfigFrom": {"Network": "kept"}, "Labels": {"a": "b"}}, "user specified configurations are not supported"),
        ({"ConfigFrom": {"Network": "kept"}, "Options": {"a": "b"}}, "network driver options are not supported"),
        ({"ConfigFrom": {"Network": "nope"}}, 'configuration network "nope" does not exist'),
    ],
)
def test_a_network_made_from_a_configuration_has_none_of_its_own(lab: Lab, more: dict[str, Any], sentence: str) -> None:
    lab.post("manager1", "/networks/create", {"Name": "kept", "ConfigOnly": True})

    answer = lab.ask("manager1", "POST", "/networks/create", {"Name": "odd", **more})

    assert answer.status in (403, 404)
    assert answer.body["message"].startswith(sentence)


def test_a_network_in_use_says_by_whom(lab: Lab) -> None:
    lab.post("manager1", "/networks/create", {"Name": "busy"})
    for name in ("two", "one"):
        lab.container("manager1", name, Cmd=["sleep", "300"], HostConfig={"NetworkMode": "busy"})

    answer = lab.ask("manager1", "DELETE", "/networks/busy")

    assert (answer.status, answer.body["message"]) == (
        403, "error while removing network: network busy has active endpoints (one, two)"
    )  # fmt: skip
