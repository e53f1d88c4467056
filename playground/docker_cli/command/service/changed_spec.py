"""Edits a service's specification as the flags of ``docker service update`` say.

Source: docker/cli command/service/update.go (updateService).
"""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.service import policies
from playground.docker_cli.command.service.networks import change_networks
from playground.docker_cli.command.service.new_spec import log_driver
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.opts.limits import ALL, RESET, capabilities, generic_resources
from playground.docker_cli.opts.lists import pairs
from playground.docker_cli.opts.ports import described

_STRINGS = {
    "image": "Image",
    "args": "Args",
    "entrypoint": "Command",
    "workdir": "Dir",
    "user": "User",
    "hostname": "Hostname",
    "init": "Init",
    "isolation": "Isolation",
    "oom-score-adj": "OomScoreAdj",
    "stop-grace-period": "StopGracePeriod",
    "tty": "TTY",
    "read-only": "ReadOnly",
    "stop-signal": "StopSignal",
}
"""Flags whose value is the field."""


async def change_spec(cli: Cli, values: Values, spec: dict[str, Any]) -> None:
    """Edit ``spec`` in place.

    Raises:
        CommandFailed: a flag does not fit the service.
        ApiError: a network is not there.
    """
    task = spec["TaskTemplate"]
    container = task.setdefault("ContainerSpec", {})
    _labels(values, "label", spec)
    _labels(values, "container-label", container)
    for name, field in _STRINGS.items():
        if values.changed(name):
            container[field] = values[name]
    _environment(values, container)
    _mounts(values, container)
    _sysctls(values, container)
    _ulimits(values, container)
    policies.resources(values, task)
    _generic(values, task)
    policies.restart_policy(values, task)
    _placement(values, task)
    await change_networks(cli, values, spec)
    if values.changed("replicas"):
        if (spec.get("Mode") or {}).get("Replicated") is None:
            raise CommandFailed("replicas can only be used with replicated mode")
        spec["Mode"]["Replicated"]["Replicas"] = values["replicas"]
    policies.update_config(values, "update", spec, "UpdateConfig")
    policies.update_config(values, "rollback", spec, "RollbackConfig")
    if values.changed("endpoint-mode"):
        spec["EndpointSpec"] = {**(spec.get("EndpointSpec") or {}), "Mode": values.text("endpoint-mode")}
    _list(values, "group", container, "Groups", sort=True)
    _ports(values, spec)
    _dns(values, container)
    _hosts(values, container)
    if values.changed("log-driver") and values.text("log-driver"):
        task["LogDriver"] = log_driver(values)
    if values.truth("force"):
        task["ForceUpdate"] = task.get("ForceUpdate", 0) + 1
    policies.changed_health(values, container)
    _capabilities(values, container)


def _store(holder: dict[str, Any], field: str, value: Any) -> None:
    """Set a field, or take it away when nothing is left in it."""
    if value:
        holder[field] = value
    else:
        holder.pop(field, None)


def _labels(values: Values, flag: str, holder: dict[str, Any]) -> None:
    if not values.changed(f"{flag}-add", f"{flag}-rm"):
        return
    labels = dict(holder.get("Labels") or {})
    for key in values.items(f"{flag}-rm"):
        labels.pop(key, None)
    labels.update(pairs(values.items(f"{flag}-add")))
    holder["Labels"] = labels


def _environment(values: Values, container: dict[str, Any]) -> None:
    removed = values.items("env-rm")
    variables = [text for text in container.get("Env") or [] if text.partition("=")[0] not in removed]
    if values.changed("env-add"):
        by_name = {text.partition("=")[0]: text for text in [*variables, *values.items("env-add")]}
        variables = list(by_name.values())
    _store(container, "Env", variables)


def _mounts(values: Values, container: dict[str, Any]) -> None:
    by_target: dict[str, Any] = {}
    for mount in values.items("mount-add"):
        if mount["Target"] in by_target:
            raise CommandFailed("duplicate mount target")
        by_target[mount["Target"]] = mount
    for mount in container.get("Mounts") or []:
        by_target.setdefault(mount["Target"], mount)
    removed = values.items("mount-rm")
    mounts = [mount for target, mount in by_target.items() if target not in removed]
    mounts.sort(key=lambda mount: (mount.get("Source", ""), mount["Target"]))
    _store(container, "Mounts", mounts)


def _sysctls(values: Values, container: dict[str, Any]) -> None:
    sysctls = dict(container.get("Sysctls") or {})
    for key in pairs(values.items("sysctl-rm")):
        sysctls.pop(key, None)
    sysctls.update(pairs(values.items("sysctl-add")))
    _store(container, "Sysctls", sysctls)


def _ulimits(values: Values, container: dict[str, Any]) -> None:
    limits = {limit["Name"]: limit for limit in container.get("Ulimits") or []}
    for name in pairs(values.items("ulimit-rm")):
        limits.pop(name, None)
    limits.update({limit["Name"]: limit for limit in values.items("ulimit-add")})
    _store(container, "Ulimits", [limits[name] for name in sorted(limits)])


