"""xAPI statements about progress in lessons, sent to a learning record store that the operator names.

Sending never holds a lab up: statements wait in a bounded queue, one background task sends them, tries again when the
store does not answer, and gives a statement up after ``TRIES``.
"""

import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from playground.labs.lab import Lab
from playground.lessons.model import Lesson

log = logging.getLogger(__name__)

QUEUE = 1000
TRIES = 5
FIRST_PAUSE_S = 1.0
IDLE_S = 0.2
TIMEOUT_S = 5.0
AT_ONCE = 50
REMEMBERED = 10_000
"""Of so many labs it is known what was stated about them, so that it is not stated twice."""
VERSION = "1.0.3"
VERBS = {
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "progressed": "http://adlnet.gov/expapi/verbs/progressed",
}
PLAYED = "https://swarm-playground.invalid/xapi/solution-played"
"""An extension of a result: the solution of the step was played for the learner."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordStore:
    """Where statements go. ``site`` is this playground's own address, which names learners and lessons."""

    endpoint: str
    site: str
    user: str = ""
    password: str = field(default="", repr=False)


class Statements:
    """A queue of statements and the task that empties it."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._queue: deque[Json] = deque()
        self._guard = threading.Lock()
        self._told: dict[str, dict[str, bool]] = {}
        self.lost = 0
        """How many were given up, or had no room."""

    def __len__(self) -> int:
        return len(self._queue)

    def progressed(self, lab: Lab, before: Json, after: Json) -> None:
        """A lab's learner has come further in their lesson."""
        if lab.lesson is None:
            return
        lesson = lab.lesson.lesson
        told = self._told_of(lab.id)
        was_done, played = before.get("done", []), after.get("played", [])
        for step in was_done:
            told.setdefault(step, step in before.get("played", []))
        done = [step for step in after.get("done", []) if step not in was_done]
        for step in done:
            if _is_news(told, step, step in played):
                self._add(self._statement(lab, lesson, step, played=step in played))
        if done and after.get("step") == "" and _is_news(told, "", False):
            self._add(self._statement(lab, lesson, ""))

    def _told_of(self, lab_id: str) -> dict[str, bool]:
        """What was stated of a lab: whether each step's solution was played. The labs heard of last are remembered."""
        told = self._told[lab_id] = self._told.pop(lab_id, {})
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        return told

    def _statement(self, lab: Lab, lesson: Lesson, step: str, *, played: bool = False) -> Json:
        site = self._store.site.rstrip("/")
        verb = "progressed" if step else "completed"
        ids = [each.id for each in lesson.outline.steps]
        title = lesson.prose["en"][ids.index(step)].title if step in ids else lesson.outline.title
        activity = f"{site}/lessons/{lesson.slug}"
        return {
            "id": str(uuid.uuid4()),
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "actor": {"objectType": "Agent", "account": {"homePage": site, "name": lab.header.learner or lab.id}},
            "verb": {"id": VERBS[verb], "display": {"en": verb}},
            "object": {
                "objectType": "Activity",
                "id": f"{activity}#{step}" if step else activity,
                "definition": {"name": {"en": title}},
            },
            "result": {"completion": True, **({"extensions": {PLAYED: True}} if played else {})},
            "context": {
                "platform": "Swarm Playground",
                **({"contextActivities": {"parent": [{"id": activity}]}} if step else {}),
            },
        }

    def _add(self, statement: Json) -> None:
        with self._guard:
            if len(self._queue) >= QUEUE:
                self._queue.popleft()
                self.lost += 1
            self._queue.append(statement)

    def send_forever(self, sleep: Callable[[float], object]) -> None:
        """Send what is in the queue, for as long as the program runs."""
        while True:
            self.send(sleep)
            sleep(IDLE_S)

    def send(self, sleep: Callable[[float], object]) -> None:
        """Send what is in the queue now."""
        while self._queue:
            with self._guard:
                some = [self._queue.popleft() for _ in range(min(AT_ONCE, len(self._queue)))]
            self._deliver(some, sleep)

    def _deliver(self, statements: list[Json], sleep: Callable[[float], object]) -> None:
        pause_s = FIRST_PAUSE_S
        for tried in range(1, TRIES + 1):
            reason, again = self._post(statements)
            if not reason:
                return
            if not again or tried == TRIES:
                self.lost += len(statements)
                log.warning("%d statements were given up: %s", len(statements), reason)
                return
            sleep(pause_s)
            pause_s *= 2

    def _post(self, statements: list[Json]) -> tuple[str, bool]:
        """Why it failed (empty when it did not), and whether it is worth another try."""
        try:
            answer = requests.post(
                f"{self._store.endpoint.rstrip('/')}/statements",
                json=statements,
                headers={"X-Experience-API-Version": VERSION},
                auth=(self._store.user, self._store.password) if self._store.user else None,
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return f"{type(error).__name__} at {self._store.endpoint}", True
        if answer.status_code < 300:
            return "", False
        again = answer.status_code >= 500 or answer.status_code == 429
        return f"{self._store.endpoint} answered {answer.status_code}", again


def _is_news(told: dict[str, bool], step: str, played: bool) -> bool:
    """A step that was begun again is stated again only if it was done by hand now, and was not before."""
    news = step not in told or (told[step] and not played)
    if news:
        told[step] = played
    return news
