"""``docker node ls``: list nodes in the swarm."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, QUIET
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import natural, pretty
from playground.docker_cli.gotemplate.values import Row

COLUMNS = Columns(
    "*node.nodeContext",
    {
        "ID": "ID",
        "Self": "",
        "Hostname": "HOSTNAME",
        "Status": "STATUS",
        "Availability": "AVAILABILITY",
        "ManagerStatus": "MANAGER STATUS",
        "EngineVersion": "ENGINE VERSION",
        "TLSStatus": "TLS STATUS",
    },
    "table {{.ID}} {{if .Self}}*{{else}} {{ end }}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}"
    "\t{{.ManagerStatus}}\t{{.EngineVersion}}",
    raw=(
        "node_id: {{.ID}}\\nhostname: {{.Hostname}}\\nstatus: {{.Status}}\\n"
        "availability: {{.Availability}}\\nmanager_status: {{.ManagerStatus}}\\n"
    ),
    raw_quiet="node_id: {{.ID}}",
)


async def run(cli: Cli, values: Values) -> None:
    """Write one line per node, in natural order of hostname."""
    nodes = await cli.list("/nodes", values["filter"])
    quiet = values.truth("quiet")
    swarm: dict[str, Any] = {}
    if nodes and not quiet:
        swarm = (await cli.get("/info"))["Swarm"]
    nodes.sort(key=lambda node: natural(_hostname(node)))
    rows = [_row(node, swarm) for node in nodes]
    await cli.write(render(COLUMNS, COLUMNS.format(values.text("format"), quiet), rows))


def _hostname(node: Any) -> str:
    return str(node.get("Description", {}).get("Hostname", ""))


def _row(node: Any, swarm: dict[str, Any]) -> Row:
    def manager() -> str:
        status = node.get("ManagerStatus")
        if status is None:
            return ""
        return "Leader" if status.get("Leader") else pretty(status.get("Reachability", ""))

    def tls() -> str:
        wanted = (swarm.get("Cluster") or {}).get("TLSInfo")
        has = node.get("Description", {}).get("TLSInfo")
        if not wanted or not has:
            return "Unknown"
        return "Ready" if wanted == has else "Needs Rotation"

    return COLUMNS.row(
        {
            "ID": lambda: node["ID"],
            "Self": lambda: node["ID"] == swarm.get("NodeID"),
            "Hostname": lambda: _hostname(node),
            "Status": lambda: pretty(node.get("Status", {}).get("State", "")),
            "Availability": lambda: pretty(node.get("Spec", {}).get("Availability", "")),
            "ManagerStatus": manager,
            "EngineVersion": lambda: node.get("Description", {}).get("Engine", {}).get("EngineVersion", ""),
            "TLSStatus": tls,
        }
    )


COMMAND = Command(
    "ls [OPTIONS]", "List the swarm's nodes", run, none, (QUIET, FORMAT, FILTERS), aliases=("list",), swarm="manager"
)
