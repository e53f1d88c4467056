"""Tools that make lines out of nothing: seq, yes.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.printing import CONVERSION, formatted
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import refuse

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
    count = int((last - first) / step + 1e-9) + 1
    width = max(len(f"{first:.{places}f}"), len(f"{last:.{places}f}")) if wide else 0
    for index in range(max(0, count)):
        number = first + index * step
        text = formatted(form, [f"{number:.{places}f}"])[0] if form else f"{number:0{width}.{places}f}"
        await invocation.stdout.write(text + (joint if index < count - 1 else "\n"))
    return 0


async def yes(invocation: Invocation) -> int:
    line = (" ".join(invocation.arguments[1:]) or "y") + "\n"
    block = line * max(1, 4096 // len(line))
    while True:
        await invocation.stdout.write(block)
        await invocation.loop.sleep(50)


SEQUENCE_TOOLS: Final[dict[str, Tool]] = {"seq": seq, "yes": yes}
