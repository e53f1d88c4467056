"""Schemathesis against an emulated engine: ``make schemathesis SPEC=swagger.yaml``, with moby's ``api/swagger.yaml``.

The definition belongs to moby and is not part of this project; whoever wants to run this brings it. What is looked for
is an answer 500 that a real engine would not give: those that it gives, too, are known by their sentences.
"""

import argparse
import base64
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

from tests.clients.test_malformed_requests import SERVER_ERRORS
from tests.conformance.test_requests import START
from tests.web.serving import serving

FOLDER = Path(__file__).parents[2] / ".stamps" / "schemathesis"
VERSION = "4.32.5"
LEFT_OUT = (
    r"^/(events|containers/\{id\}/(wait|attach|attach/ws|stats|export)|build|session|swarm/(leave|init|join|unlock)"
    r"|images/(get|load|create|search)|images/\{name\}/(get|push)|plugins.*|distribution.*|commit)"
)
"""What goes on without end, ends the swarm, or is not emulated."""
MEANT = (501, 503)
"""Statuses above 499 that are answers: not emulated, not now."""


def program() -> Path:
    """Schemathesis in an environment of its own, which is made when it is not there."""
    found = FOLDER / "bin" / "schemathesis"
    if not found.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([FOLDER / "bin" / "pip", "install", "-q", f"schemathesis=={VERSION}"], check=True)
    return found


def prepare(base: str) -> None:
    """Bring the engine into a state with one thing of each kind."""
    for path, body in START:
        data = json.dumps(body).encode() if body else b""
        request = urllib.request.Request(
            base + path, data=data, method="POST", headers={"Content-Type": "application/json"} if body else {}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()


def answers(report: Path) -> Iterator[tuple[int, str, str]]:
    """Status, request and sentence of every answer in a report."""
    for line in report.read_text().splitlines():
        finished = json.loads(line).get("ScenarioFinished")
        for interaction in ((finished or {}).get("recorder", {}).get("interactions") or {}).values():
            answer, request = interaction.get("response"), interaction["request"]
            if answer is None:
                continue
            text = base64.b64decode((answer.get("content") or {}).get("$base64", "")).decode(errors="replace")
            try:
                sentence = str(json.loads(text)["message"])
            except (ValueError, KeyError, TypeError):
                sentence = text
            yield answer["status_code"], f"{request['method']} {request['uri']}", sentence


def is_fault(status: int, sentence: str) -> bool:
    """Whether no real engine would answer so."""
    return status >= 500 and status not in MEANT and not any(re.search(each, sentence) for each in SERVER_ERRORS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("definition", type=Path)
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--examples", default="20")
    given = parser.parse_args()
    with serving("eventlet") as served, tempfile.TemporaryDirectory() as folder:
        lab = served.lab("manager1", clock=10, images=["alpine:latest"])
        base = lab.engine("manager1").replace("tcp://", "http://") + "/v1.49"
        prepare(base)
        report = Path(folder) / "report.ndjson"
        subprocess.run(
            [
                program(), "run", given.definition.resolve(), "--url", base, "--phases", given.phases,
                "--max-examples", given.examples, "--checks", "not_a_server_error", "--continue-on-failure",
                "--request-timeout", "20", "--exclude-path-regex", LEFT_OUT, "--seed", "1", "--no-color",
                "--report", "ndjson", "--report-ndjson-path", report,
            ],
            check=False, stdout=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        heard = list(answers(report))
    found = sorted({each for each in heard if is_fault(each[0], each[2])})
    for status, request, sentence in found:
        sys.stdout.write(f"{status} {request}\n    {sentence}\n")
    sys.stdout.write(f"{len(found)} of {len(heard)} answers are such as a real engine would not give\n")
    return 1 if found or not heard else 0


if __name__ == "__main__":
    sys.exit(main())
