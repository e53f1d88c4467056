"""Ids and names that the engine makes up, and signals by name.

Source: moby ``pkg/stringid``, ``pkg/namesgenerator`` (the idea, not its words); moby/sys/signal.
"""

import re
from random import Random

from playground.engine.errors import BadParameter

_LEFT = [
    "amber",
    "brave",
    "breezy",
    "bright",
    "busy",
    "calm",
    "careful",
    "cheerful",
    "clever",
    "cosy",
    "curious",
    "daring",
    "dreamy",
    "eager",
    "early",
    "fair",
    "famous",
    "fearless",
    "fluffy",
    "gentle",
    "gifted",
    "glad",
    "golden",
    "happy",
    "hardy",
    "honest",
    "humble",
    "jolly",
    "keen",
    "kind",
    "lively",
    "loyal",
    "lucky",
    "mellow",
    "merry",
    "mighty",
    "modest",
    "neat",
    "nimble",
    "noble",
    "patient",
    "peaceful",
    "plucky",
    "polite",
    "proud",
    "quick",
    "quiet",
    "ready",
    "rosy",
    "serene",
    "shiny",
    "silent",
    "smart",
    "snug",
    "sober",
    "steady",
    "sturdy",
    "sunny",
    "swift",
    "tender",
    "thrifty",
    "tidy",
    "tranquil",
    "trusty",
    "vivid",
    "warm",
    "wise",
    "witty",
    "zealous",
    "zesty",
]
_RIGHT = [
    "agnesi",
    "allen",
    "archimedes",
    "babbage",
    "bardeen",
    "bell",
    "bohr",
    "boole",
    "borg",
    "bose",
    "burnell",
    "cannon",
    "carson",
    "cerf",
    "chandra",
    "clarke",
    "colden",
    "curie",
    "darwin",
    "diffie",
    "dijkstra",
    "easley",
    "einstein",
    "elion",
    "euclid",
    "euler",
    "faraday",
    "fermat",
    "feynman",
    "franklin",
    "galileo",
    "gauss",
    "goldberg",
    "goodall",
    "hamilton",
    "hawking",
    "heisenberg",
    "hertz",
    "hodgkin",
    "hopper",
    "hypatia",
    "jang",
    "johnson",
    "joliot",
    "kalam",
    "kare",
    "keldysh",
    "kepler",
    "khorana",
    "kilby",
    "knuth",
    "lamarr",
    "lamport",
    "leakey",
    "liskov",
    "lovelace",
    "maxwell",
    "mayer",
    "meitner",
    "mendel",
    "mirzakhani",
    "moser",
    "newton",
    "nightingale",
    "nobel",
    "noether",
    "panini",
    "pasteur",
    "payne",
    "perlman",
    "pike",
    "raman",
    "ride",
    "ritchie",
    "rosalind",
    "rubin",
    "sammet",
    "shannon",
    "shaw",
    "sinoussi",
    "stallman",
    "tesla",
    "thompson",
    "torvalds",
    "turing",
    "volhard",
    "wescoff",
    "wiles",
    "wilson",
    "wing",
    "wright",
    "yalow",
]

SIGNALS = {
    "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10,
    "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18, "STOP": 19,
    "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28,
    "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "CLD": 17, "IOT": 6,
}  # fmt: skip
KILL = 9
TERM = 15
_LAST_SIGNAL = 64


def new_hex_id(random: Random) -> str:
    """64 hex digits, of which the first twelve are not all decimal ones (they could be taken for a number)."""
    while True:
        text = f"{random.getrandbits(256):064x}"
        if not text[:12].isdigit():
            return text


def new_name(random: Random, retry: int) -> str:
    """Two words; from the second try on with a digit behind."""
    name = f"{random.choice(_LEFT)}_{random.choice(_RIGHT)}"
    return f"{name}{random.randint(0, 9)}" if retry else name


def mac_of(address: str) -> str:
    """The address that a container on a bridge gets: made of its IPv4 address."""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.partition("/")[0].split("."))


def check_signal(text: str) -> int:
    """``SIGTERM``, ``term``, ``15`` or any other number than 0; the number.

    Source: moby ``sys/signal``, ``ParseSignal``.

    Raises:
        BadParameter: it is none of them.
    """
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        number = int(text)
        if number == 0:
            raise BadParameter(f"invalid signal: {text}")
        return number
    found = SIGNALS.get(text.upper().removeprefix("SIG"))
    if found is None:
        raise BadParameter(f"invalid signal: {text}")
    return found


def signal_number(text: str) -> int:
    """The number of a signal that a process can get.

    Raises:
        BadParameter: there is no such signal.
    """
    number = check_signal(text)
    if not 0 < number <= _LAST_SIGNAL:
        raise BadParameter(f"the linux daemon does not support signal {number}")
    return number
