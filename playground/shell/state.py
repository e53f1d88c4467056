"""What a shell remembers: variables, functions, aliases, options, and where it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from playground.shell import ast
from playground.shell.arithmetic import evaluate

MAX_VARIABLE_BYTES: Final = 1024 * 1024
"""How much all variables of a shell may hold."""

OPTIONS: Final = {
    "e": "errexit",
    "E": "errtrace",
    "x": "xtrace",
    "u": "nounset",
    "f": "noglob",
    "v": "verbose",
    "n": "noexec",
    "C": "noclobber",
    "a": "allexport",
    "m": "monitor",
    "H": "histexpand",
}
_ORDER_OF_FLAGS: Final = "aefhikmnptuvxBCEHPTcs"
LONG_OPTIONS: Final = (*OPTIONS.values(), "pipefail", "emacs", "vi")


Element = str | tuple[str, str]
"""An element of an array: a value, for the next place, or its subscript and its value."""


class ShellFailed(Exception):
    """A command cannot go on; ``str(error)`` is printed after the shell's name. Ends a script, not a terminal."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Variable:
    """``value`` is text, or elements by subscript (as text) for arrays, in the order of their subscripts."""

    value: str | dict[str, str] = ""
    exported: bool = False
    readonly: bool = False
    integer: bool = False
    associative: bool = False


@dataclass(slots=True)
class Frame:
    """One running function: its own positional parameters, and what its ``local`` variables hide."""

    name: str
    positional: list[str]
    hidden: dict[str, Variable | None] = field(default_factory=dict)


