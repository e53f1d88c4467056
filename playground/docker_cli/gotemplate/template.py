"""Runs a parsed template over a value.

Source: Go text/template/exec.go; its errors word for word.
"""

from collections.abc import Mapping

from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.gotemplate import nodes
from playground.docker_cli.gotemplate.evaluation import Evaluation
from playground.docker_cli.gotemplate.functions import FUNCTIONS, Function
from playground.docker_cli.gotemplate.parser import Parser
from playground.docker_cli.gotemplate.values import (
    NO_VALUE,
    Any_,
    NoValue,
    Value,
    content,
    entries,
    is_nil,
    items,
    kind,
    pointed,
    reflect,
    shown,
    truth,
    unwrapped,
)

_MAX_DEPTH = 1000
_MAX_OUTPUT = 16 * 1024 * 1024


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Template:
    """A template ready to run."""

    def __init__(self, name: str, text: str, body: list[nodes.Node], defined: Mapping[str, list[nodes.Node]]) -> None:
        self.name = name
        self.text = text
        self.body = body
        self.defined = defined

    def execute(
        self, data: Any_, functions: Mapping[str, Function] = FUNCTIONS, missing_key_fails: bool = False
    ) -> str:
        """Run over ``data``.

        Raises:
            TemplateError: the template does not fit the data.
        """
        return _Execution(self, functions, missing_key_fails).run(data)


def parse(text: str, name: str = "") -> Template:
    """Parse a template.

    Raises:
        TemplateError: the text is none.
    """
    parser = Parser(name, text, FUNCTIONS)
    body = parser.parse()
    return Template(name, text, body, parser.defined)


class _Execution(Evaluation):
    """Walks the statements of a template and writes what they say."""

    def __init__(self, template: Template, functions: Mapping[str, Function], missing_key_fails: bool) -> None:
        super().__init__(template.name, template.text, functions, missing_key_fails)
        self._template = template
        self._out: list[str] = []
        self._size = 0
        self._depth = 0

    def run(self, data: Any_) -> str:
        self._variables = [("$", data)]
        self._walk_list(data, self._template.body)
        return "".join(self._out)

    def _write(self, text: str) -> None:
        self._size += len(text)
        if self._size > _MAX_OUTPUT:
            self._fail("output too long")
        self._out.append(text)

    def _walk_list(self, dot: Any_, body: list[nodes.Node]) -> None:
        for node in body:
            self._walk(dot, node)

    def _walk(self, dot: Any_, node: nodes.Node) -> None:
        self._node = node
        match node:
            case nodes.Text():
                self._write(node.text)
            case nodes.Action():
                value = self._pipeline(dot, node.pipe)
                if not node.pipe.variables:
                    self._print(node, value)
            case nodes.Branch() if node.word == "range":
                self._range(dot, node)
            case nodes.Branch():
                depth = len(self._variables)
                value = self._pipeline(dot, node.pipe)
                if truth(unwrapped(value)):
                    self._walk_list(value if node.word == "with" else dot, node.body)
                elif node.otherwise is not None:
                    self._walk_list(dot, node.otherwise)
                del self._variables[depth:]
            case nodes.Jump():
                raise _Break if node.word == "break" else _Continue
            case nodes.Invoke():
                self._invoke(dot, node)

    def _invoke(self, dot: Any_, node: nodes.Invoke) -> None:
        body = self._template.defined.get(node.name)
        if body is None:
            self._fail(f"template {quoted(node.name)} not defined")
        if self._depth >= _MAX_DEPTH // 20:
            self._fail(f"exceeded maximum template depth ({_MAX_DEPTH})")
        data = self._pipeline(dot, node.pipe) if node.pipe else NO_VALUE
        outer, name = self._variables, self._name
        self._variables, self._name = [("$", data)], node.name
        self._depth += 1
        self._walk_list(data, body)
        self._depth -= 1
        self._variables, self._name = outer, name

    def _range(self, dot: Any_, node: nodes.Branch) -> None:
        depth = len(self._variables)
        value = pointed(self._pipeline(dot, node.pipe))
        pairs = self._pairs(value)
        try:
            for key, item in pairs:
                self._bind_range(node.pipe, depth, key, item)
                try:
                    self._walk_list(item, node.body)
                except _Continue:
                    pass
                del self._variables[depth + len(node.pipe.variables) :]
        except _Break:
            pass
        if not pairs and node.otherwise is not None:
            self._walk_list(dot, node.otherwise)
        del self._variables[depth:]

    def _bind_range(self, pipe: nodes.Pipe, depth: int, key: Any_, item: Any_) -> None:
        for position, (variable, value) in enumerate(
            zip(pipe.variables, (item,) if len(pipe.variables) == 1 else (key, item), strict=False)
        ):
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables[depth + position] = (variable.names[0], value)

    def _pairs(self, value: Any_) -> list[tuple[Any_, Any_]]:
        if isinstance(value, Value):
            match kind(value):
                case "slice":
                    elements = items(value)
                    return [(reflect(position), item) for position, item in enumerate(elements)]
                case "map":
                    return entries(value)
                case "int":
                    return [(reflect(number), reflect(number)) for number in range(int(content(value)))]
                case "any" if value.data is None:
                    return []
        if isinstance(value, NoValue):
            return []
        self._fail(f"range can't iterate over {shown(value)}")

    def _print(self, node: nodes.Node, value: Any_) -> None:
        self._node = node
        value = pointed(value)
        self._write(shown(value) if not isinstance(value, Value) or not is_nil(value) else _nil_shown(value))


def _nil_shown(value: Value) -> str:
    match value.type.kind:
        case "slice":
            return "[]"
        case "map":
            return "map[]"
        case "any":
            return "<no value>"
    return "<nil>"
