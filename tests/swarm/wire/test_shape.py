from typing import Any

import pytest

from playground.swarm.errors import BadConfiguration
from playground.swarm.wire import container_types, types
from playground.swarm.wire.shape import Struct
from playground.swarm.wire.times import rfc3339


@pytest.mark.parametrize(
    ("struct", "value", "written"),
    [
        (container_types.DRIVER, {"Options": {}, "Name": ""}, {}),
        (
            container_types.DRIVER,
            {"Options": {"b": "1", "a": "2"}, "Name": "x"},
            {"Name": "x", "Options": {"a": "2", "b": "1"}},
        ),
        (types.UPDATE_CONFIG, {}, {"Parallelism": 0, "MaxFailureRatio": 0, "Order": ""}),
        (
            types.UPDATE_CONFIG,
            {"MaxFailureRatio": 0.5, "Nope": 1},
            {"Parallelism": 0, "MaxFailureRatio": 0.5, "Order": ""},
        ),
        (types.RESTART_POLICY, {"MaxAttempts": 0, "delay": 0}, {"Delay": 0, "MaxAttempts": 0}),
        (container_types.CONTAINER_SPEC, {"Init": False, "TTY": False, "Args": []}, {"Init": False}),
        (types.TASK_SPEC, {"Resources": {}, "Placement": None}, {"Resources": {}, "ForceUpdate": 0}),
    ],
)
def test_empty_values_are_left_out_where_the_engine_leaves_them_out(
    struct: Struct, value: dict[str, Any], written: dict[str, Any]
) -> None:
    assert struct.write(value) == written
    assert list(struct.write(value)) == list(written)


@pytest.mark.parametrize(
    ("struct", "value", "found", "place", "wanted"),
    [
        (types.SERVICE_SPEC, {"Labels": {"a": 1}}, "number", "ServiceSpec.Labels", "string"),
        (types.SERVICE_SPEC, {"Labels": []}, "array", "ServiceSpec.Labels", "map[string]string"),
        (types.SERVICE_SPEC, {"TaskTemplate": "x"}, "string", "ServiceSpec.TaskTemplate", "swarm.TaskSpec"),
        (types.NODE_SPEC, {"Role": True}, "bool", "NodeSpec.Role", "swarm.NodeRole"),
        (types.NETWORK_CREATE, {"Internal": 1}, "number", "CreateRequest.Internal", "bool"),
        (container_types.CONTAINER_SPEC, {"Env": "A=b"}, "string", "ContainerSpec.Env", "[]string"),
        (types.PORT_CONFIG, {"TargetPort": 1 << 40}, f"number {1 << 40}", "PortConfig.TargetPort", "uint32"),
        (types.PORT_CONFIG, {"TargetPort": 1.5}, "number 1.5", "PortConfig.TargetPort", "uint32"),
    ],
)
def test_a_wrong_json_type_is_refused_by_field(
    struct: Struct, value: dict[str, Any], found: str, place: str, wanted: str
) -> None:
    with pytest.raises(BadConfiguration) as caught:
        struct.write(value)
    assert str(caught.value) == (
        f"invalid JSON: json: cannot unmarshal {found} into Go struct field {place} of type {wanted}"
    )


def test_moments_have_no_trailing_zeros() -> None:
    wall_us = 1_795_345_200_000_000
    assert rfc3339(wall_us, 0) == "2026-11-22T11:00:00Z"
    assert rfc3339(wall_us, 1_500_000) == "2026-11-22T11:00:01.5Z"
    assert rfc3339(wall_us, 61_000_001) == "2026-11-22T11:01:01.000001Z"
