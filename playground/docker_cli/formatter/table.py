"""Writes rows in the format that ``--format`` asks for: a table, JSON, or a template.

Source: docker/cli formatter/formatter.go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.formatter.tabwriter import align
from playground.docker_cli.gotemplate import TemplateError, parse
from playground.docker_cli.gotemplate.functions import HEADER_FUNCTIONS
from playground.docker_cli.gotemplate.template import Template
from playground.docker_cli.gotemplate.values import Row

JSON = "{{json .}}"


@dataclass(frozen=True, slots=True)
class Columns:
    """What a kind of row can show: header of each column by the name of its method, and its formats.

    ``type_name`` is what Go calls a row. ``raw`` is the format of that name, ``quiet`` the one of ``-q``.
    """

    type_name: str
    headers: Mapping[str, str]
    table: str
    quiet: str = "{{.ID}}"
    raw: str = ""
    raw_quiet: str = ""

    def format(self, wanted: str, quiet: bool = False) -> str:
        """The template behind what the user asked for."""
        if wanted in ("", "table"):
            return self.quiet if quiet else self.table
        if wanted == "raw" and self.raw:
            return self.raw_quiet if quiet and self.raw_quiet else self.raw
        return wanted

    def row(self, methods: Mapping[str, Callable[..., Any]], takes_label: bool = False) -> Row:
        return Row(self.type_name, methods, hidden=("Label",) if takes_label else ())


def filled_in(wanted: str, row: Row) -> str:
    """The template ``wanted``, or JSON, for one object; no line is ended.

    Raises:
        CommandFailed: it is no template, or does not fit the object.
    """
    try:
        template = _template(wanted)
    except TemplateError as error:
        raise CommandFailed(f"template parsing error: {error}") from None
    try:
        return template.execute(row)
    except TemplateError as error:
        raise CommandFailed(str(error)) from None


def _template(wanted: str) -> Template:
    text = JSON if wanted == "json" else wanted.removeprefix("table")
    return parse(text.strip(" ").replace("\\t", "\t").replace("\\n", "\n"))


def render(columns: Columns, wanted: str, rows: Sequence[Row]) -> str:
    """The text of all rows.

    Raises:
        CommandFailed: the format is no template, or does not fit the rows.
    """
    is_table = wanted.startswith("table")
    try:
        template = _template(wanted)
        lines = [template.execute(row) + "\n" for row in rows]
        body = "".join(lines)
        if not is_table:
            return body
    except TemplateError as error:
        raise CommandFailed(f"template parsing error: {error}") from None
    try:
        header = template.execute(_header(columns), HEADER_FUNCTIONS)
    except TemplateError:
        header = ""
    return align(f"{header}\n{body}")


def _header(columns: Columns) -> Row:
    def title(text: str) -> Callable[[], str]:
        return lambda: text

    methods: dict[str, Callable[..., Any]] = {name: title(text) for name, text in columns.headers.items()}
    methods["Label"] = _label
    return Row("formatter.SubHeaderContext", methods, header=True, hidden=("Label",))


def _label(name: str) -> str:
    return name.split(".")[-1].replace("-", " ").replace("_", " ")
