"""The record that an awk program looks at, and its fields."""

from typing import Final

from playground.shell.tools.awk_functions import split_text
from playground.shell.tools.awk_lexer import AwkError
from playground.shell.tools.awk_values import FromInput, Scalar, text_of
from playground.shell.tools.awk_waiting import Waiting

MAX_ELEMENTS: Final = 50_000
"""Fields of a record, and elements of an array."""


class Fields(Waiting):
    """The part of a program at work that knows its record. It is split when a field is asked for."""

    def __init__(self) -> None:
        self._record = ""
        self._fields: list[str] | None = []

    def set_record(self, text: str) -> None:
        self._record = text
        self._fields = None

    def _split_record(self) -> list[str]:
        if self._fields is None:
            self._fields = split_text(self._record, text_of(self.globals["FS"]))
            self.globals["NF"] = float(len(self._fields))
        return self._fields

    def _field(self, number: float) -> Scalar:
        if number < 0:
            raise AwkError(f"trying to access out of range field {int(number)}")
        index = int(number)
        if index == 0:
            return FromInput(self._record)
        fields = self._split_record()
        return FromInput(fields[index - 1]) if index <= len(fields) else FromInput("")

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
        self._record = text_of(self.globals["OFS"]).join(fields)
