"""A scripted lab: views and deltas in the shape of docs/socket-messages.md, without a cluster behind them.

For looking at the page in every form, and for measuring it.
"""

import copy
from collections.abc import Callable
from typing import Any

SECOND = 1_000_000
Json = dict[str, Any]


def empty_view() -> Json:
    return {
        "n": 0,
        "now": 0,
        "clock": {"speed": 1, "paused": False},
        "nodes": {},
        "raft": {},
        "services": {},
        "tasks": {},
        "networks": {},
        "links": {},
        "partition": None,
        "quorum": {"managers": 0, "reachable": 0, "needed": 0, "spare": 0, "has": False, "leader": "", "term": 0},
        "timeline": [],
        "lesson": None,
    }


class Script:
    """Builds a view step by step and keeps every step as a delta with its time."""

    def __init__(self) -> None:
        self.view = empty_view()
        self.deltas: list[Json] = []
        self._next_task = 0

    def at(self, seconds: float, **change: Any) -> None:
        """One delta at a time of the lab: ``nodes={name: {field: value}}`` merges; ``put``, ``messages``, ``say``."""
        now = int(seconds * SECOND)
        delta: Json = {"n": self.view["n"] + 1, "now": now, "set": {}, "gone": change.pop("gone", {}), "put": {}}
        delta["messages"] = [
            {"from": a, "to": b, "kind": kind, "word": word} for a, b, kind, word in change.pop("messages", [])
        ]
        said = change.pop("say", None)
        if said:
            kind, text = said
            delta["append"] = {"timeline": [{"at": now, "kind": kind, "text": text}]}
            self.view["timeline"].append(delta["append"]["timeline"][0])
        for field, value in change.pop("put", {}).items():
            self.view[field] = value
            delta["put"][field] = copy.deepcopy(value)
        for part, entities in change.items():
            for key, fields in entities.items():
                whole = {**self.view[part].get(key, {}), **fields}
                if part == "tasks":
                    whole.setdefault("since", now)
                    if fields.keys() & {"state"}:
                        whole["since"] = now
                self.view[part][key] = whole
                delta["set"].setdefault(part, {})[key] = copy.deepcopy(whole)
        for part, keys in delta["gone"].items():
            for key in keys:
                self.view[part].pop(key, None)
        self.view["n"] += 1
        self.view["now"] = now
        self.deltas.append(delta)

    def quorum(self) -> Json:
        managers = [name for name, node in self.view["nodes"].items() if node["role"] == "manager"]
        leader = next((n for n in managers if self.view["raft"].get(n, {}).get("role") == "leader"), "")
        reachable = [n for n in managers if self.view["nodes"][n]["reachability"] == "reachable"]
        needed = len(managers) // 2 + 1
        has = bool(leader) and len(reachable) >= needed
        return {
            "managers": len(managers),
            "reachable": len(reachable),
            "needed": needed,
            "spare": len(reachable) - needed,
            "has": has,
            "leader": leader,
            "term": max([self.view["raft"][n]["term"] for n in managers if n in self.view["raft"]], default=0),
        }


def machine(name: str, index: int, **fields: Any) -> Json:
    return {
        "name": name,
        "ip": f"10.222.216.{index + 2}",
        "cpus": 2,
        "memory": 4 * 2**30,
        "power": "on",
        "engine": True,
        "swarm": "inactive",
        "error": "",
        "id": "",
        "role": "",
        "availability": "",
        "state": "",
        "reachability": "",
        "leader": False,
        "message": "",
        "labels": {},
        "containers": 0,
        **fields,
    }


def member(role: str) -> Json:
    return {
        "swarm": "active",
        "role": role,
        "availability": "active",
        "state": "ready",
        "reachability": "reachable" if role == "manager" else "",
        "id": "d1nlhrih8a3kmjlef3s22rjrw",
    }


def raft(role: str, term: int, leader: str, members: list[str], **fields: Any) -> Json:
    log = {"commit": 41, "last": 41, "applied": 41}
    return {
        "role": role,
        "term": term,
        "leader": leader,
        "votes": [],
        "voted": leader,
        **log,
        "members": members,
        "quorum": True,
        **fields,
    }


