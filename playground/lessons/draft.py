"""A draft of a lesson, made of what somebody did: each change of the cluster ends a step, and becomes its check."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from playground.lessons import command_words

Json = dict[str, Any]
WAIT_FROM_S = 3.0
WAIT_UP_TO_S = 60.0
_TOKEN = re.compile(r"SWMTKN-1-[a-z0-9]+-[a-z0-9]+")
_KEY = re.compile(r"SWMKEY-1-[A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done: a command on a machine and how it ended, or a fault.

    ``before`` and ``after`` are the view; ``facts`` the lab's addresses and tokens then.
    """

    at_s: float
    before: Json
    after: Json
    facts: Mapping[str, Any]
    machine: str = ""
    line: str = ""
    exit: int = 0
    fault: Json | None = None


@dataclass(slots=True)
class _Step:
    deeds: list[Deed] = field(default_factory=list)
    checks: list[Json] = field(default_factory=list)


def draft(
    title: str, nodes: Sequence[str], images: Sequence[str], setup: Sequence[Deed], deeds: Sequence[Deed]
) -> dict[str, str]:
    """The files of a lesson, by name.

    Raises:
        ValueError: nothing was done that a lesson could be made of.
    """
    steps = list(_steps(deeds))
    if not steps:
        raise ValueError("nothing was done in this lab that a lesson could be made of; run a command or two first")
    title = " ".join(title.split())[:100] or "What I did"
    known: list[str] = []
    outline = {
        "title": title,
        "summary": "One sentence that says what the learner can do afterwards.",
        "minutes": max(5, 2 * len(steps)),
        "terminal": next((deed.machine for deed in deeds if deed.machine), "host"),
        "topology": {"nodes": list(nodes), **({"images": list(images)} if images else {})},
        **({"setup": list(_actions(setup))} if setup else {}),
        "steps": [_outline(number, step, known) for number, step in enumerate(steps, 1)],
    }
    head = "# yaml-language-server: $schema=../lesson.schema.json\n# A draft, made of what was done in a lab.\n"
    body = yaml.safe_dump(outline, allow_unicode=True, sort_keys=False, width=10_000)
    prose = [f"# {title}"] + [_prose(number, step) for number, step in enumerate(steps, 1)]
    return {"lesson.yaml": head + body, "en.md": "\n\n".join(prose) + "\n"}


def _steps(deeds: Sequence[Deed]) -> Iterator[_Step]:
    """A step ends with a deed that changed the cluster; what was only looked at before belongs to it."""
    step = _Step()
    for deed in deeds:
        changes = list(_changes(deed.before, deed.after))
        step.deeds.append(deed)
        if not changes and deed.line:
            step.checks.append(_answered(deed))
        if changes:
            step.checks += [{**change, "then": True} if step.checks else change for change in changes]
            yield step
            step = _Step()
    if step.checks:
        yield step


def _answered(deed: Deed) -> Json:
    words = command_words.name(deed.line) or deed.line.split()[0]
    check = {"on": deed.machine, "command": f"^{re.escape(words).replace(chr(92) + ' ', ' ')}"}
    return {"answered": {**check, "exit": "error" if deed.exit else "ok"}}


def _changes(before: Json, after: Json) -> Iterator[Json]:
    """What of the cluster is otherwise, as checks."""
    for name, node in after["nodes"].items():
        old = before["nodes"].get(name, {})
        if node["power"] == "on" and old.get("power") != "on":
            yield {"machine": {"node": name}}
        elif node["power"] == "off" and old.get("power") == "on":
            yield {"machine": {"node": name, "is": "off"}}
        if node["swarm"] == "locked" and old.get("swarm") != "locked":
            yield {"swarm_state": {"node": name, "is": "locked"}}
        if node["swarm"] == "inactive" and old.get("swarm") == "active":
            yield {"swarm_state": {"node": name, "is": "inactive"}}
        if node["state"] == "ready" and (node["role"], "ready") != (old.get("role"), old.get("state")) and node["role"]:
            yield {"node_role": {"node": name, "role": node["role"]}}
        if node["availability"] and old.get("availability") and node["availability"] != old["availability"]:
            yield {"availability": {"node": name, "is": node["availability"]}}
        for label, value in node["labels"].items():
            if old.get("labels", {}).get(label) != value:
                yield {"node_label": {"node": name, "label": label, "value": value}}
    yield from _service_changes(before, after)
    if (before["partition"] is None) != (after["partition"] is None):
        yield {"partition": {"present": after["partition"] is not None}}
    locks = [bool(view.get("swarm") and view["swarm"]["autolock"]) for view in (before, after)]
    if locks[0] != locks[1]:
        yield {"autolock": {"on": locks[1]}}
    for part in ("secret", "config"):
        for name in sorted({*after.get(f"{part}s", [])} ^ {*before.get(f"{part}s", [])}):
            yield {part: {part: name, "present": name in after[f"{part}s"]}}


