"""Filters, queries and the error table, each by itself."""

import pytest

from playground.api.durations import human_duration
from playground.engine.clock import rfc3339
from playground.engine.errors import BadParameter, NotFound, status_of
from playground.engine.filters import Filters
from playground.engine.query import boolean, moment, unsigned
from playground.swarm.errors import Code, NotManager, RpcError


@pytest.mark.parametrize("text", ['{"name":{"web":true}}', '{"name":["web"]}'])
def test_both_json_forms_of_filters_are_read(text: str) -> None:
    assert Filters.parse(text).get("name") == ["web"]


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"name":"web"}', '{"name":{"web":1}}'])
def test_other_json_is_no_filter(text: str) -> None:
    with pytest.raises(BadParameter, match="invalid filter"):
        Filters.parse(text)


def test_a_pattern_that_would_blow_up_is_taken_literally() -> None:
    assert not Filters({"name": ["(a+)+$"]}).match("name", "a" * 60 + "b")


def test_a_flag_given_both_ways_is_refused() -> None:
    with pytest.raises(BadParameter, match=r"invalid filter 'dangling=\[true false\]'"):
        Filters({"dangling": ["true", "false"]}).boolean("dangling")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (NotManager("x"), 503),
        (RpcError(Code.UNKNOWN, "update out of sequence"), 500),
        (RpcError(Code.INVALID_ARGUMENT, "x"), 400),
        (RpcError(Code.ALREADY_EXISTS, "x"), 409),
        (KeyError("a bug"), None),
    ],
)
def test_refusals_have_one_status_and_bugs_have_none(error: Exception, status: int | None) -> None:
    assert status_of(error) == status


def test_numbers_and_flags_are_read_as_go_reads_them() -> None:
    assert boolean({"force": "no"}, "force") is False
    assert boolean({"force": "1"}, "force") is True
    with pytest.raises(ValueError, match=r'strconv\.ParseUint: parsing "-1": invalid syntax'):
        unsigned("-1")
    assert moment("12.5", 0) == 12_500_000
    assert moment("10m", 700_000_000) == 100_000_000


def test_dates_and_durations_are_written_as_go_writes_them() -> None:
    assert rfc3339(1_763_800_000_120_000) == "2025-11-22T08:26:40.12Z"
    assert rfc3339(1_763_800_000_000_000) == "2025-11-22T08:26:40Z"
    assert [human_duration(s * 1_000_000_000) for s in (0, 1, 59, 61, 119, 3599, 5400, 200_000)] == [
        "Less than a second", "1 second", "59 seconds", "About a minute", "About a minute", "59 minutes", "2 hours",
        "2 days",
    ]  # fmt: skip
