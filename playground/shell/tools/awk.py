"""``awk``: runs what ``awk_parser`` read, a step at a time, so that no program can hold the machine.

Left out: pipes to and from commands, ``getline`` other than from a file, ``system``.
"""

import math
import re
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any, Final

from playground.api.process import Reader
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.printing import formatted
from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.awk_parser import BUILTINS, AwkError, AwkParser, Tree
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import lines_of, open_input

MAX_CALL_STEPS: Final = 50_000
MAX_TEXT: Final = 1024 * 1024
MAX_ELEMENTS: Final = 50_000
STEPS_BETWEEN_PAUSES: Final = 500
_NUMBER: Final = re.compile(r"[ \t\n]*[-+]?(?:[0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,4})?")
_SYNTAX: Final = Syntax(extended=True, bracket_escapes=True)

Scalar = float | str


class _FromInput(str):
    """Text of the input: compares as a number where it looks like one."""

    __slots__ = ()


class _Next(Exception):
    pass


class _Exit(Exception):
    pass


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    def __init__(self, value: Scalar) -> None:
        super().__init__()
        self.value = value


def to_number(value: Scalar) -> float:
    if isinstance(value, float):
        return value
    found = _NUMBER.match(value[:600])
    return float(found.group()) if found else 0.0


def _filled_in(replacement: str, found: str) -> str:
    """What ``sub`` puts in the place of ``found``: ``&`` is the found text, ``\\&`` a plain ampersand."""
    return re.sub(r"\\\\&|\\&|&", lambda mark: found if mark.group() == "&" else "&", replacement)


def _looks_numeric(value: Scalar) -> bool:
    if isinstance(value, float):
        return True
    if not isinstance(value, _FromInput):
        return False
    found = _NUMBER.match(value)
    return found is not None and not value[found.end() :].strip()


