"""Observes a cluster through the Docker Engine API alone, whoever asks the engines and however.

It is told answers as they come (``heard_*``) and gives the same changes as the emulation's own observer
(``playground.backends.observer``), less what no API shows (``api_view.UNSEEN``).
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from playground.backends.api_view import Answers, MachineFacts, build, choose_source
from playground.backends.differ import Differ
from playground.backends.timeline import Timeline
from playground.sim import Kernel

Json = dict[str, Any]
LISTS = ("nodes", "services", "tasks", "networks", "secrets", "configs", "swarm")


class NoTraffic:
    """Nobody hears what real managers say to each other."""

    def listen(self, on: bool) -> None:
        """There is nothing to listen to."""

    def take(self) -> list[dict[str, str]]:
        """No messages."""
        return []


class OurFaults(Protocol):
    """What was broken on purpose: no engine has to be asked for it."""

    def connected(self, a: str, b: str) -> bool:
        """Whether two machines can hear each other, as far as we know."""

    def links(self) -> dict[str, Json]:
        """Disturbed links, in the view's form."""

    def lasting(self) -> dict[str, Json]:
        """What is broken now, in the view's form."""


class ApiObserver:
    """Collects changes. ``machines`` gives the machines there are; ``partition`` and ``faults`` what we broke."""

    def __init__(
        self,
        kernel: Kernel,
        wall_us: int,
        machines: Callable[[], Iterable[MachineFacts]],
        partition: Callable[[], Json | None],
        faults: OurFaults,
    ) -> None:
        self.timeline = Timeline(kernel)
        self.traffic = NoTraffic()
        self.source = ""
        """The manager whose lists are shown, "" for none."""
        self.answers: dict[str, Answers] = {}
        self._wall_us = wall_us
        self._machines = machines
        self._faults = faults
        self._partition = partition
        self._shown: Answers | None = None  # A new source's lists come one by one: the old ones stand until then.
        self._differ = Differ(self.timeline, ("nodes", "services", "tasks", "networks", "links", "faults", "raft"))

    # What is told

    def heard_info(self, name: str, info: Json | None) -> None:
        """An engine said what it is; None: it did not answer."""
        given = self._of(name)
        given.answering = info is not None
        if info is not None:
            given.info = info
            if not given.member.get("ControlAvailable"):
                self._silent(given)
        else:
            given.fresh = False

    def heard_list(self, name: str, what: str, value: Any) -> None:
        """A manager gave one of ``LISTS``."""
        given = self._of(name)
        setattr(given, what, value)
        if what == "nodes":
            given.fresh = True
            given.complaint = ""
            self.source = choose_source(self.answers, self.source)

    def heard_unlock_key(self, name: str, key: str) -> None:
        self._of(name).unlock_key = key

    def heard_refusal(self, name: str, complaint: str) -> None:
        """A manager could not answer for the swarm, or did not in time."""
        given = self._of(name)
        given.fresh = False
        given.complaint = complaint
        self.source = choose_source(self.answers, self.source)

    def forget(self, name: str) -> None:
        """The machine is gone for good."""
        self.answers.pop(name, None)

    def _silent(self, given: Answers) -> None:
        """It is no manager (any more), or cannot tell: what it once listed is not to be believed later."""
        given.fresh = False
        if given.member.get("LocalNodeState") in ("inactive", "active"):
            given.nodes = given.services = given.tasks = given.networks = None
            given.secrets = given.configs = given.swarm = None
            given.unlock_key = ""

    def _of(self, name: str) -> Answers:
        return self.answers.setdefault(name, Answers())

    # What is asked

    def swarm_facts(self) -> Answers | None:
        """The answers of the manager that is believed."""
        self.source = choose_source(self.answers, self.source)
        return self.answers.get(self.source)

    def known(self, part: str) -> dict[str, Json]:
        """A part of the last view; not to be changed."""
        return self._differ.known(part)

    def tasks(self) -> dict[str, Json]:
        """The tasks of the last view."""
        return self.known("tasks")

    def changes(self) -> Json:
        """What became different since the last call (the fields of ``playground.labs.view_log.Changes``)."""
        self.source = choose_source(self.answers, self.source)
        given = self.answers.get(self.source)
        if given is None:
            self._shown = None
        elif given.whole:
            self._shown = given
        last = self._differ.field("quorum")
        view = build(
            self._machines(), self.answers, self.source, self._shown, last, self._faults.connected, self._wall_us
        )
        for part in ("nodes", "services", "tasks", "networks"):
            self._differ.part(part, getattr(view, part))
        self._differ.part("links", self._faults.links())
        self._differ.part("faults", self._faults.lasting())
        self._differ.put("quorum", view.quorum)
        self._differ.put("swarm", view.swarm)
        self._differ.put("secrets", view.secrets)
        self._differ.put("configs", view.configs)
        self._differ.put("partition", self._partition())
        return {**self._differ.take(), "timeline": self.timeline.take()}
