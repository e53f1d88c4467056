"""``docker events``: what happens in the engine, as it happens.

Source: docker/cli command/system/events.go.
"""

from typing import Any

from playground.docker_cli.cli import Cli, filters_json
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.flags.numbers import SECOND
from playground.docker_cli.formatter.instants import rfc3339_fixed
from playground.docker_cli.gotemplate import TemplateError, parse
from playground.docker_cli.gotemplate.values import typed
from playground.docker_cli.log_stream import timestamp
from playground.docker_cli.opts.lists import FILTER


async def run(cli: Cli, values: Values) -> None:
    form = values.text("format")
    template = None
    if form:
        try:
            template = parse("{{json .}}" if form == "json" else form)
            template.execute(typed("*events.Message", {}))
        except TemplateError as error:
            raise CommandFailed(f"Error parsing format: {error}", 64) from None
    query = {name: timestamp(cli, values.text(name)) for name in ("since", "until") if values.text(name)}
    if values["filter"]:
        query["filters"] = filters_json(values["filter"])
    response = await cli.response("GET", "/events", query or None)
    stream = response.stream
    if stream is None:
        return
    try:
        async for event in stream:
            if template is None:
                await cli.line(event_line(event))
            else:
                await cli.line(template.execute(typed("events.Message", event)))
    finally:
        closing = getattr(stream, "aclose", None)
        if closing is not None:
            await closing()


def event_line(event: Any) -> str:
    """One event in words: time, kind, action, id and the attributes in order of their names."""
    at = event.get("timeNano") or event.get("time", 0) * SECOND
    actor = event.get("Actor") or {}
    text = f"{event.get('Type', '')} {event.get('Action', '')} {actor.get('ID', '')}"
    attributes = actor.get("Attributes") or {}
    if attributes:
        text += f" ({', '.join(f'{key}={attributes[key]}' for key in sorted(attributes))})"
    return f"{rfc3339_fixed(at)} {text}" if at else text


def command() -> Command:
    return Command(
        "events [OPTIONS]",
        "Show what happens in the engine, as it happens",
        run,
        none,
        (
            Flag("since", STRING, "Show events from this time on, past ones too"),
            Flag("until", STRING, "Show events up to this time, then return"),
            Flag("filter", FILTER, "Show only what fits, given as KEY=VALUE", short="f"),
            Flag("format", STRING, "How to print each event: 'json', or a Go template such as '{{.ID}}'"),
        ),
        also="docker system events, docker events",
    )
