"""Which names objects may have.

Source: swarmkit ``manager/controlapi/common.go``.
"""

import re

from playground.swarm.control.part import invalid
from playground.swarm.model import Spec

_DNS_NAME = re.compile(r"[a-zA-Z0-9](?:[-_]*[A-Za-z0-9])*")
"""Matches what ``[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*`` does, in linear time."""
_FILE_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9\-_.]*[a-zA-Z0-9])?")
MAX_DNS_NAME = 63
MAX_FILE_NAME = 64


def check_dns_name(spec: Spec) -> None:
    """Check the name of a service or network.

    Raises:
        RpcError: it is missing, too long, or no DNS name component.
    """
    name = str(spec.get("Name") or "")
    if not name:
        raise invalid("meta: name must be provided")
    if not _DNS_NAME.fullmatch(name):
        raise invalid("name must be valid as a DNS name component")
    if len(name) > MAX_DNS_NAME:
        raise invalid("name must be 63 characters or fewer")


def check_file_name(spec: Spec) -> None:
    """Check the name of a secret or config.

    Raises:
        RpcError: it is missing, too long, or has other characters.
    """
    name = str(spec.get("Name") or "")
    if not name:
        raise invalid("name must be provided")
    if len(name) > MAX_FILE_NAME or not _FILE_NAME.fullmatch(name):
        raise invalid(
            "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be "
            "[a-zA-Z0-9]"
        )
