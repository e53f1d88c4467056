"""Views and deltas: whoever applies the deltas to an old view has the new one."""

import copy
from typing import Any

from playground.labs.view_log import KEPT_DELTAS, Changes, ViewLog


def applied(view: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """What a page makes of a view and the delta after it."""
    assert delta["n"] == view["n"] + 1
    result = copy.deepcopy(view)
    for part, entities in delta.get("set", {}).items():
        result[part].update(entities)
    for part, keys in delta.get("gone", {}).items():
        for key in keys:
            result[part].pop(key, None)
    result.update(delta.get("put", {}))
    result["timeline"] += delta.get("append", {}).get("timeline", [])
    return {**result, "n": delta["n"], "now": delta["now"]}


def test_a_view_and_its_deltas_make_the_newer_view() -> None:
    log = ViewLog()
    clock = {"speed": 1, "paused": False}
    before = copy.deepcopy(log.view(0, clock))
    changes = [
        Changes(set={"nodes": {"a": {"power": "on"}, "b": {"power": "on"}}}),
        Changes(set={"nodes": {"a": {"power": "off"}}}, gone={"nodes": ["b"]}, timeline=[{"text": "b left"}]),
        Changes(put={"partition": {"groups": [["a"], ["b"]]}}),
    ]
    deltas = []
    for number, change in enumerate(changes):
        log.absorb(change)
        deltas.append(log.publish(change, number))

    page = before
    for delta in deltas:
        page = applied(page, delta)

    assert page == log.view(2, clock)
    assert log.since(1) == deltas[1:]
    assert log.since(3) == []


def test_a_page_that_missed_too_much_gets_a_new_view() -> None:
    log = ViewLog()
    for number in range(KEPT_DELTAS + 5):
        log.publish(Changes(put={"x": number}), number)

    assert log.since(2) is None
    assert log.since(log.n + 1) is None
