"""Attachments to networks, as ``--network`` takes them.

Source: docker/cli opts/network.go.
"""

import re
from dataclasses import dataclass, field

from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags.kinds import Kind, csv_record
from playground.docker_cli.flags.numbers import parse_int

_LONG = re.compile(r"\w+=\w+(,\w+=\w+)*")


@dataclass(slots=True)
class Attachment:
    """``target`` is the network's name or id."""

    target: str
    aliases: list[str] = field(default_factory=list)
    driver_options: dict[str, str] = field(default_factory=dict)
    ipv4: str = ""
    ipv6: str = ""
    mac: str = ""
    link_local: list[str] = field(default_factory=list)
    gateway_priority: int = 0


def parse_attachment(text: str) -> Attachment:
    """A network's name, or ``name=,alias=,driver-opt=,...``.

    Raises:
        FlagValueError: a field is wrong.
    """
    if not _LONG.search(text):
        return Attachment(text)
    attachment = Attachment("")
    for item in csv_record(text):
        key, equals, value = item.lower().partition("=")
        if not equals or not key:
            raise FlagValueError(f"invalid field {item}")
        key, value = key.strip(), value.strip()
        match key:
            case "name":
                attachment.target = value
            case "alias":
                attachment.aliases.append(value)
            case "ip":
                attachment.ipv4 = value
            case "ip6":
                attachment.ipv6 = value
            case "mac-address":
                attachment.mac = value
            case "link-local-ip":
                attachment.link_local.append(value)
            case "driver-opt":
                option, option_equals, setting = value.partition("=")
                if not option_equals or not option:
                    raise FlagValueError("invalid key value pair format in driver options")
                attachment.driver_options[option.strip()] = setting.strip()
            case "gw-priority":
                try:
                    attachment.gateway_priority = parse_int(value, 64, 10)
                except FlagValueError as error:
                    reason = str(error).rsplit(": ", 1)[-1]
                    raise FlagValueError(f"invalid gw-priority ({value}): {reason}") from None
            case _:
                raise FlagValueError(f"invalid field key {key}")
    if not attachment.target:
        raise FlagValueError("network name/id is not specified")
    return attachment


NETWORK = Kind("network", lambda old, text: [*old, parse_attachment(text)], ())