def service(key: str, name: str, wanted: int, running: int, image: str, port: int = 0) -> Json:
    ports = [{"published": port, "target": port, "protocol": "tcp", "mode": "ingress"}] if port else []
    return {
        "id": key,
        "name": name,
        "image": image,
        "mode": "replicated",
        "wanted": wanted,
        "running": running,
        "ports": ports,
        "update": None,
    }


def task(key: str, of: str, name: str, slot: int, node: str, state: str, **fields: Any) -> Json:
    return {
        "id": key,
        "service": of,
        "name": f"{name}.{slot}",
        "slot": slot,
        "node": node,
        "state": state,
        "desired": "running",
        "error": "",
        "message": state,
        "image": "joeyratt/webpage:latest",
        **fields,
    }


def chapter() -> Script:
    """Three machines become a swarm, a service starts, the network splits and heals."""
    script = Script()
    names = ["manager1", "manager2", "manager3", "worker1", "worker2"]
    managers = names[:3]
    for index, name in enumerate(names):
        booting = {name: machine(name, index, power="booting", engine=False)}
        script.at(0.4 + index * 0.5, nodes=booting, say=("node", f"{name} is launched"))
    for index, name in enumerate(names):
        script.at(3 + index * 0.3, nodes={name: machine(name, index)})
    script.at(
        5,
        nodes={"manager1": {**member("manager"), "leader": True}},
        raft={"manager1": raft("leader", 2, "manager1", ["manager1"])},
        say=("command", "manager1: docker swarm init"),
    )
    script.at(5.1, put={"quorum": script.quorum()}, say=("election", "manager1 elected, term 2"))
    for step, name in enumerate(names[1:]):
        at = 6.5 + step * 1.3
        role = "manager" if name in managers else "worker"
        script.at(
            at,
            nodes={name: {"swarm": "pending"}},
            messages=[(name, "manager1", "join", "join")],
            say=("command", f"{name}: docker swarm join"),
        )
        joined = [*managers[:1], *[n for n in names[1 : step + 2] if n in managers]]
        rafts = {n: raft("leader" if n == "manager1" else "follower", 2, "manager1", joined) for n in joined}
        script.at(at + 0.7, nodes={name: member(role)}, raft=rafts, say=("node", f"{name} joined as a {role}"))
        script.at(at + 0.75, put={"quorum": script.quorum()})
    script.at(
        13,
        services={"web": service("web", "web", 6, 0, "joeyratt/webpage:latest", 5000)},
        messages=[("manager1", "manager2", "append", "append 41"), ("manager1", "manager3", "append", "append 41")],
        say=("command", "manager1: docker service create --replicas 6 web"),
    )
    home = ["manager1", "manager2", "manager3", "worker1", "worker2", "worker1"]
    for slot in range(1, len(home) + 1):
        script.at(13.2 + slot * 0.05, tasks={f"t{slot}": task(f"t{slot}", "web", "web", slot, "", "pending")})
    for slot, node in enumerate(home, 1):
        script.at(
            13.9 + slot * 0.08,
            tasks={f"t{slot}": {"node": node, "state": "preparing"}},
            messages=[("manager1", node, "assign", f"web.{slot}")] if node != "manager1" else [],
        )
    for slot in range(1, 7):
        script.at(
            15.4 + slot * 0.3,
            tasks={f"t{slot}": {"state": "running"}},
            services={"web": {"running": slot}},
        )
    heartbeats(script, [18, 19], "manager1", names)
    groups = [["manager1"], ["manager2", "manager3", "worker1", "worker2"]]
    script.at(20, put={"partition": {"groups": groups, "since": 20 * SECOND}}, say=("fault", "The network is cut"))
    heartbeats(script, [20.6], "manager1", names)
    script.at(
        22.4,
        raft={
            "manager2": raft("candidate", 3, "", managers, votes=["manager2"], voted="manager2"),
            "manager1": raft("follower", 2, "", managers, quorum=False),
        },
        messages=[("manager2", "manager3", "vote", "vote?"), ("manager2", "manager1", "vote", "vote?")],
        say=("election", "manager2 asks for votes, term 3"),
    )
    script.at(22.5, put={"quorum": {**script.quorum(), "has": False, "reachable": 2}})
    script.at(23.1, messages=[("manager3", "manager2", "vote", "vote")])
    script.at(
        23.6,
        raft={
            "manager2": raft("leader", 3, "manager2", managers),
            "manager3": raft("follower", 3, "manager2", managers),
        },
        nodes={"manager1": {"leader": False, "reachability": "unreachable"}, "manager2": {"leader": True}},
        say=("election", "manager2 elected, term 3"),
    )
    script.at(23.7, put={"quorum": script.quorum()})
    heartbeats(script, [24.5, 25.5, 26.5], "manager2", names)
    script.at(
        27.5,
        nodes={"manager1": {"state": "down", "message": "heartbeat failure"}},
        tasks={"t1": {"desired": "shutdown"}, "t7": task("t7", "web", "web", 1, "manager3", "preparing")},
        services={"web": {"running": 5}},
        messages=[("manager2", "manager3", "assign", "web.1")],
        say=("node", "manager1 is down; web.1 is replaced on manager3"),
    )
    script.at(29, tasks={"t7": {"state": "running"}}, services={"web": {"running": 6}})
    heartbeats(script, [29.8, 30.8], "manager2", names)
    script.at(33, put={"partition": None}, say=("fault", "The network is whole again"))
    script.at(
        33.8,
        raft={"manager1": raft("follower", 3, "manager2", managers)},
        nodes={"manager1": {"state": "ready", "reachability": "reachable", "message": ""}},
        messages=[("manager2", "manager1", "append", "append 57")],
        say=("election", "manager1 follows manager2, term 3"),
    )
    script.at(33.9, put={"quorum": script.quorum()})
    script.at(34.6, tasks={"t1": {"state": "shutdown"}})
    script.at(36.5, gone={"tasks": ["t1"]})
    heartbeats(script, [37, 38, 39], "manager2", names)
    return script


