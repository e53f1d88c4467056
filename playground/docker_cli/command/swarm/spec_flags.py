"""Flags that set the swarm's own specification, for ``init`` and ``update``.

Source: docker/cli command/swarm/opts.go.
"""

from typing import Any

from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import DURATION, INT64, UINT, Kind, csv_record, replacing
from playground.docker_cli.flags.numbers import HOUR, SECOND

DEFAULT_PORT = "2377"


def _external_ca(text: str) -> dict[str, Any]:
    authority: dict[str, Any] = {"Protocol": "", "URL": "", "CACert": ""}
    options: dict[str, str] = {}
    named: dict[str, None] = {}
    for field in csv_record(text):
        key, equals, value = field.partition("=")
        if not equals:
            raise FlagValueError(f"invalid field '{field}' must be a key=value pair")
        named[key.lower()] = None
        match key.lower():
            case "protocol":
                if value.lower() != "cfssl":
                    raise FlagValueError(f"unrecognized external CA protocol {value}")
                authority["Protocol"] = "cfssl"
            case "url":
                authority["URL"] = value
            case "cacert":
                authority["CACert"] = value
            case _:
                options[key] = value
    for need in ("protocol", "url"):
        if need not in named:
            raise FlagValueError(f"the external-ca option needs a {need}= parameter")
    return {**authority, **({"Options": options} if options else {})}


EXTERNAL_CA = Kind("external-ca", lambda old, text: [*old, _external_ca(text)], ())

CERT_EXPIRY = Flag(
    "cert-expiry", DURATION, "How long a node's certificate is good for (ns|us|ms|s|m|h)", default=90 * 24 * HOUR
)
EXTERNAL_CA_FLAG = Flag("external-ca", EXTERNAL_CA, "Where certificates are signed, if not by the managers")

SPEC_FLAGS = (
    Flag("task-history-limit", INT64, "How many old tasks of a slot are kept", default=5),
    Flag(
        "dispatcher-heartbeat",
        DURATION,
        "How often a node reports that it is alive (ns|us|ms|s|m|h)",
        default=5 * SECOND,
    ),
    Flag("max-snapshots", UINT, "How many Raft snapshots are kept besides the newest"),
    Flag("snapshot-interval", UINT, "Log entries from one Raft snapshot to the next", default=10000),
    CERT_EXPIRY,
    EXTERNAL_CA_FLAG,
)


def merge_ca(spec: dict[str, Any], values: Values, certificate: str = "") -> None:
    """Write the CA flags that were given into a swarm's specification."""
    if values.changed("cert-expiry"):
        spec.setdefault("CAConfig", {})["NodeCertExpiry"] = values.number("cert-expiry")
    if values.changed("external-ca"):
        authorities = [{**authority, "CACert": certificate} for authority in values.items("external-ca")]
        spec.setdefault("CAConfig", {})["ExternalCAs"] = authorities


def merge(spec: dict[str, Any], values: Values, certificate: str = "") -> None:
    """Write the flags that were given into a swarm's specification."""
    if values.changed("task-history-limit"):
        spec.setdefault("Orchestration", {})["TaskHistoryRetentionLimit"] = values.number("task-history-limit")
    if values.changed("dispatcher-heartbeat"):
        spec.setdefault("Dispatcher", {})["HeartbeatPeriod"] = values.number("dispatcher-heartbeat")
    if values.changed("max-snapshots"):
        spec.setdefault("Raft", {})["KeepOldSnapshots"] = values.number("max-snapshots")
    if values.changed("snapshot-interval"):
        spec.setdefault("Raft", {})["SnapshotInterval"] = values.number("snapshot-interval")
    if values.changed("autolock"):
        spec.setdefault("EncryptionConfig", {})["AutoLockManagers"] = values.truth("autolock")
    merge_ca(spec, values, certificate)


def parse_address(text: str) -> str:
    """A listening address, completed by what it leaves out: ``0.0.0.0`` and port 2377.

    Source: docker/cli opts/hosts.go (ParseTCPAddr).
    """
    scheme, found, rest = text.partition("://")
    if found and scheme != "tcp":
        raise FlagValueError(f"invalid proto, expected tcp: {text}")
    address = rest if found else text
    address = address.partition("/")[0]
    if not address:
        return f"0.0.0.0:{DEFAULT_PORT}"
    host, colon, port = address.rpartition(":")
    if address.startswith("[") and address.endswith("]"):
        host, colon, port = address, "", ""
    if not colon:
        host, port = host or address, ""
    if port and not port.isdecimal():
        raise FlagValueError(f'parse "tcp://{address}": invalid port ":{port}" after host')
    return f"{host or '0.0.0.0'}:{port or DEFAULT_PORT}"


NODE_ADDRESS = replacing("node-addr", parse_address, f"0.0.0.0:{DEFAULT_PORT}")


def availability(values: Values) -> str:
    """What ``--availability`` says, in lower case; empty when it was not given.

    Raises:
        CommandFailed: it says something else than active, pause or drain.
    """
    if not values.changed("availability"):
        return ""
    wanted = values.text("availability")
    if wanted.lower() not in ("active", "pause", "drain"):
        raise CommandFailed(f'invalid availability "{wanted}", only active, pause and drain are supported')
    return wanted.lower()
