"""One awk program at work, a step at a time, so that none can hold the machine."""

import math
from random import Random
from typing import Any, Final, cast

from playground.shell.tool import Invocation
from playground.shell.tools.awk_fields import MAX_ELEMENTS, Fields
from playground.shell.tools.awk_functions import (
    MAX_TEXT,
    automaton_of,
    plain_function,
    printed,
    split_text,
    substituted,
)
from playground.shell.tools.awk_lexer import AwkError
from playground.shell.tools.awk_parser import BUILTINS, AwkParser, Tree
from playground.shell.tools.awk_streams import AwkStreams
from playground.shell.tools.awk_values import (
    FromInput,
    Scalar,
    arithmetic,
    compare,
    text_of,
    to_number,
    truth,
)
from playground.shell.tools.awk_waiting import Steps, marked, waiting_functions

MAX_CALL_STEPS: Final = 50_000
STEPS_BETWEEN_PAUSES: Final = 500


class Next(Exception):
    """``next``: the rest of the rules does not see this record."""


class Exit(Exception):
    """``exit``: no more records."""


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    def __init__(self, value: Scalar) -> None:
        super().__init__()
        self.value = value


class Program(Fields):
    """One awk program at work."""

    def __init__(self, invocation: Invocation, text: str) -> None:
        super().__init__()
        parser = AwkParser(text)
        rules = parser.parse()
        slow = waiting_functions(parser.functions)
        self.rules = [tuple(marked(part, slow) for part in rule) for rule in rules]
        self._functions = {name: (words, marked(body, slow)) for name, (words, body) in parser.functions.items()}
        self._invocation = invocation
        self.globals: dict[str, Any] = {
            "FS": " ",
            "OFS": " ",
            "ORS": "\n",
            "RS": "\n",
            "NR": 0.0,
            "FNR": 0.0,
            "NF": 0.0,
            "SUBSEP": "\x1c",
            "CONVFMT": "%.6g",
            "OFMT": "%.6g",
            "RSTART": 0.0,
            "RLENGTH": -1.0,
            "FILENAME": "",
            "ENVIRON": {name: FromInput(value) for name, value in invocation.environment.items()},
        }
        self._locals: list[dict[str, Any]] = []
        self._in_range: list[bool] = [False] * len(self.rules)
        self._random = Random(0)
        self._steps = 0
        self.streams = AwkStreams(invocation.files)
        self.status = 0

    # Values

    def _regex_of(self, tree: Tree) -> str:
        return str(tree[1]) if tree[0] == "regex" else text_of(self.value(tree))

    def _scope(self, name: str) -> dict[str, Any]:
        if self._locals and name in self._locals[-1]:
            return self._locals[-1]
        return self.globals

    def _array(self, name: str) -> dict[str, Scalar]:
        scope = self._scope(name)
        found = scope.get(name)
        if found is None or found == "":
            found = scope[name] = {}
        if not isinstance(found, dict):
            raise AwkError(f"can't use scalar {name} as an array")
        return found

    def _subscript(self, trees: list[Tree]) -> str:
        return text_of(self.globals["SUBSEP"]).join(text_of(self.value(tree)) for tree in trees)

    def _assign(self, target: Tree, value: Scalar) -> Scalar:
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise AwkError("out of memory")
        match target:
            case ("name", name):
                if name == "NF":
                    fields = self._split_record()
                    count = max(0, min(int(to_number(value)), MAX_ELEMENTS))
                    del fields[count:]
                    fields += [""] * (count - len(fields))
                    self._record = text_of(self.globals["OFS"]).join(fields)
                self._scope(name)[name] = value
            case ("field", operand):
                self._set_field(to_number(self.value(operand)), text_of(value))
            case ("element", name, subscripts):
                array = self._array(name)
                if len(array) >= MAX_ELEMENTS:
                    raise AwkError("out of memory")
                array[self._subscript(subscripts)] = value
        return value

    def value(self, tree: Tree) -> Scalar:
        """The value of an expression."""
        self._steps += 1
        match tree:
            case ("number" | "string", (float() | str()) as constant):
                return constant
            case ("name", name):
                if name == "NF":
                    self._split_record()
                found: Scalar | dict[str, Scalar] = self._scope(name).get(name, "")
                if isinstance(found, dict):
                    raise AwkError(f"can't use array {name} in scalar context")
                return found
            case ("field", operand):
                return self._field(to_number(self.value(operand)))
            case ("element", name, subscripts):
                return self._array(name).setdefault(self._subscript(subscripts), "")
            case ("group", inner):
                return self.value(inner)
            case ("regex", pattern):
                return float(automaton_of(pattern).matches(self._record))
            case ("assign", operator, target, right):
                value = self.value(right)
                if operator:
                    value = arithmetic(operator, to_number(self.value(target)), to_number(value))
                return self._assign(target, value)
            case ("choose", condition, first, second):
                return self.value(first if truth(self.value(condition)) else second)
            case ("or", left, right):
                return float(truth(self.value(left)) or truth(self.value(right)))
            case ("and", left, right):
                return float(truth(self.value(left)) and truth(self.value(right)))
            case ("not", operand):
                return float(not truth(self.value(operand)))
            case ("sign", operator, operand):
                number = to_number(self.value(operand))
                return -number if operator == "-" else number
            case ("in", subscripts, name):
                return float(self._subscript(subscripts) in self._array(name))
            case ("match", negated, left, right):
                matched = automaton_of(self._regex_of(right)).matches(text_of(self.value(left)))
                return float(matched != negated)
            case ("compare", operator, left, right):
                return float(compare(operator, self.value(left), self.value(right)))
            case ("join", left, right):
                joined = text_of(self.value(left)) + text_of(self.value(right))
                if len(joined) > MAX_TEXT:
                    raise AwkError("out of memory")
                return joined
            case ("arithmetic", operator, left, right):
                return arithmetic(operator, to_number(self.value(left)), to_number(self.value(right)))
            case ("before", operator, target):
                return self._assign(target, to_number(self.value(target)) + (1 if operator == "++" else -1))
            case ("after", operator, target):
                number = to_number(self.value(target))
                self._assign(target, number + (1 if operator == "++" else -1))
                return number
            case ("getline", target, "file", source):
                return self._getline(target, text_of(self.value(source)))
            case ("call", name, arguments):
                return self._call(name, arguments)
            case _:
                raise AwkError("syntax error")

    def _getline(self, target: Tree | None, path: str) -> float:
        read = self.streams.next_line(path)
        if read is None:
            return 0.0 if self.streams.is_open(path) else -1.0
        line = FromInput(read)
        if target is None:
            self.set_record(line)
        else:
            self._assign(target, line)
        return 1.0

    # Functions

    def _call(self, name: str, arguments: list[Tree]) -> Scalar:
        if name in self._functions:
            return self._call_own(name, arguments)
        if name not in BUILTINS:
            raise AwkError(f"function {name} never defined")
        if name in ("sub", "gsub"):
            return self._substitute(name == "gsub", arguments)
        if name == "length":
            if arguments and arguments[0][0] == "name":
                found = self._scope(arguments[0][1]).get(arguments[0][1])
                if isinstance(found, dict):
                    return float(len(found))
            return float(len(text_of(self.value(arguments[0])) if arguments else self._record))
        if name == "split":
            text = text_of(self.value(arguments[0]))
            separator = self._regex_of(arguments[2]) if len(arguments) > 2 else text_of(self.globals["FS"])
            if len(arguments) > 2 and arguments[2][0] == "regex" and len(separator) == 1:
                separator = f"({separator})"  # A text of one character stands for itself, a pattern does not.
            array = self._array(arguments[1][1])
            array.clear()
            pieces = split_text(text, separator)[:MAX_ELEMENTS]
            array.update((str(number), FromInput(piece)) for number, piece in enumerate(pieces, 1))
            return float(len(pieces))
        if name == "match":
            text = text_of(self.value(arguments[0]))
            found = automaton_of(self._regex_of(arguments[1])).search(text)
            self.globals["RSTART"], self.globals["RLENGTH"] = 0.0, -1.0
            if found is not None and found[0] is not None and found[1] is not None:
                self.globals["RSTART"] = float(found[0] + 1)
                self.globals["RLENGTH"] = float(found[1] - found[0])
            return float(self.globals["RSTART"])
        values = [self.value(argument) for argument in arguments]
        try:
            return self._plain_call(name, values)
        except IndexError:
            raise AwkError(f"wrong number of arguments in call to {name}") from None
        except (ValueError, OverflowError):
            return math.nan

    def _plain_call(self, function: str, values: list[Scalar]) -> Scalar:
        match function:
            case "rand":
                return self._random.random()
            case "srand":
                self._random = Random(to_number(values[0]) if values else 0)
                return 0.0
            case "systime":
                return float((self._invocation.wall_us + self._invocation.loop.now_us) // 1_000_000)
            case "close" | "fflush":
                name = text_of(values[0]) if values else ""
                if function == "close":
                    self.streams.close(name)
                return 0.0
            case _:
                return plain_function(function, values)

    def _call_own(self, name: str, arguments: list[Tree]) -> Scalar:
        steps = self.call_slowly(name, arguments)
        limit = self._steps + MAX_CALL_STEPS
        try:
            while True:
                next(steps)
                if self._steps > limit:
                    raise AwkError(f"{name} takes too long")
        except StopIteration as stop:
            return cast("Scalar", stop.value)

    def is_own(self, name: str) -> bool:
        return name in self._functions

    def call_slowly(self, name: str, arguments: list[Tree]) -> Steps:
        parameters, body = self._functions[name]
        if len(arguments) > len(parameters):
            raise AwkError(f"too many arguments in call to {name}")
        if len(self._locals) >= 40:
            raise AwkError("function calls nest too deep")
        scope: dict[str, Any] = dict.fromkeys(parameters, "")
        maybe: list[tuple[str, str]] = []
        for parameter, argument in zip(parameters, arguments, strict=False):
            if argument[0] == "name":
                found = self._scope(argument[1]).get(argument[1])
                if found is None or found == "":
                    maybe.append((parameter, argument[1]))
                    continue
                scope[parameter] = found
            else:
                scope[parameter] = self.value(argument)
        self._locals.append(scope)
        try:
            yield from self.run(body)
        except _Return as returned:
            return returned.value
        finally:
            self._locals.pop()
            for parameter, given in maybe:
                if isinstance(scope[parameter], dict):  # What had no value yet was used as an array.
                    self._scope(given)[given] = scope[parameter]
        return ""

    def _substitute(self, everywhere: bool, arguments: list[Tree]) -> Scalar:
        if len(arguments) < 2:
            raise AwkError("wrong number of arguments in call to sub")
        automaton = automaton_of(self._regex_of(arguments[0]))
        replacement = text_of(self.value(arguments[1]))
        target: Tree = arguments[2] if len(arguments) > 2 else ("field", ("number", 0.0))
        text = text_of(self.value(target))
        changed, count, looked_at = substituted(automaton, replacement, text, everywhere)
        self._steps += looked_at
        if count:
            self._assign(target, changed)
        return float(count)

    # Statements

    def run(self, tree: Tree) -> Steps:
        """Run a statement; yields now and then, where others may live, and what it waits for."""
        self._steps += 1
        if self._steps % STEPS_BETWEEN_PAUSES < 2:
            yield None
        match tree:
            case ("block", statements):
                for statement in statements:
                    yield from self.run(statement)
            case ("expression", ("slow", expression)):
                yield from self.slowly(expression)
            case ("expression", expression):
                self.value(expression)
            case ("print" | "printf", *_):
                kind, values, mode, target = yield from self._settled(tree)
                self._print(kind, values, mode, target)
            case ("if", condition, then, otherwise):
                if truth((yield from self.slowly(condition))):
                    yield from self.run(then)
                elif otherwise is not None:
                    yield from self.run(otherwise)
            case ("while" | "do" | "for" | "for-in", *_):
                yield from self._loop(tree)
            case ("delete", name, subscripts):
                array = self._array(name)
                if subscripts is None:
                    array.clear()
                else:
                    array.pop(self._subscript(subscripts), None)
            case ("exit", code):
                if code is not None:
                    self.status = int(to_number((yield from self.slowly(code)))) & 0xFF
                raise Exit
            case ("return", value):
                raise _Return("" if value is None else (yield from self.slowly(value)))
            case ("next",):
                raise Next
            case ("break",):
                raise _Break
            case ("continue",):
                raise _Continue
        return ""

    def _loop(self, tree: Tree) -> Steps:
        match tree:
            case ("while", condition, body):
                while truth((yield from self.slowly(condition))):
                    if (yield from self._body(body)):
                        break
            case ("do", body, condition):
                while True:
                    if (yield from self._body(body)) or not truth((yield from self.slowly(condition))):
                        break
            case ("for", first, condition, step, body):
                if first is not None:
                    yield from self.run(first)
                while condition is None or truth((yield from self.slowly(condition))):
                    if (yield from self._body(body)):
                        break
                    if step is not None:
                        yield from self.run(step)
            case ("for-in", name, array, body):
                for key in list(self._array(array)):
                    self._assign(("name", name), FromInput(key))
                    if (yield from self._body(body)):
                        break
        return ""

    def _body(self, body: Tree) -> Any:
        """Run a loop's body; true when the loop shall end."""
        try:
            yield from self.run(body)
        except _Break:
            return True
        except _Continue:
            pass
        return False

    def _print(self, kind: str, values: list[Tree], mode: str, target: Tree | None) -> None:
        scalars = [self.value(value) for value in values]
        if kind == "printf":
            line = printed("printf", scalars)
        else:
            joined = text_of(self.globals["OFS"]).join(map(self._shown, scalars)) if values else self._record
            line = joined + text_of(self.globals["ORS"])
        if target is None:
            self.streams.out.append(line)
        else:
            self.streams.put(mode, text_of(self.value(target)), line)

    def _shown(self, value: Scalar) -> str:
        """A value as ``print`` prints it: numbers that are not whole by ``OFMT``."""
        form = text_of(self.globals["OFMT"])
        if form != "%.6g" and isinstance(value, float) and math.isfinite(value) and value != int(value):
            return printed("print", [form, value])
        return text_of(value)

    def selected(self, index: int) -> Steps:
        """1 when a rule's pattern holds for the record, 0 when not."""
        pattern, second, _ = self.rules[index]
        if pattern is None:
            return 1.0
        if second is None:
            return float(truth((yield from self.slowly(pattern))))
        if not self._in_range[index]:
            if not truth((yield from self.slowly(pattern))):
                return 0.0
            self._in_range[index] = True
        if truth((yield from self.slowly(second))):
            self._in_range[index] = False
        return 1.0
