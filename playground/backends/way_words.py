"""The sentences of a command's way: what happens at each step, and why."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

METHODS = {
    "create_service": "make a service",
    "update_service": "change a service",
    "remove_service": "remove a service",
    "update_node": "change a node",
    "remove_node": "remove a node",
    "update_cluster": "change the swarm's settings",
    "create_network": "make a network",
    "remove_network": "remove a network",
    "create_secret": "keep a secret",
    "update_secret": "change a secret",
    "remove_secret": "remove a secret",
    "create_config": "keep a config",
    "update_config": "change a config",
    "remove_config": "remove a config",
    "remove_task": "remove a task",
    "issue": "sign a certificate",
    "certificate": "hand out a signed certificate",
    "root_certificate": "show the swarm's root certificate",
    "unlock_key": "hand out the unlock key",
    "join": "let a manager into Raft",
}

THINGS = {
    "cluster": "the swarm's settings",
    "node": "a node",
    "nodes": "the nodes",
    "service": "a service",
    "services": "the services",
    "task": "a task",
    "tasks": "the tasks",
    "network": "a network",
    "networks": "the networks",
    "secret": "a secret",
    "secrets": "the secrets",
    "config": "a config",
    "configs": "the configs",
}
"""What the control API lets one read, as the end of a method's name."""


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def short_path(path: str) -> str:
    """A path with its long ids cut."""
    return "/".join(part[:12] if len(part) == 25 and part.isalnum() else part for part in path.split("/"))


def method_words(method: str) -> str:
    if method in METHODS:
        return METHODS[method]
    verb, _, what = method.partition("_")
    return f"read {THINGS[what]}" if verb in ("get", "list") and what in THINGS else f"{verb} {what.replace('_', ' ')}"


def started(machine: str, line: str) -> str:
    program = line.split(" ", 1)[0]
    if program == "docker":
        return (
            f"You type `{line}` on {machine}. The docker command checks its flags, then asks the engine of {machine}."
        )
    return f"You type `{line}` on {machine}."


def asked(machine: str, method: str, path: str) -> str:
    way = f"an HTTP request to the Docker Engine API of {machine} itself."
    if method.upper() == "GET":
        return f"The command asks for {short_path(path)}: {way}"
    return f"The command sends a change to {short_path(path)}: {way}"


def answered(machine: str, status: int, message: str) -> str:
    if status >= 400:
        return f"The engine of {machine} refuses with status {status}: {message or 'no reason given'}"
    return f"The engine of {machine} answers {status}."


def watches(machine: str) -> str:
    return (
        f"The change is made. The command goes on asking the engine of {machine} how far the tasks are, and draws "
        "that as progress."
    )


def ended(machine: str, code: int, output: str) -> str:
    lines = [line.strip() for line in output.replace("\r", "\n").split("\n") if line.strip()]
    said = f" The last line it prints: {lines[-1][:200]}" if lines else " It prints nothing."
    if code == 0:
        return f"The command on {machine} ends, exit code 0.{said}"
    return f"The command on {machine} ends with exit code {code}: it did not get what it asked for.{said}"


def forwarded(machine: str, to: str, service: str, method: str) -> str:
    if service == "control":
        passed = f"It passes the request ({method_words(method)}) on to {to}, which leads."
        return f"{machine} follows and decides nothing itself. {passed}"
    return f"{machine} passes the request ({method_words(method)}) on to {to}, which leads."


def led(machine: str, service: str, method: str) -> str:
    if method.startswith(("get_", "list_")):
        return (
            f"{machine} leads, so what it has in its store is the truth. It looks ({method_words(method)}) and answers."
        )
    what = {"ca": "certificate authority", "membership": "Raft membership"}.get(service, "control API")
    return f"{machine} leads. Its {what} checks whether the request makes sense, then goes to {method_words(method)}."