def _service_changes(before: Json, after: Json) -> Iterator[Json]:
    old = {service["name"]: service for service in before["services"].values()}
    new = {service["name"]: service for service in after["services"].values()}
    for name, service in new.items():
        was = old.get(name)
        image = service["image"].split("@")[0]
        if was is None or (service["wanted"], service["image"]) != (was["wanted"], was["image"]):
            wanted = {"replicas": service["wanted"]} if service["mode"] == "replicated" else {}
            changed = {"image": image} if was is not None and service["image"] != was["image"] else {}
            if service["wanted"]:
                yield {"service_running": {"service": name, **wanted, **changed}}
    for name in old:
        if name not in new:
            yield {"service_absent": {"service": name}}


def _actions(deeds: Sequence[Deed]) -> Iterator[Json]:
    """What was done, as the actions of a lesson, with the pauses that it needed."""
    for deed, following in zip(deeds, [*deeds[1:], None], strict=True):
        if deed.fault is not None:
            yield {"fault": copy.deepcopy(deed.fault)}
        else:
            yield {"on": deed.machine, "run": _filled(deed)}
        pause_s = following.at_s - deed.at_s if following is not None else 0
        if pause_s >= WAIT_FROM_S:
            yield {"wait": round(min(pause_s, WAIT_UP_TO_S))}


def _filled(deed: Deed) -> str:
    """The command with names for what is another address or token in another lab."""
    line = deed.line.replace("{{", "\0")
    tokens = {token: kind for kind, token in deed.facts.get("token", {}).items()}
    line = _TOKEN.sub(lambda found: f"{{{{ token.{tokens[found[0]]} }}}}" if found[0] in tokens else found[0], line)
    line = _KEY.sub("{{ key }}", line)
    for name, address in deed.facts.get("ip", {}).items():
        if address:
            placeholder = f"{{{{ ip.{name} }}}}" if name.isidentifier() else f'{{{{ ip["{name}"] }}}}'
            line = re.sub(rf"(?<![\d.]){re.escape(address)}(?![\d.]*\d)", placeholder, line)
    return line.replace("\0", '{{ "{{" }}')  # A Go template's braces.


def _outline(number: int, step: _Step, known: list[str]) -> Json:
    lines = [deed.line for deed in step.deeds if deed.line]
    names = list(dict.fromkeys(command_words.name(line) for line in lines if command_words.is_teachable(line)))
    fresh = [name for name in names if name not in known]
    known += fresh
    program = " ".join(fresh[-1].split()[:-1]) if fresh else ""
    about = f"Look at what `{program}` can do." if fresh else "You have used what it takes in an earlier step."
    return {
        "id": f"step-{number}",
        **({"commands": fresh} if fresh else {}),
        "checks": step.checks,
        "hints": [about],
        "solution": list(_actions(step.deeds)),
    }


def _prose(number: int, step: _Step) -> str:
    parts = [f"## Step {number}", "Say what this step is about, in two or three short sentences."]
    for deed in step.deeds:
        if deed.fault is not None:
            kind, what = next(iter(deed.fault.items()))
            label = f"{kind.capitalize()} {what}" if isinstance(what, str) else kind.capitalize()
            body = yaml.safe_dump(deed.fault, default_flow_style=None, sort_keys=False).rstrip("\n")
            parts.append(f"```action {label}\n{body}\n```")
        else:
            fence = "````" if "```" in deed.line else "```"
            parts.append(f"{fence}sh {deed.machine}\n{_filled(deed)}\n{fence}")
    return "\n\n".join(parts)
