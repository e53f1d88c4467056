"""Builds the tree of a template from its items.

Source: Go text/template/parse/parse.go.
"""

from collections.abc import Container
from typing import NoReturn

from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.gotemplate import nodes
from playground.docker_cli.gotemplate.errors import TemplateError
from playground.docker_cli.gotemplate.lexer import Item, Kind, Lexer, number

_OPERANDS = (
    Kind.BOOL,
    Kind.CHAR_CONSTANT,
    Kind.DOT,
    Kind.FIELD,
    Kind.IDENTIFIER,
    Kind.NUMBER,
    Kind.NIL,
    Kind.RAW_STRING,
    Kind.STRING,
    Kind.VARIABLE,
    Kind.LEFT_PAREN,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Parser:
    """One template text; ``defined`` gathers the templates that it defines by name."""

    def __init__(self, name: str, text: str, functions: Container[str]) -> None:
        self._name = name
        self._functions = functions
        self._items = Lexer(text).items()
        self._at = 0
        self._variables = ["$"]
        self._loops = 0
        self._action_line = 0
        self.defined: dict[str, list[nodes.Node]] = {}

    def parse(self) -> list[nodes.Node]:
        """The nodes of the template itself.

        Raises:
            TemplateError: the text is no template.
        """
        body: list[nodes.Node] = []
        while self._peek().kind is not Kind.EOF:
            if self._peek().kind is Kind.LEFT_DELIMITER and self._is_definition():
                self._definition()
                continue
            node = self._text_or_action()
            if isinstance(node, nodes.Marker):
                self._fail(f"unexpected {node}")
            body.append(node)
        return body

    # Items.

    def _next(self) -> Item:
        item = self._items[min(self._at, len(self._items) - 1)]
        self._at += 1
        return item

    def _peek(self) -> Item:
        return self._items[min(self._at, len(self._items) - 1)]

    def _next_non_space(self) -> Item:
        while (item := self._next()).kind is Kind.SPACE:
            pass
        return item

    def _peek_non_space(self) -> Item:
        item = self._next_non_space()
        self._at -= 1
        return item

    def _fail(self, message: str) -> NoReturn:
        line = self._items[min(max(self._at - 1, 0), len(self._items) - 1)].line
        raise TemplateError(f"template: {self._name}:{line}: {message}")

    def _unexpected(self, item: Item, context: str) -> NoReturn:
        if item.kind is Kind.ERROR:
            extra = ""
            if self._action_line and self._action_line != item.line:
                extra = f" in action started at {self._name}:{self._action_line}"
                if item.value.endswith(" action"):
                    extra = extra[len(" in action") :]
            self._fail(f"{item}{extra}")
        self._fail(f"unexpected {item} in {context}")

    def _expect(self, kind: Kind, context: str) -> Item:
        item = self._next_non_space()
        if item.kind is not kind:
            self._unexpected(item, context)
        return item

    # Lists.

    def _is_definition(self) -> bool:
        at = self._at
        self._next()
        item = self._next_non_space()
        self._at = at
        return item.kind is Kind.KEYWORD and item.value == "define"

    def _definition(self) -> None:
        self._next()
        self._next_non_space()
        context = "define clause"
        item = self._next_non_space()
        if item.kind not in (Kind.STRING, Kind.RAW_STRING):
            self._unexpected(item, context)
        name = self._unquote(item)
        self._expect(Kind.RIGHT_DELIMITER, context)
        outer, self._variables = self._variables, ["$"]
        body, marker = self._list()
        self._variables = outer
        if marker.word != "end":
            self._fail(f"unexpected {marker} in {context}")
        self.defined[name] = body

    def _list(self) -> tuple[list[nodes.Node], nodes.Marker]:
        body: list[nodes.Node] = []
        while self._peek_non_space().kind is not Kind.EOF:
            node = self._text_or_action()
            if isinstance(node, nodes.Marker):
                return body, node
            body.append(node)
        self._next_non_space()
        self._fail("unexpected EOF")

    def _text_or_action(self) -> nodes.Node:
        item = self._next_non_space()
        if item.kind is Kind.TEXT:
            return nodes.Text(item.position, item.value)
        if item.kind is Kind.LEFT_DELIMITER:
            self._action_line = item.line
            node = self._action()
            self._action_line = 0
            return node
        self._unexpected(item, "input")

    def _action(self) -> nodes.Node:
        item = self._next_non_space()
        if item.kind is Kind.KEYWORD:
            match item.value:
                case "if" | "with" | "range":
                    return self._branch(item)
                case "end":
                    self._expect(Kind.RIGHT_DELIMITER, "end")
                    return nodes.Marker(item.position, "end", item.line)
                case "else":
                    return self._else(item)
                case "template":
                    return self._invoke()
                case "block":
                    return self._block()
                case "break" | "continue":
                    closing = self._next_non_space()
                    if closing.kind is not Kind.RIGHT_DELIMITER:
                        self._unexpected(closing, "{{" + item.value + "}}")
                    if not self._loops:
                        self._fail("{{" + item.value + "}} outside {{range}}")
                    return nodes.Jump(item.position, item.value)
                case _:
                    self._at -= 1
                    self._unexpected(self._next(), "command")
        self._at -= 1
        return nodes.Action(self._peek().position, self._pipeline("command", Kind.RIGHT_DELIMITER))

    def _branch(self, item: Item) -> nodes.Branch:
        word = item.value
        declared = len(self._variables)
        pipe = self._pipeline(word, Kind.RIGHT_DELIMITER)
        self._loops += word == "range"
        body, marker = self._list()
        self._loops -= word == "range"
        otherwise: list[nodes.Node] | None = None
        if marker.word == "else":
            following = self._peek()
            if word != "range" and following.kind is Kind.KEYWORD and following.value == word:
                self._next()
                otherwise = [self._branch(following)]
                del self._variables[declared:]
                return nodes.Branch(item.position, word, pipe, body, otherwise)
            otherwise, marker = self._list()
            if marker.word != "end":
                self._fail(f"expected end; found {marker}")
        del self._variables[declared:]
        return nodes.Branch(item.position, word, pipe, body, otherwise)

    def _else(self, item: Item) -> nodes.Marker:
        following = self._peek_non_space()
        if following.kind is Kind.KEYWORD and following.value in ("if", "with"):
            self._next_non_space()
            self._at -= 1
            return nodes.Marker(following.position, "else", item.line)
        self._expect(Kind.RIGHT_DELIMITER, "else")
        return nodes.Marker(item.position, "else", item.line)

    def _invoke(self) -> nodes.Invoke:
        position = self._peek_non_space().position
        name = self._template_name("template clause")
        pipe = None
        if self._next_non_space().kind is not Kind.RIGHT_DELIMITER:
            self._at -= 1
            pipe = self._pipeline("template clause", Kind.RIGHT_DELIMITER)
        return nodes.Invoke(position, name, pipe)

    def _block(self) -> nodes.Invoke:
        position = self._peek_non_space().position
        name = self._template_name("block clause")
        pipe = self._pipeline("block clause", Kind.RIGHT_DELIMITER)
        outer, self._variables = self._variables, ["$"]
        body, marker = self._list()
        self._variables = outer
        if marker.word != "end":
            self._fail(f"unexpected {marker} in block clause")
        self.defined.setdefault(name, body)
        return nodes.Invoke(position, name, pipe)

    def _template_name(self, context: str) -> str:
        item = self._next_non_space()
        if item.kind not in (Kind.STRING, Kind.RAW_STRING):
            self._unexpected(item, context)
        return self._unquote(item)

    # Pipelines.

    def _pipeline(self, context: str, end: Kind) -> nodes.Pipe:
        pipe = nodes.Pipe(self._peek_non_space().position)
        self._declarations(pipe, context)
        while True:
            item = self._next_non_space()
            if item.kind is end:
                self._check(pipe, context)
                return pipe
            if item.kind not in _OPERANDS:
                self._unexpected(item, context)
            self._at -= 1
            pipe.commands.append(self._command())

    def _declarations(self, pipe: nodes.Pipe, context: str) -> None:
        while (item := self._peek_non_space()).kind is Kind.VARIABLE:
            start = self._at
            self._next_non_space()
            following = self._peek_non_space()
            if following.kind in (Kind.ASSIGN, Kind.DECLARE):
                self._next_non_space()
                pipe.assigns = following.kind is Kind.ASSIGN
                if pipe.assigns and item.value not in self._variables:
                    self._fail(f"undefined variable {quoted(item.value)}")
                pipe.variables.append(nodes.Variable(item.position, [item.value]))
                self._variables.append(item.value)
                return
            if following.kind is Kind.CHAR and following.value == ",":
                self._next_non_space()
                pipe.variables.append(nodes.Variable(item.position, [item.value]))
                self._variables.append(item.value)
                if context == "range" and len(pipe.variables) < 2:
                    if self._peek_non_space().kind in (Kind.VARIABLE, Kind.RIGHT_DELIMITER, Kind.RIGHT_PAREN):
                        continue
                    self._fail("range can only initialize variables")
                self._fail(f"too many declarations in {context}")
            self._at = start
            return

    def _check(self, pipe: nodes.Pipe, context: str) -> None:
        if not pipe.commands:
            self._fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.arguments[0], nodes.Literal | nodes.Nil | nodes.Dot):
                self._fail(f"non executable command in pipeline stage {stage}")

    def _command(self) -> nodes.Command:
        command = nodes.Command(self._peek_non_space().position)
        while True:
            self._peek_non_space()
            while self._peek().kind is Kind.SPACE:
                self._next()
            operand = self._operand()
            if operand is not None:
                command.arguments.append(operand)
            item = self._next()
            if item.kind is Kind.SPACE:
                continue
            if item.kind in (Kind.RIGHT_DELIMITER, Kind.RIGHT_PAREN):
                self._at -= 1
            elif item.kind is not Kind.PIPE:
                self._unexpected(item, "operand")
            break
        if not command.arguments:
            self._fail("empty command")
        return command

    def _operand(self) -> nodes.Node | None:
        node = self._term()
        if node is None or self._peek().kind is not Kind.FIELD:
            return node
        position = self._peek().position
        names = []
        while self._peek().kind is Kind.FIELD:
            names.append(self._next().value[1:])
        if isinstance(node, nodes.FieldPath):
            return nodes.FieldPath(position, node.names + names)
        if isinstance(node, nodes.Variable):
            return nodes.Variable(position, node.names + names)
        if isinstance(node, nodes.Literal | nodes.Nil | nodes.Dot):
            self._fail(f"unexpected . after term {quoted(str(node))}")
        return nodes.Chain(position, node, names)

    def _term(self) -> nodes.Node | None:
        item = self._next_non_space()
        value, position = item.value, item.position
        match item.kind:
            case Kind.IDENTIFIER:
                if value not in self._functions:
                    self._fail(f"function {quoted(value)} not defined")
                return nodes.Identifier(position, value)
            case Kind.DOT:
                return nodes.Dot(position)
            case Kind.NIL:
                return nodes.Nil(position)
            case Kind.VARIABLE:
                if value not in self._variables:
                    self._fail(f"undefined variable {quoted(value)}")
                return nodes.Variable(position, [value])
            case Kind.FIELD:
                return nodes.FieldPath(position, [value[1:]])
            case Kind.BOOL:
                return nodes.Literal(position, value == "true", value)
            case Kind.NUMBER:
                return nodes.Literal(position, number(value), value)
            case Kind.CHAR_CONSTANT:
                return nodes.Literal(position, ord(self._unquote(item)), value)
            case Kind.STRING | Kind.RAW_STRING:
                return nodes.Literal(position, self._unquote(item), value)
            case Kind.LEFT_PAREN:
                return self._pipeline("parenthesized pipeline", Kind.RIGHT_PAREN)
        self._at -= 1
        return None

    def _unquote(self, item: Item) -> str:
        text = item.value[1:-1]
        if item.kind is Kind.RAW_STRING:
            return text.replace("\r", "")
        out, at = "", 0
        while at < len(text):
            if text[at] != "\\":
                out += text[at]
                at += 1
                continue
            letter = text[at + 1]
            width = {"x": 2, "u": 4, "U": 8}.get(letter)
            if letter in _ESCAPES:
                out += _ESCAPES[letter]
                at += 2
            elif letter in "\\'\"":
                out += letter
                at += 2
            elif width and all(digit in "0123456789abcdefABCDEF" for digit in text[at + 2 : at + 2 + width]):
                out += chr(int(text[at + 2 : at + 2 + width], 16))
                at += 2 + width
            elif letter in "01234567":
                out += chr(int(text[at + 1 : at + 4], 8))
                at += 4
            else:
                self._fail("invalid syntax")
        return out
