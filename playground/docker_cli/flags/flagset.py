"""Flags of a command, and how words on the command line become their values.

Source: spf13/pflag flag.go; its errors word for word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags.kinds import BOOL, Kind
from playground.docker_cli.flags.numbers import quoted


class FlagError(Exception):
    """The words cannot be read as flags; ``str(error)`` is pflag's sentence."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. ``default`` None stands for the kind's own zero; ``same_as`` names the flag whose value it sets."""

    name: str
    kind: Kind = BOOL
    help: str = ""
    short: str = ""
    default: Any = None
    hidden: bool = False
    deprecated: str = ""
    same_as: str = ""

    @property
    def initial(self) -> Any:
        return self.kind.zero if self.default is None else self.default

    @property
    def spelled(self) -> str:
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


HELP = Flag("help", help="Print usage", short="h", hidden=True)


class Values:
    """The values of a command's flags after parsing, and the words that are no flags."""

    def __init__(self, flags: Sequence[Flag]) -> None:
        self.flags = {flag.name: flag for flag in flags}
        self._by_letter = {flag.short: flag for flag in flags if flag.short}
        if HELP.name not in self.flags:
            self.flags[HELP.name] = HELP
            self._by_letter.setdefault("h", HELP)
        self._values = {flag.name: flag.initial for flag in self.flags.values()}
        self._changed: dict[str, None] = {}
        self.words: list[str] = []
        self.notices: list[str] = []

    def changed(self, *names: str) -> bool:
        """Whether any of these flags was given."""
        return any(name in self._changed for name in names)

    def given(self) -> list[str]:
        """Names of the flags that were given, sorted."""
        return sorted(self._changed)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def text(self, name: str) -> str:
        return str(self._values[name])

    def truth(self, name: str) -> bool:
        return bool(self._values[name])

    def number(self, name: str) -> int:
        return int(self._values[name])

    def items(self, name: str) -> list[Any]:
        return list(self._values[name])

    def set(self, flag: Flag, text: str) -> None:
        """Give a flag one occurrence.

        Raises:
            FlagError: the value is not of the flag's kind.
        """
        target = flag.same_as or flag.name
        try:
            self._values[target] = flag.kind.add(self._values[target], text)
        except FlagValueError as error:
            raise FlagError(f"invalid argument {quoted(text)} for {quoted(flag.spelled)} flag: {error}") from None
        self._changed[flag.name] = None
        self._changed[target] = None
        if flag.deprecated:
            self.notices.append(f"Flag --{flag.name} has been deprecated, {flag.deprecated}")

    def parse(self, words: Sequence[str], interspersed: bool = True) -> None:
        """Read ``words``. What is no flag lands in ``self.words``.

        Without ``interspersed`` the first word that is no flag ends the flags.

        Raises:
            FlagError: a flag is unknown, lacks its value or has a wrong one.
        """
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if len(word) < 2 or word[0] != "-":
                self.words.append(word)
                if not interspersed:
                    self.words += rest
                    return
            elif word == "--":
                self.words += rest
                return
            elif word.startswith("--"):
                self._parse_long(word, rest)
            else:
                self._parse_short(word, rest)

    def takes_no_value(self, word: str) -> bool:
        """Whether a word like ``--quiet`` or ``-q`` names a known flag that stands alone."""
        flag = self.flags.get(word[2:]) if word.startswith("--") else self._by_letter.get(word[1:2])
        return flag is not None and flag is not HELP and bool(flag.kind.lone)

    def _parse_long(self, word: str, rest: list[str]) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name[0] in "-=":
            raise FlagError(f"bad flag syntax: {word}")
        flag = self.flags.get(name)
        if flag is None:
            raise FlagError(f"unknown flag: --{name}")
        if equals:
            self.set(flag, value)
        elif flag.kind.lone:
            self.set(flag, flag.kind.lone)
        elif rest:
            self.set(flag, rest.pop(0))
        else:
            raise FlagError(f"flag needs an argument: --{name}")

    def _parse_short(self, word: str, rest: list[str]) -> None:
        letters = word[1:]
        while letters:
            flag = self._by_letter.get(letters[0])
            if flag is None:
                raise FlagError(f"unknown shorthand flag: {_quoted_rune(letters[0])} in -{letters}")
            if flag is HELP:
                self.notices.append("Flag shorthand -h has been deprecated, use --help")
            after = letters[1:]
            if after.startswith("=") and len(after) > 1:
                self.set(flag, after[1:])
                return
            if flag.kind.lone:
                self.set(flag, flag.kind.lone)
                letters = after
            elif after:
                self.set(flag, after)
                return
            elif rest:
                self.set(flag, rest.pop(0))
                return
            else:
                raise FlagError(f"flag needs an argument: {_quoted_rune(letters[0])} in -{word[1:]}")


def _quoted_rune(character: str) -> str:
    return "'\\''" if character == "'" else f"'{character}'"
