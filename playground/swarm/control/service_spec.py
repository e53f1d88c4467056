"""Which service specs make sense by themselves.

Source: swarmkit ``manager/controlapi/service.go``; image names as ``distribution/reference``
reads them.
"""

import re
from collections.abc import Sequence

from playground.swarm.control.names import check_dns_name
from playground.swarm.control.part import invalid
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import EMPTY, Spec
from playground.swarm.scheduler import constraints
from playground.swarm.template import TemplateError, check_container

MIN_NANO_CPUS = 1_000_000
MIN_MEMORY_BYTES = 4 * 1024 * 1024
MIN_HEALTH_DURATION_NS = 1_000_000
JOBS = ("ReplicatedJob", "GlobalJob")


def is_job(spec: Spec) -> bool:
    """Whether the service runs to completion."""
    return any(mode in spec["Mode"] for mode in JOBS)


def check_service_spec(spec: Spec) -> None:
    """Check a service spec in canonical form (``wire.specs.service_spec``).

    Raises:
        RpcError: it makes no sense.
    """
    check_dns_name(spec)
    _check_task_template(spec["TaskTemplate"])
    _check_mode(spec["Mode"])
    if is_job(spec):
        if spec.get("UpdateConfig") is not None:
            raise invalid("Jobs may not have an update config")
    else:
        _check_update_config(spec.get("UpdateConfig"))
    _check_endpoint(spec.get("EndpointSpec"))


def _check_task_template(template: Spec) -> None:
    resources = template.get("Resources") or EMPTY
    _check_resources(resources.get("Limits") or EMPTY)
    _check_resources(resources.get("Reservations") or EMPTY)
    policy = template.get("RestartPolicy") or EMPTY
    if policy.get("Delay", 0) < 0:
        raise invalid("TaskSpec: restart-delay cannot be negative")
    if policy.get("Window", 0) < 0:
        raise invalid("TaskSpec: restart-window cannot be negative")
    placement = template.get("Placement") or EMPTY
    try:
        constraints.parse(placement.get("Constraints") or ())
    except ValueError as error:
        raise RpcError(Code.UNKNOWN, str(error)) from None
    container = template["ContainerSpec"]
    _check_references(container.get("Secrets") or (), "Secret")
    _check_references(container.get("Configs") or (), "Config")
    _check_credential_config(container)
    _check_container(container)


def _check_resources(resources: Spec) -> None:
    cpus, memory = resources.get("NanoCPUs", 0), resources.get("MemoryBytes", 0)
    if cpus != 0 and cpus < MIN_NANO_CPUS:
        raise invalid(f"invalid cpu value {_shortest(cpus / 1e9)}: Must be at least 0.001")
    if memory != 0 and memory < MIN_MEMORY_BYTES:
        raise invalid(f"invalid memory value {memory}: Must be at least 4MiB")


def _shortest(number: float) -> str:
    """A number as Go's ``%g`` prints it."""
    return str(int(number)) if number == int(number) else repr(number)


def _check_update_config(config: Spec | None) -> None:
    if config is None:
        return
    if config.get("Delay", 0) < 0:
        raise invalid("TaskSpec: update-delay cannot be negative")
    if config.get("Monitor", 0) < 0:
        raise invalid("TaskSpec: update-monitor cannot be negative")
    if not 0 <= config["MaxFailureRatio"] <= 1:
        raise invalid("TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1")


def _check_references(references: Sequence[Spec], kind: str) -> None:
    """Check references to secrets or configs: whole, and no two on the same file."""
    word = kind.lower()
    targets: dict[str, str] = {}
    for reference in references:
        name = reference[f"{kind}Name"]
        if not reference[f"{kind}ID"] or not name:
            raise invalid(f"malformed {word} reference")
        file = reference.get("File")
        if file is None:
            if reference.get("Runtime") is None:
                raise invalid(f"malformed {word} reference, no target provided")
            continue
        target = file["Name"]
        if not target:
            raise invalid(f"malformed file {word} reference, invalid target file name provided")
        if target in targets:
            raise invalid(f"{word} references '{targets[target]}' and '{name}' have a conflicting target: '{target}'")
        targets[target] = name