def no_leader(machine: str, waits: bool, seconds: int, members: int) -> str:
    needed = members // 2 + 1
    rule = f"A leader needs {needed} of {count(members, 'manager')}."
    if waits:
        return f"{machine} knows no leader to pass the request to, and waits for an election. {rule}"
    return f"{machine} has known no leader for {seconds} s and gives up: nothing can be decided. {rule}"


def proposed(machine: str, by: str, index: int, term: int, what: str) -> str:
    return (
        f"{machine} writes the change to the end of its Raft log as entry {index}, term {term}: {what}. "
        "Nothing has changed in the store yet: a majority has to have the entry first."
    )


def sent(machine: str, to: str, index: int, arrives: bool) -> str:
    if arrives:
        return f"{machine} sends entry {index} to {to}."
    return f"{machine} sends entry {index} to {to}. It is lost: the link is cut or loses packets, or {to} is off."


def sent_to_several(machine: str, targets: Sequence[str], index: int, arrives: bool) -> str:
    if arrives:
        return f"{machine} sends entry {index} to {listed(targets)}, all at the same moment."
    return f"{machine} sends entry {index} to {listed(targets)}, and none of it gets there."


def stored(machine: str, index: int) -> str:
    return f"{machine} appends entry {index} to its own log, on its disk. It does not act on it yet."


def acknowledged(machine: str, source: str, have: int) -> str:
    return f"{source} tells {machine} that it has the entry. {count(have, 'manager')} have it now, {machine} included."


def committed(index: int, have: Sequence[str], members: int) -> str:
    needed = members // 2 + 1
    if members == 1:
        return (
            f"{have[0]} is the only manager, so its own log is a majority. Entry {index} counts, and the store changes."
        )
    return (
        f"{listed(have)} have entry {index}: {len(have)} of {members}, and {needed} are needed. "
        "It is agreed on and will survive. The leader changes its store and answers."
    )


def agreed(index: int, have: int, members: int) -> str:
    return f"Agreed on like the first one: entry {index}, {have} of {count(members, 'manager')} had it."


def applied(machine: str, index: int) -> str:
    return f"The leader's next message says that entry {index} is committed. {machine} changes its own store like it."


def not_committed(machine: str, index: int, have: int) -> str:
    return (
        f"{machine} leads no longer and never heard of a majority for entry {index} ({count(have, 'manager')} had it). "
        "The change did not happen. If another leader never saw the entry, it will be overwritten."
    )


def hangs(machine: str, index: int, lost: Sequence[str]) -> str:
    return (
        f"Entry {index} stays in the log of {machine}, not committed: it never reached {listed(sorted(set(lost)))}. "
        "Until a majority has it, the store does not change."
    )


def part(by: str, changes: Sequence[Json]) -> tuple[str, str]:
    """Title and sentence of what a part of the leader brought about."""
    what = _what(changes)
    match by:
        case "orchestrator":
            return (
                "The orchestrator plans tasks",
                f"The orchestrator compares what is wanted with what is there: {what}.",
            )
        case "allocator":
            return "The allocator gives addresses", f"The allocator gives out addresses and ports: {what}."
        case "scheduler":
            return (
                "The scheduler's choice is written down",
                f"The scheduler assigns tasks to nodes: {what}.",
            )
        case "dispatcher":
            return (
                "The reports reach the store",
                f"Agents have reported, and the dispatcher writes down what they said: {what}.",
            )
        case "task reaper":
            return "Old tasks are cleared away", f"The task reaper keeps the history short: {what}."
        case "constraint enforcer":
            return (
                "Tasks that may not stay are given up",
                f"The constraint enforcer finds tasks on nodes that may not have them: {what}.",
            )
        case "ca":
            return "The certificate authority signs", f"The certificate authority writes it down: {what}."
        case "control":
            return "The leader writes it down", f"The change goes the same way: {what}."
        case _:
            return "The leader writes it down", f"The leader's loops follow: {what}."


