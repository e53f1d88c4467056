"""The builtin ``read``: a line, or less, from the input into variables."""

import re
from typing import TYPE_CHECKING

from playground.shell.fields import split_fields
from playground.shell.streams import decoded, encoded, is_reader, read_until

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


async def read(shell: "Interpreter", arguments: list[str]) -> int:
    """``read [-r] [-p prompt] [-s] [-a array] [-t seconds] [-d delimiter] [-n count] names``."""
    raw = False
    prompt = array = ""
    delimiter = "\n"
    most: int | None = None
    exactly = False
    descriptor = 0
    words = arguments[1:]
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        letters = option[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter in "patndiuN":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "p":
                    prompt = value
                elif letter == "a":
                    array = value
                elif letter == "d":
                    delimiter = value[:1] or "\0"
                elif letter == "u":
                    descriptor = int(value) if re.fullmatch(r"[0-9]{1,4}", value) else -1
                elif letter in "nN":
                    if not re.fullmatch(r"[0-9]{1,9}", value):
                        await shell.complain(f"read: {value}: invalid number")
                        return 1
                    most, exactly = int(value), letter == "N"
            elif letter not in "se":
                await shell.complain(f"read: -{letter}: invalid option")
                return 2
    stdin = shell.streams.get(descriptor)
    if not is_reader(stdin):
        if descriptor:
            await shell.complain(f"read: {descriptor}: invalid file descriptor: Bad file descriptor")
        else:
            await shell.complain("read: read error: 0: Bad file descriptor")
        return 1
    if prompt and stdin.is_terminal:
        await shell.write_error(prompt)
    end = "" if exactly else delimiter
    line = decoded(await read_until(stdin, encoded(end), most))
    ended = not line.endswith(end) if most is None else len(line) < most and not (end and line.endswith(end))
    text = line.removesuffix(end) if end else line
    while not raw and text.endswith("\\") and not ended and most is None:
        more = decoded(await read_until(stdin, encoded(end), None))
        ended = not more.endswith(end)
        text = text[:-1] + more.removesuffix(end)
    if not raw:
        text = re.sub(r"\\(.)", r"\1", text)
    separators = shell.state.lookup("IFS")
    separators = " \t\n" if separators is None else separators
    if array:
        shell.state.assign_array(array, split_fields(text, separators))
    else:
        names = words or ["REPLY"]
        for name in names:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*(\[[^\]]*\])?", name):
                await shell.complain(f"read: `{name}': not a valid identifier")
                return 1
        fields = [text] if not words else split_fields(text, separators, len(names)) if separators else [text]
        for index, name in enumerate(names):
            shell.state.assign(name, fields[index] if index < len(fields) else "")
    return int(ended)