class Program:
    """One awk program at work."""

    def __init__(self, invocation: Invocation, text: str) -> None:
        parser = AwkParser(text)
        self.rules = parser.parse()
        self._functions = parser.functions
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
            "ENVIRON": {name: _FromInput(value) for name, value in invocation.environment.items()},
        }
        self._locals: list[dict[str, Any]] = []
        self._record = ""
        self._fields: list[str] | None = []
        self._in_range: list[bool] = [False] * len(self.rules)
        self._random = Random(0)
        self._steps = 0
        self._open: list[str] = []
        self._readers: dict[str, list[str]] = {}
        self.out: list[str] = []
        self.status = 0

    # Records and fields

    def set_record(self, text: str) -> None:
        self._record = text
        self._fields = None

    def _split_record(self) -> list[str]:
        if self._fields is None:
            self._fields = self._pieces(self._record, self.text(self.globals["FS"]))
            self.globals["NF"] = float(len(self._fields))
        return self._fields

    def _pieces(self, text: str, separator: str) -> list[str]:
        if separator == " ":
            return text.split()
        if not text:
            return []
        if separator == "":
            return list(text)
        if len(separator) == 1 and separator not in "\\.[]*^$+?(){}|":
            return text.split(separator)
        if separator == "\\|":
            return text.split("|")
        pieces: list[str] = []
        automaton = self._automaton(separator)
        at = 0
        while at <= len(text):
            found = automaton.search(text, at)
            if found is None or found[0] is None or found[1] is None or found[0] == found[1]:
                break
            pieces.append(text[at : found[0]])
            at = found[1]
        pieces.append(text[at:])
        return pieces

    def _field(self, number: float) -> Scalar:
        if number < 0:
            raise AwkError(f"trying to access out of range field {int(number)}")
        index = int(number)
        if index == 0:
            return _FromInput(self._record)
        fields = self._split_record()
        return _FromInput(fields[index - 1]) if index <= len(fields) else _FromInput("")

    def _set_field(self, number: float, value: str) -> None:
        index = int(number)
        if index == 0:
            self.set_record(value)
            return
        if not 0 < index <= MAX_ELEMENTS:
            raise AwkError(f"trying to access out of range field {index}")
        fields = self._split_record()
        while len(fields) < index:
            fields.append("")
        fields[index - 1] = value
        self.globals["NF"] = float(len(fields))
        self._record = self.text(self.globals["OFS"]).join(fields)

    # Values

    def text(self, value: Scalar) -> str:
        if isinstance(value, str):
            return value
        if value == int(value) if math.isfinite(value) else False:
            return str(int(value))
        if not math.isfinite(value):
            return ("-" if value < 0 else "") + ("inf" if math.isinf(value) else "nan")
        return format(value, ".6g")

    def _truth(self, value: Scalar) -> bool:
        return to_number(value) != 0 if _looks_numeric(value) else value != ""

    def _automaton(self, pattern: str) -> Any:
        try:
            return regular_expression(pattern, _SYNTAX)
        except PatternError as error:
            raise AwkError(f"regular expression compile failed ({error})\n{pattern}") from None

    def _regex_of(self, tree: Tree) -> str:
        return str(tree[1]) if tree[0] == "regex" else self.text(self.value(tree))

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
        return self.text(self.globals["SUBSEP"]).join(self.text(self.value(tree)) for tree in trees)

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
                    self._record = self.text(self.globals["OFS"]).join(fields)
                self._scope(name)[name] = value
            case ("field", operand):
                self._set_field(to_number(self.value(operand)), self.text(value))
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
                return float(self._automaton(pattern).matches(self._record))
            case ("assign", operator, target, right):
                value = self.value(right)
                if operator:
                    value = self._arithmetic(operator, to_number(self.value(target)), to_number(value))
                return self._assign(target, value)
            case ("choose", condition, first, second):
                return self.value(first if self._truth(self.value(condition)) else second)
            case ("or", left, right):
                return float(self._truth(self.value(left)) or self._truth(self.value(right)))
            case ("and", left, right):
                return float(self._truth(self.value(left)) and self._truth(self.value(right)))
            case ("not", operand):
                return float(not self._truth(self.value(operand)))
            case ("sign", operator, operand):
                number = to_number(self.value(operand))
                return -number if operator == "-" else number
            case ("in", subscripts, name):
                return float(self._subscript(subscripts) in self._array(name))
            case ("match", negated, left, right):
                matched = self._automaton(self._regex_of(right)).matches(self.text(self.value(left)))
                return float(matched != negated)
            case ("compare", operator, left, right):
                return float(self._compare(operator, self.value(left), self.value(right)))
            case ("join", left, right):
                joined = self.text(self.value(left)) + self.text(self.value(right))
                if len(joined) > MAX_TEXT:
                    raise AwkError("out of memory")
                return joined
            case ("arithmetic", operator, left, right):
                return self._arithmetic(operator, to_number(self.value(left)), to_number(self.value(right)))
            case ("before", operator, target):
                return self._assign(target, to_number(self.value(target)) + (1 if operator == "++" else -1))
            case ("after", operator, target):
                number = to_number(self.value(target))
                self._assign(target, number + (1 if operator == "++" else -1))
                return number
            case ("getline", target, source):
                return self._getline(target, self.text(self.value(source)))
            case ("call", name, arguments):
                return self._call(name, arguments)
            case _:
                raise AwkError("syntax error")

    def _arithmetic(self, operator: str, left: float, right: float) -> float:
        try:
            match operator:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
                case "/":
                    return left / right
                case "%":
                    return math.fmod(left, right)
                case _:
                    return float(left**right)
        except ZeroDivisionError:
            raise AwkError("division by zero" if operator == "/" else "division by zero in %") from None
        except (OverflowError, ValueError, TypeError):
            return math.inf if operator in "*^+" else math.nan

    def _compare(self, operator: str, left: Scalar, right: Scalar) -> bool:
        a: Any
        b: Any
        if _looks_numeric(left) and _looks_numeric(right):
            a, b = to_number(left), to_number(right)
        elif left == "" and isinstance(right, float) and not isinstance(left, _FromInput):
            a, b = 0.0, right
        elif right == "" and isinstance(left, float) and not isinstance(right, _FromInput):
            a, b = left, 0.0
        else:
            a, b = self.text(left), self.text(right)
        match operator:
            case "<":
                return bool(a < b)
            case "<=":
                return bool(a <= b)
            case "==":
                return bool(a == b)
            case "!=":
                return bool(a != b)
            case ">":
                return bool(a > b)
            case _:
                return bool(a >= b)

    def _getline(self, target: Tree | None, path: str) -> float:
        if path not in self._readers:
            try:
                self._readers[path] = decoded(self._invocation.files.read(path)).splitlines()[::-1]
            except OSError:
                return -1.0
        lines = self._readers[path]
        if not lines:
            return 0.0
        line = _FromInput(lines.pop())
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
            return float(len(self.text(self.value(arguments[0])) if arguments else self._record))
        if name == "split":
            text = self.text(self.value(arguments[0]))
            separator = self._regex_of(arguments[2]) if len(arguments) > 2 else self.text(self.globals["FS"])
            array = self._array(arguments[1][1])
            array.clear()
            pieces = self._pieces(text, separator)[:MAX_ELEMENTS]
            array.update((str(number), _FromInput(piece)) for number, piece in enumerate(pieces, 1))
            return float(len(pieces))
        if name == "match":
            text = self.text(self.value(arguments[0]))
            found = self._automaton(self._regex_of(arguments[1])).search(text)
            self.globals["RSTART"] = float(found[0] + 1) if found else 0.0
            self.globals["RLENGTH"] = float(found[1] - found[0]) if found else -1.0
            return float(self.globals["RSTART"])
        values = [self.value(argument) for argument in arguments]
        texts = [self.text(value) for value in values]
        numbers = [to_number(value) for value in values]
        try:
            return self._plain_call(name, texts, numbers)
        except IndexError:
            raise AwkError(f"wrong number of arguments in call to {name}") from None
        except (ValueError, OverflowError):
            return math.nan

    def _plain_call(self, name: str, texts: list[str], numbers: list[float]) -> Scalar:
        match name:
            case "substr":
                start = round(numbers[1])
                end = start + round(numbers[2]) if len(numbers) > 2 and math.isfinite(numbers[2]) else len(texts[0]) + 1
                return texts[0][max(0, start - 1) : max(0, end - 1)]
            case "index":
                return float(texts[0].find(texts[1]) + 1)
            case "sprintf":
                return formatted(texts[0], texts[1:])[0] if texts[1:] else formatted(texts[0], [""])[0]
            case "tolower":
                return texts[0].lower()
            case "toupper":
                return texts[0].upper()
            case "int":
                return float(int(numbers[0]))
            case "sqrt":
                return math.sqrt(numbers[0])
            case "exp":
                return math.exp(numbers[0])
            case "log":
                return math.log(numbers[0]) if numbers[0] > 0 else -math.inf if numbers[0] == 0 else math.nan
            case "sin":
                return math.sin(numbers[0])
            case "cos":
                return math.cos(numbers[0])
            case "atan2":
                return math.atan2(numbers[0], numbers[1])
            case "rand":
                return self._random.random()
            case "srand":
                self._random = Random(numbers[0] if numbers else 0)
                return 0.0
            case "systime":
                return float((self._invocation.wall_us + self._invocation.loop.now_us) // 1_000_000)
            case "close" | "fflush":
                if texts:
                    self._readers.pop(texts[0], None)
                return 0.0
            case _:
                raise AwkError(f"{name} is not supported here")

    def _call_own(self, name: str, arguments: list[Tree]) -> Scalar:
        parameters, body = self._functions[name]
        if len(arguments) > len(parameters):
            raise AwkError(f"too many arguments in call to {name}")
        if len(self._locals) >= 40:
            raise AwkError("function calls nest too deep")
        scope: dict[str, Any] = dict.fromkeys(parameters, "")
        for parameter, argument in zip(parameters, arguments, strict=False):
            if argument[0] == "name":
                found = self._scope(argument[1]).get(argument[1])
                if found is None or found == "":
                    scope[parameter] = found if found is not None else ""
                    continue
                scope[parameter] = found
            else:
                scope[parameter] = self.value(argument)
        self._locals.append(scope)
        limit = self._steps + MAX_CALL_STEPS
        try:
            for _ in self.run(body):
                if self._steps > limit:
                    raise AwkError(f"{name} takes too long")
        except _Return as returned:
            return returned.value
        finally:
            self._locals.pop()
        return ""

    def _substitute(self, everywhere: bool, arguments: list[Tree]) -> Scalar:
        if len(arguments) < 2:
            raise AwkError("wrong number of arguments in call to sub")
        automaton = self._automaton(self._regex_of(arguments[0]))
        replacement = self.text(self.value(arguments[1]))
        target: Tree = arguments[2] if len(arguments) > 2 else ("field", ("number", 0.0))
        text = self.text(self.value(target))
        out: list[str] = []
        at = copied = count = size = 0
        while at <= len(text):
            found = automaton.search(text, at)
            if found is None or found[0] is None or found[1] is None:
                break
            start, end = found[0], found[1]
            piece = _filled_in(replacement, text[start:end])
            out += (text[copied:start], piece)
            size += len(piece)
            count += 1
            copied = end
            self._steps += end - at + 1
            if start == end:
                if start < len(text):
                    out.append(text[start])
                at = copied = end + 1
            else:
                at = end
            if not everywhere or size > MAX_TEXT:
                break
        if count:
            self._assign(target, "".join(out) + text[copied:])
        return float(count)

    # Statements

    def run(self, tree: Tree) -> Iterator[None]:
        """Run a statement; yields now and then, where others may live."""
        self._steps += 1
        if self._steps % STEPS_BETWEEN_PAUSES < 2:
            yield
        match tree:
            case ("block", statements):
                for statement in statements:
                    yield from self.run(statement)
            case ("expression", expression):
                self.value(expression)
            case ("print" | "printf", values, mode, target):
                self._print(str(tree[0]), values, mode, target)
            case ("if", condition, then, otherwise):
                if self._truth(self.value(condition)):
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
                    self.status = int(to_number(self.value(code))) & 0xFF
                raise _Exit
            case ("return", value):
                raise _Return("" if value is None else self.value(value))
            case ("next",):
                raise _Next
            case ("break",):
                raise _Break
            case ("continue",):
                raise _Continue

    def _loop(self, tree: Tree) -> Iterator[None]:
        match tree:
            case ("while", condition, body):
                while self._truth(self.value(condition)):
                    if (yield from self._body(body)):
                        break
            case ("do", body, condition):
                while True:
                    if (yield from self._body(body)) or not self._truth(self.value(condition)):
                        break
            case ("for", first, condition, step, body):
                if first is not None:
                    yield from self.run(first)
                while condition is None or self._truth(self.value(condition)):
                    if (yield from self._body(body)):
                        break
                    if step is not None:
                        yield from self.run(step)
            case ("for-in", name, array, body):
                for key in list(self._array(array)):
                    self._assign(("name", name), _FromInput(key))
                    if (yield from self._body(body)):
                        break

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
        texts = [self.text(self.value(value)) for value in values]
        if kind == "printf":
            line = formatted(texts[0], texts[1:])[0] if len(texts) > 1 else formatted(texts[0], [])[0]
        else:
            joined = self.text(self.globals["OFS"]).join(texts) if values else self._record
            line = joined + self.text(self.globals["ORS"])
        if target is None:
            self.out.append(line)
            return
        path = self.text(self.value(target))
        if mode == "|":
            raise AwkError("pipes are not supported here")
        if path == "/dev/stdout":
            self.out.append(line)
            return
        if mode == ">" and path not in self._open:
            self._invocation.files.write(path, b"")
            self._open.append(path)
        self._invocation.files.append(path, encoded(line))

    def selected(self, index: int) -> bool:
        """True when a rule's pattern holds for the record."""
        pattern, second, _ = self.rules[index]
        if pattern is None:
            return True
        if second is None:
            return self._truth(self.value(pattern))
        if not self._in_range[index]:
            if not self._truth(self.value(pattern)):
                return False
            self._in_range[index] = True
        if self._truth(self.value(second)):
            self._in_range[index] = False
        return True


async def awk(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "", "Fvf", {"field-separator": "F=", "assign": "v=", "version": "V"}, False
        )
    except UsageError as error:
        return await invocation.complain(str(error), 2)
    words = list(options.words)
    texts: list[str] = []
    for path in options.values.get("f", []):
        try:
            texts.append(decoded(invocation.files.read(path)))
        except OSError:
            return await invocation.complain(f'cannot open "{path}" (No such file or directory)', 2)
    if not texts:
        if not words:
            await invocation.stderr.write("usage: awk [-F separator] [-v name=value] 'program' [file...]\n")
            return 2
        texts = [words.pop(0)]
    try:
        program = Program(invocation, "\n".join(texts))
        for setting in options.values.get("v", []):
            name, _, value = setting.partition("=")
            program.globals[name] = _FromInput(value.replace("\\n", "\n").replace("\\t", "\t"))
        if options.has("F"):
            separator = options.value("F")
            program.globals["FS"] = "\t" if separator == "t" else separator.replace("\\t", "\t")
        return await _run(invocation, program, words)
    except AwkError as error:
        return await invocation.complain(str(error), 2)
    except RecursionError:
        return await invocation.complain("program nests too deep", 2)


async def _run(invocation: Invocation, program: Program, paths: list[str]) -> int:
    async def act(index: int) -> None:
        action = program.rules[index][2] or ("print", [], "", None)
        for _ in program.run(action):
            await flush()
            await invocation.loop.sleep(200)

    async def flush() -> None:
        if program.out:
            text, program.out = "".join(program.out), []
            await invocation.stdout.write(text)

    def special(kind: str) -> list[int]:
        return [index for index, rule in enumerate(program.rules) if rule[0] == (kind,)]

    try:
        for index in special("begin"):
            await act(index)
        await flush()
        if len(special("begin")) < len(program.rules):
            await _records(invocation, program, paths, act, flush)
    except _Exit:
        pass
    except _Next:
        pass
    try:
        for index in special("end"):
            await act(index)
    except _Exit:
        pass
    finally:
        await flush()
    return program.status


async def _records(invocation: Invocation, program: Program, paths: list[str], act: Any, flush: Any) -> None:
    rules = [i for i, rule in enumerate(program.rules) if rule[0] not in (("begin",), ("end",))]
    files = [path for path in paths if not re.match(r"[A-Za-z_]\w*=", path)]
    for path in paths if files else [*paths, "-"]:
        if path not in ("-",) and re.match(r"[A-Za-z_]\w*=", path):
            name, _, value = path.partition("=")
            program.globals[name] = _FromInput(value)
            continue
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            await invocation.complain(f'cannot open "{path}" (No such file or directory)')
            program.status = 2
            continue
        program.globals["FILENAME"] = "" if path == "-" else path
        program.globals["FNR"] = 0.0
        async for record in _split_records(invocation, program, reader):
            program.set_record(record)
            program.globals["NR"] = to_number(program.globals["NR"]) + 1
            program.globals["FNR"] = to_number(program.globals["FNR"]) + 1
            try:
                for index in rules:
                    if program.selected(index):
                        await act(index)
            except _Next:
                pass
            await flush()


async def _split_records(invocation: Invocation, program: Program, reader: Reader) -> AsyncIterator[str]:
    held = ""
    async for line in lines_of(invocation, reader):
        separator = program.text(program.globals["RS"])
        if separator == "\n":
            yield line.removesuffix("\n")
            continue
        held += line
        if separator == "":
            if line == "\n":
                if held.strip("\n"):
                    yield held.strip("\n")
                held = ""
            continue
        *whole, held = held.split(separator)
        for record in whole:
            yield record
        if len(held) > MAX_TEXT:
            raise AwkError("record too long")
    if held.strip("\n"):
        yield held.removesuffix("\n")


AWK_TOOLS: Final[dict[str, Tool]] = {"awk": awk, "mawk": awk, "gawk": awk}
