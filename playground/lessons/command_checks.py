"""Checks on what was typed and what it answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from playground.lessons.check import Check, CheckError, Command, Verdict, View, kind


@kind("answered")
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Check):
    """A command was given on a machine and answered so. Patterns are regular expressions, found anywhere
    (``on`` matches the whole name).

    ``exit`` is the exit code wanted: a number, ``ok`` (0) or ``error`` (anything else); any when absent.
    """

    on: str
    command: str
    output: str = ""
    exit: Literal["", "ok", "error"] | int = ""

    def __post_init__(self) -> None:
        for pattern in (self.on, self.command, self.output):
            try:
                re.compile(pattern)
            except re.error as error:
                raise CheckError(f"not a regular expression: {pattern!r}: {error}") from None

    def says(self) -> str:
        return self.text or f"`{self.command}` was given on {self.on}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        saw = "Not yet." if re.search(r"\W", self.on) else f"{self.on} has not been asked yet."
        for given in commands:
            if not re.fullmatch(self.on, given.machine) or not re.search(self.command, given.line):
                continue
            if self._right_exit(given.exit) and re.search(self.output, given.output, re.S):
                return Verdict(True, f"{given.machine} answered.")
            first = given.output.strip().split("\n", 1)[0]
            saw = f"{given.machine} answered: {first[:120]}" if first else f"`{given.line}` printed nothing."
        return Verdict(False, saw)

    def _right_exit(self, code: int) -> bool:
        match self.exit:
            case "":
                return True
            case "ok":
                return code == 0
            case "error":
                return code != 0
            case wanted:
                return code == wanted
