"""Identifiers as swarmkit makes them.

Source: swarmkit ``identity/randomid.go``: 17 random bytes, the top bit set, in
base 36, without the first digit, which leaves 25 characters.
"""

from random import Random

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """Return a non-negative number in lower-case base 36, without padding."""
    digits = []
    while True:
        number, rest = divmod(number, 36)
        digits.append(DIGITS[rest])
        if not number:
            return "".join(reversed(digits))


def new_id(random: Random) -> str:
    """Return a new 25-character object id."""
    number = random.getrandbits(17 * 8) | (1 << (17 * 8 - 1))
    return base36(number)[1:26]