def heartbeats(script: Script, times: list[float], leader: str, names: list[str]) -> None:
    for at in times:
        others = [name for name in names if name != leader]
        script.at(at, messages=[(leader, name, "heartbeat", "heartbeat") for name in others])


def lesson_progress() -> Json:
    titles = ["Two sides", "Cut the network", "The old leader, alone", "The majority goes on", "Heal"]
    checks = [
        {"text": "A new leader on the majority side", "met": True, "saw": "manager2, term 3"},
        {"text": "manager1 refused the change", "met": True, "saw": "no leader"},
        {"text": "Scale web to 6 from the majority side", "met": False, "saw": "manager2 has not been asked yet."},
    ]
    steps = [
        {"id": f"s{i}", "title": title, "done": i < 2, "checks": checks if i == 2 else []}
        for i, title in enumerate(titles)
    ]
    return {"slug": "05-partition", "step": 2, "done": False, "steps": steps}


def moment(until: float) -> Script:
    """The chapter, stopped at a moment."""
    script = chapter()
    stopped = Script()
    stopped.view = play(script, lambda delta: delta["now"] <= until * SECOND)
    return stopped


def play(script: Script, wanted: Callable[[Json], bool]) -> Json:
    view = empty_view()
    for delta in script.deltas:
        if not wanted(delta):
            break
        view["n"], view["now"] = delta["n"], delta["now"]
        for part, entities in delta["set"].items():
            view[part].update(copy.deepcopy(entities))
        for part, keys in delta["gone"].items():
            for key in keys:
                view[part].pop(key, None)
        view.update(copy.deepcopy(delta["put"]))
        view["timeline"].extend(delta.get("append", {}).get("timeline", []))
    return view


