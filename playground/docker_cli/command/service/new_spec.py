"""The specification of a new service, from the flags of ``docker service create``.

Source: docker/cli command/service/opts.go (ToService).
"""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.service import policies
from playground.docker_cli.command.service.networks import attachments
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.opts import references
from playground.docker_cli.opts.limits import effective_capabilities, generic_resources
from playground.docker_cli.opts.lists import environment, pairs

_NOT_REPLICATED = "replicas can only be used with replicated or replicated-job mode"
_NO_MAX_PER_NODE = "replicas-max-per-node can only be used with replicated or replicated-job mode"
_NO_CONCURRENT = "max-concurrent can only be used with replicated-job mode"


async def new_spec(cli: Cli, values: Values) -> dict[str, Any]:
    """Read the flags; ask the engine for the ids of networks, secrets and configs.

    Raises:
        CommandFailed: flags contradict each other, or name something that is not there.
        ApiError: the engine refused.
    """
    variables = _latest(environment(cli, values.items("env-file"), values.items("env")))
    health = policies.new_health(values)
    mode = service_mode(values)
    spec: dict[str, Any] = {"Name": values.text("name"), "Labels": pairs(values.items("label"))}
    holder: dict[str, Any] = {}
    policies.update_config(values, "update", holder, "UpdateConfig")
    policies.update_config(values, "rollback", holder, "RollbackConfig")
    if holder and ("ReplicatedJob" in mode or "GlobalJob" in mode):
        raise CommandFailed("update and rollback configuration is not supported for jobs")
    networks = await attachments(cli, values.items("network"))
    task = _task(values, _container(values, variables, health))
    if networks:
        task["Networks"] = networks
    spec = {**spec, "TaskTemplate": task, "Mode": mode, **holder, "EndpointSpec": _endpoint(values)}
    container = task["ContainerSpec"]
    secrets = await references.resolve(cli, "Secret", values.items("secret"))
    if secrets:
        container["Secrets"] = secrets
    await _configs(cli, values, container)
    return spec


def service_mode(values: Values) -> dict[str, Any]:
    """The mode block.

    Raises:
        CommandFailed: a flag does not belong to the mode.
    """
    replicas, concurrent = values["replicas"], values["max-concurrent"]
    most = values.number("replicas-max-per-node")
    match values.text("mode"):
        case "replicated":
            if concurrent is not None:
                raise CommandFailed(_NO_CONCURRENT)
            return {"Replicated": {"Replicas": replicas} if replicas is not None else {}}
        case "global":
            _refuse((replicas is not None, _NOT_REPLICATED), (most > 0, _NO_MAX_PER_NODE))
            _refuse((concurrent is not None, _NO_CONCURRENT))
            return {"Global": {}}
        case "replicated-job":
            if concurrent is None:
                concurrent = replicas
            job = {"MaxConcurrent": concurrent, "TotalCompletions": replicas}
            return {"ReplicatedJob": {key: value for key, value in job.items() if value is not None}}
        case "global-job":
            _refuse((most > 0, _NO_MAX_PER_NODE), (concurrent is not None, _NO_CONCURRENT))
            _refuse((replicas is not None, _NOT_REPLICATED))
            return {"GlobalJob": {}}
        case other:
            raise CommandFailed(f"Unknown mode: {other}, only replicated and global supported")


def _refuse(*checks: tuple[bool, str]) -> None:
    for wrong, text in checks:
        if wrong:
            raise CommandFailed(text)


def _latest(variables: list[str]) -> list[str]:
    """Each variable once, in its last place."""
    kept: list[str] = []
    for variable in variables:
        key = variable.partition("=")[0]
        kept = [known for known in kept if known == variable or not known.startswith(f"{key}=")]
        kept.append(variable)
    return kept


def _container(values: Values, variables: list[str], health: dict[str, Any] | None) -> dict[str, Any]:
    add, drop = effective_capabilities(values.items("cap-add"), values.items("cap-drop"))
    hosts = [f"{text.partition(':')[2]} {text.partition(':')[0]}" for text in values.items("host")]
    dns = {
        "Nameservers": values.items("dns"),
        "Search": values.items("dns-search"),
        "Options": values.items("dns-option"),
    }
    image, *arguments = values.words
    credentials = values["credential-spec"]
    container: dict[str, Any] = {
        "Image": image,
        "Labels": pairs(values.items("container-label")),
        "Command": values["entrypoint"],
        "Args": arguments,
        "Hostname": values.text("hostname"),
        "Env": variables,
        "Dir": values.text("workdir"),
        "User": values.text("user"),
        "Groups": values.items("group"),
        "Privileges": {"CredentialSpec": credentials, "SELinuxContext": None} if credentials else None,
        "StopSignal": values.text("stop-signal"),
        "TTY": values.truth("tty"),
        "ReadOnly": values.truth("read-only"),
        "Mounts": values.items("mount"),
        "Healthcheck": health,
        "Hosts": hosts,
        "Isolation": values.text("isolation"),
        "Sysctls": pairs(values.items("sysctl")),
        "CapabilityAdd": add,
        "CapabilityDrop": drop,
        "Ulimits": values.items("ulimit"),
        "OomScoreAdj": values.number("oom-score-adj"),
    }
    container = {key: value for key, value in container.items() if value}
    container["Init"] = values.truth("init")
    container["DNSConfig"] = {key: value for key, value in dns.items() if value}
    if values.changed("stop-grace-period"):
        container["StopGracePeriod"] = values["stop-grace-period"]
    return container


def _task(values: Values, container: dict[str, Any]) -> dict[str, Any]:
    task: dict[str, Any] = {"ContainerSpec": container, "Resources": {"Limits": {}, "Reservations": {}}}
    policies.resources(values, task)
    policies.reserve_generic(task, generic_resources(values.items("generic-resource")))
    policies.restart_policy(values, task)
    placement = {
        "Constraints": values.items("constraint"),
        "Preferences": values.items("placement-pref"),
        "MaxReplicas": values.number("replicas-max-per-node"),
    }
    task["Placement"] = {key: value for key, value in placement.items() if value}
    if values.text("log-driver"):
        task["LogDriver"] = log_driver(values)
    task["ForceUpdate"] = 0
    return task


def log_driver(values: Values) -> dict[str, Any]:
    options = pairs(values.items("log-opt"))
    return {"Name": values.text("log-driver"), **({"Options": options} if options else {})}


def _endpoint(values: Values) -> dict[str, Any]:
    endpoint: dict[str, Any] = {"Mode": values.text("endpoint-mode").lower()}
    if values.items("publish"):
        endpoint["Ports"] = values.items("publish")
    return endpoint


async def _configs(cli: Cli, values: Values, container: dict[str, Any]) -> None:
    wanted = values.items("config")
    credentials = values["credential-spec"] or {}
    if credentials.get("Config"):
        wanted.append(references.Reference("Config", credentials["Config"], mounted=False))
    configs = await references.resolve(cli, "Config", wanted)
    if not configs:
        return
    container["Configs"] = configs
    for config in configs:
        if credentials.get("Config") and config["ConfigName"] == credentials["Config"]:
            container["Privileges"]["CredentialSpec"]["Config"] = config["ConfigID"]
            break