@dataclass(slots=True)
class ShellState:
    """``name`` is ``$0``. ``flavour`` is ``bash``, ``dash`` or ``busybox``: how messages are worded."""

    name: str = "bash"
    flavour: str = "bash"
    interactive: bool = False
    command_string: bool = False
    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDefinition] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    options: dict[str, bool] = field(default_factory=dict)
    shopts: dict[str, bool] = field(default_factory=dict)
    traps: dict[str, str] = field(default_factory=dict)
    positional: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    status: int = 0
    pipe_statuses: list[int] = field(default_factory=lambda: [0])
    pid: int = 1000
    background_pid: int | None = None
    line: int = 1
    bytes_held: int = 0
    directories: list[str] = field(default_factory=list)
    """Where ``popd`` goes back to, the next one first."""
    last_argument: str = ""
    """``$_``."""
    history: list[str] = field(default_factory=list)
    """Shared with the terminal's line editor."""
    attended: bool = False
    """True in an interactive shell and in its subshells: bash words its own messages by this."""

    def copy(self) -> "ShellState":
        """What a subshell starts with."""
        return replace(
            self,
            interactive=False,
            variables={
                name: replace(v, value=dict(v.value) if isinstance(v.value, dict) else v.value)
                for name, v in self.variables.items()
            },
            functions=dict(self.functions),
            aliases=dict(self.aliases),
            options=dict(self.options),
            shopts=dict(self.shopts),
            traps={name: trap for name, trap in self.traps.items() if name == "ERR" and self.on("errtrace")},
            positional=list(self.positional),
            frames=[replace(each, positional=list(each.positional), hidden=dict(each.hidden)) for each in self.frames],
            pipe_statuses=list(self.pipe_statuses),
            directories=list(self.directories),
        )

    # Variables

    def value(self, name: str) -> str:
        """The value of a variable, or of an array's element ``name[index]``; empty when unset."""
        return self.lookup(name) or ""

    def required(self, name: str) -> str:
        """The value of a variable, or of an element; empty when unset.

        Raises:
            ShellFailed: it is unset, and ``set -u`` wants that said.
        """
        value = self.lookup(name)
        if value is None and self.on("nounset"):
            if self.flavour != "bash":
                raise ShellFailed(f"{name}: parameter not set", 2)
            raise ShellFailed(f"{name}: unbound variable", 127)
        return value or ""

    def lookup(self, name: str) -> str | None:
        found = re.fullmatch(r"([^\[]+)\[(.*)\]", name, re.DOTALL)
        if found:
            return self.element(found.group(1), found.group(2))
        variable = self.variables.get(name)
        if variable is None:
            return None
        if isinstance(variable.value, dict):
            return variable.value.get("0")
        return variable.value

    def element(self, name: str, index: str) -> str | None:
        variable = self.variables.get(name)
        if variable is None:
            return None
        key = self.key(name, index)
        if isinstance(variable.value, dict):
            return variable.value.get(key)
        return variable.value if key == "0" else None

    def key(self, name: str, index: str) -> str:
        """The subscript that ``index`` stands for: itself in an associative array, else its arithmetic value."""
        variable = self.variables.get(name)
        if variable is not None and variable.associative:
            return index
        number = evaluate(index, self)
        if number < 0 and variable is not None and isinstance(variable.value, dict):
            number += 1 + max((int(key) for key in variable.value), default=-1)
        return str(number)

    def assign(self, name: str, value: str) -> None:
        """Give a variable, or an element ``name[index]``, a value.

        Raises:
            ShellFailed: it may not be changed, or the variables hold too much.
        """
        found = re.fullmatch(r"([^\[]+)\[(.*)\]", name, re.DOTALL)
        if found:
            self.assign_element(found.group(1), found.group(2), value)
            return
        variable = self._writable(name)
        if variable.integer:
            value = str(evaluate(value, self))
        held = variable.value.get("0", "") if isinstance(variable.value, dict) else variable.value
        self._account(len(value) - len(held))
        if isinstance(variable.value, dict):
            variable.value["0"] = value
        else:
            variable.value = value

    def assign_element(self, name: str, index: str, value: str) -> None:
        variable = self._writable(name)
        if not isinstance(variable.value, dict):
            variable.value = {"0": variable.value} if variable.value else {}
        key = self.key(name, index)
        fresh = key not in variable.value
        self._account(len(value) + 16 if fresh else len(value) - len(variable.value[key]))
        variable.value[key] = value
        if fresh and not variable.associative and len(variable.value) > 1:
            variable.value = dict(sorted(variable.value.items(), key=lambda item: int(item[0])))

    def assign_array(self, name: str, values: Sequence[Element], append: bool = False) -> None:
        """Make a variable an array of these elements, or ``append`` them.

        Raises:
            ShellFailed: it may not be changed, or the variables hold too much.
        """
        variable = self._writable(name)
        start = 0
        if append and isinstance(variable.value, dict):
            elements = variable.value
            start = 1 + max((int(key) for key in elements if key.isdigit()), default=-1)
        elif append and variable.value:
            elements, start = {"0": str(variable.value)}, 1
        else:
            elements = {}
        if not append:
            self.bytes_held -= _size(variable)
        self._account(sum(len(value if isinstance(value, str) else value[1]) + 16 for value in values))
        if variable.associative:
            plain: list[str] = []
            for value in values:
                if isinstance(value, str):
                    plain.append(value)
                else:
                    elements[value[0]] = value[1]
            elements.update(zip_longest(plain[::2], plain[1::2], fillvalue=""))
        else:
            for value in values:
                if not isinstance(value, str):
                    start = int(self.key(name, value[0]))
                elements[str(start)] = value if isinstance(value, str) else value[1]
                start += 1
            elements = {key: elements[key] for key in sorted(elements, key=int)}
        variable.value = elements

    def declare(self, name: str) -> Variable:
        """The variable, made empty where it was not there."""
        return self.variables.setdefault(name, Variable())

    def unset(self, name: str) -> None:
        found = re.fullmatch(r"([^\[]+)\[(.*)\]", name, re.DOTALL)
        if found:
            variable = self.variables.get(found.group(1))
            if variable is not None and isinstance(variable.value, dict):
                variable.value.pop(self.key(found.group(1), found.group(2)), None)
            return
        variable = self.variables.get(name)
        if variable is not None and variable.readonly:
            raise ShellFailed(f"unset: {name}: cannot unset: readonly variable")
        if variable is not None:
            self.bytes_held -= _size(variable)
            del self.variables[name]

    def make_local(self, name: str) -> None:
        frame = self.frames[-1]
        if name not in frame.hidden:
            frame.hidden[name] = self.variables.pop(name, None)

    def leave_frame(self) -> None:
        frame = self.frames.pop()
        for name, variable in frame.hidden.items():
            own = self.variables.pop(name, None)
            if own is not None:
                self.bytes_held -= _size(own)
            if variable is not None:
                self.variables[name] = variable

    def elements(self, name: str) -> list[str]:
        """All elements of an array; the one value of a plain variable."""
        variable = self.variables.get(name)
        if variable is None:
            return []
        return list(variable.value.values()) if isinstance(variable.value, dict) else [variable.value]

    def subscripts(self, name: str) -> list[str]:
        variable = self.variables.get(name)
        if variable is None:
            return []
        return list(variable.value) if isinstance(variable.value, dict) else ["0"]

    def exported(self) -> dict[str, str]:
        return {name: v.value for name, v in self.variables.items() if v.exported and isinstance(v.value, str)}

    def parameters(self) -> list[str]:
        """The positional parameters in force."""
        return self.frames[-1].positional if self.frames else self.positional

    def set_parameters(self, values: list[str]) -> None:
        if self.frames:
            self.frames[-1].positional = values
        else:
            self.positional = values

    def on(self, option: str) -> bool:
        return self.options.get(option, False)

    def flags(self) -> str:
        """``$-``."""
        letters = [letter for letter, name in OPTIONS.items() if self.on(name)]
        letters += ["h", "B", *("i" * self.interactive), *("c" * self.command_string)]
        return "".join(sorted(letters, key=_ORDER_OF_FLAGS.index))

    def names(self, prefix: str = "") -> Iterator[str]:
        return (name for name in sorted(self.variables) if name.startswith(prefix))

    def _writable(self, name: str) -> Variable:
        variable = self.declare(name)
        if variable.readonly:
            if self.flavour != "bash":
                raise ShellFailed(f"{name}: is read only", 2)
            raise ShellFailed(f"{name}: readonly variable")
        if self.on("allexport"):
            variable.exported = True
        return variable

    def _account(self, count: int) -> None:
        if count > 0 and self.bytes_held + count > MAX_VARIABLE_BYTES:
            raise ShellFailed("xrealloc: cannot allocate memory", 2)
        self.bytes_held += count


def _size(variable: Variable) -> int:
    if isinstance(variable.value, dict):
        return sum(len(value) + 16 for value in variable.value.values())
    return len(variable.value)
