"""``docker network ls``: list networks."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.instants import go_time, parse_instant
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import natural, short_id
from playground.docker_cli.gotemplate.values import Row

COLUMNS = Columns(
    "*network.networkContext",
    {
        "ID": "NETWORK ID",
        "Name": "NAME",
        "Driver": "DRIVER",
        "Scope": "SCOPE",
        "IPv4": "IPV4",
        "IPv6": "IPV6",
        "Internal": "INTERNAL",
        "Labels": "LABELS",
        "CreatedAt": "CREATED AT",
    },
    "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
    raw="network_id: {{.ID}}\\nname: {{.Name}}\\ndriver: {{.Driver}}\\nscope: {{.Scope}}\\n",
    raw_quiet="network_id: {{.ID}}",
)


async def run(cli: Cli, values: Values) -> None:
    networks = await cli.list("/networks", values["filter"])
    networks.sort(key=lambda network: natural(network["Name"]))
    form = COLUMNS.format(values.text("format"), values.truth("quiet"))
    rows = [_row(network, not values.truth("no-trunc")) for network in networks]
    await cli.write(render(COLUMNS, form, rows))


def _truth(value: Any) -> str:
    return "true" if value else "false"


def _row(network: Any, truncate: bool) -> Row:
    labels = network.get("Labels") or {}
    return COLUMNS.row(
        {
            "ID": lambda: short_id(network["Id"]) if truncate else network["Id"],
            "Name": lambda: network["Name"],
            "Driver": lambda: network.get("Driver", ""),
            "Scope": lambda: network.get("Scope", ""),
            "IPv4": lambda: _truth(network.get("EnableIPv4")),
            "IPv6": lambda: _truth(network.get("EnableIPv6")),
            "Internal": lambda: _truth(network.get("Internal")),
            "Labels": lambda: ",".join(f"{key}={labels[key]}" for key in sorted(labels)),
            "Label": lambda name: labels.get(name, ""),
            "CreatedAt": lambda: go_time(parse_instant(network.get("Created", ""))),
        },
        takes_label=True,
    )


COMMAND = Command("ls [OPTIONS]", "List networks", run, none, (QUIET, NO_TRUNC, FORMAT, FILTERS), aliases=("list",))
