"""What an awk program has to wait for: lines of its input, what commands print, how commands end.

Expressions are worked out at once, by ``Program.value``. Those that wait for something inside are marked, once, when
the program has been read; they are worked out by a generator, which hands a ``Wanted`` to whoever runs the program and
gets the answer back.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from playground.shell.tools.awk_parser import Tree
from playground.shell.tools.awk_streams import AwkStreams
from playground.shell.tools.awk_values import FromInput, Scalar, text_of, truth

_STATEMENTS: Final = frozenset(
    (
        *("block", "expression", "print", "printf", "if", "while", "do", "for", "for-in", "delete", "exit", "return"),
        *("next", "break", "continue"),
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``input``: the next record, or None; ``output``: all that a command prints; ``status``: how it ends."""

    what: Literal["input", "output", "status"]
    command: str = ""


Steps = Generator[Wanted | None, Any, Scalar]


def waits(tree: object, functions: frozenset[str]) -> bool:
    """True when something in a tree has to be waited for: in it, or in one of these functions, which it calls."""
    if isinstance(tree, list):
        return any(waits(part, functions) for part in tree)
    if not isinstance(tree, tuple) or not tree:
        return False
    if (tree[0] == "getline" and tree[2] != "file") or (tree[0] == "call" and tree[1] in {"system", *functions}):
        return True
    return any(waits(part, functions) for part in tree[1:])


def waiting_functions(functions: Mapping[str, tuple[list[str], Tree]]) -> frozenset[str]:
    """The functions in which, or in what they call, something has to be waited for."""
    found: frozenset[str] = frozenset()
    while True:
        more = frozenset(name for name, (_, body) in functions.items() if waits(body, found))
        if more == found:
            return found
        found = more


def marked(tree: Any, functions: frozenset[str]) -> Any:
    """The tree, with ``("slow", expression)`` around each expression that waits."""
    if isinstance(tree, list):
        return [marked(part, functions) for part in tree]
    if not isinstance(tree, tuple) or not tree or not waits(tree, functions):
        return tree
    inner = (tree[0], *(marked(part, functions) for part in tree[1:]))
    return inner if tree[0] in _STATEMENTS else ("slow", inner)


class Waiting(ABC):
    """The part of a program at work that waits."""

    streams: AwkStreams
    globals: dict[str, Any]

    @abstractmethod
    def value(self, tree: Tree) -> Scalar:
        """The value of an expression that does not wait."""

    @abstractmethod
    def set_record(self, text: str) -> None: ...

    @abstractmethod
    def _assign(self, target: Tree, value: Scalar) -> Scalar: ...

    @abstractmethod
    def is_own(self, name: str) -> bool:
        """True for a function of the program."""

    @abstractmethod
    def call_slowly(self, name: str, arguments: list[Tree]) -> Steps:
        """Call a function of the program."""

    def slowly(self, tree: Tree) -> Steps:
        """The value of any expression."""
        match tree:
            case ("slow", inner):
                return (yield from self.slowly(inner))
            case ("and" | "or" as operator, left, right):
                holds = truth((yield from self.slowly(left)))
                if holds == (operator == "and"):
                    holds = truth((yield from self.slowly(right)))
                return float(holds)
            case ("choose", condition, first, second):
                chosen = first if truth((yield from self.slowly(condition))) else second
                return (yield from self.slowly(chosen))
            case ("getline", target, "input", _):
                record = yield Wanted("input")
                return self._got(target, record)
            case ("getline", target, "command", source):
                command = text_of((yield from self.slowly(source)))
                if not self.streams.is_open(command, command=True):
                    self.streams.take(command, (yield Wanted("output", command)))
                return self._got(target, self.streams.next_line(command, command=True))
            case ("call", "system", [argument, *_]):
                status = yield Wanted("status", text_of((yield from self.slowly(argument))))
                return float(status)
            case ("call", name, arguments) if self.is_own(name):
                return (yield from self.call_slowly(name, (yield from self._settled(arguments))))
            case _:
                return self.value((yield from self._settled(tree)))

    def _settled(self, tree: Any) -> Generator[Wanted | None, Any, Any]:
        """The tree with values in the place of what had to be waited for."""
        parts: list[Any] = []
        for part in tree:
            if isinstance(part, tuple) and part and part[0] == "slow":
                parts.append(("string", (yield from self.slowly(part))))
            elif isinstance(part, list):
                parts.append((yield from self._settled(part)))
            else:
                parts.append(part)
        return parts if isinstance(tree, list) else tuple(parts)

    def _got(self, target: Tree | None, line: str | None) -> float:
        """Take a line that ``getline`` has read; its value: 1, or 0 at the end."""
        if line is None:
            return 0.0
        if target is None:
            self.set_record(line)
        else:
            self._assign(target, FromInput(line))
        return 1.0
