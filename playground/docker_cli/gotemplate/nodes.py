"""The tree of a parsed template. ``str(node)`` is the node as error texts quote it.

Source: Go text/template/parse/node.go.
"""

from dataclasses import dataclass, field
from typing import Any

from playground.docker_cli.flags.numbers import quoted


@dataclass(slots=True)
class Node:
    position: int


@dataclass(slots=True)
class Text(Node):
    text: str


@dataclass(slots=True)
class Literal(Node):
    """A string, number, character or truth value; ``written`` is how."""

    value: Any
    written: str

    def __str__(self) -> str:
        return self.written


@dataclass(slots=True)
class Nil(Node):
    def __str__(self) -> str:
        return "nil"


@dataclass(slots=True)
class Dot(Node):
    def __str__(self) -> str:
        return "."


@dataclass(slots=True)
class FieldPath(Node):
    names: list[str]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Variable(Node):
    """``names[0]`` is the variable with its ``$``, the rest are fields."""

    names: list[str]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(slots=True)
class Chain(Node):
    """A term in parentheses and fields of it."""

    term: Node
    names: list[str]

    def __str__(self) -> str:
        term = f"({self.term})" if isinstance(self.term, Pipe) else str(self.term)
        return term + "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Identifier(Node):
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Command(Node):
    arguments: list[Node] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join(f"({node})" if isinstance(node, Pipe) else str(node) for node in self.arguments)


@dataclass(slots=True)
class Pipe(Node):
    variables: list[Variable] = field(default_factory=list)
    assigns: bool = False
    commands: list[Command] = field(default_factory=list)

    def __str__(self) -> str:
        declared = ""
        if self.variables:
            declared = ", ".join(str(variable) for variable in self.variables) + (" = " if self.assigns else " := ")
        return declared + " | ".join(str(command) for command in self.commands)


@dataclass(slots=True)
class Action(Node):
    pipe: Pipe

    def __str__(self) -> str:
        return "{{" + str(self.pipe) + "}}"


@dataclass(slots=True)
class Branch(Node):
    """``if``, ``with`` or ``range``, named by ``word``."""

    word: str
    pipe: Pipe
    body: list[Node]
    otherwise: list[Node] | None

    def __str__(self) -> str:
        return "{{" + self.word + " " + str(self.pipe) + "}}"


@dataclass(slots=True)
class Jump(Node):
    """``break`` or ``continue``."""

    word: str

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


@dataclass(slots=True)
class Invoke(Node):
    """``{{template "name" pipe}}``."""

    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        return "{{template " + quoted(self.name) + (f" {self.pipe}" if self.pipe else "") + "}}"


@dataclass(slots=True)
class Marker(Node):
    """``{{end}}`` or ``{{else}}``: ends a list, stands in no finished tree."""

    word: str
    line: int = 0

    def __str__(self) -> str:
        return "{{" + self.word + "}}"