def split() -> Script:
    """The moment of the lesson on partitions; every form of node beside it."""
    script = moment(26)
    view = script.view
    view["lesson"] = lesson_progress()
    view["tasks"]["t5"]["state"] = "preparing"
    view["services"]["web"]["running"] = 5
    return script


def forms() -> Script:
    """A node and a task in each form."""
    script = moment(19)
    view = script.view
    view["nodes"]["manager2"]["availability"] = "drain"
    view["nodes"]["manager3"].update(swarm="locked")
    view["nodes"]["worker1"].update(state="down", message="heartbeat failure")
    view["nodes"]["worker2"]["availability"] = "pause"
    for index, (name, fields) in enumerate(
        [
            ("worker3", {"power": "off", **member("worker")}),
            ("worker4", {"power": "booting", "engine": False}),
            ("worker5", {"containers": 2}),
            ("worker6", {**member("worker"), "state": "unknown"}),
        ]
    ):
        view["nodes"][name] = machine(name, 8 + index, **fields)
    for slot, state in enumerate(["pending", "assigned", "running", "failed", "complete", "shutdown"], 1):
        node = "" if state == "pending" else "manager1"
        view["tasks"][f"f{slot}"] = {**task(f"f{slot}", "db", "db", slot, node, state), "since": view["now"]}
    view["services"]["db"] = service("db", "db", 4, 1, "redis:7", 0)
    view["links"]["manager1|manager2"] = {
        "a": "manager1",
        "b": "manager2",
        "cut": False,
        "extra_ms": 40,
        "loss": 0,
        "since": 1,
    }
    view["links"]["manager1|worker2"] = {
        "a": "manager1",
        "b": "worker2",
        "cut": False,
        "extra_ms": 0,
        "loss": 0.2,
        "since": 1,
    }
    view["links"]["manager1|worker6"] = {
        "a": "manager1",
        "b": "worker6",
        "cut": True,
        "extra_ms": 0,
        "loss": 0,
        "since": 1,
    }
    return script


def big(workers: int = 45, tasks: int = 1000) -> Script:
    script = Script()
    view = script.view
    managers = [f"manager{i}" for i in range(1, 6)]
    for i, name in enumerate([*managers, *[f"worker{i}" for i in range(1, workers + 1)]]):
        view["nodes"][name] = machine(name, i, **member("manager" if name in managers else "worker"))
    for name in managers:
        view["raft"][name] = raft("leader" if name == "manager1" else "follower", 2, "manager1", managers)
    view["quorum"] = script.quorum()
    names = list(view["nodes"])
    for index in range(3):
        view["services"][f"s{index}"] = service(
            f"s{index}", ["web", "api", "cache"][index], tasks // 3, tasks // 3, "a"
        )
    for index in range(tasks):
        key = f"t{index}"
        of = index % 3
        node = names[index % len(names)]
        view["tasks"][key] = {
            **task(key, f"s{of}", ["web", "api", "cache"][of], index // 3 + 1, node, "running"),
            "since": 0,
        }
    view["now"] = 60 * SECOND
    return script


def rollout() -> Script:
    """Fifty nodes and a thousand tasks; a rolling update replaces two tasks thirty times a second."""
    script = big()
    names = list(script.view["nodes"])
    script.deltas = []
    for step in range(300):
        old = [f"t{index % 1000}" for index in range(step * 2, step * 2 + 2)]
        changed: Json = {}
        for key in old:
            was = script.view["tasks"][key]
            changed[key] = {"state": "shutdown", "desired": "shutdown"}
            changed[f"{key}-{step}"] = {**was, "id": f"{key}-{step}", "node": names[(step * 7) % len(names)]}
        beats = [("manager1", name, "heartbeat", "heartbeat") for name in names[1:20]]
        gone = {"tasks": [f"t{(step * 2 - 80 + i) % 1000}" for i in range(2)]} if step >= 40 else {}
        touched = {names[(step * 7) % len(names)]: {"containers": 20 + step % 5}}
        script.at(60 + step / 30, tasks=changed, nodes=touched, messages=beats, gone=gone)
    return script
