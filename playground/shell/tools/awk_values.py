"""The values of awk: numbers, texts, and texts of the input that look like numbers."""

import math
import re
from typing import Any, Final

from playground.shell.tools.awk_lexer import AwkError

Scalar = float | str


_NUMBER: Final = re.compile(r"[ \t\n]*[-+]?(?:[0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,4})?")


class FromInput(str):
    """Text of the input: compares as a number where it looks like one."""

    __slots__ = ()


def to_number(value: Scalar) -> float:
    """The number at the beginning of a text, 0 where there is none."""
    if isinstance(value, float):
        return value
    found = _NUMBER.match(value[:600])
    return float(found.group()) if found else 0.0


def looks_numeric(value: Scalar) -> bool:
    """True for numbers, and for what was read and is one as a whole."""
    if isinstance(value, float):
        return True
    if not isinstance(value, FromInput):
        return False
    found = _NUMBER.match(value)
    return found is not None and not value[found.end() :].strip()


def text_of(value: Scalar) -> str:
    """A value as text, numbers as ``%.6g`` prints them."""
    if isinstance(value, str):
        return value
    if math.isfinite(value) and abs(value) < 2.0**63 and value == int(value):
        return str(int(value))
    if not math.isfinite(value):
        return ("-" if value < 0 else "") + ("inf" if math.isinf(value) else "nan")
    return format(value, ".6g")


def truth(value: Scalar) -> bool:
    """What a condition makes of a value."""
    return to_number(value) != 0 if looks_numeric(value) else value != ""


def arithmetic(operator: str, left: float, right: float) -> float:
    """``left operator right``.

    Raises:
        AwkError: division by zero.
    """
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


def compare(operator: str, left: Scalar, right: Scalar) -> bool:
    """``left operator right``: as numbers where both are, or look like ones read from the input; else as texts."""
    a: Any
    b: Any
    if looks_numeric(left) and looks_numeric(right):
        a, b = to_number(left), to_number(right)
    elif left == "" and isinstance(right, float) and not isinstance(left, FromInput):
        a, b = 0.0, right
    elif right == "" and isinstance(left, float) and not isinstance(right, FromInput):
        a, b = left, 0.0
    else:
        a, b = text_of(left), text_of(right)
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
