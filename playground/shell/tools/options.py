"""Options of the tools, read as getopt does, with GNU's words for what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.shell.tool import Invocation, UsageError


@dataclass(slots=True)
class Options:
    """``flags`` counts options without value; ``values`` has the values of the others, as often as given."""

    flags: dict[str, int] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        return any(name in self.flags or name in self.values for name in names)

    def value(self, name: str, default: str = "") -> str:
        return self.values[name][-1] if name in self.values else default

    def number(self, name: str, default: int, what: str = "number") -> int:
        """A value that must be a whole number.

        Raises:
            UsageError: it is none.
        """
        text = self.value(name)
        if name not in self.values:
            return default
        if not text.lstrip("-+").isdigit() or len(text) > 15:
            raise UsageError(f"invalid {what}: \u2018{text}\u2019")
        return int(text)


def read_options(
    arguments: list[str],
    flags: str = "",
    valued: str = "",
    long: Mapping[str, str] | None = None,
    permute: bool = True,
) -> Options:
    """Read ``arguments`` (without the tool's name).

    ``flags`` and ``valued`` are the letters without and with a value; ``long`` gives long options the letter, or the
    name, that they stand for, with ``=`` behind it where they take a value. ``permute`` lets options follow words.

    Raises:
        UsageError: an option is unknown, lacks its value, or has one too many.
    """
    long = long or {}
    options = Options()
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        index += 1
        if argument == "--":
            options.words += arguments[index:]
            break
        if argument.startswith("--"):
            name, equals, value = argument[2:].partition("=")
            matches = [key for key in long if key == name] or [key for key in long if key.startswith(name)]
            if len(matches) != 1:
                raise UsageError(f"unrecognized option '--{name}'")
            target = long[matches[0]]
            if not target.endswith("="):
                if equals:
                    raise UsageError(f"option '--{matches[0]}' doesn't allow an argument")
                options.flags[target] = options.flags.get(target, 0) + 1
                continue
            if not equals:
                if index >= len(arguments):
                    raise UsageError(f"option '--{matches[0]}' requires an argument")
                value = arguments[index]
                index += 1
            options.values.setdefault(target[:-1], []).append(value)
            continue
        if len(argument) > 1 and argument[0] == "-":
            letters = argument[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in valued:
                    if not letters:
                        if index >= len(arguments):
                            raise UsageError(f"option requires an argument -- '{letter}'")
                        letters = arguments[index]
                        index += 1
                    options.values.setdefault(letter, []).append(letters)
                    letters = ""
                elif letter in flags:
                    options.flags[letter] = options.flags.get(letter, 0) + 1
                else:
                    raise UsageError(f"invalid option -- '{letter}'")
            continue
        options.words.append(argument)
        if not permute:
            options.words += arguments[index:]
            break
    return options


async def refuse(invocation: Invocation, error: UsageError, status: int = 1) -> int:
    """Print a usage error as GNU's tools do, or as BusyBox's do where it is BusyBox."""
    if invocation.surroundings.sh == "busybox":
        return await invocation.complain(str(error), status)
    await invocation.stderr.write(f"{invocation.name}: {error}\nTry '{invocation.name} --help' for more information.\n")
    return status
