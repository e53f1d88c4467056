"""Scenario files: commands and faults in order, played on a lab; what came of it can be written as a recording.

The format, one thing a line; lines that start with ``#`` are comments:

    nodes: manager1 manager2 worker1              the machines, on the first line
    manager1$ docker node ls                      a command on a machine
    manager1$ docker swarm join-token -q worker  => WT      its output, stripped, becomes {WT}
    manager1$t docker service create ...          the same with a terminal of 80 columns
    ~ 30 manager1$ docker node ls :: Ready.*Ready repeat for up to 30 s until the output matches
    !partition manager1 | manager2,worker1        also !heal, !cut A B, !mend A B, !stop, !kill, !start, !restart NODE
    !slow A B 200    !lose A B 30    !kill_task web.1       milliseconds; percent
    !unhealthy IMAGE    !crash IMAGE    !slow_start IMAGE 20    !mend_image IMAGE    !undo all
    !sleep 5

``{ip:manager1}`` is a machine's address.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from playground.backends.errors import Refusal

Json = dict[str, Any]

IMAGES = ("joeyratt/webpage:latest", "joeyratt/webpage:v2.0")
"""On every machine from the start, as on the machines with which recordings are made."""
LIMIT_S = 90.0
AGAIN_S = 0.5
BETWEEN_S = 0.1
START_S = 4.0
"""A machine that was started is given so long before the next line."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_COMMAND = re.compile(r"([\w-]+)\$(t?) (.*?)(?:\s+=> ([A-Z][A-Z0-9_]*))?$")
_UNTIL = re.compile(r"~ (\d+) ([\w-]+)\$ (.*?) :: (.*)$")


class BadScenario(Refusal):
    """A line cannot be read; ``str(error)`` names it and says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``until`` is set where the command is repeated; ``limit_s`` says for how long."""

    number: int
    text: str
    node: str = ""
    command: str = ""
    tty: bool = False
    variable: str = ""
    until: str = ""
    limit_s: float = 0.0
    fault: Json | None = None
    sleep_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    nodes: tuple[str, ...]
    lines: tuple[Line, ...]


class Cluster(Protocol):
    """What a scenario is played on: a lab here, or one of a server."""

    def address(self, node: str) -> str: ...
    def now_s(self) -> float: ...
    def run(self, node: str, command: str, *, tty: bool, limit_s: float) -> Json:
        """``{"stdout", "stderr", "exit"}``"""

    def fault(self, fault: Json) -> None: ...
    def wait(self, seconds: float) -> None: ...


def parse(text: str) -> Scenario:
    """Read a scenario.

    Raises:
        BadScenario: a line cannot be read.
    """
    nodes: tuple[str, ...] | None = None
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if not line.strip() or line.startswith("#"):
            continue
        if nodes is None:
            nodes = _nodes(number, line)
        else:
            lines.append(_line(number, line, nodes))
    if nodes is None:
        raise BadScenario("line 1: the first line must name the machines, as `nodes: manager1 worker1`")
    return Scenario(nodes, tuple(lines))


def _nodes(number: int, line: str) -> tuple[str, ...]:
    if not line.startswith("nodes:"):
        raise BadScenario(f"line {number}: the first line must name the machines, as `nodes: manager1 worker1`")
    nodes = tuple(line.partition(":")[2].split())
    for node in nodes:
        if not NAME.fullmatch(node) or nodes.count(node) > 1:
            raise BadScenario(f"line {number}: {node!r} is no name for a machine, or stands there twice")
    if not nodes:
        raise BadScenario(f"line {number}: name at least one machine")
    return nodes


def _line(number: int, line: str, nodes: tuple[str, ...]) -> Line:
    if line.startswith("!"):
        return _deed(number, line)
    until = _UNTIL.match(line)
    if until is not None:
        found = Line(number, line, until[2], until[3], until=until[4], limit_s=float(until[1]))
        try:
            re.compile(found.until)
        except re.error as error:
            raise BadScenario(f"line {number}: {found.until!r} is no pattern: {error}") from None
    else:
        command = _COMMAND.match(line)
        if command is None:
            raise BadScenario(f"line {number}: this is no command, no `~` and no `!`: {line[:60]}")
        found = Line(number, line, command[1], command[3], tty=bool(command[2]), variable=command[4] or "")
    if found.node not in nodes:
        raise BadScenario(f"line {number}: there is no machine {found.node!r}; there are: {', '.join(nodes)}")
    return found