def _what(changes: Sequence[Json]) -> str:
    shown = [f"{change['object']}: {change['text']}" for change in changes[:3]]
    return "; ".join(shown) + (f"; and {count} more" if (count := len(changes) - 3) > 0 else "")


def weighed(each: Json) -> Json:
    """A node that the scheduler looked at, in the form of a change."""
    if each["why_not"]:
        text = f"cannot take it: {each['why_not']}"
    else:
        text = f"could take it; has {count(each['of_service'], 'task')} of this service, {each['total']} in all"
    return {"object": f"node {each['node']}", "id": "", "text": text, "before": None, "after": None}


def chosen(facts: Json) -> str:
    fitting = [each for each in facts["weighed"] if not each["why_not"]]
    seen = len(facts["weighed"])
    why = f"{len(fitting)} of {count(seen, 'node')} can take it."
    if len(fitting) == 1:
        return f"The scheduler looks for a node for {facts['task']}. {why} So it is {facts['node']}."
    return (
        f"The scheduler looks for a node for {facts['task']}. {why} It takes the one with the fewest tasks of this "
        f"service, then with the fewest tasks at all: {facts['node']} has {facts['of_service']} of this service "
        f"and {facts['total']} in all."
    )


def no_node(facts: Json) -> str:
    why = facts["why"] or "no node is there"
    return (
        f"The scheduler finds no node for {count(facts['count'], 'task')} ({why}). They stay pending, and are looked "
        "at again when a node changes."
    )


def dispatched(leader: str, to: str, tasks: Sequence[str], removed: int) -> str:
    parts = []
    if tasks:
        parts.append(f"there is news of {listed(tasks)}")
    if removed:
        parts.append(f"{count(removed, 'task')} can be forgotten")
    told = " and ".join(parts) or "there is news of its networks or secrets"
    waited = "It collects changes for a tenth of a second first."
    return f"The dispatcher on {leader} tells the agent of {to} that {told}. {waited}"


def received(machine: str, tasks: Sequence[tuple[str, str]]) -> str:
    wanted = listed([f"{task} shall be {state}" for task, state in tasks[:6]])
    alone = "From here on it works alone, even if every manager is gone."
    return f"The agent on {machine} gets its assignment: {wanted}. {alone}"


def walked_title(task: str, state: str) -> str:
    return f"Task {task} is {state}"


def walked(machine: str, task: str, states: Sequence[str], error: str) -> str:
    if error:
        return f"The agent on {machine} cannot go on with {task}, which is {states[-1]} now: {error}"
    if len(states) == 1:
        return f"The agent on {machine} brings {task} to {states[0]}."
    return f"The agent on {machine} brings {task} on: {', then '.join(states)}."


def event(machine: str, kind: str, action: str, name: str) -> tuple[str, str, bool] | None:
    """Title, sentence and whether it is a failure; None for what says nothing more."""
    container = name.rsplit(".", 1)[0] if name.count(".") > 1 else name
    if kind == "image" and action == "pull":
        return f"{machine} has the image {name}", f"The engine of {machine} has pulled {name} from the registry.", False
    if kind != "container":
        return None
    match action.partition(":")[0]:
        case "create":
            return (
                f"A container is made on {machine}",
                f"The engine of {machine} makes a container for {container}.",
                False,
            )
        case "start":
            text = f"The engine of {machine} starts the container of {container}: its main program runs."
            return f"The container of {container} starts", text, False
        case "health_status":
            state = action.partition(":")[2].strip()
            text = f"The health check in the container of {container} says: {state}."
            return f"The container of {container} is {state}", text, state == "unhealthy"
        case "kill":
            return (
                f"{container} is told to stop",
                f"The engine of {machine} sends a signal to the container of {container}.",
                False,
            )
        case "die":
            return (
                f"The container of {container} ends",
                f"The main program of {container} on {machine} has ended.",
                False,
            )
    return None
