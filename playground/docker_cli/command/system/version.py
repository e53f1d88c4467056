"""``docker version``: versions of client and engine.

Source: docker/cli command/system/version.go.
"""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli import client_version
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.common_flags import INSPECT_FORMAT
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.instants import calendar, parse_instant
from playground.docker_cli.formatter.tabwriter import align
from playground.docker_cli.gotemplate import TemplateError, parse
from playground.docker_cli.gotemplate.values import typed

_MINIMAL, _PADDING = 20, 1


async def run(cli: Cli, values: Values) -> None:
    form = values.text("format")
    try:
        template = parse("{{json .}}" if form == "json" else form, "version")
    except TemplateError as error:
        raise CommandFailed(f"template parsing error: {error}", 64) from None
    server: Any = None
    failure = ""
    try:
        server = await cli.get("/version")
    except (ApiError, EngineUnreachable) as error:
        failure = error_text(error)
    if server is not None:
        _dated(server)
    shape = {"Client": client_version.version_shape(), "Server": server}
    try:
        text = template.execute(typed("system.versionInfo", shape)) if form else _text(shape)
    except TemplateError as error:
        text, failure = "", failure or str(error)
    await cli.write(align(text + "\n", _MINIMAL, _PADDING))
    if failure:
        raise CommandFailed(failure)


def _dated(server: Any) -> None:
    """Write the engine's build time as the client does."""
    for component in server.get("Components") or []:
        details = component.get("Details") or {}
        if component.get("Name") == "Engine" and "BuildTime" in details:
            details["BuildTime"] = _ansi_c(details["BuildTime"])


def _ansi_c(text: str) -> str:
    try:
        moment = calendar(parse_instant(text))
    except ValueError:
        return text
    return f"{moment:%a %b} {moment.day:2d} {moment:%H:%M:%S %Y}"


def _text(shape: Any) -> str:
    client, server = shape["Client"], shape["Server"]
    lines = [
        f"Client: {client['Platform']['Name']}",
        f" Version:\t{client['Version']}",
        f" API version:\t{client['ApiVersion']}",
        f" Go version:\t{client['GoVersion']}",
        f" Git commit:\t{client['GitCommit']}",
        f" Built:\t{client['BuildTime']}",
        f" OS/Arch:\t{client['Os']}/{client['Arch']}",
        f" Context:\t{client['Context']}",
    ]
    if server is not None:
        name = (server.get("Platform") or {}).get("Name", "")
        lines += ["", f"Server: {name}" if name else "Server:"]
        for component in server.get("Components") or []:
            lines.append(f" {component['Name']}:")
            lines += _engine(component) if component["Name"] == "Engine" else _component(component)
    return "\n".join(lines)


def _engine(component: Any) -> list[str]:
    details = component.get("Details") or {}
    minimal = f"(minimum version {details.get('MinAPIVersion', '')})"
    return [
        f"  Version:\t{component.get('Version', '')}",
        f"  API version:\t{details.get('ApiVersion', '')} {minimal}",
        f"  Go version:\t{details.get('GoVersion', '')}",
        f"  Git commit:\t{details.get('GitCommit', '')}",
        f"  Built:\t{details.get('BuildTime', '')}",
        f"  OS/Arch:\t{details.get('Os', '')}/{details.get('Arch', '')}",
        f"  Experimental:\t{details.get('Experimental', '')}",
    ]


def _component(component: Any) -> list[str]:
    details = component.get("Details") or {}
    return [
        f"  Version:\t{component.get('Version', '')}",
        *(f"  {key}:\t{details[key]}" for key in sorted(details)),
    ]


COMMAND = Command("version [OPTIONS]", "Show the versions of client and engine", run, none, (INSPECT_FORMAT,), top=10)
