"""Tools that make lines out of nothing: seq, yes.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import refuse


async def seq(invocation: Invocation) -> int:
    words = list(invocation.arguments[1:])
    joint = "\n"
    wide = False
    while words and re.match(r"-[sw]", words[0]):
        option = words.pop(0)
        if option == "-w":
            wide = True
        else:
            joint = option[2:] or (words.pop(0) if words else "")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        bad = next(word for word in words if not re.fullmatch(r"[-+]?[0-9.]+", word))
        return await refuse(invocation, UsageError(f"invalid floating point argument: \u2018{bad}\u2019"))
    if not 1 <= len(numbers) <= 3:
        return await refuse(invocation, UsageError("missing operand" if not numbers else "extra operand"))
    first = numbers[0] if len(numbers) > 1 else 1.0
    step = numbers[1] if len(numbers) == 3 else 1.0
    last = numbers[-1]
    if step == 0:
        return await refuse(invocation, UsageError(f"invalid Zero increment value: \u2018{words[1]}\u2019"))
    places = max((len(word.partition(".")[2]) for word in words[:2]), default=0)
    count = int((last - first) / step + 1e-9) + 1
    width = max(len(f"{first:.{places}f}"), len(f"{last:.{places}f}")) if wide else 0
    for index in range(max(0, count)):
        ending = joint if index < count - 1 else "\n"
        await invocation.stdout.write(f"{first + index * step:0{width}.{places}f}{ending}")
    return 0


async def yes(invocation: Invocation) -> int:
    line = (" ".join(invocation.arguments[1:]) or "y") + "\n"
    block = line * max(1, 4096 // len(line))
    while True:
        await invocation.stdout.write(block)
        await invocation.loop.sleep(50)


SEQUENCE_TOOLS: Final[dict[str, Tool]] = {"seq": seq, "yes": yes}
