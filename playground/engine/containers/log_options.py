"""The options of a container's log driver.

Source: moby ``daemon/logger/factory.go`` and the drivers below ``daemon/logger``.
"""

import re
from collections.abc import Mapping

from playground.engine.errors import BadParameter

_WHAT = ("labels", "labels-regex", "env", "env-regex", "tag")
_KNOWN = {
    "json-file": ("max-file", "max-size", "compress", *_WHAT),
    "local": ("max-file", "max-size", "compress"),
    "journald": _WHAT,
    "syslog": (
        "syslog-address",
        "syslog-facility",
        "syslog-tls-ca-cert",
        "syslog-tls-cert",
        "syslog-tls-key",
        "syslog-tls-skip-verify",
        "syslog-format",
        *_WHAT,
    ),
    "gelf": (
        "gelf-address",
        "gelf-compression-level",
        "gelf-compression-type",
        "gelf-tcp-max-reconnect",
        "gelf-tcp-reconnect-delay",
        *_WHAT,
    ),
    "fluentd": (
        "fluentd-address",
        "fluentd-async",
        "fluentd-async-reconnect-interval",
        "fluentd-buffer-limit",
        "fluentd-max-retries",
        "fluentd-request-ack",
        "fluentd-retry-wait",
        "fluentd-sub-second-precision",
        "fluentd-write-timeout",
        *_WHAT,
    ),
}
"""Options by driver; of the drivers for clouds nothing is known here, so theirs are taken as they are."""
_QUOTED = ("gelf",)
_NEEDED = {
    "awslogs": ("awslogs-group", "must specify a value for log opt 'awslogs-group'"),
    "gelf": ("gelf-address", "gelf-address is a required parameter"),
}
_SIZE = re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:[kKmMgGtTpP](?:[iI]?[bB])?|[bB])?")


def check(driver: str, options: Mapping[str, str]) -> None:
    """Refuse options that the driver has not.

    Raises:
        BadParameter: with the engine's sentence.
    """
    if driver == "none":
        return
    mode = options.get("mode", "")
    if mode not in ("", "blocking", "non-blocking"):
        raise BadParameter(f"logger: logging mode not supported: {mode}")
    size = options.get("max-buffer-size")
    if size is not None and mode != "non-blocking":
        raise BadParameter("logger: max-buffer-size option is only supported with 'mode=non-blocking'")
    if size is not None and not _SIZE.fullmatch(size):
        raise BadParameter(f"error parsing option max-buffer-size: invalid size: '{size}'")
    for name in options:
        if name not in ("mode", "max-buffer-size") and name not in _KNOWN.get(driver, (name,)):
            shown = f'"{name}"' if driver in _QUOTED else f"'{name}'"
            where = f"log driver {driver}" if driver == "local" else f"{driver} log driver"
            raise BadParameter(f"unknown log opt {shown} for {where}")
    needed, sentence = _NEEDED.get(driver, ("", ""))
    if needed and needed not in options:
        raise BadParameter(sentence)
    _check_address(driver, options.get(f"{driver}-address"))


def _check_address(driver: str, address: str | None) -> None:
    scheme, separator, _ = (address or "").partition("://")
    if address is None:
        return
    if driver == "syslog" and scheme not in ("udp", "tcp", "unix", "unixgram", "tcp+tls"):
        raise BadParameter(f"unsupported scheme: '{scheme if separator else ''}'")
    if driver == "gelf" and scheme not in ("udp", "tcp"):
        raise BadParameter("gelf: endpoint needs to be TCP or UDP")