def _generic(values: Values, task: dict[str, Any]) -> None:
    if not values.changed("generic-resource-add", "generic-resource-rm"):
        return
    current = ((task.get("Resources") or {}).get("Reservations") or {}).get("GenericResources") or []
    wanted = [*current, *generic_resources(values.items("generic-resource-add"))]
    by_kind = {resource["DiscreteResourceSpec"]["Kind"]: resource for resource in wanted}
    for kind in values.items("generic-resource-rm"):
        if kind not in by_kind:
            raise CommandFailed(f"could not find generic-resource `{kind}` to remove it")
        del by_kind[kind]
    policies.reserve_generic(task, list(by_kind.values()))


def _placement(values: Values, task: dict[str, Any]) -> None:
    placement = dict(task.get("Placement") or {})
    if values.changed("constraint-add", "constraint-rm"):
        removed = values.items("constraint-rm")
        constraints = [*(placement.get("Constraints") or []), *values.items("constraint-add")]
        _store(placement, "Constraints", sorted(text for text in constraints if text not in removed))
    if values.changed("placement-pref-add", "placement-pref-rm"):
        removed = values.items("placement-pref-rm")
        kept = [preference for preference in placement.get("Preferences") or [] if preference not in removed]
        _store(placement, "Preferences", [*kept, *values.items("placement-pref-add")])
    if values.changed("replicas-max-per-node"):
        _store(placement, "MaxReplicas", values.number("replicas-max-per-node"))
    if placement or "Placement" in task:
        task["Placement"] = placement


def _list(values: Values, flag: str, holder: dict[str, Any], field: str, sort: bool = False) -> None:
    if not values.changed(f"{flag}-add", f"{flag}-rm"):
        return
    removed = values.items(f"{flag}-rm")
    items = [item for item in [*(holder.get(field) or []), *values.items(f"{flag}-add")] if item not in removed]
    _store(holder, field, sorted(items) if sort else items)


def _ports(values: Values, spec: dict[str, Any]) -> None:
    if not values.changed("publish-add", "publish-rm"):
        return
    endpoint = dict(spec.get("EndpointSpec") or {})
    known = {described(port): port for port in endpoint.get("Ports") or []}
    removed = values.items("publish-rm")
    ports = [port for port in known.values() if not any(_same_target(port, other) for other in removed)]
    ports += [port for port in values.items("publish-add") if described(port) not in known]
    _store(endpoint, "Ports", sorted(ports, key=described))
    spec["EndpointSpec"] = endpoint


def _same_target(port: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        (port.get(field) or default) == (other.get(field) or default)
        for field, default in (("Protocol", "tcp"), ("TargetPort", 0), ("PublishMode", "ingress"))
    )


def _dns(values: Values, container: dict[str, Any]) -> None:
    flags = {"dns": "Nameservers", "dns-search": "Search", "dns-option": "Options"}
    if not any(values.changed(f"{flag}-add", f"{flag}-rm") for flag in flags):
        return
    config = dict(container.get("DNSConfig") or {})
    for flag, field in flags.items():
        removed = values.items(f"{flag}-rm")
        entries = dict.fromkeys([*(config.get(field) or []), *values.items(f"{flag}-add")])
        _store(config, field, sorted(entry for entry in entries if entry not in removed))
    container["DNSConfig"] = config


def _hosts(values: Values, container: dict[str, Any]) -> None:
    if not values.changed("host-add", "host-rm"):
        return
    removed = [text.partition(":")[::2] for text in values.items("host-rm")]
    hosts: list[str] = []
    for entry in container.get("Hosts") or []:
        address, *names = entry.split()
        names = [n for n in names if not any(n == name and ip in ("", address) for name, ip in removed)]
        hosts += [f"{address} {' '.join(names)}"] if names else []
    hosts += [f"{text.partition(':')[2]} {text.partition(':')[0]}" for text in values.items("host-add")]
    _store(container, "Hosts", list(dict.fromkeys(hosts)))


def _capabilities(values: Values, container: dict[str, Any]) -> None:
    if not values.changed("cap-add", "cap-drop"):
        return
    add, drop = capabilities(container.get("CapabilityAdd") or []), capabilities(container.get("CapabilityDrop") or [])
    to_add, to_drop = capabilities(values.items("cap-add")), capabilities(values.items("cap-drop"))
    if RESET in to_add:
        add, to_add = [], [name for name in to_add if name != RESET]
    if RESET in to_drop:
        drop, to_drop = [], [name for name in to_drop if name != RESET]
    for name in to_drop:
        if name not in to_add:
            _move(name, add, drop)
    for name in to_add:
        _move(name, drop, add)
    _store(container, "CapabilityDrop", [ALL] if ALL in drop else sorted(drop))
    _store(container, "CapabilityAdd", [ALL] if ALL in add else sorted(add))


def _move(name: str, source: list[str], target: list[str]) -> None:
    """Take a name out of one list, or put it into the other when it was not there."""
    if name in source:
        source.remove(name)
    elif name not in target:
        target.append(name)
