"""Functions of awk that only look at their arguments, and what they do with patterns."""

import math
import re
from typing import Final

from playground.shell.automaton import Automaton
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.printing import CONVERSION, formatted
from playground.shell.tools.awk_lexer import AwkError
from playground.shell.tools.awk_values import Scalar, text_of, to_number

MAX_TEXT: Final = 1024 * 1024
SYNTAX: Final = Syntax(extended=True, bracket_escapes=True)


def automaton_of(pattern: str) -> Automaton:
    """A regular expression of awk.

    Raises:
        AwkError: it is wrong.
    """
    try:
        return regular_expression(pattern, SYNTAX)
    except PatternError as error:
        raise AwkError(f"regular expression compile failed ({error})\n{pattern}") from None


def split_text(text: str, separator: str) -> list[str]:
    """The fields of ``text``, as ``FS`` and ``split`` see them: a separator of one blank means any white space."""
    if separator == " ":
        return text.split()
    if not text:
        return []
    if separator == "":
        return list(text)
    if len(separator) == 1 and separator != "\\":
        return text.split(separator)
    if separator == "\\|":
        return text.split("|")
    pieces: list[str] = []
    automaton = automaton_of(separator)
    at = 0
    while at <= len(text):
        found = automaton.search(text, at)
        if found is None or found[0] is None or found[1] is None or found[0] == found[1]:
            break
        pieces.append(text[at : found[0]])
        at = found[1]
    pieces.append(text[at:])
    return pieces


def plain_function(name: str, values: list[Scalar]) -> Scalar:
    """A function that needs nothing but its arguments.

    Raises:
        AwkError: there is no such function here.
        IndexError: it wants more arguments.
        ValueError, OverflowError: there is no such number.
    """
    texts = [text_of(value) for value in values]
    numbers = [to_number(value) for value in values]
    match name:
        case "substr":
            start = round(numbers[1])
            end = start + round(numbers[2]) if len(numbers) > 2 and math.isfinite(numbers[2]) else len(texts[0]) + 1
            return texts[0][max(0, start - 1) : max(0, end - 1)]
        case "index":
            return float(texts[0].find(texts[1]) + 1)
        case "sprintf":
            return printed("sprintf", values)
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
        case _:
            raise AwkError(f"{name} is not supported here")


def printed(function: str, values: list[Scalar]) -> str:
    """What ``printf`` and ``sprintf`` make of a format and what follows it.

    Raises:
        AwkError: the format wants more than there is.
        IndexError: there is no format.
    """
    pattern = text_of(values[0])
    given = iter(values[1:])
    words: list[str] = []
    for _, width, precision, letter in CONVERSION.findall(pattern.replace("%%", "")):
        for kind in ("d" * (width == "*"), "d" * (precision == "*"), letter):
            if not kind:
                continue
            value = next(given, None)
            if value is None:
                raise AwkError(f'run time error: not enough arguments passed to {function}("{pattern}")')
            words.append(_argument(kind, value))
    return formatted(pattern, words)[0]


def _argument(letter: str, value: Scalar) -> str:
    """A value as the shell's printf takes it for a conversion."""
    if letter == "c":
        return chr(int(value) & 0x1FFFFF) if isinstance(value, float) and 0 < value < 0x110000 else text_of(value)[:1]
    if letter in "dixXou":
        number = to_number(value)
        return str(int(max(-(2.0**63), min(number, 2.0**63 - 1024)))) if math.isfinite(number) else "0"
    return repr(to_number(value)) if letter in "eEfFgG" else text_of(value)


def _filled_in(replacement: str, found: str) -> str:
    """What ``sub`` puts in the place of ``found``: ``&`` is the found text, ``\\&`` a plain ampersand."""
    return re.sub(r"\\\\&|\\&|&", lambda mark: found if mark.group() == "&" else "&", replacement)


def substituted(automaton: Automaton, replacement: str, text: str, everywhere: bool) -> tuple[str, int, int]:
    """What ``sub``, or ``gsub`` (``everywhere``), makes of ``text``.

    Returns the new text, how often something was found, and how many characters were looked at for it.
    """
    out: list[str] = []
    at = copied = count = size = steps = 0
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
        steps += end - at + 1
        if start == end:
            if start < len(text):
                out.append(text[start])
            at = copied = end + 1
        else:
            at = end
        if not everywhere or size > MAX_TEXT:
            break
    return "".join(out) + text[copied:], count, steps
