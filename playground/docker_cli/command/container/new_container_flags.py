"""Flags that describe a container, for ``run`` and ``create``.

Source: docker/cli command/container/opts.go (addFlags).
"""

from playground.docker_cli.command.container.limit_flags import LIMITS
from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags import kinds
from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import BOOL, DURATION, INT, INT64, LIST, MAP, STRING, checked
from playground.docker_cli.opts import limits, lists
from playground.docker_cli.opts.mounts import MOUNT
from playground.docker_cli.opts.networks import NETWORK


def _stream(text: str) -> str:
    if text.lower() not in ("stdin", "stdout", "stderr"):
        raise FlagValueError("valid streams are STDIN, STDOUT and STDERR")
    return text.lower()


def _link(text: str) -> str:
    if not text or text.count(":") > 1:
        raise FlagValueError("empty string specified for links" if not text else f"bad format for links: {text}")
    return text


FLAGS = (
    Flag("attach", checked(LIST, _stream), "Attach to STDIN, STDOUT or STDERR", short="a"),
    Flag("device-cgroup-rule", LIST, "Add a rule for devices that the container may use"),
    Flag("device", LIST, "Give the container a device of the host"),
    Flag("gpus", kinds.replacing("gpu-request", str, ""), "Give the container GPUs ('all' for all of them)"),
    Flag("env", lists.ENVIRONMENT, "Environment variables", short="e"),
    Flag("env-file", LIST, "Files with environment variables, one a line"),
    Flag("entrypoint", STRING, "Command to run instead of the image's entrypoint"),
    Flag("group-add", LIST, "Further groups of the container's user"),
    Flag("hostname", STRING, "Host name inside the container", short="h"),
    Flag("domainname", STRING, "NIS domain name inside the container"),
    Flag("interactive", help="Keep the container's input open", short="i"),
    Flag("label", lists.LABELS, "Labels of the container", short="l"),
    Flag("label-file", LIST, "Files with labels, one a line"),
    Flag("read-only", help="Let the container write to its mounts only"),
    Flag("restart", STRING, "What to do when the container exits", default="no"),
    Flag("stop-signal", STRING, "Signal that asks the container to stop"),
    Flag("stop-timeout", INT, "Seconds that the container may take to stop"),
    Flag("sysctl", MAP, "Kernel parameters"),
    Flag("tty", help="Give the container a pseudo-terminal", short="t"),
    Flag("ulimit", limits.ULIMIT, "Limits of the container's processes"),
    Flag("user", STRING, "User name or UID (format: NAME|UID[:GROUP|GID])", short="u"),
    Flag("workdir", STRING, "Directory in which the command starts", short="w"),
    Flag("rm", help="Remove the container and its unnamed volumes once it has exited"),
    Flag("cap-add", LIST, "Give the container Linux capabilities"),
    Flag("cap-drop", LIST, "Take Linux capabilities from the container"),
    Flag("privileged", help="Let the container do nearly all that the host may"),
    Flag("security-opt", LIST, "Security options"),
    Flag("userns", STRING, "User namespace"),
    Flag("cgroupns", STRING, "Cgroup namespace (host|private)"),
    Flag("add-host", lists.EXTRA_HOSTS, "Names with fixed addresses (HOST:IP)"),
    Flag("dns", lists.ADDRESSES, "DNS servers"),
    Flag("dns-opt", LIST, "DNS options", hidden=True, same_as="dns-option"),
    Flag("dns-option", LIST, "DNS options"),
    Flag("dns-search", lists.DNS_SEARCH, "DNS search domains"),
    Flag("expose", LIST, "Ports that the container listens on"),
    Flag("ip", STRING, "IPv4 address (such as 172.30.100.104)"),
    Flag("ip6", STRING, "IPv6 address (such as 2001:db8::33)"),
    Flag("link", checked(LIST, _link), "Link to another container"),
    Flag("link-local-ip", LIST, "Link-local addresses"),
    Flag("mac-address", STRING, "MAC address (such as 92:d0:c6:0a:29:33)"),
    Flag("publish", LIST, "Publish ports on the host", short="p"),
    Flag("publish-all", help="Publish all ports that the image exposes, on free ones of the host", short="P"),
    Flag("net", NETWORK, "Network of the container", hidden=True, same_as="network"),
    Flag("network", NETWORK, "Network of the container"),
    Flag("net-alias", LIST, "Further names on the network", hidden=True, same_as="network-alias"),
    Flag("network-alias", LIST, "Further names of the container on its network"),
    Flag("log-driver", STRING, "Driver that takes the container's output"),
    Flag("volume-driver", STRING, "Driver of the container's volumes"),
    Flag("log-opt", LIST, "Options of the log driver"),
    Flag("storage-opt", LIST, "Options of the storage driver"),
    Flag("tmpfs", LIST, "Mount a directory in memory"),
    Flag("volumes-from", LIST, "Mount what these containers have mounted"),
    Flag("volume", LIST, "Mount a volume or a directory of the host", short="v"),
    Flag("mount", MOUNT, "Mount a volume, a directory or a tmpfs"),
    Flag("health-cmd", STRING, "Command that tells whether the container is healthy"),
    Flag("health-interval", DURATION, "Time between two checks (ms|s|m|h) (default 0s)"),
    Flag("health-retries", INT, "Failed checks in a row that make the container unhealthy"),
    Flag("health-timeout", DURATION, "How long a check may take (ms|s|m|h) (default 0s)"),
    Flag("health-start-period", DURATION, "Time at the start during which failed checks do not count (default 0s)"),
    Flag("health-start-interval", DURATION, "Time between two checks during that period (default 0s)"),
    Flag("no-healthcheck", help="Ignore the image's own health check"),
    *LIMITS,
    Flag("blkio-weight-device", LIST, "Weight of its block I/O on a device"),
    Flag("cidfile", STRING, "File to write the container's ID to"),
    Flag("cpu-count", INT64, "Number of processors (Windows only)"),
    Flag("cpu-percent", INT64, "Share of the processors (Windows only)"),
    Flag("device-read-bps", LIST, "Bytes a second that may be read from a device"),
    Flag("device-read-iops", LIST, "Reads a second from a device"),
    Flag("device-write-bps", LIST, "Bytes a second that may be written to a device"),
    Flag("device-write-iops", LIST, "Writes a second to a device"),
    Flag("io-maxbandwidth", limits.BYTES, "Bandwidth of the system drive (Windows only)"),
    Flag("io-maxiops", kinds.UINT, "Operations a second on the system drive (Windows only)"),
    Flag("kernel-memory", limits.BYTES, "Kernel memory that the container may use"),
    Flag("memory-swappiness", INT64, "How readily its memory is swapped (0 to 100)", default=-1),
    Flag("oom-kill-disable", help="Do not kill the container when memory runs out"),
    Flag("oom-score-adj", INT, "Tune how readily the kernel kills the container (-1000 to 1000)"),
    Flag("cgroup-parent", STRING, "Cgroup above the container's"),
    Flag("ipc", STRING, "IPC namespace"),
    Flag("isolation", STRING, "How the container is isolated"),
    Flag("pid", STRING, "PID namespace"),
    Flag("shm-size", limits.BYTES, "Size of /dev/shm"),
    Flag("uts", STRING, "UTS namespace"),
    Flag("runtime", STRING, "Runtime of the container"),
    Flag("init", BOOL, "Run a small init as the container's first process"),
    Flag("annotation", MAP, "Annotations for the container's runtime"),
    Flag("name", STRING, "Name of the container"),
    Flag("pull", STRING, 'When to pull the image ("always", "missing", "never")', default="missing"),
    Flag("platform", STRING, "Platform of the image"),
    Flag("disable-content-trust", BOOL, "Do not verify the image", default=True),
    Flag("use-api-socket", help="Give the container the engine's socket and credentials"),
    Flag("help", help="Print usage"),
)
