"""Evaluates the pipelines of a template: fields, variables, functions, arguments.

Source: Go text/template/exec.go; its errors word for word.
"""

from collections.abc import Mapping
from typing import NoReturn

from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.gotemplate import nodes
from playground.docker_cli.gotemplate.errors import TemplateError
from playground.docker_cli.gotemplate.functions import CallFailed, Function, result
from playground.docker_cli.gotemplate.methods import method_of
from playground.docker_cli.gotemplate.values import (
    NO_VALUE,
    Any_,
    NoValue,
    Row,
    Value,
    content,
    is_nil,
    kind,
    member,
    pointed,
    reflect,
    truth,
    type_name,
    unwrapped,
)
from playground.docker_cli.wire.shapes import type_named


class Evaluation:
    """The variables in sight, and what an operand is worth. Whatever fails names the node it stands at."""

    def __init__(self, name: str, text: str, functions: Mapping[str, Function], missing_key_fails: bool) -> None:
        self._whole = name
        self._text = text
        self._functions = functions
        self._missing_key_fails = missing_key_fails
        self._variables: list[tuple[str, Any_]] = []
        self._node: nodes.Node = nodes.Dot(0)
        self._name = name
        """The template defined inside the whole one that is at work."""

    def _fail(self, message: str) -> NoReturn:
        text = self._text[: self._node.position]
        line = 1 + text.count("\n")
        column = len(text[text.rfind("\n") + 1 :].encode())
        where = f"{self._whole}:{line}:{column}"
        raise TemplateError(f"template: {where}: executing {quoted(self._name)} at <{self._node}>: {message}")

    def _pipeline(self, dot: Any_, pipe: nodes.Pipe) -> Any_:
        self._node = pipe
        value: Any_ | None = None
        for command in pipe.commands:
            value = unwrapped(self._command(dot, command, value))
        assert value is not None
        for variable in pipe.variables:
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables.append((variable.names[0], value))
        return value

    def _assign(self, name: str, value: Any_) -> None:
        for position in range(len(self._variables) - 1, -1, -1):
            if self._variables[position][0] == name:
                self._variables[position] = (name, value)
                return
        self._fail(f"undefined variable: {name}")

    def _variable(self, name: str) -> Any_:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        self._fail(f"undefined variable: {name}")

    def _command(self, dot: Any_, command: nodes.Command, final: Any_ | None) -> Any_:
        first = command.arguments[0]
        match first:
            case nodes.FieldPath():
                return self._field_chain(dot, dot, first, first.names, command.arguments, final)
            case nodes.Chain():
                return self._chain(dot, first, command.arguments, final)
            case nodes.Identifier():
                return self._function(dot, first, command, command.arguments, final)
            case nodes.Variable():
                return self._variable_chain(dot, first, command.arguments, final)
            case nodes.Pipe():
                self._not_a_function(command.arguments, final)
                return self._pipeline(dot, first)
        self._node = first
        self._not_a_function(command.arguments, final)
        match first:
            case nodes.Literal():
                return reflect(first.value)
            case nodes.Dot():
                return dot
            case nodes.Nil():
                self._fail("nil is not a command")
        self._fail(f"can't evaluate command {quoted(str(first))}")

    def _not_a_function(self, arguments: list[nodes.Node], final: Any_ | None) -> None:
        if len(arguments) > 1 or final is not None:
            self._node = arguments[0]
            self._fail(f"can't give argument to non-function {arguments[0]}")

    def _argument(self, dot: Any_, node: nodes.Node) -> Any_:
        """An operand that is an argument, not a command."""
        self._node = node
        match node:
            case nodes.Dot():
                return dot
            case nodes.Nil():
                return Value(type_named("any"), None)
            case nodes.Literal():
                return reflect(node.value)
            case nodes.FieldPath():
                return self._field_chain(dot, dot, node, node.names, [node], None)
            case nodes.Variable():
                return self._variable_chain(dot, node, [node], None)
            case nodes.Pipe():
                return self._pipeline(dot, node)
            case nodes.Identifier():
                return self._function(dot, node, node, [node], None)
            case nodes.Chain():
                return self._chain(dot, node, [node], None)
        self._fail(f"can't handle {node}")

    def _chain(self, dot: Any_, node: nodes.Chain, arguments: list[nodes.Node], final: Any_ | None) -> Any_:
        self._node = node
        if isinstance(node.term, nodes.Nil):
            self._fail(f"indirection through explicit nil in {node}")
        receiver = self._argument(dot, node.term)
        return self._field_chain(dot, receiver, node, node.names, arguments, final)

    def _variable_chain(self, dot: Any_, node: nodes.Variable, arguments: list[nodes.Node], final: Any_ | None) -> Any_:
        self._node = node
        value = self._variable(node.names[0])
        if len(node.names) == 1:
            self._not_a_function(arguments, final)
            return value
        return self._field_chain(dot, value, node, node.names[1:], arguments, final)

    def _field_chain(
        self,
        dot: Any_,
        receiver: Any_,
        node: nodes.Node,
        names: list[str],
        arguments: list[nodes.Node],
        final: Any_ | None,
    ) -> Any_:
        self._node = node
        for name in names[:-1]:
            receiver = self._field(dot, name, node, [node], None, receiver)
        return self._field(dot, names[-1], node, arguments, final, receiver)

    def _field(
        self,
        dot: Any_,
        name: str,
        node: nodes.Node,
        arguments: list[nodes.Node],
        final: Any_ | None,
        receiver: Any_,
    ) -> Any_:
        self._node = node
        seen_as = receiver
        receiver = unwrapped(receiver)
        if isinstance(receiver, NoValue):
            if self._missing_key_fails:
                self._fail(f"nil data; no entry for key {quoted(name)}")
            return NO_VALUE
        if isinstance(receiver, Value) and receiver.type.kind == "any":
            self._fail(f"nil pointer evaluating interface {{}}.{name}")
        has_arguments = len(arguments) > 1 or final is not None
        method = method_of(receiver, name)
        if method is not None:
            return self._call(dot, method, name, node, arguments, final)
        if isinstance(receiver, Row):
            if receiver.header:
                return NO_VALUE
            found = member(receiver.embedded, name) if receiver.embedded else None
            if found is None:
                self._fail(f"can't evaluate field {name} in type {receiver.type_name}")
            return found
        target = pointed(receiver)
        if isinstance(target, Value) and target.type.kind == "struct":
            found = member(target, name)
            if found is not None:
                if has_arguments:
                    self._fail(f"{name} has arguments but cannot be invoked as function")
                return found
        elif isinstance(target, Value) and target.type.kind == "map":
            if has_arguments:
                self._fail(f"{name} is not a method but has arguments")
            data = target.data or {}
            if name in data:
                return Value(type_named(target.type.element), data[name])
            if self._missing_key_fails:
                self._fail(f"map has no entry for key {quoted(name)}")
            return NO_VALUE
        elif is_nil(target) and kind(target) == "pointer":
            self._fail(f"nil pointer evaluating {type_name(receiver)}.{name}")
        self._fail(f"can't evaluate field {name} in type {type_name(seen_as)}")

    def _function(
        self,
        dot: Any_,
        node: nodes.Identifier,
        command: nodes.Node,
        arguments: list[nodes.Node],
        final: Any_ | None,
    ) -> Any_:
        self._node = node
        if node.name in ("and", "or"):
            return self._short_circuit(dot, node, arguments, final)
        if node.name == "call" and (len(arguments) > 1 or final is not None):
            # What came down the pipeline has no text of its own; Go's word for that is "everywhere".
            written = str(arguments[1]) if len(arguments) > 1 else "everywhere"
            value = unwrapped(self._argument(dot, arguments[1]) if len(arguments) > 1 or final is None else final)
            self._node = command
            if isinstance(value, NoValue) or (isinstance(value, Value) and value.type.kind == "any"):
                self._fail("error calling call: call of nil")
            self._fail(f"error calling call: non-function {written} of type {type_name(value)}")
        return self._call(dot, self._functions[node.name], node.name, command, arguments, final)

    def _short_circuit(
        self, dot: Any_, node: nodes.Identifier, arguments: list[nodes.Node], final: Any_ | None
    ) -> Any_:
        given = len(arguments) - 1 + (final is not None)
        if not given:
            self._fail(f"wrong number of args for {node.name}: want at least 1 got 0")
        value: Any_ = NO_VALUE
        for argument in arguments[1:]:
            value = self._argument(dot, argument)
            if truth(unwrapped(value)) == (node.name == "or"):
                return value
        return value if final is None else final

    def _call(
        self,
        dot: Any_,
        function: Function,
        name: str,
        node: nodes.Node,
        arguments: list[nodes.Node],
        final: Any_ | None,
    ) -> Any_:
        given = len(arguments) - 1 + (final is not None)
        wanted = len(function.parameters)
        if function.variadic:
            if given < wanted - 1:
                self._fail(f"wrong number of args for {name}: want at least {wanted - 1} got {given}")
        elif given != wanted:
            self._fail(f"wrong number of args for {name}: want {wanted} got {given}")
        values = []
        for position, argument in enumerate(arguments[1:]):
            parameter = function.parameters[min(position, wanted - 1)]
            values.append(self._checked(self._argument(dot, argument), parameter, argument))
        if final is not None:
            parameter = function.parameters[min(len(values), wanted - 1)]
            values.append(self._checked(final, parameter, None))
        self._node = node
        try:
            return result(function.call(*values))
        except CallFailed as error:
            self._fail(f"error calling {name}: {error}")

    def _checked(self, value: Any_, parameter: str, node: nodes.Node | None) -> object:
        """The value as a parameter of this type takes it."""
        value = unwrapped(value)
        if parameter == "any":
            return value
        if node is not None:
            self._node = node
        wanted = type_named(parameter)
        target = pointed(value)
        if wanted.kind == "time" and isinstance(target, Value) and target.type.kind == "time":
            return content(target)
        named = type_name(target) == "strslice.StrSlice"  # Go takes a named type for the unnamed one that it is.
        if kind(target) == wanted.kind and (wanted.kind != "slice" or named or type_name(target) == parameter):
            return target if wanted.kind == "slice" else content(target)
        if isinstance(node, nodes.Literal) and wanted.kind == "time":
            self._fail(f"can't handle {node} for arg of type {parameter}")
        if isinstance(node, nodes.Literal):
            what = {"string": "string", "int": "integer", "bool": "bool"}.get(wanted.kind, wanted.kind)
            self._fail(f"expected {what}; found {node}")
        if isinstance(target, NoValue) or (isinstance(target, Value) and target.type.kind == "any"):
            self._fail(f"invalid value; expected {parameter}")
        self._fail(f"wrong type for value; expected {parameter}; got {type_name(value)}")
