"""Lists of checked texts: labels, environment, hosts, DNS; and files of them.

Source: docker/cli opts/opts.go, env.go, file.go, hosts.go.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.kinds import LIST, Kind, checked, replacing

_DOMAIN = re.compile(
    r"^(:?(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9]))"
    r"(:?\.(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])))*)\.?\s*$"
)
_SPACES = " \t\n\v\f\r"


def _label(text: str) -> str:
    key = text.partition("=")[0].strip(_SPACES)
    if not key:
        raise FlagValueError(f"invalid label '{text}': empty name")
    if any(c in _SPACES for c in key):
        raise FlagValueError(f"label '{key}' contains whitespaces")
    return text


def _environment(text: str) -> str:
    if not text.partition("=")[0]:
        raise FlagValueError(f"invalid environment variable: {text}")
    return text


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        raise FlagValueError(f"IP address is not correctly formatted: {text}") from None


def _dns_search(text: str) -> str:
    text = text.strip(" ")
    if text == ".":
        return text
    if not any(c.isalpha() for c in text) or len(text) > 255 or not _DOMAIN.match(text):
        raise FlagValueError(f"{text} is not a valid domain")
    return text.strip()


def extra_host(text: str) -> str:
    """A mapping ``host:address`` (or with ``=``), in the first form.

    Raises:
        FlagValueError: it is none.
    """
    equals, colon = text.find("="), text.find(":")
    at = equals if equals >= 0 and (colon < 0 or equals < colon) else colon
    host, address = (text[:at], text[at + 1 :]) if at >= 0 else ("", "")
    if not host:
        raise FlagValueError(f'bad format for add-host: "{text}"')
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    if address != "host-gateway":
        try:
            ip_address(address)
        except ValueError:
            raise FlagValueError(f'invalid IP address in add-host: "{address}"') from None
    return f"{host}:{address}"


LABELS = checked(LIST, _label)
ENVIRONMENT = checked(LIST, _environment)
ADDRESSES = checked(LIST, _address)
DNS_SEARCH = checked(LIST, _dns_search)
EXTRA_HOSTS = checked(LIST, extra_host)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError as error:
        raise FlagValueError("EOF found when expecting closing quote") from error


COMMAND = replacing("command", _words, None)


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """``key=value`` texts as a map; a text without ``=`` has an empty value."""
    out = {}
    for text in texts:
        key, _, value = text.partition("=")
        out[key] = value
    return out


def lines_of(cli: Cli, path: str, what: str = "env") -> list[str]:
    """The entries of an environment or label file: comments and empty lines left out.

    Raises:
        CommandFailed: it cannot be read, or an entry is malformed.
    """
    try:
        text = cli.process.files.read(path).decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise CommandFailed(f"{what} file {path} contains invalid utf8 bytes at line 1: []") from None
    except OSError as error:
        raise CommandFailed(f"open {path}: {(error.strerror or str(error)).lower()}") from None
    out = []
    for line in text.lstrip("\ufeff").splitlines():
        line = line.lstrip(_SPACES)
        if not line or line.startswith("#"):
            continue
        name, equals, _ = line.partition("=")
        if not name:
            raise CommandFailed(f"poorly formatted environment: no variable name on line '{line}'")
        if any(c in _SPACES for c in name):
            raise CommandFailed(f"poorly formatted environment: variable '{name}' contains whitespaces")
        out.append(line if equals else name)
    return out


def environment(cli: Cli, files: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Variables of files and flags in order; one without a value takes the caller's, or is left out."""
    out = []
    for line in [line for path in files for line in lines_of(cli, path)]:
        if "=" in line:
            out.append(line)
        elif line in cli.process.environment:
            out.append(f"{line}={cli.process.environment[line]}")
    return [*out, *(_with_value(text, cli.process.environment) for text in texts)]


def _with_value(text: str, surroundings: Mapping[str, str]) -> str:
    if "=" in text or text not in surroundings:
        return text
    return f"{text}={surroundings[text]}"


def labels(cli: Cli, files: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    return pairs([*(line for path in files for line in lines_of(cli, path, "label")), *texts])


def _filter(old: Mapping[str, list[str]], text: str) -> dict[str, list[str]]:
    if not text:
        return dict(old)
    key, equals, value = text.partition("=")
    if not equals:
        raise FlagValueError("bad format of filter (expected name=value)")
    key, value = key.strip().lower(), value.strip()
    return {**old, key: [*(known for known in old.get(key, []) if known != value), value]}


FILTER = Kind("filter", _filter, {})
