"""Collects the sentences that the server says, for translators.

They are English in REST answers and in the view, whoever looks. The page recognises each by its template and says it
in the learner's language (``static/js/language.js``), so a sentence is an f-string where it is made and needs no mark:
it is found as an argument of a call that speaks to the learner (``SPEAKERS``), with all that flows into it from the
same module: what a variable was given, what a function returns, the elements of a list that is joined.
"""

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

SPEAKERS: dict[str, tuple[int, ...]] = {
    "timeline.add": (1,),
    "self.add": (1,),
    "self._tell": (0,),
    "self._add": (2, 3),
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

SAYERS = ("says", "judge", "_saw", "_says", "_word")
"""In functions of these names whatever is returned, or kept in ``saw``, is said."""

SAYING_MODULES = ("way_words.py", "change_words.py", "idle_faults.py")
"""In these files whatever any function returns is said."""

SAID_KEYS = ("text", "title")
"""What a dictionary that is written out has under these keys is said, and what is put under them."""

FACTS = ("_facts", "_service_facts")
"""The keys of what these functions return are shown as they are."""

COUNTERS = ("counted", "count")
"""Functions that say a number of things: ``counted(3, "task")`` is "3 tasks"."""

LEAST_CHARACTERS = 4
"""A template with fewer characters of its own would be found in anything."""

CONNECTING = re.compile(r"^[\s,;]*(?:and )?|[\s,;]+$")
"""What a part of a sentence begins or ends with says nothing; the page sees to it (``language.js``)."""

Found = tuple[int, str, str | tuple[str, str], list[str]]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method ``sentences``: line, function, template (or one and many), comments."""
    tree = ast.parse(file.read())
    name = str(getattr(file, "name", "")).rpartition("/")[2]
    flow = _Flow(tree)
    seen: set[str] = set()
    for expression, scope in _said(tree, name in SAYING_MODULES):
        for line, template in flow.templates(expression, scope):
            template = CONNECTING.sub("", template)
            own = "".join(_literal_parts(template))
            enough = len("".join(own.split())) >= LEAST_CHARACTERS and any(map(str.isalpha, own))
            if enough and template not in seen:
                seen.add(template)
                yield line, "", template, []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called), args=[_, ast.Constant(value=str(one))]
            ):
                if called in COUNTERS and one not in seen and one.isalpha():
                    seen.add(one)
                    yield node.lineno, "counted", (f"{{count}} {one}", f"{{count}} {one}s"), []


Scope = tuple[ast.AST, ...]
"""The functions around an expression, the innermost first, and the module."""


def _said(tree: ast.Module, all_returns: bool) -> Iterator[tuple[ast.expr, Scope]]:
    for node, scope in _scoped(tree, (tree,)):
        function = scope[0].name if isinstance(scope[0], ast.FunctionDef | ast.AsyncFunctionDef) else ""
        match node:
            case ast.Call(func=func, args=arguments):
                name = ast.unparse(func)
                for speaker, places in SPEAKERS.items():
                    if name == speaker or name.endswith(f".{speaker}"):
                        yield from ((arguments[at], scope) for at in places if at < len(arguments))
            case ast.Return(value=ast.expr() as value) if function in SAYERS or (all_returns and function not in FACTS):
                yield value, scope
            case ast.Assign(targets=[ast.Name(id="saw")], value=value) if function in SAYERS:
                yield value, scope
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value in SAID_KEYS:
                        yield value, scope
                    elif key is not None and function in FACTS:
                        yield key, scope
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant() as place)], value=value):
                if place.value in SAID_KEYS:
                    yield value, scope
                elif function in FACTS:
                    yield place, scope


def _scoped(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    for child in ast.iter_child_nodes(node):
        yield child, scope
        inner = (child, *scope) if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else scope
        yield from _scoped(child, inner)


class _Flow:
    """Follows a text back to where its words stand, within one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._functions: dict[str, tuple[ast.AST, Scope]] = {
            node.name: (node, (node, *scope))
            for node, scope in _scoped(tree, (tree,))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def templates(self, expression: ast.expr, scope: Scope) -> Iterator[tuple[int, str]]:
        """Line and template of the expression and of everything that is put into it."""
        done: set[int] = set()
        waiting = [(expression, scope)]
        while waiting:
            expression, scope = waiting.pop(0)
            if id(expression) in done:
                continue
            done.add(id(expression))
            if isinstance(expression, ast.Constant | ast.JoinedStr):
                yield from ((expression.lineno, template) for template in templates(expression))
            waiting.extend(self._sources(expression, scope))

    def _sources(self, expression: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        inside: Sequence[ast.expr] = ()
        match expression:
            case ast.IfExp(body=body, orelse=otherwise):
                inside = (body, otherwise)
            case ast.BoolOp(values=inside) | ast.List(elts=inside) | ast.Tuple(elts=inside):
                pass
            case ast.Dict(values=inside):
                # Keys that say something are found by themselves; other values are no words.
                inside = []
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                inside = (left, right)
            case ast.JoinedStr(values=values):
                inside = [each.value for each in values if isinstance(each, ast.FormattedValue) and not _spelled(each)]
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.Starred(value=element):
                inside = (element,)
            case ast.Subscript(value=ast.Dict(values=inside)):
                pass
            case ast.Subscript(value=ast.Name(id=name)):
                yield from self._values_of(name, scope)
            case ast.Name(id=name):
                yield from self._given(name, scope)
            case ast.Call(func=ast.Attribute(attr="join"), args=[ast.Name(id=name)]) if name.isupper():
                # Names of a protocol, as `one of: cut, mend`.
                pass
            case ast.Call(func=ast.Attribute(attr="join"), args=[joined]):
                inside = (joined,)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, *inside]):
                yield from self._values_of(name, scope)
            case ast.Call(func=ast.Attribute(value=ast.Dict(values=values), attr="get"), args=[_, *others]):
                inside = [*values, *others]
            case ast.Call(func=ast.Attribute(value=text, attr="strip")):
                inside = (text,)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=arguments):
                if called in self._functions and called not in FACTS and called not in COUNTERS:
                    function, own = self._functions[called]
                    for node, of in _scoped(function, own):
                        if isinstance(node, ast.Return) and node.value is not None and of == own:
                            yield node.value, own
                    inside = [each for each in arguments if not isinstance(each, ast.Constant)]
        yield from ((each, scope) for each in inside)

    def _given(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """What a variable was given, in the innermost scope that gives it anything."""
        for at, around in enumerate(scope):
            found = [value for value, _ in _assigned(around, name, scope[at:])]
            if found:
                yield from ((value, scope[at:]) for value in found)
                return

    def _values_of(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        for value, where in self._given(name, scope):
            if isinstance(value, ast.Dict):
                yield from ((each, where) for each in value.values)


def _assigned(around: ast.AST, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
    for node, where in _scoped(around, scope):
        if where != scope:
            continue
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        yield value, where
                    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                        for each, given in zip(target.elts, value.elts, strict=False):
                            if isinstance(each, ast.Name) and each.id == name:
                                yield given, where
            case ast.AnnAssign(target=ast.Name(id=given_name), value=ast.expr() as value) if given_name == name:
                yield value, where
            case ast.AugAssign(target=ast.Name(id=given_name), value=value) if given_name == name:
                yield value, where
            case ast.NamedExpr(target=ast.Name(id=given_name), value=value) if given_name == name:
                yield value, where
            case ast.Call(func=ast.Attribute(value=ast.Name(id=given_name), attr="append"), args=[value]):
                if given_name == name:
                    yield value, where


def _spelled(part: ast.FormattedValue) -> bool:
    """Whether the part's alternatives all stand in the template itself."""
    return isinstance(part.value, ast.IfExp) and None not in _alternatives(part.value)


def _alternatives(expression: ast.expr) -> list[str | None]:
    """The texts that an expression chooses from; None for each that is not written out."""
    if isinstance(expression, ast.IfExp):
        return [*_alternatives(expression.body), *_alternatives(expression.orelse)]
    return list(templates(expression)) if isinstance(expression, ast.Constant | ast.JoinedStr) else [None]


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
    if isinstance(inner, ast.IfExp) and any(alternatives := _alternatives(inner)):
        return [f"{{{_name(inner)}}}" if each is None else each for each in alternatives]
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
