"""Checks on secrets, configs, stacks and on what services take from the store."""

from typing import Any

import pytest

from playground.lessons.checks import CheckError, parse_check

SHOP = {
    "s1": {
        "name": "shop_web",
        "stack": "shop",
        "secrets": ["password"],
        "configs": [],
        "networks": ["back"],
        "log_driver": "",
    },
    "s2": {"name": "shop_db", "stack": "shop", "secrets": [], "configs": [], "networks": [], "log_driver": "syslog"},
}


def a_view(**fields: Any) -> dict[str, Any]:
    return {"services": SHOP, "secrets": ["password"], "configs": [], **fields}


@pytest.mark.parametrize(
    ("check", "met", "saw"),
    [
        ({"secret": {"secret": "password"}}, True, "Secrets: password."),
        ({"secret": {"secret": "password", "present": False}}, False, "Secrets: password."),
        ({"config": {"config": "site"}}, False, "Configs: nothing so far."),
        ({"config": {"config": "site", "present": False}}, True, "Configs: nothing so far."),
        ({"service_uses": {"service": "shop_web", "secret": "password", "network": "back"}}, True, "network: back"),
        ({"service_uses": {"service": "shop_web", "config": "site"}}, False, "shop_web uses config: nothing so far."),
        ({"service_uses": {"service": "shop_db", "log_driver": "syslog"}}, True, "log driver: syslog"),
        ({"service_uses": {"service": "web", "secret": "password"}}, False, "There is no service web."),
        ({"stack": {"stack": "shop"}}, True, "Stack shop: shop_db, shop_web."),
        ({"stack": {"stack": "shop", "services": 1}}, False, "Stack shop: shop_db, shop_web."),
        ({"stack": {"stack": "other", "services": 0}}, True, "There is no stack other."),
    ],
)
def test_a_check_says_what_it_saw_in_the_store(check: dict[str, Any], met: bool, saw: str) -> None:
    verdict = parse_check(check).judge(a_view(), [])

    assert verdict.met == met
    assert saw in verdict.saw
    assert parse_check(check).says()


def test_a_use_has_to_be_named() -> None:
    with pytest.raises(CheckError, match="name a secret, a config, a network or a log_driver"):
        parse_check({"service_uses": {"service": "web"}})
