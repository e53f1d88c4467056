"""How long the server takes for a moment of the past: ``python tests/bench/bench_look.py``.

The hour of ``bench_past.py`` is brought into a server of its own, and 300 moments of it are asked for over the page's
connection: from the message to its answer, on the wall's clock. Past a budget the program ends with 1; on a machine
that has other work, the worst of them says what that work was.
"""

import json
import sys
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import simple_websocket

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.labs.clock import SECOND
from playground.labs.journal_file import to_file
from tests.bench.bench_past import LOOKS, NODES
from tests.browser.serving import playground
from tests.labs.random_lab import RandomLab

MEDIAN_MS, MOST_MS = 30, 50


class Page:
    """The page's connection, as far as it is needed here."""

    def __init__(self, url: str) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._connection = simple_websocket.Client(address)
        self._asked = 0
        self._until("0{")
        self._connection.send("40/lab,")
        self._until("40/lab,")

    def ask(self, name: str, body: Any) -> str:
        """Send a message; returns its answer."""
        self._asked += 1
        self._connection.send(f"42/lab,{self._asked}{json.dumps([name, body])}")
        return self._until(f"43/lab,{self._asked}[")

    def _until(self, begin: str) -> str:
        while True:
            said = self._connection.receive(timeout=60)
            if not isinstance(said, str):
                raise TimeoutError(f"the server sent no {begin!r}")
            if said == "2":
                self._connection.send("3")
            if said.startswith(begin):
                return said


def main() -> int:
    made = RandomLab(5, 0, NODES, managers=5)
    while made.lab.now_us < 3600 * SECOND:
        made.step()
        made.lab.advance(20, lambda _: None)
    record, random, took = made.record, Random(1), []
    with playground() as served:
        journal = to_file(record.header, record.now_us, record.entries)
        lab = served.call("POST", "/api/labs/import", body=journal)
        served.call("POST", f"/api/labs/{lab['id']}/clock", lab["token"], {"paused": True})
        page = Page(served.url)
        page.ask("join", {"lab": lab["id"], "token": lab["token"], "n": None})
        for _ in range(LOOKS):
            began = perf_counter()
            answer = page.ask("look", {"at": random.random() * 3600})
            took.append((perf_counter() - began) * 1000)
            assert '"ok":true' in answer[:60], answer[:200]
    took.sort()
    median, most = took[LOOKS // 2], took[LOOKS * 95 // 100]
    print(f"a moment over the page's connection, the median  {median:10.1f} of {MEDIAN_MS:9.1f} ms")
    print(f"95 of 100 within                                 {most:10.1f} of {MOST_MS:9.1f} ms")
    print(f"the slowest of {LOOKS}                               {took[-1]:10.1f} ms")
    return 1 if median > MEDIAN_MS or most > MOST_MS else 0


if __name__ == "__main__":
    sys.exit(main())
