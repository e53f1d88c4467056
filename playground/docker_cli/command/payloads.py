"""What secrets and configs have in common: named pieces of data that services can be given.

Source: docker/cli command/secret, command/config.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.api.durations import human_duration
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, INSPECT_FORMAT, PRETTY, QUIET
from playground.docker_cli.command.model import Arguments, Command, at_least, between, exactly, none
from playground.docker_cli.command.several import each
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.instants import go_time, parse_instant
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import natural, pretty
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.opts.lists import LABELS, pairs


@dataclass(frozen=True, slots=True)
class Payload:
    """``word`` is ``secret`` or ``config``; only secrets have drivers, only configs show their data."""

    word: str
    columns: Columns
    has_driver: bool

    @property
    def title(self) -> str:
        return self.word.capitalize()


_HEADERS = {
    "ID": "ID",
    "Name": "NAME",
    "CreatedAt": "CREATED",
    "UpdatedAt": "UPDATED",
    "Labels": "LABELS",
}
SECRET = Payload(
    "secret",
    Columns(
        "*secret.secretContext",
        {**_HEADERS, "Driver": "DRIVER"},
        "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}",
    ),
    has_driver=True,
)
CONFIG = Payload(
    "config",
    Columns("*config.configContext", _HEADERS, "table {{.ID}}\t{{.Name}}\t{{.CreatedAt}}\t{{.UpdatedAt}}"),
    has_driver=False,
)


def commands(payload: Payload, create_use: str, create_arguments: Arguments) -> list[Command]:
    """``create``, ``inspect``, ``ls`` and ``rm`` of a kind."""
    word, upper = payload.word, payload.word.upper()
    driver = (Flag("driver", STRING, "Driver that keeps the secret", short="d"),) if payload.has_driver else ()
    return [
        Command(
            create_use,
            f"Store a {word}, read from a file or from the standard input",
            lambda cli, values: _create(cli, payload, values),
            create_arguments,
            (
                Flag("label", LABELS, f"Labels of the {word}", short="l"),
                *driver,
                Flag("template-driver", STRING, "Driver that fills templates in the data"),
            ),
            swarm="manager",
        ),
        Command(
            f"inspect [OPTIONS] {upper} [{upper}...]",
            f"Show all that is known of one or more {word}s",
            lambda cli, values: _inspect(cli, payload, values),
            at_least(1),
            (INSPECT_FORMAT, PRETTY),
            swarm="manager",
            completes=word,
        ),
        Command(
            "ls [OPTIONS]",
            f"List {word}s",
            lambda cli, values: _list(cli, payload, values),
            none,
            (QUIET, FORMAT, FILTERS),
            aliases=("list",),
            swarm="manager",
        ),
        Command(
            f"rm {upper} [{upper}...]",
            f"Remove one or more {word}s",
            lambda cli, values: each(cli, values.words, lambda name: cli.delete(f"/{word}s/{name}")),
            at_least(1),
            aliases=("remove",),
            swarm="manager",
            completes=word,
        ),
    ]


def secret_commands() -> list[Command]:
    return commands(SECRET, "create [OPTIONS] SECRET [file|-]", between(1, 2))


def config_commands() -> list[Command]:
    return commands(CONFIG, "create [OPTIONS] CONFIG file|-", exactly(2))


async def _create(cli: Cli, payload: Payload, values: Values) -> None:
    name, *files = values.words
    driver = values.text("driver") if payload.has_driver else ""
    if driver and files:
        raise CommandFailed("When using secret driver secret data must be empty")
    data = b"" if driver else await _read(cli, payload, files[0] if files else "")
    body: dict[str, Any] = {"Name": name, "Labels": pairs(values.items("label"))}
    if data:
        body["Data"] = b64encode(data).decode("ascii")
    if driver:
        body["Driver"] = {"Name": driver}
    if values.text("template-driver"):
        body["Templating"] = {"Name": values.text("template-driver")}
    answer = await cli.post(f"/{payload.word}s/create", body=body)
    await cli.line(answer["ID"])


async def _read(cli: Cli, payload: Payload, path: str) -> bytes:
    if not path:
        raise CommandFailed(f"{payload.word} file is required")
    context = "" if payload.has_driver else f'Error reading content from "{path}": '
    where = "STDIN" if path == "-" else path
    if path == "-":
        data = await cli.read_all()
    else:
        try:
            data = cli.process.files.read(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            verb = "read" if cli.process.files.is_directory(path) else "open"
            raise CommandFailed(f"{context}error reading from {path}: {verb} {path}: {reason}") from None
    if not data:
        raise CommandFailed(f"{context}error reading from {where}: data is empty")
    return data


async def _inspect(cli: Cli, payload: Payload, values: Values) -> None:
    form = "pretty" if values.truth("pretty") else values.text("format")
    if form.startswith("pretty") and form != "pretty":
        raise CommandFailed("cannot supply extra formatting options to the pretty template")

    async def find(reference: str) -> Found:
        found = await cli.get(f"/{payload.word}s/{reference}")
        return Found(found, f"swarm.{payload.title}", verbatim=True)

    if form != "pretty":
        await inspect(cli, values.words, form, find, bad_template_code=1)
        return
    texts = [_summary(payload, (await find(reference)).data) for reference in values.words]
    await cli.write("".join(texts))


def _summary(payload: Payload, found: Any) -> str:
    spec = found["Spec"]
    created, updated = (pretty(go_time(parse_instant(found.get(key, "")))) for key in ("CreatedAt", "UpdatedAt"))
    labels = [f" - {key}{'=' + value if value else ''}" for key, value in sorted((spec.get("Labels") or {}).items())]
    labels = ["Labels:", *labels] if labels else []
    if payload.has_driver:
        lines = [
            f"ID:              {found['ID']}",
            f"Name:              {spec.get('Name', '')}",
            *labels,
            f"Driver:            {(spec.get('Driver') or {}).get('Name', '')}",
            f"Created at:        {created}",
            f"Updated at:        {updated}",
        ]
    else:
        lines = [
            f"ID:\t\t\t{found['ID']}",
            f"Name:\t\t\t{spec.get('Name', '')}",
            *labels,
            f"Created at:            \t{created}",
            f"Updated at:            \t{updated}",
            "Data:",
            b64decode(spec.get("Data") or "").decode("utf-8", "replace"),
        ]
    return "\n".join(lines) + "\n"


async def _list(cli: Cli, payload: Payload, values: Values) -> None:
    found = await cli.list(f"/{payload.word}s", values["filter"])
    found.sort(key=lambda item: natural(item["Spec"].get("Name", "")))
    form = payload.columns.format(values.text("format"), values.truth("quiet"))
    await cli.write(render(payload.columns, form, [_row(cli, payload, item) for item in found]))


def _row(cli: Cli, payload: Payload, item: Any) -> Row:
    spec = item["Spec"]

    def ago(key: str) -> str:
        return human_duration(cli.now_ns - parse_instant(item.get(key, ""))) + " ago"

    labels = spec.get("Labels") or {}
    methods: dict[str, Callable[..., Any]] = {
        "ID": lambda: item["ID"],
        "Name": lambda: spec.get("Name", ""),
        "CreatedAt": lambda: ago("CreatedAt"),
        "UpdatedAt": lambda: ago("UpdatedAt"),
        "Labels": lambda: ",".join(f"{key}={labels[key]}" for key in sorted(labels)),
        "Label": lambda name: labels.get(name, ""),
    }
    if payload.has_driver:
        methods["Driver"] = lambda: (spec.get("Driver") or {}).get("Name", "")
    return payload.columns.row(methods, takes_label=True)