def _check_credential_config(container: Spec) -> None:
    credentials = (container.get("Privileges") or EMPTY).get("CredentialSpec") or EMPTY
    wanted = credentials.get("Config", "")
    configs = container.get("Configs") or ()
    if wanted and not any(each.get("Runtime") is not None and each["ConfigID"] == wanted for each in configs):
        raise invalid(
            f"CredentialSpec references config '{wanted}', "
            "but that config isn't in config references with RuntimeTarget"
        )


def _check_container(container: Spec) -> None:
    try:
        check_container(container)
    except TemplateError as error:
        raise invalid(str(error)) from None
    image = container.get("Image", "")
    if not image:
        raise invalid("ContainerSpec: image reference must be provided")
    if not is_image_name(image):
        raise invalid(f'ContainerSpec: "{image}" is not a valid repository/tag')
    targets: dict[str, None] = {}
    for mount in container.get("Mounts") or ():
        target = mount.get("Target", "")
        if target in targets:
            raise invalid(f"ContainerSpec: duplicate mount point: {target}")
        targets[target] = None
    _check_health(container.get("Healthcheck") or EMPTY)


def _check_health(health: Spec) -> None:
    for key in ("Interval", "Timeout", "StartPeriod", "StartInterval"):
        duration = health.get(key, 0)
        if duration != 0 and duration < MIN_HEALTH_DURATION_NS:
            raise invalid(f"ContainerSpec: {key} in HealthConfig cannot be less than 1ms")
    if health.get("Retries", 0) < 0:
        raise invalid("ContainerSpec: Retries in HealthConfig cannot be negative")


_DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_TAG = r"[\w][\w.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(
    rf"(?P<path>(?:{_DOMAIN}/)?{_PATH_PART}(?:/{_PATH_PART})*)(?::(?:{_TAG}))?(?:@(?P<digest>{_DIGEST}))?", re.ASCII
)
_BARE_ID = re.compile(r"[a-f0-9]{64}")
MAX_REPOSITORY_NAME = 255


def is_image_name(text: str) -> bool:
    """Whether the text names an image: ``[domain/]path[:tag][@digest]``, in lower case, and no bare image id."""
    if _BARE_ID.fullmatch(text) or len(text) > MAX_REPOSITORY_NAME + 128 + 1 + 140:
        return False
    found = _REFERENCE.fullmatch(text)
    if found is None or len(found["path"]) > MAX_REPOSITORY_NAME:
        return False
    digest = found["digest"]
    return digest is None or not digest.startswith("sha256:") or len(digest) == len("sha256:") + 64


MAX_COUNT = (1 << 63) - 1
"""Counts are unsigned on the wire, but the orchestrators take them as signed."""


def _check_mode(mode: Spec) -> None:
    if mode.get("Replicated", EMPTY).get("Replicas", 0) > MAX_COUNT:
        raise invalid("Number of replicas must be non-negative")
    job = mode.get("ReplicatedJob", EMPTY)
    if job.get("MaxConcurrent", 0) > MAX_COUNT:
        raise invalid("Maximum concurrent jobs must not be negative")
    if job.get("TotalCompletions", 0) > MAX_COUNT:
        raise invalid("Total completed jobs must not be negative")


def _check_endpoint(endpoint: Spec | None) -> None:
    if endpoint is None:
        return
    published: dict[tuple[int, str], None] = {}
    for port in endpoint.get("Ports") or ():
        if endpoint["Mode"] == "dnsrr" and port["PublishMode"] == "ingress":
            raise invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode")
        number = port.get("PublishedPort", 0)
        if not number:
            continue
        if (number, port["Protocol"]) in published:
            raise invalid("EndpointSpec: duplicate published ports provided")
        published[number, port["Protocol"]] = None
