"""Tools that make lines out of nothing: seq, yes; or mix them: shuf.

Source: GNU coreutils.
"""

import re
from math import inf, isfinite
from random import Random
from typing import Final

from playground.shell.printing import CONVERSION, formatted
from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole

MAX_SHUFFLED: Final = 100_000
_SEQ_LONG: Final = {"--separator": "-s", "--format": "-f", "--equal-width": "-w"}


async def seq(invocation: Invocation) -> int:
    words = list(invocation.arguments[1:])
    joint = "\n"
    form = ""
    wide = False
    while words and re.match(r"-[swf]|--", words[0]):
        name, equals, value = words.pop(0).partition("=")
        if name == "--":
            break
        option = _SEQ_LONG.get(name, name)
        if option == "-w":
            wide = True
            continue
        if option[:2] not in ("-s", "-f"):
            return await refuse(invocation, UsageError(f"unrecognized option '{name}'"))
        given = value if equals and name in _SEQ_LONG else (option[2:] + equals + value) or (words or [""]).pop(0)
        if option[:2] == "-s":
            joint = given
        else:
            form = given
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        bad = next(word for word in words if not re.fullmatch(r"[-+]?[0-9.]+", word))
        return await refuse(invocation, UsageError(f"invalid floating point argument: \u2018{bad}\u2019"))
    if any(number in (inf, -inf) for number in numbers[:-1]) or any(number != number for number in numbers):
        bad = next(word for word, number in zip(words, numbers, strict=True) if not isfinite(number))
        return await refuse(invocation, UsageError(f"invalid floating point argument: \u2018{bad}\u2019"))
    if not numbers:
        return await refuse(invocation, UsageError("missing operand"))
    if len(numbers) > 3:
        return await refuse(invocation, UsageError(f"extra operand \u2018{words[3]}\u2019"))
    if form and len(CONVERSION.findall(form.replace("%%", ""))) != 1:
        return await invocation.complain(f"format \u2018{form}\u2019 has no single % directive")
    if found := re.search(r"%[-+ #0]*[0-9]*(?:\.[0-9]*)?([^aAeEfFgG0-9.])", form.replace("%%", "")):
        return await invocation.complain(f"format \u2018{form}\u2019 has unknown %{found.group(1)} directive")
    first = numbers[0] if len(numbers) > 1 else 1.0
    step = numbers[1] if len(numbers) == 3 else 1.0
    last = numbers[-1]
    if step == 0:
        return await refuse(invocation, UsageError(f"invalid Zero increment value: \u2018{words[1]}\u2019"))
    places = max((len(word.partition(".")[2]) for word in words[: len(words) - 1]), default=0)
    count = int(min((last - first) / step + 1e-9, 1e15)) + 1
    width = max(len(f"{first:.{places}f}"), len(f"{last:.{places}f}")) if wide else 0
    for index in range(max(0, count)):
        number = first + index * step
        text = formatted(form, [f"{number:.{places}f}"])[0] if form else f"{number:0{width}.{places}f}"
        await invocation.stdout.write(text + (joint if index < count - 1 else "\n"))
    return 0


async def shuf(invocation: Invocation) -> int:
    """Lines in an order that only the lab's time decides."""
    try:
        long = {"head-count": "n=", "echo": "e", "input-range": "i=", "repeat": "r", "output": "o="}
        options = read_options(invocation.arguments[1:], "er", "nio", long)
        most = options.number("n", -1, "line count")
        between = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", options.value("i")) if options.has("i") else None
    except UsageError as error:
        return await refuse(invocation, error)
    if options.has("i") and between is None:
        return await invocation.complain(f"invalid input range: \u2018{options.value('i')}\u2019")
    if between is not None:
        low, high = (int(number) for number in between.groups())
        lines = [str(number) for number in range(low, min(high, low + MAX_SHUFFLED) + 1)]
    elif options.has("e"):
        lines = options.words
    else:
        data = await whole(invocation, options.words[0] if options.words else "-")
        if data is None:
            return 1
        lines = decoded(data).splitlines()
    chance = Random(invocation.loop.now_us)
    if options.has("r"):
        lines = [chance.choice(lines) for _ in range(min(most, MAX_SHUFFLED))] if lines else []
    else:
        chance.shuffle(lines)
    text = "".join(line + "\n" for line in (lines if most < 0 else lines[:most]))
    if options.has("o"):
        invocation.files.write(options.value("o"), encoded(text))
    else:
        await invocation.stdout.write(text)
    return 0


async def yes(invocation: Invocation) -> int:
    line = (" ".join(invocation.arguments[1:]) or "y") + "\n"
    block = line * max(1, 4096 // len(line))
    while True:
        await invocation.stdout.write(block)
        await invocation.loop.sleep(50)


SEQUENCE_TOOLS: Final[dict[str, Tool]] = {"seq": seq, "shuf": shuf, "yes": yes}
