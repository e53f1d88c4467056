"""Flags that describe a service, for ``create`` and ``update``.

Source: docker/cli command/service/opts.go (addServiceFlags).
"""

from playground.docker_cli.command.common_flags import NO_PROGRESS
from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags import kinds
from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import BOOL, LIST, STRING, UINT, Kind, checked, replacing
from playground.docker_cli.flags.numbers import format_duration, parse_duration, parse_uint
from playground.docker_cli.opts import limits, lists

DETACH = Flag("detach", help="Return at once instead of waiting until the tasks are as wanted", short="d")


def _positive(text: str) -> int:
    span = parse_duration(text)
    if span < 0:
        raise FlagValueError("duration cannot be negative")
    return span


def _spread(text: str) -> dict[str, dict[str, str]]:
    strategy, equals, argument = text.partition("=")
    if not equals or not strategy:
        raise FlagValueError('placement preference must be of the format "<strategy>=<arg>"')
    if strategy != "spread":
        raise FlagValueError(f"unsupported placement preference {strategy} (only spread is supported)")
    return {"Spread": {"SpreadDescriptor": argument}}


def _credential_spec(text: str) -> dict[str, str]:
    spec = {"Config": "", "File": "", "Registry": ""}
    for name in spec:
        prefix = f"{name.lower()}://"
        if text.startswith(prefix):
            return {**spec, name: text[len(prefix) :]}
    if text:
        raise FlagValueError(
            'invalid credential spec: value must be prefixed with "config://", "file://", or "registry://"'
        )
    return {}


DURATION = replacing("duration", parse_duration, None, format_duration)
POSITIVE_DURATION = replacing("duration", _positive, None, format_duration)
OPTIONAL_UINT = replacing("uint", parse_uint, None)
PREFERENCE = Kind("pref", lambda old, text: [*old, _spread(text)], ())
CREDENTIAL_SPEC = replacing("credential-spec", _credential_spec, None)
GENERIC_RESOURCES = checked(LIST, limits.one_generic_resource)

_UNITS = "(ns|us|ms|s|m|h)"


def _update_flags(prefix: str, what: str, tasks: str, actions: str) -> tuple[Flag, ...]:
    return (
        Flag(f"{prefix}-parallelism", UINT, f"How many tasks are {tasks} at a time (0: all at once)", default=1),
        Flag(f"{prefix}-delay", kinds.DURATION, f"Pause between two batches of {what} {_UNITS} (default 0s)"),
        Flag(
            f"{prefix}-monitor",
            kinds.DURATION,
            f"How long a task is watched for failure after its turn {_UNITS} (default 5s)",
        ),
        Flag(f"{prefix}-failure-action", STRING, f'What a failed {what} leads to ({actions}) (default "pause")'),
        Flag(
            f"{prefix}-max-failure-ratio",
            kinds.FLOAT,
            f"Share of tasks that may fail during {what} (default 0)",
        ),
        Flag(
            f"{prefix}-order",
            STRING,
            f'What comes first in {what} ("start-first", "stop-first") (default "stop-first")',
        ),
    )


COMMON_FLAGS = (
    DETACH,
    NO_PROGRESS,
    Flag("workdir", STRING, "Directory in which the container's command starts", short="w"),
    Flag("user", STRING, "User name or UID (format: NAME|UID[:GROUP|GID])", short="u"),
    Flag("credential-spec", CREDENTIAL_SPEC, "Credentials of a managed service account (Windows only)"),
    Flag("hostname", STRING, "Host name inside the container"),
    Flag("entrypoint", lists.COMMAND, "Command to run instead of the image's entrypoint"),
    Flag("cap-add", LIST, "Give the container Linux capabilities"),
    Flag("cap-drop", LIST, "Take Linux capabilities from the container"),
    Flag("limit-cpu", limits.CPUS, "Processors that a task may use at most"),
    Flag("limit-memory", limits.BYTES, "Memory that a task may use at most"),
    Flag("reserve-cpu", limits.CPUS, "Processors that are set aside for a task"),
    Flag("reserve-memory", limits.BYTES, "Memory that is set aside for a task"),
    Flag("limit-pids", kinds.INT64, "Processes that a task may have at most (default 0 = any number)"),
    Flag(
        "stop-grace-period",
        DURATION,
        f"How long a container may take to stop before it is killed {_UNITS} (default 10s)",
    ),
    Flag("replicas", OPTIONAL_UINT, "How many tasks the service has"),
    Flag(
        "max-concurrent", OPTIONAL_UINT, "How many tasks of a job run at a time (as many as --replicas when not given)"
    ),
    Flag("replicas-max-per-node", UINT, "How many tasks a node takes at most (default 0 = any number)"),
    Flag("restart-condition", STRING, 'When a task is restarted ("none", "on-failure", "any") (default "any")'),
    Flag("restart-delay", DURATION, f"Pause before a restart {_UNITS} (default 5s)"),
    Flag("restart-max-attempts", OPTIONAL_UINT, "How often a task is restarted before it is given up"),
    Flag("restart-window", DURATION, f"Time in which restarts are counted {_UNITS}"),
    *_update_flags("update", "an update", "updated", '"pause", "continue", "rollback"'),
    *_update_flags("rollback", "a rollback", "rolled back", '"pause", "continue"'),
    Flag("endpoint-mode", STRING, "How clients reach the tasks (vip or dnsrr)", default="vip"),
    Flag("with-registry-auth", help="Pass the registry credentials on to the nodes"),
    Flag("no-resolve-image", help="Take the image's name as it is, without asking the registry for its digest"),
    Flag("log-driver", STRING, "Driver that takes the containers' output"),
    Flag("log-opt", lists.ENVIRONMENT, "Options of that driver"),
    Flag("health-cmd", STRING, "Command that tells whether a container is healthy"),
    Flag("health-interval", POSITIVE_DURATION, "Time between two checks (ms|s|m|h)"),
    Flag("health-timeout", POSITIVE_DURATION, "How long a check may take (ms|s|m|h)"),
    Flag("health-retries", kinds.INT, "Failed checks in a row that make a container unhealthy"),
    Flag(
        "health-start-period", POSITIVE_DURATION, "Time at the start during which failed checks do not count (ms|s|m|h)"
    ),
    Flag("health-start-interval", POSITIVE_DURATION, "Time between two checks during that period (ms|s|m|h)"),
    Flag("no-healthcheck", help="Ignore the image's own health check"),
    Flag("tty", help="Give the container a pseudo-terminal", short="t"),
    Flag("read-only", help="Let the container write to its mounts only"),
    Flag("stop-signal", STRING, "Signal that asks the container to stop"),
    Flag("isolation", STRING, "How the container is isolated (Windows only)"),
    Flag("init", BOOL, "Run a small init as the container's first process"),
    Flag("oom-score-adj", kinds.INT64, "Tune how readily the kernel kills the container (-1000 to 1000)"),
)