def _deed(number: int, line: str) -> Line:
    """What is done to the machines or to time."""
    word, _, rest = line[1:].partition(" ")
    words = rest.split()
    match word, words:
        case "sleep", [seconds] if _is_number(seconds):
            return Line(number, line, sleep_s=float(seconds))
        case "partition", _ if rest:
            return Line(number, line, fault={word: [side.strip().split(",") for side in rest.split("|")]})
        case "heal", []:
            return Line(number, line, fault={word: True})
        case (("cut" | "mend"), [a, b]):
            return Line(number, line, fault={word: [a, b]})
        case "slow", [a, b, number_of] if number_of.isdigit():
            return Line(number, line, fault={"slow": [a, b], "ms": int(number_of)})
        case "lose", [a, b, number_of] if number_of.isdigit():
            return Line(number, line, fault={"lose": [a, b], "percent": int(number_of)})
        case "slow_start", [image, seconds] if seconds.isdigit():
            return Line(number, line, fault={word: image, "seconds": int(seconds)})
        case (
            ("stop" | "start" | "kill" | "restart" | "kill_task" | "unhealthy" | "crash" | "mend_image" | "undo"),
            [of],
        ):
            return Line(number, line, fault={word: of})
    raise BadScenario(f"line {number}: no such thing can be done, or it lacks something: {line[:60]}")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None


def play(scenario: Scenario, cluster: Cluster) -> Iterator[Json]:
    """Play it; yields what a recording of it has, line by line: first the machines' addresses.

    Raises:
        BadScenario: a fault cannot be made.
    """
    addresses = {node: cluster.address(node) for node in scenario.nodes}
    yield {"nodes": addresses}
    variables: dict[str, str] = {}
    start_s = cluster.now_s()

    def filled(text: str) -> str:
        text = re.sub(r"\{ip:([\w-]+)\}", lambda found: addresses.get(found[1], found[0]), text)
        return re.sub(r"\{([A-Z][A-Z0-9_]*)\}", lambda found: variables.get(found[1], found[0]), text)

    for line in scenario.lines:
        at = round(cluster.now_s() - start_s, 1)
        if not line.command:
            yield {"at": at, "do": line.text[1:]}
            if line.fault is None:
                cluster.wait(line.sleep_s)
                continue
            try:
                cluster.fault(line.fault)
            except Refusal as refused:
                raise BadScenario(f"line {line.number}: {refused}") from None
            if "start" in line.fault:
                cluster.wait(START_S)
            continue
        command = filled(line.command)
        run = _runner(cluster, line, command)
        step = run()
        if line.until:
            end_s = cluster.now_s() + line.limit_s
            while not (met := _matches(line.until, step)) and cluster.now_s() < end_s:
                cluster.wait(AGAIN_S)
                step = run()
            step |= {"at": at, "until": line.until, "waited": round(cluster.now_s() - start_s - at, 1), "met": met}
        else:
            step |= {"at": at, "line": line.text}
        if line.variable:
            variables[line.variable] = step["out"].strip()
        cluster.wait(BETWEEN_S)
        yield step


def _runner(cluster: Cluster, line: Line, command: str) -> Callable[[], Json]:
    def run() -> Json:
        before_s = cluster.now_s()
        answer = cluster.run(line.node, command, tty=line.tty, limit_s=LIMIT_S)
        return {
            "node": line.node,
            "cmd": command,
            "tty": line.tty,
            "out": answer["stdout"],
            "err": answer["stderr"],
            "rc": answer["exit"],
            "took": round(cluster.now_s() - before_s, 2),
        }

    return run


def _matches(pattern: str, step: Json) -> bool:
    return re.search(pattern, step["out"] + step["err"], re.DOTALL) is not None


def words(step: Json) -> str:
    """A step as a person reads it."""
    if "nodes" in step:
        return "".join(f"{name} is {address}\n" for name, address in step["nodes"].items())
    if "do" in step:
        return f"[{step['at']}s] !{step['do']}\n"
    code = f"(exit {step['rc']})\n" if step["rc"] else ""
    unmet = f"(no match of {step['until']!r} in {step['waited']} s)\n" if step.get("met") is False else ""
    return f"[{step['at']}s] {step['node']}$ {step['cmd']}\n{step['out']}{step['err']}{code}{unmet}"
