"""Compares what two engines answered: what may differ between two runs is taken out, nothing else."""

import re
from collections.abc import Mapping

_WORDS = (
    (r"\x1b\[[0-9;?]*[A-Za-z]|\r", ""),
    (r"SWMTKN-1-[0-9a-z]+-[0-9a-z]+", "<TOKEN>"),
    (r"SWMKEY-1-[A-Za-z0-9+/=]+", "<KEY>"),
    (r"sha256:[0-9a-f]{64}", "<DIGEST>"),
    (r"\b[0-9a-f]{64}\b", "<ID>"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d{4} UTC|Z| UTC)?", "<TIME>"),
    (r"\b[a-z0-9]{25}\b", "<ID>"),
    (r"\b(?=[a-z0-9]*\d)[a-z0-9]{12}\b", "<ID>"),
    (r"(?i)\b(less than a second|about an? (minute|hour))( ago)?", "<AGO>"),
    (r"(?i)\b(an?|\d+) (seconds?|minutes?|hours?)( ago)?", "<AGO>"),
    (r"\b2[0-9]\.\d+\.\d+(\+dfsg\d+)?\b", "<VERSION>"),
)
"""Ids, tokens, keys, times and versions: no two runs have the same."""
_UNEQUAL = re.compile(
    r"^(image \S+ could not be accessed|its digest\. Each node|possibly leading to|versions of the image"
    r"|overall progress|\d+/\d+: |verify: Waiting)"
)
"""Lines that depend on a registry or on the pace."""
_SETS = re.compile(r"\bdocker (\w+ )?(ps|ls)\b")


def plain(text: str, addresses: Mapping[str, str], command: str) -> list[str]:
    """The lines of an answer, with names for addresses; where the order is chance, sorted."""
    for name, address in addresses.items():
        text = re.sub(rf"\b{re.escape(address)}\b", f"<{name}>", text)
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    lines = [line for line in lines if line and not _UNEQUAL.match(line)]
    if re.search(r"\b(service|node) ps\b", command):
        lines = [re.sub(r"\b(manager|worker)\d\b", "<NODE>", line) for line in lines]  # Which of equals is chance.
        lines = [re.sub(r"^<ID> ?", "", line) for line in lines]
    return sorted(lines) if _SETS.search(command) else lines
