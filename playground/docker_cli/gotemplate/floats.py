"""Floating-point numbers as Go prints them.

Source: Go strconv and fmt.
"""

import math
from decimal import Decimal


def go_float(number: float) -> str:
    """``%v``: the shortest text that reads back, with an exponent below 1e-4 and from 1e6."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(str(digit) for digit in digits)
    point = len(text) + exponent
    if point - 1 < -4 or point - 1 >= 6:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        return f"{'-' if sign else ''}{mantissa}e{'-' if point < 1 else '+'}{abs(point - 1):02d}"
    if point <= 0:
        return f"{'-' if sign else ''}0." + "0" * -point + text
    if point >= len(text):
        return ("-" if sign else "") + text + "0" * (point - len(text))
    return ("-" if sign else "") + text[:point] + "." + text[point:]
