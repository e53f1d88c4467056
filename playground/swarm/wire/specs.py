"""From request bodies to the specs that the store keeps.

The real engine turns a body into protobuf and back, which drops what it does not
know, fills in the zero values of enumerations and refuses unknown ones. These
functions come to the same: a spec that they return is what the API shows again,
without anything left to convert.

Source: moby ``daemon/cluster/convert/{service,container,node,network,secret,config,swarm}.go``.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

from playground.swarm.errors import BadConfiguration, SwarmError
from playground.swarm.model import Spec
from playground.swarm.wire import container_types, types

Body = Mapping[str, Any]

DEFAULT_CLUSTER_NAME = "default"


def _enum(value: str, allowed: tuple[str, ...], message: str) -> str:
    """The value in lower case, the first of ``allowed`` where there is none."""
    if not value:
        return allowed[0]
    if value not in allowed:
        raise BadConfiguration(message.format(json.dumps(value)))
    return value


def _proto_enum(value: str, allowed: tuple[str, ...]) -> str:
    """A value that protobuf looks up by its upper-case name: one that it does not know is the first."""
    return value.lower() if value.lower() in allowed else allowed[0]


def parsed_service(body: Body) -> dict[str, Any]:
    """The struct of a ``ServiceSpec``, whatever it says.

    Raises:
        BadConfiguration: a JSON type is not the field's.
    """
    return types.SERVICE_SPEC.write(body)


def service_spec(body: Body) -> dict[str, Any]:
    """Read a ``ServiceSpec``.

    Raises:
        BadConfiguration: a JSON type, an enumeration, or a combination that has no protobuf form.
        SwarmError: tasks that are plugins.
    """
    spec = types.SERVICE_SPEC.write(body)
    template = spec["TaskTemplate"]
    runtime = template.get("Runtime", "")
    if runtime not in ("", "container", "plugin"):
        raise BadConfiguration("unsupported runtime")
    if (runtime == "plugin") is (template.get("ContainerSpec") is not None):
        raise BadConfiguration("mismatched Runtime and *Spec fields")
    if runtime == "plugin":
        raise SwarmError('runtime type "plugin" only supported in experimental')
    template["Runtime"] = "container"
    _container(template["ContainerSpec"])
    policy = template.get("RestartPolicy")
    if policy is not None:
        template["RestartPolicy"] = _restart_policy(policy)
    placement = template.get("Placement")
    if placement is not None and "Preferences" in placement:
        preferences = [each for each in placement["Preferences"] if each["Spread"] is not None]
        template["Placement"] = types.PLACEMENT.write({**placement, "Preferences": preferences})
    for key in ("UpdateConfig", "RollbackConfig"):
        if spec.get(key) is not None:
            spec[key] = _update_config(spec[key])
    if spec.get("EndpointSpec") is not None:
        spec["EndpointSpec"] = endpoint_spec(spec["EndpointSpec"])
    spec["Mode"] = _mode(spec["Mode"])
    return spec


def _container(container: dict[str, Any]) -> None:
    isolation = str(container.get("Isolation", "")).lower()
    container["Isolation"] = isolation if isolation in ("hyperv", "process") else "default"
    for config in container.get("Configs", ()):
        if "File" not in config and "Runtime" not in config:
            raise BadConfiguration("invalid Config: either File or Runtime should be set")
        if "File" in config and "Runtime" in config:
            raise BadConfiguration("invalid Config: cannot specify both File and Runtime")
    if "Mounts" in container:
        container["Mounts"] = [_mount(mount) for mount in container["Mounts"]]
    _check_credentials(container.get("Privileges"))
    ordered = container_types.CONTAINER_SPEC.write(container)
    container.clear()
    container.update(ordered)


def _check_credentials(privileges: Spec | None) -> None:
    credentials = None if privileges is None else privileges["CredentialSpec"]
    if credentials is None:
        return
    given = [f'"{key.lower()}"' for key in ("Config", "File", "Registry") if credentials[key]]
    text = "invalid CredentialSpec: "
    if not given:
        raise BadConfiguration(text + 'must either provide "file", "registry", or "config" for credential spec')
    if len(given) == 2:
        raise BadConfiguration(text + f"cannot specify both {given[0]} and {given[1]} credential specs")
    if len(given) == 3:
        raise BadConfiguration(text + f"cannot specify both {', '.join(given[:2])}, and {given[2]} credential specs")


MOUNT_TYPES = ("bind", "volume", "tmpfs", "npipe", "cluster")
PROPAGATIONS = ("rprivate", "private", "rshared", "shared", "rslave", "slave")


def _mount(mount: Spec) -> dict[str, Any]:
    kind = str(mount.get("Type", "")).lower()
    if kind and kind not in MOUNT_TYPES:
        raise BadConfiguration(f"invalid MountType: {json.dumps(mount['Type'])}")
    converted = {**mount, "Type": kind or "bind", "Consistency": ""}
    bind = mount.get("BindOptions")
    if bind is not None:
        propagation = str(bind.get("Propagation", "")).lower()
        if propagation and propagation not in PROPAGATIONS:
            raise BadConfiguration(f"invalid MountPropagation: {json.dumps(bind['Propagation'])}")
        if propagation or bind.get("NonRecursive"):
            converted["BindOptions"] = {**bind, "Propagation": propagation or PROPAGATIONS[0]}
        else:
            converted["BindOptions"] = None
    return container_types.MOUNT.write(converted)


def _restart_policy(policy: Spec) -> dict[str, Any]:
    condition = _enum(policy.get("Condition", ""), ("any", "none", "on-failure"), "invalid RestartCondition: {}")
    return types.RESTART_POLICY.write({**policy, "Condition": condition, "MaxAttempts": policy.get("MaxAttempts", 0)})


def _update_config(config: Spec) -> dict[str, Any]:
    action, order = config.get("FailureAction", ""), config["Order"]
    if action not in ("", "pause", "continue", "rollback"):
        raise BadConfiguration(f"unrecognized update failure action {action}")
    if order not in ("", "stop-first", "start-first"):
        raise BadConfiguration(f"unrecognized update order {order}")
    return types.UPDATE_CONFIG.write({**config, "FailureAction": action or "pause", "Order": order or "stop-first"})


def endpoint_spec(endpoint: Spec) -> dict[str, Any]:
    """An ``EndpointSpec`` with mode, protocols and publish modes filled in.

    Raises:
        BadConfiguration: no such resolution mode.
    """
    mode = _enum(endpoint.get("Mode", ""), ("vip", "dnsrr"), "invalid resolution mode: {}")
    ports = [
        {
            **port,
            "Protocol": _proto_enum(port.get("Protocol", ""), ("tcp", "udp", "sctp")),
            "PublishMode": _proto_enum(port.get("PublishMode", ""), ("ingress", "host")),
        }
        for port in endpoint.get("Ports") or ()
    ]
    return types.ENDPOINT_SPEC.write({"Mode": mode, "Ports": ports})


def _mode(mode: Spec) -> dict[str, Any]:
    if len(mode) > 1:
        raise BadConfiguration("must specify only one service mode")
    if "Global" in mode or "GlobalJob" in mode:
        return dict(mode)
    if "ReplicatedJob" in mode:
        job = mode["ReplicatedJob"]
        concurrent = job.get("MaxConcurrent", 1)
        return {
            "ReplicatedJob": {
                "MaxConcurrent": concurrent,
                "TotalCompletions": job.get("TotalCompletions", concurrent),
            }
        }
    return {"Replicated": {"Replicas": mode.get("Replicated", {}).get("Replicas", 1)}}


def node_spec(body: Body) -> dict[str, Any]:
    """Read a ``NodeSpec``, whose role and availability must be there.

    Raises:
        BadConfiguration: the role or the availability is missing or unknown.
    """
    spec = types.NODE_SPEC.write(body)
    for key, allowed in (("Role", ("worker", "manager")), ("Availability", ("active", "pause", "drain"))):
        value = str(spec.get(key, ""))
        if value.lower() not in allowed:
            raise BadConfiguration(f"invalid {key}: {json.dumps(value)}")
        spec[key] = value.lower()
    return spec


def secret_spec(body: Body) -> tuple[dict[str, Any], bytes | None]:
    """Read a ``SecretSpec``: what is kept of it, and its data (None where it gives none).

    Raises:
        BadConfiguration: the data is not base64.
    """
    return _with_data(types.SECRET_SPEC.write(body))


def config_spec(body: Body) -> tuple[dict[str, Any], bytes | None]:
    """Read a ``ConfigSpec``: what is kept of it, and its data (None where it gives none).

    Raises:
        BadConfiguration: the data is not base64.
    """
    return _with_data(types.CONFIG_SPEC.write(body))


def _with_data(spec: dict[str, Any]) -> tuple[dict[str, Any], bytes | None]:
    text = spec.pop("Data", None)
    if text is None:
        return spec, None
    try:
        return spec, b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise BadConfiguration(f"invalid JSON: illegal base64 data at input byte {_first_bad_byte(text)}") from None


_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def _first_bad_byte(text: str) -> int:
    """Where Go's decoder stops: at the first character that it does not expect, or at the end."""
    for at, letter in enumerate(text):
        if letter not in _BASE64:
            return at
    return len(text) // 4 * 4


