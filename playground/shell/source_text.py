"""Commands as text again, in one line, for ``jobs``."""

from playground.shell import ast
from playground.shell.parameters import quoted


def source_text(command: ast.Command) -> str:
    """A command in one line, for ``jobs``."""
    match command:
        case ast.Simple(assignments, words):
            return " ".join([f"{a.name}=..." for a in assignments] + [word_text(word) for word in words])
        case ast.Pipeline(commands):
            return " | ".join(source_text(part) for part in commands)
        case ast.AndOr(first, rest):
            return source_text(first) + "".join(f" {operator} {source_text(part)}" for operator, part in rest)
        case ast.Sequence(_, text):
            return text
        case ast.Group(body):
            return "{ " + body.text + "; }"
        case ast.Subshell(body):
            return f"( {body.text} )"
        case ast.While(condition, body, until):
            return f"{'until' if until else 'while'} {condition.text}; do {body.text}; done"
        case ast.For(name, words, body):
            values = "" if words is None else " in " + " ".join(word_text(word) for word in words)
            return f"for {name}{values}; do {body.text}; done"
        case ast.Redirected(body):
            return source_text(body)
        case _:
            return type(command).__name__.lower()


def word_text(word: ast.Word) -> str:
    """A word as it may have been written."""
    out: list[str] = []
    for part in word.parts:
        match part:
            case ast.Literal(text, is_quoted):
                out.append(quoted(text) if is_quoted else text)
            case ast.Parameter(name):
                out.append(f"${name}")
            case ast.CommandSubstitution(body) | ast.ProcessSubstitution(body):
                out.append(f"$({body.text})")
            case _:
                out.append("$((...))")
    return "".join(out)
