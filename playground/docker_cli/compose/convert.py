"""What the parts of a Compose file are in the Engine API.

Source: docker/cli compose/convert.
"""

from base64 import b64encode
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.container.new_container import restart_policy
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.opts import references
from playground.docker_cli.opts.limits import effective_capabilities, parse_nano_cpus

NAMESPACE = "com.docker.stack.namespace"
IMAGE = "com.docker.stack.image"
_PREDEFINED = ("bridge", "host", "none", "default")


def scoped(stack: str, name: str) -> str:
    return f"{stack}_{name}"


def labelled(stack: str, labels: dict[str, str] | None) -> dict[str, str]:
    return {**(labels or {}), NAMESPACE: stack}


def networks(stack: str, compose: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Networks to create, by their real names, and the names of external ones that must be there."""
    used: dict[str, None] = {}
    for service in compose["services"].values():
        used.update(dict.fromkeys(service.get("networks") or {"default": None}))
    create: dict[str, dict[str, Any]] = {}
    external = []
    for name in used:
        definition = compose.get("networks", {}).get(name) or {}
        if definition.get("external"):
            external.append(definition["name"])
            continue
        options: dict[str, Any] = {
            "Labels": labelled(stack, definition.get("labels")),
            "Driver": definition.get("driver", ""),
            "Options": definition.get("driver_opts"),
            "Internal": bool(definition.get("internal")),
            "Attachable": bool(definition.get("attachable")),
        }
        ipam = definition.get("ipam") or {}
        if ipam.get("driver") or ipam.get("config"):
            pools = [{"Subnet": pool.get("subnet", "")} for pool in ipam.get("config") or []]
            options["IPAM"] = {"Driver": ipam.get("driver", ""), "Config": pools}
        create[definition.get("name") or scoped(stack, name)] = options
    return create, external


def payloads(cli: Cli, stack: str, section: dict[str, Any]) -> list[dict[str, Any]]:
    """Secrets or configs to create.

    Raises:
        CommandFailed: a file cannot be read.
    """
    out = []
    for name, definition in section.items():
        if definition.get("external"):
            continue
        spec: dict[str, Any] = {
            "Name": definition.get("name") or scoped(stack, name),
            "Labels": labelled(stack, definition.get("labels")),
        }
        if definition.get("driver"):
            spec["Driver"] = {"Name": definition["driver"], "Options": definition.get("driver_opts")}
        else:
            path = definition.get("file", "")
            try:
                data = cli.process.files.read(path)
            except OSError as error:
                raise CommandFailed(f"open {path}: {(error.strerror or str(error)).lower()}") from None
            spec["Data"] = b64encode(data).decode("ascii")
        if definition.get("template_driver"):
            spec["Templating"] = {"Name": definition["template_driver"]}
        out.append(spec)
    return out


async def service_spec(cli: Cli, stack: str, name: str, compose: dict[str, Any]) -> dict[str, Any]:
    """The specification of one service.

    Raises:
        CommandFailed: something in it does not fit; worded with the service's name where the real client does.
    """
    service = compose["services"][name]
    try:
        secrets = await _file_objects(cli, stack, "Secret", service, compose)
        configs = await _file_objects(cli, stack, "Config", service, compose)
        return _spec(stack, name, service, compose, secrets, configs)
    except CommandFailed as failure:
        raise CommandFailed(f"service {name}: {failure.message}") from None


async def _file_objects(
    cli: Cli, stack: str, what: str, service: dict[str, Any], compose: dict[str, Any]
) -> list[dict[str, Any]]:
    word = what.lower()
    known = compose.get(f"{word}s", {})
    wanted = []
    for reference in service.get(f"{word}s", []):
        source = reference["source"]
        if source not in known:
            raise CommandFailed(f"undefined {word} {quoted(source)}")
        wanted.append(
            references.Reference(
                what,
                known[source].get("name") or scoped(stack, source),
                reference.get("target") or source,
                str(reference.get("uid") or "0"),
                str(reference.get("gid") or "0"),
                int(reference.get("mode", 0o444)),
            )
        )
    credentials = (service.get("credential_spec") or {}).get("config") if what == "Config" else None
    if credentials:
        if credentials not in known:
            raise CommandFailed(f"undefined config {quoted(credentials)}")
        target = known[credentials].get("name") or scoped(stack, credentials)
        wanted.append(references.Reference("Config", target, mounted=False))
    found = await references.resolve(cli, what, wanted)
    return sorted(found, key=lambda item: str(item[f"{what}Name"]))


def _spec(
    stack: str,
    name: str,
    service: dict[str, Any],
    compose: dict[str, Any],
    secrets: list[dict[str, Any]],
    configs: list[dict[str, Any]],
) -> dict[str, Any]:
    deploy = service.get("deploy") or {}
    placement = deploy.get("placement") or {}
    task: dict[str, Any] = {
        "ContainerSpec": _container(stack, service, compose, secrets, configs),
        "Resources": _resources(deploy.get("resources") or {}),
        "RestartPolicy": _restart(service.get("restart", ""), deploy.get("restart_policy")),
        "Placement": _filled(
            Constraints=placement.get("constraints"),
            Preferences=[
                {"Spread": {"SpreadDescriptor": preference.get("spread", "")}}
                for preference in placement.get("preferences") or []
            ],
            MaxReplicas=placement.get("max_replicas_per_node"),
        ),
        "Networks": _attachments(stack, name, service, compose),
        "LogDriver": _log_driver(service.get("logging")),
        "ForceUpdate": 0,
    }
    spec: dict[str, Any] = {
        "Name": scoped(stack, name),
        "Labels": {**labelled(stack, deploy.get("labels")), IMAGE: service.get("image", "")},
        "TaskTemplate": {key: value for key, value in task.items() if value is not None},
        "Mode": _mode(deploy),
        "UpdateConfig": _update(deploy.get("update_config")),
        "RollbackConfig": _update(deploy.get("rollback_config")),
        "EndpointSpec": _endpoint(deploy.get("endpoint_mode", ""), service.get("ports") or []),
    }
    return {key: value for key, value in spec.items() if value is not None}


def _filled(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _container(
    stack: str,
    service: dict[str, Any],
    compose: dict[str, Any],
    secrets: list[dict[str, Any]],
    configs: list[dict[str, Any]],
) -> dict[str, Any]:
    add, drop = effective_capabilities(service.get("cap_add") or [], service.get("cap_drop") or [])
    environment = service.get("environment") or {}
    dns = _filled(Nameservers=service.get("dns"), Search=service.get("dns_search"))
    ulimits = [
        {"Name": name, "Soft": limit, "Hard": limit}
        if isinstance(limit, int)
        else {"Name": name, "Soft": limit["soft"], "Hard": limit["hard"]}
        for name, limit in sorted((service.get("ulimits") or {}).items())
    ]
    container = _filled(
        Image=service.get("image"),
        Labels=labelled(stack, service.get("labels")),
        Command=service.get("entrypoint"),
        Args=service.get("command"),
        Hostname=service.get("hostname"),
        Env=sorted(key if value is None else f"{key}={value}" for key, value in environment.items()),
        Dir=service.get("working_dir"),
        User=service.get("user"),
        StopSignal=service.get("stop_signal"),
        TTY=service.get("tty"),
        OpenStdin=service.get("stdin_open"),
        ReadOnly=service.get("read_only"),
        Mounts=[_mount(stack, volume, compose) for volume in service.get("volumes") or []],
        Healthcheck=_health(service.get("healthcheck")),
        Hosts=[f"{pair.partition(':')[2]} {pair.partition(':')[0]}" for pair in service.get("extra_hosts") or []],
        DNSConfig=dns,
        Secrets=secrets,
        Configs=configs,
        Isolation=service.get("isolation"),
        Sysctls=service.get("sysctls"),
        CapabilityAdd=add,
        CapabilityDrop=drop,
        Ulimits=ulimits,
        OomScoreAdj=service.get("oom_score_adj"),
    )
    container["Privileges"] = {
        "CredentialSpec": _credentials(stack, service.get("credential_spec"), configs),
        "SELinuxContext": None,
        "NoNewPrivileges": False,
    }
    if service.get("init") is not None:
        container["Init"] = service["init"]
    if "stop_grace_period" in service:
        container["StopGracePeriod"] = int(service["stop_grace_period"])
    return container


def _credentials(stack: str, spec: dict[str, str] | None, configs: list[dict[str, Any]]) -> dict[str, str] | None:
    given = [key.capitalize() for key in ("config", "file", "registry") if (spec or {}).get(key)]
    if not spec or not given:
        return None
    if len(given) > 1:
        words = [quoted(word) for word in given]
        joint = " and " if len(words) == 2 else ", and "
        raise CommandFailed(f"invalid credential spec: cannot specify both {', '.join(words[:-1])}{joint}{words[-1]}")
    value = {"Config": spec.get("config", ""), "File": spec.get("file", ""), "Registry": spec.get("registry", "")}
    if value["Config"]:
        for candidate in (value["Config"], scoped(stack, value["Config"])):
            for config in configs:
                if config["ConfigName"] == candidate:
                    return {**value, "Config": config["ConfigID"]}
        raise CommandFailed(
            f"invalid credential spec: spec specifies config {value['Config']}, but no such config can be found"
        )
    return value


_MOUNT_OPTIONS = ("volume", "image", "bind", "tmpfs", "cluster")


def _mount(stack: str, volume: dict[str, Any], compose: dict[str, Any]) -> dict[str, Any]:
    kind = volume.get("type", "")
    mount = _filled(
        Type=kind,
        Source=volume.get("source"),
        Target=volume.get("target"),
        ReadOnly=volume.get("read_only"),
        Consistency=volume.get("consistency"),
    )
    if kind not in ("volume", "image", "bind", "tmpfs", "npipe", "cluster"):
        raise CommandFailed("volume type must be volume, bind, tmpfs, npipe, or cluster")
    for option in _MOUNT_OPTIONS:
        if volume.get(option) is not None and option != kind:
            words = "images" if option == "image" and kind == "volume" else option
            raise CommandFailed(f"{words} options are incompatible with type {kind}")
    if kind in ("bind", "image", "npipe") and not volume.get("source"):
        raise CommandFailed(f"invalid {kind} source, source cannot be empty")
    if kind == "tmpfs" and volume.get("source"):
        raise CommandFailed("invalid tmpfs source, source must be empty")
    if kind == "bind" and volume.get("bind") is not None:
        mount["BindOptions"] = _filled(Propagation=volume["bind"].get("propagation"))
    if kind == "tmpfs" and volume.get("tmpfs") is not None:
        mount["TmpfsOptions"] = _filled(SizeBytes=volume["tmpfs"].get("size"))
    if kind == "image" and volume.get("image") is not None:
        mount["ImageOptions"] = _filled(Subpath=volume["image"].get("subpath"))
    if kind == "volume" and volume.get("source"):
        _named_volume(stack, volume, compose, mount)
    return mount


def _named_volume(stack: str, volume: dict[str, Any], compose: dict[str, Any], mount: dict[str, Any]) -> None:
    source = volume["source"]
    if source not in compose.get("volumes", {}):
        raise CommandFailed(f"undefined volume {quoted(source)}")
    definition = compose["volumes"][source] or {}
    own = volume.get("volume") or {}
    mount["Source"] = definition.get("name") or scoped(stack, source)
    options = _filled(NoCopy=own.get("nocopy"), Subpath=own.get("subpath"))
    if not definition.get("external"):
        options["Labels"] = labelled(stack, definition.get("labels"))
        if definition.get("driver") or definition.get("driver_opts"):
            options["DriverConfig"] = _filled(Name=definition.get("driver"), Options=definition.get("driver_opts"))
    mount["VolumeOptions"] = options


def _health(check: dict[str, Any] | None) -> dict[str, Any] | None:
    if check is None:
        return None
    if check.get("disable"):
        if check.get("test"):
            raise CommandFailed("test and disable can't be set at the same time")
        return {"Test": ["NONE"]}
    return _filled(
        Test=check.get("test"),
        Interval=int(check.get("interval", 0)),
        Timeout=int(check.get("timeout", 0)),
        StartPeriod=int(check.get("start_period", 0)),
        StartInterval=int(check.get("start_interval", 0)),
        Retries=check.get("retries"),
    )


def _restart(text: str, policy: dict[str, Any] | None) -> dict[str, Any] | None:
    if policy is not None:
        out = _filled(Condition=policy.get("condition"))
        for key, field in (("delay", "Delay"), ("max_attempts", "MaxAttempts"), ("window", "Window")):
            if policy.get(key) is not None:
                out[field] = int(policy[key])
        return out
    parsed = restart_policy(text)
    match parsed["Name"]:
        case "" | "no":
            return None
        case "always" | "unless-stopped":
            return {"Condition": "any"}
        case "on-failure":
            return {"Condition": "on-failure", "MaxAttempts": parsed["MaximumRetryCount"]}
    raise CommandFailed(f"unknown restart policy: {text}")


def _update(config: dict[str, Any] | None) -> dict[str, Any] | None:
    if config is None:
        return None
    parallelism = config.get("parallelism")
    return {
        "Parallelism": 1 if parallelism is None else parallelism,
        **_filled(
            Delay=int(config.get("delay", 0)),
            FailureAction=config.get("failure_action"),
            Monitor=int(config.get("monitor", 0)),
        ),
        "MaxFailureRatio": config.get("max_failure_ratio", 0),
        "Order": config.get("order", ""),
    }


def _cpus(text: str) -> int:
    try:
        return parse_nano_cpus(text) if text else 0
    except FlagValueError as error:
        raise CommandFailed(str(error)) from None


def _resources(resources: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    limits, reservations = resources.get("limits"), resources.get("reservations")
    if limits is not None:
        out["Limits"] = _filled(
            NanoCPUs=_cpus(limits.get("cpus", "")),
            MemoryBytes=int(limits.get("memory", 0)),
            Pids=limits.get("pids"),
        )
    if reservations is not None:
        generic = [
            {"DiscreteResourceSpec": _filled(Kind=spec.get("kind"), Value=int(spec.get("value", 0)))}
            for spec in (
                item.get("discrete_resource_spec") or {} for item in reservations.get("generic_resources") or []
            )
        ]
        out["Reservations"] = _filled(
            NanoCPUs=_cpus(reservations.get("cpus", "")),
            MemoryBytes=int(reservations.get("memory", 0)),
            GenericResources=generic,
        )
    return out


def _attachments(stack: str, name: str, service: dict[str, Any], compose: dict[str, Any]) -> list[dict[str, Any]]:
    out = []
    for network, options in (service.get("networks") or {"default": None}).items():
        known = compose.get("networks", {})
        if network not in known and network != "default":
            raise CommandFailed(f"undefined network {quoted(network)}")
        target = (known.get(network) or {}).get("name") or scoped(stack, network)
        aliases = list((options or {}).get("aliases") or [])
        if target not in _PREDEFINED and not target.startswith("container:"):
            aliases.append(name)
        out.append(_filled(Target=target, Aliases=aliases, DriverOpts=(options or {}).get("driver_opts")))
    return sorted(out, key=lambda config: str(config["Target"]))


def _log_driver(logging: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if logging is None else _filled(Name=logging.get("driver"), Options=logging.get("options"))


def _mode(deploy: dict[str, Any]) -> dict[str, Any]:
    mode, replicas = deploy.get("mode", ""), deploy.get("replicas")
    if mode in ("global", "global-job"):
        if replicas is not None:
            raise CommandFailed("replicas can only be used with replicated or replicated-job mode")
        return {"Global": {}} if mode == "global" else {"GlobalJob": {}}
    if mode == "replicated-job":
        return {"ReplicatedJob": {} if replicas is None else {"MaxConcurrent": replicas, "TotalCompletions": replicas}}
    if mode in ("replicated", ""):
        return {"Replicated": {} if replicas is None else {"Replicas": replicas}}
    raise CommandFailed(f"Unknown mode: {mode}")


def _endpoint(mode: str, ports: list[dict[str, Any]]) -> dict[str, Any]:
    configs = [
        _filled(
            Protocol=port.get("protocol"),
            TargetPort=port.get("target"),
            PublishedPort=port.get("published"),
            PublishMode=port.get("mode"),
        )
        for port in ports
    ]
    configs.sort(key=lambda config: int(config.get("PublishedPort", 0)))
    return _filled(Mode=mode.lower(), Ports=configs)
