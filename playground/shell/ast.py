"""What shell text means once it is read: commands, and words with the expansions in them."""

from dataclasses import dataclass


class ShellSyntaxError(Exception):
    """The text is no shell program. ``token`` is what bash says it stumbled over; empty where it says otherwise."""

    def __init__(self, message: str, token: str = "", line: int = 1) -> None:
        super().__init__(message)
        self.token = token
        self.line = line


class Incomplete(ShellSyntaxError):
    """The text ends in the middle of a command; more of it could make it right."""


# Words


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself; ``quoted`` text is never split nor taken as a pattern."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """``$name`` or ``${name...}``.

    ``operator`` is ``""``, ``length``, one of ``:- - := = :? ? :+ +``, ``# ## % %%``, ``/ // /# /%``, ``:``
    (substring, ``argument`` and ``second`` are arithmetic), ``^ ^^ , ,,``, ``@`` (transformations), ``!``
    (indirect), ``names`` (of variables that begin so) or ``bad`` (``name`` is all of it, and makes no sense).
    ``index`` is the subscript of an array element, ``@`` or ``*`` for all of them.
    """

    name: str
    operator: str = ""
    argument: "Word | None" = None
    second: "Word | None" = None
    index: "Word | None" = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class CommandSubstitution:
    body: "Sequence"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class ProcessSubstitution:
    """``<(command)``: becomes the path of a file with the command's output."""

    body: "Sequence"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``$((expression))``."""

    expression: "Word"
    quoted: bool = False


Part = Literal | Parameter | CommandSubstitution | ProcessSubstitution | Arithmetic


@dataclass(frozen=True, slots=True)
class Word:
    parts: tuple[Part, ...]

    def plain(self) -> str | None:
        """The text of a word without quotes and expansions, else None."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Literal) and not self.parts[0].quoted:
            return self.parts[0].text
        return None

    def constant(self) -> str:
        """The text of all literal parts, quotes removed: the delimiter of a here-document."""
        return "".join(part.text for part in self.parts if isinstance(part, Literal))

    def names_its_place(self) -> bool:
        """True for ``[subscript]=value``, as an element of an array."""
        plain = [part.text for part in self.parts if isinstance(part, Literal) and not part.quoted]
        begins = self.parts[:1] and isinstance(self.parts[0], Literal) and not self.parts[0].quoted
        return bool(begins) and plain[0].startswith("[") and any("]=" in text for text in plain)

    def has_quotes(self) -> bool:
        return any(isinstance(part, Literal) and part.quoted for part in self.parts)


# Commands


@dataclass(slots=True)
class Redirect:
    """``descriptor operator target``: operators ``< > >> >| <> >& <& &> &>> << <<- <<<``.

    For a here-document ``target`` is its body. ``descriptor`` is None where the operator's own default applies.
    """

    operator: str
    target: Word
    descriptor: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=value``, ``name+=value``, ``name[index]=value`` or ``name=(values)``."""

    name: str
    value: Word | tuple[Word, ...]
    append: bool = False
    index: Word | None = None


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int = 1
    array_arguments: tuple[Assignment, ...] = ()
    """Array assignments among the arguments of ``declare``, ``local`` and ``export``."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """``errors_too`` says for each command but the last whether ``|&`` follows it."""

    commands: tuple["Command", ...]
    negated: bool = False
    errors_too: tuple[bool, ...] = ()
    timed: bool = False
    plainly_timed: bool = False
    """``time -p``."""


@dataclass(frozen=True, slots=True)
class AndOr:
    first: "Command"
    rest: tuple[tuple[str, "Command"], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Commands in order; those with True run in the background. ``text`` is the source, for ``jobs``."""

    items: tuple[tuple["Command", bool], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None


@dataclass(frozen=True, slots=True)
class While:
    condition: Sequence
    body: Sequence
    until: bool


@dataclass(frozen=True, slots=True)
class For:
    """``words`` is None for ``for x; do``, which goes over the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence
    select: bool = False


@dataclass(frozen=True, slots=True)
class ForArithmetic:
    first: Word
    condition: Word
    step: Word
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case:
    """Each clause: patterns, body, and its end (``;;``, ``;&`` or ``;;&``)."""

    subject: Word
    clauses: tuple[tuple[tuple[Word, ...], Sequence, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    body: Sequence


@dataclass(frozen=True, slots=True)
class Subshell:
    body: Sequence


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    name: str
    body: "Command"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """``[[ ... ]]``."""

    test: "Test"


@dataclass(frozen=True, slots=True)
class ArithmeticCommand:
    """``(( ... ))``."""

    expression: Word


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command with redirections."""

    body: "Command"
    redirects: tuple[Redirect, ...]


Command = (
    Simple
    | Pipeline
    | AndOr
    | Sequence
    | If
    | While
    | For
    | ForArithmetic
    | Case
    | Group
    | Subshell
    | FunctionDefinition
    | Conditional
    | ArithmeticCommand
    | Redirected
)


# The inside of [[ ]]


@dataclass(frozen=True, slots=True)
class TestUnary:
    operator: str
    operand: Word


@dataclass(frozen=True, slots=True)
class TestBinary:
    left: Word
    operator: str
    right: Word


@dataclass(frozen=True, slots=True)
class TestNot:
    inner: "Test"


@dataclass(frozen=True, slots=True)
class TestBoth:
    """``&&`` or ``||``."""

    operator: str
    left: "Test"
    right: "Test"


Test = TestUnary | TestBinary | TestNot | TestBoth
