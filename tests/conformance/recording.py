"""Recordings of real engines: reading them, and comparing an answer with a recorded one.

A recording (``tests/recordings/*.jsonl``) is what real Docker Engines answered to a scenario, one JSON object
a line: first ``{"nodes": {name: address}}``, then commands (``node``, ``cmd``, ``tty``, ``out``, ``err``, ``rc``; with
``until`` where the command was repeated until its output matched) and things done to network or machines (``do``).
Every scenario was recorded twice: where the two differ, the answer is a matter of timing and is not compared.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[1] / "recordings"

CHANGES_BETWEEN_RUNS = (
    "CreatedAt",
    "UpdatedAt",
    "Index",
    "ID",
    "NodeID",
    "ServiceID",
    "Created",
    "Addr",
    "TrustRoot",
    "CertIssuerSubject",
    "CertIssuerPublicKey",
    "Digest",
    "EngineVersion",
    "Plugins",
    "NanoCPUs",
    "MemoryBytes",
    "SecretID",
    "ConfigID",
    "TLSInfo",
    "VirtualIPs",
    "Timestamp",
    "StartedAt",
    "CompletedAt",
    "Subnet",
    "Gateway",
    "NetworkID",
    "IPAddress",
    "Options",
    "Containers",
    "Peers",
    "RootCADigest",
)
"""Fields of ``inspect`` whose values no two runs share."""

SIZE = r"\b\d+(?:\.\d+)?(?:B|kB|MB|GB)\b"
DURATION = (
    r"(?i)\b(?:less than a second|about an? \w+|an? (?:second|minute|hour)|\d+ (?:second|minute|hour)s?)\b(?: ago)?"
)
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"SWMTKN-1-\w+-\w+", "<token>"),
    (r"SWMKEY-1-[A-Za-z0-9+/=]+", "<key>"),
    (r"(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", "<certificate>"),
    (r"Issuer Public Key:\s*\S+", "Issuer Public Key: <key>"),
    (r"sha256:[0-9a-f]{64}|\b[0-9a-f]{64}\b", "<digest>"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?[+-]\d{4} UTC|Z| UTC)?", "<time>"),
    (r"\b[a-z0-9]{25}\b", "<id>"),
    (r"\b(?=[a-z0-9]*\d)[a-z0-9]{12}\b|(?m:^[a-z0-9]{12}(?=\s{2}))", "<id12>"),
    (DURATION, "<duration>"),
    (r"\d+\.\d+\.\d+\+dfsg1|\b2\d\.\d+\.\d+\b", "<version>"),
)
PROGRESS = re.compile(
    r"overall progress|\d+/\d+: |verify: Waiting|\S+: (?:pending|assigned|preparing|starting|running|new|ready)"
)
NO_REGISTRY = re.compile(
    r"image \S+ could not be accessed on a registry|its digest\. Each node|possibly leading|versions of the image"
)
LEFT_OUT = re.compile(r"\bcurl\b|(?:exec|run) .*\bwget\b")
"""The recorded machine's kernel had no IPVS, so its mesh did not answer."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two recordings of one run of commands."""

    name: str
    addresses: dict[str, str]
    steps: list[dict[str, Any]]
    again: list[dict[str, Any]]
    addresses_again: dict[str, str]


def read(name: str) -> Scenario:
    """Read both recordings of a scenario."""
    first, second = (
        [json.loads(line) for line in (RECORDINGS / f"{name}{suffix}.jsonl").read_text().splitlines()]
        for suffix in ("", ".2")
    )
    return Scenario(name, first[0]["nodes"], first[1:], second[1:], second[0]["nodes"])


def compared(step: dict[str, Any], again: dict[str, Any], scenario: Scenario) -> bool:
    """True where both real runs answered the same, and the answer means something here."""
    if LEFT_OUT.search(step["cmd"]) or ("logs" in step["cmd"] and not step["out"] + step["err"]):
        return False
    return answer(step, scenario.addresses) == answer(again, scenario.addresses_again)


def answer(step: dict[str, Any], addresses: dict[str, str]) -> tuple[int, list[list[str]]]:
    """Exit code and lines of an answer, without what differs between any two runs."""
    streams = [step["out"] + step["err"]] if step["tty"] else [step["out"], step["err"]]
    return step["rc"], [lines(text, step["cmd"], addresses) for text in streams]


def lines(text: str, command: str, addresses: dict[str, str]) -> list[str]:
    """The lines of one stream in a form that two runs share; sorted where order is chance."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text)
    for name, address in addresses.items():
        text = re.sub(rf"\b{re.escape(address)}\b", f"<{name}>", text)
    if re.search(r"\binspect\b", command) and text.lstrip().startswith(("[", "{")):
        text = _inspected(text)
    for pattern, word in PATTERNS:
        text = re.sub(pattern, word, text)
    if re.search(r"\bdocker (images|image ls|system df)", command):
        text = re.sub(SIZE + r"(?: \(\d+%\))?", "<size>", text)
    text = re.sub(r"\b10\.\d+\.\d+\.\d+(?:/\d+)?", "<address>", text)
    found = [" ".join(line.split()) for line in text.split("\n")]
    found = [line for line in found if line and not PROGRESS.match(line) and not NO_REGISTRY.match(line)]
    if re.search(r"\b(service|stack|node) ps\b", command):
        found = [_task_line(line) for line in found]
    if re.search(r"\bdocker ps\b", command):
        found = sorted(
            {re.sub(r'"[^"]*"', "<command>", re.sub(r"\.\d+\.<id>", ".<slot>.<id>", line)) for line in found}
        )
    elif re.search(r"\bdocker (?:\w+ (?:ps|ls|rm)|stack \w+)\b|uniq -c", command):
        found.sort()
    return found


def _task_line(line: str) -> str:
    """Which of equal nodes a task landed on, and in which slot, is chance."""
    line = re.sub(r"\b(?:manager|worker)\d\b", "<node>", line)
    return re.sub(r"^(?:<id\d*> ?)?(\\_ )?([\w-]+)\.\d+\b", r"\1\2.<slot>", line)


def _inspected(text: str) -> str:
    body, closing, rest = text.partition("\n]\n")
    try:
        return json.dumps(_stable(json.loads(body + closing)), indent=1) + rest
    except ValueError:
        return text


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stable(inner) for key, inner in sorted(value.items()) if key not in CHANGES_BETWEEN_RUNS}
    return [_stable(inner) for inner in value] if isinstance(value, list) else value


def difference(name: str, step: dict[str, Any], want: Any, have: Any) -> str:
    """What a reader needs to see of an answer that is not the real one."""
    shown: Iterable[str] = (
        f"  - {line}\n" if line not in have_lines else f"  + {line}\n"
        for want_lines, have_lines in zip(want[1], have[1], strict=True)
        for line in [*want_lines, *have_lines]
        if (line in want_lines) != (line in have_lines)
    )
    codes = "" if want[0] == have[0] else f"  exit {have[0]}, the real one {want[0]}\n"
    return f"{name}: {step['node']}$ {step['cmd'][:160]}\n{codes}{''.join(shown)}"