def network_spec(body: Body) -> dict[str, Any]:
    """Read a network create request.

    Raises:
        BadConfiguration: a value has the wrong JSON type.
    """
    spec = types.NETWORK_CREATE.write(body)
    ipam = spec.get("IPAM")
    if ipam is not None:
        spec["IPAM"] = {**ipam, "Driver": ipam["Driver"] or "default"}
    return spec


def cluster_spec(body: Body) -> dict[str, Any]:
    """Read a swarm ``Spec`` that is whole: what it leaves out is zero, not what it was before.

    Raises:
        BadConfiguration: the name is not "default".
    """
    spec = types.SWARM_SPEC.write(body)
    if spec.get("Name", DEFAULT_CLUSTER_NAME) != DEFAULT_CLUSTER_NAME:
        raise BadConfiguration('swarm spec must be named "default"')
    return _canonical_cluster(spec)


def merged_cluster_spec(body: Body, base: Spec) -> dict[str, Any]:
    """Read the ``Spec`` of a swarm init: what it leaves out, or gives as zero, stays as in ``base``.

    Raises:
        BadConfiguration: the name is not "default".
    """
    given = types.SWARM_SPEC.write(body)
    if given.get("Name", DEFAULT_CLUSTER_NAME) != DEFAULT_CLUSTER_NAME:
        raise BadConfiguration('swarm spec must be named "default"')
    merged = {**base, "Labels": given["Labels"] or base.get("Labels") or {}}
    for part in ("Orchestration", "Raft", "Dispatcher", "CAConfig"):
        kept = {key: value for key, value in given[part].items() if value or key in _POINTERS}
        merged[part] = {**base.get(part, {}), **kept}
    merged["CAConfig"]["ForceRotate"] = given["CAConfig"].get("ForceRotate", 0)
    merged["EncryptionConfig"] = given["EncryptionConfig"]
    return _canonical_cluster(merged)


_POINTERS = ("TaskHistoryRetentionLimit", "KeepOldSnapshots")


def _canonical_cluster(spec: Spec) -> dict[str, Any]:
    """As protobuf keeps it: no default log driver (moby never converts it), limits always there.

    Raises:
        BadConfiguration: an outside authority that is asked in another way than cfssl's.
    """
    for outside in spec["CAConfig"].get("ExternalCAs") or ():
        if str(outside.get("Protocol", "")).upper() != "CFSSL":
            raise BadConfiguration(f"invalid protocol: {json.dumps(outside.get('Protocol', ''))}")
    orchestration = {"TaskHistoryRetentionLimit": 0, **spec["Orchestration"]}
    raft = {"KeepOldSnapshots": 0, **spec["Raft"]}
    return types.SWARM_SPEC.write(
        {**spec, "Name": DEFAULT_CLUSTER_NAME, "Orchestration": orchestration, "Raft": raft, "TaskDefaults": {}}
    )
