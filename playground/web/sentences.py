"""Collects the sentences that the server says, for translators.

They are English in REST answers and in the view, whoever looks. The page recognises each by its template and says it
in the learner's language (``static/js/language.js``), so a sentence is an f-string where it is made and needs no mark:
it is found as an argument of a call that speaks to the learner (``SPEAKERS``).
"""

import ast
import itertools
import re
from collections.abc import Iterator
from typing import IO, Any

SPEAKERS: dict[str, tuple[int, ...]] = {
    "timeline.add": (1,),
    "self.add": (1,),
    "self._tell": (0,),
    "lasts": (2,),
    "Verdict": (1,),
    "LabError": (0,),
    "NotFound": (0,),
    "TooMany": (0,),
    "Forbidden": (0,),
    "BadRequest": (0,),
    "Conflict": (0,),
    "DriverError": (0,),
    "UnknownMachine": (0,),
    "BadLessonInput": (0,),
    "Malformed": (0,),
    "inline": (0,),
    "note": (0,),
    "sentence": (0,),
}
"""What speaks to the learner: the end of the call's name, and which of its arguments are what it says."""

SAYERS = ("says", "judge", "_saw", "_says")
"""In functions of these names whatever is returned, or kept in ``saw``, is said."""

LEAST_LETTERS = 4
"""A template with fewer letters of its own would be found in anything."""

Found = tuple[int, str, str, list[str]]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method ``sentences``: line, function, template, comments."""
    tree = ast.parse(file.read())
    seen: set[str] = set()
    for line, expression in _said(tree):
        for template in templates(expression):
            own = "".join(part for part in _literal_parts(template))
            if sum(character.isalpha() for character in own) >= LEAST_LETTERS and template not in seen:
                seen.add(template)
                yield line, "", template, []


def _said(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            for speaker, arguments in SPEAKERS.items():
                if name == speaker or name.endswith(f".{speaker}"):
                    yield from ((node.lineno, node.args[at]) for at in arguments if at < len(node.args))
        elif isinstance(node, ast.FunctionDef) and node.name in SAYERS:
            for inner in ast.walk(node):
                saw = isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "saw"
                if (
                    isinstance(inner, ast.Return | ast.Assign)
                    and inner.value
                    and (saw or isinstance(inner, ast.Return))
                ):
                    yield inner.lineno, inner.value


def templates(expression: ast.expr) -> Iterator[str]:
    """The templates of an expression: one for each of its alternatives."""
    match expression:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=otherwise):
            yield from templates(body)
            yield from templates(otherwise)
        case ast.BoolOp(values=values):
            for value in values:
                yield from templates(value)
        case ast.JoinedStr(values=values):
            for parts in itertools.product(*(_parts(value) for value in values)):
                yield _numbered("".join(parts))


def _parts(value: ast.expr) -> list[str]:
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    assert isinstance(value, ast.FormattedValue)
    inner = value.value
    if isinstance(inner, ast.IfExp) and (alternatives := list(templates(inner))):
        return alternatives
    return [f"{{{_name(inner)}}}"]


def _numbered(template: str) -> str:
    """The template with no name twice: the second ``{wanted}`` is ``{wanted2}``."""
    counts: dict[str, int] = {}

    def renamed(match: re.Match[str]) -> str:
        name = match[1]
        counts[name] = counts.get(name, 0) + 1
        return match[0] if counts[name] == 1 else f"{{{name}{counts[name]}}}"

    return re.sub(r"\{(\w+)\}", renamed, template)


def _name(expression: ast.expr) -> str:
    """What a translator calls a part: the last word of the code that makes it."""
    match expression:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Subscript(value=value):
            return _name(value)
        case ast.Call(func=ast.Name(id="counted"), args=[number, *_]):
            return _name(number)
        case ast.Call(args=[argument, *_]):
            return _name(argument)
        case ast.Call(func=function):
            return _name(function)
    return "what"


def _literal_parts(template: str) -> list[str]:
    parts = template.replace("{", "\0").replace("}", "\0").split("\0")
    return parts[::2]
