"""From the store's objects to the JSON of the Engine API; nothing else makes that JSON.

``wall_us`` is the date of the lab's start in microseconds since 1970. What comes out
has the keys in the engine's order and without those that the engine leaves out.

Source: moby ``daemon/cluster/convert/*.go``.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.swarm.control.answers import NodeAnswer, ServiceCounts
from playground.swarm.model import Attachment, Cluster, Config, Network, Object, Secret, Service, Spec, Task
from playground.swarm.networks import DEFAULT_DRIVER, driver_name, is_ingress
from playground.swarm.wire import types
from playground.swarm.wire.times import rfc3339

Json = dict[str, Any]
NetworkLookup = Callable[[str], Network | None]
"""Finds a network by its id, for the attachments that a task shows; None where it is gone."""


def _meta(obj: Object, wall_us: int) -> Json:
    return {
        "ID": obj.id,
        "Version": {"Index": obj.version},
        "CreatedAt": rfc3339(wall_us, obj.created_us),
        "UpdatedAt": rfc3339(wall_us, obj.updated_us),
    }


def _time(wall_us: int, lab_us: int | None) -> str | None:
    return None if lab_us is None else rfc3339(wall_us, lab_us)


def node(answer: NodeAnswer, wall_us: int) -> Json:
    """A node as ``GET /nodes/{id}`` shows it."""
    found, manager = answer.node, answer.manager_status
    return types.NODE.write(
        {
            **_meta(found, wall_us),
            "Spec": found.spec,
            "Description": found.description,
            "Status": {
                "State": found.status.state.value,
                "Message": found.status.message,
                "Addr": found.status.address,
            },
            "ManagerStatus": manager
            and {
                "Leader": manager.leader,
                "Reachability": "reachable" if manager.reachable else "unreachable",
                "Addr": manager.addr,
            },
        }
    )


def _ports(ports: Sequence[Spec]) -> list[Spec]:
    return list(ports)


def service(found: Service, wall_us: int, counts: ServiceCounts | None = None) -> Json:
    """A service; with ``counts``, as ``GET /services?status=true`` shows it."""
    update, job = found.update_status, found.job_status
    return types.SERVICE.write(
        {
            **_meta(found, wall_us),
            "Spec": found.spec,
            "PreviousSpec": found.previous_spec,
            "Endpoint": {
                "Spec": found.endpoint_spec,
                "Ports": _ports(found.ports),
                "VirtualIPs": [{"NetworkID": network_id, "Addr": addr} for network_id, addr in found.virtual_ips],
            },
            "UpdateStatus": update
            and {
                "State": update.state,
                "StartedAt": _time(wall_us, update.started_us),
                "CompletedAt": _time(wall_us, update.completed_us),
                "Message": update.message,
            },
            "ServiceStatus": counts
            and {
                "RunningTasks": counts.running,
                "DesiredTasks": counts.desired,
                "CompletedTasks": counts.completed,
            },
            "JobStatus": job
            and {
                "JobIteration": {"Index": job.iteration},
                "LastExecution": rfc3339(wall_us, job.last_execution_us),
            },
        }
    )


def task(found: Task, wall_us: int, network: NetworkLookup) -> Json:
    """A task; the networks that it is attached to are shown whole."""
    status = found.status
    container = status.container
    attachments = [_attachment(each, wall_us, network) for each in found.networks]
    return types.TASK.write(
        {
            **_meta(found, wall_us),
            "Spec": found.spec,
            "ServiceID": found.service_id,
            "Slot": found.slot,
            "NodeID": found.node_id,
            "Status": {
                "Timestamp": rfc3339(wall_us, status.timestamp_us),
                "State": status.state.word,
                "Message": status.message,
                "Err": status.error,
                "ContainerStatus": container
                and {"ContainerID": container.container_id, "PID": container.pid, "ExitCode": container.exit_code},
                "PortStatus": {"Ports": _ports(status.ports)},
            },
            "DesiredState": found.desired_state.word,
            "NetworksAttachments": attachments,
            "JobIteration": None if found.job_iteration is None else {"Index": found.job_iteration},
        }
    )


def _attachment(attachment: Attachment, wall_us: int, lookup: NetworkLookup) -> Json:
    found = lookup(attachment.network_id)
    shown: Json = {"ID": attachment.network_id} if found is None else _attached_network(found, wall_us)
    return {"Network": shown, "Addresses": list(attachment.addresses)}


def _attached_network(found: Network, wall_us: int) -> Json:
    """A network as a task's attachment shows it, which is not how ``GET /networks`` does."""
    spec = found.spec
    ipam = spec.get("IPAM")
    driver = spec.get("Driver") or ""
    wanted: Json | None = None
    if ipam is not None or is_ingress(found):
        ipam = ipam or {}
        wanted = {
            "Driver": {"Name": ipam.get("Driver"), "Options": ipam.get("Options")},
            "Configs": [_task_ipam(config) for config in ipam.get("Config") or ()],
        }
    local = driver_name(found) != DEFAULT_DRIVER
    allocated: Json = {"Driver": {"Name": "" if local else _ipam_driver(found)}}
    allocated["Configs"] = [_task_ipam(config) for config in found.ipam]
    return {
        **_meta(found, wall_us),
        "Spec": {
            "Name": found.name,
            "Labels": spec.get("Labels"),
            "DriverConfiguration": {"Name": driver, "Options": spec.get("Options")},
            "IPv6Enabled": spec.get("EnableIPv6"),
            "Internal": spec.get("Internal"),
            "Attachable": spec.get("Attachable"),
            "Ingress": is_ingress(found),
            "IPAMOptions": wanted,
            "ConfigFrom": spec.get("ConfigFrom"),
            "Scope": "swarm",
        },
        "DriverState": {"Name": _driver_state(found), "Options": found.driver_options},
        "IPAMOptions": allocated if local or found.ipam else None,
    }


