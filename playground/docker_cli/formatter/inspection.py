"""Writes inspected objects: indented JSON, or each through a template.

Source: docker/cli command/inspect/inspector.go.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.gotemplate import Template, TemplateError, parse
from playground.docker_cli.gotemplate.values import raw, typed
from playground.docker_cli.wire.encoding import go_json
from playground.docker_cli.wire.shapes import canonical, type_named


@dataclass(frozen=True, slots=True)
class Found:
    """An object and the type to see it as. ``verbatim`` objects are shown as the engine sent them."""

    data: Any
    type_name: str
    verbatim: bool = True


async def inspect(
    cli: Cli,
    references: Sequence[str],
    form: str,
    find: Callable[[str], Awaitable[Found]],
    bad_template_code: int = 64,
) -> None:
    """Show what ``find`` finds for each reference; go on after one that is not there.

    Raises:
        CommandFailed: the template is wrong, or something was not found.
    """
    template = None
    if form not in ("", "json"):
        try:
            template = parse(form)
        except TemplateError as error:
            raise CommandFailed(f"template parsing error: {error}", bad_template_code) from None
    errors: list[str] = []
    found: list[Found] = []
    lines: list[str] = []
    for reference in references:
        try:
            item = await find(reference)
        except (ApiError, EngineUnreachable, CommandFailed) as error:
            errors.append(error_text(error))
            continue
        if template is None:
            found.append(item)
            continue
        try:
            lines.append(_through(template, item) + "\n")
        except TemplateError as error:
            errors.append(f"template parsing error: {error}")
    if template is not None:
        await cli.write("".join(lines) or "\n")
    else:
        await cli.write(_encoded(found, form == "json"))
    joined(errors)


def _through(template: Template, item: Found) -> str:
    try:
        return template.execute(typed(item.type_name, item.data))
    except TemplateError:
        if not item.verbatim:
            raise
        return template.execute(raw(item.data), missing_key_fails=True)


def _encoded(found: list[Found], compact: bool) -> str:
    if not found:
        return "[]\n"
    verbatim = [item.data for item in found if item.verbatim]
    rest = [canonical(type_named(item.type_name), item.data) for item in found if not item.verbatim]
    indent = "" if compact else "    "
    if verbatim:
        return go_json(verbatim, indent, escape_html=False) + "\n"
    return go_json(rest, indent) + "\n"