def _task_ipam(config: Spec) -> Json:
    return {"Subnet": config.get("Subnet"), "Range": config.get("IPRange"), "Gateway": config.get("Gateway")}


def _ipam_driver(found: Network) -> str:
    return str((found.spec.get("IPAM") or {}).get("Driver") or "default")


def _driver_state(found: Network) -> str:
    """The driver that the allocator has put a network on; empty while it has not."""
    name = driver_name(found)
    return name if name != DEFAULT_DRIVER or found.ipam else ""


def network(found: Network, wall_us: int) -> Json:
    """A network as a manager shows it that has no part in it itself: no containers, no peers."""
    spec = found.spec
    local = driver_name(found) != DEFAULT_DRIVER
    config: list[Json] | None = None
    if found.ipam:
        config = [types.NETWORK_IPAM_CONFIG.write(each) for each in found.ipam]
    elif local:
        config = []
    return {
        "Name": found.name,
        "Id": found.id,
        "Created": rfc3339(wall_us, found.created_us),
        "Scope": "swarm",
        "Driver": _driver_state(found),
        "EnableIPv4": False,
        "EnableIPv6": bool(spec.get("EnableIPv6")),
        "IPAM": {
            "Driver": _ipam_driver(found) if found.ipam else "",
            "Options": (spec.get("IPAM") or {}).get("Options") if found.ipam else None,
            "Config": config,
        },
        "Internal": bool(spec.get("Internal")),
        "Attachable": bool(spec.get("Attachable")),
        "Ingress": is_ingress(found),
        "ConfigFrom": {"Network": (spec.get("ConfigFrom") or {}).get("Network", "")},
        "ConfigOnly": False,
        "Containers": None,
        "Options": dict(sorted(found.driver_options.items())) if found.driver_options else None,
        "Labels": _labels_or_null(spec.get("Labels")),
    }


def _labels_or_null(labels: Mapping[str, str] | None) -> Json | None:
    """Labels that the network's request left empty are null after the way through the store."""
    return dict(sorted(labels.items())) if labels else None


def secret(found: Secret, wall_us: int) -> Json:
    """A secret. Its data is never shown."""
    return types.SECRET.write({**_meta(found, wall_us), "Spec": {**found.spec, "Data": None}})


def config(found: Config, wall_us: int) -> Json:
    """A config, with its data in base64."""
    data = b64encode(found.data).decode("ascii")
    return types.CONFIG.write({**_meta(found, wall_us), "Spec": {**found.spec, "Data": data}})


def cluster_info(found: Cluster, wall_us: int) -> Json:
    """The cluster as ``GET /info`` shows it: without the join tokens."""
    return types.CLUSTER_INFO.write(_cluster(found, wall_us))


def no_cluster_info() -> Json:
    """What ``GET /info`` shows of a cluster about which no leader can be asked: every field empty."""
    empty = types.CLUSTER_INFO.write({})
    return {**empty, "Spec": {**empty["Spec"], "Labels": None}}


def swarm(found: Cluster, wall_us: int) -> Json:
    """The cluster as ``GET /swarm`` shows it, join tokens and all."""
    tokens = {"Worker": found.join_token_worker, "Manager": found.join_token_manager}
    return types.SWARM.write({**_cluster(found, wall_us), "JoinTokens": tokens})


def _cluster(found: Cluster, wall_us: int) -> Json:
    root = found.root
    return {
        **_meta(found, wall_us),
        "Spec": {**found.spec, "CAConfig": _without_signer(found.spec.get("CAConfig") or {})},
        "TLSInfo": root
        and {
            "TrustRoot": root.certificate_pem,
            "CertIssuerSubject": root.subject_base64,
            "CertIssuerPublicKey": root.public_key_base64,
        },
        "RootRotationInProgress": found.root_rotation_in_progress,
        "DefaultAddrPool": list(found.default_address_pool) or None,
        "SubnetSize": found.subnet_size,
        "DataPathPort": found.data_path_port,
    }


def _without_signer(ca_config: Spec) -> Json:
    return {key: value for key, value in ca_config.items() if key not in ("SigningCACert", "SigningCAKey")}
