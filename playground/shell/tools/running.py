"""Tools that run other commands: sh, bash, sudo, su, xargs, watch, timeout, time, nohup, ssh."""

import re
from dataclasses import replace
from typing import Final

from playground.api.process import Interrupted, TerminalReader
from playground.shell.absent import advice
from playground.shell.dates import date_of
from playground.shell.parameters import quoted
from playground.shell.streams import Capture, TooMuchOutput, decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.clock import duration
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.ping import unresolved
from playground.shell.tools.reading import whole


async def shell(invocation: Invocation) -> int:
    """``sh`` and ``bash``: ``-c text``, a script, or the input."""
    words = invocation.arguments[1:]
    flavour = "bash" if invocation.name == "bash" else invocation.surroundings.sh
    prelude = ""
    text: str | None = None
    from_input = False
    while words and re.match(r"[-+].", words[0]):
        option = words.pop(0)
        if option in ("--login", "--norc", "--noprofile", "-l", "-i", "--"):
            continue
        if option == "--version":
            await invocation.stdout.write("GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\n")
            return 0
        if option in ("-o", "+o") and words:
            prelude += f"set {option} {quoted(words.pop(0))}; "
            continue
        letters = option[1:].replace("l", "").replace("i", "")
        if "c" in letters:
            letters = letters.replace("c", "")
            if not words:
                return await invocation.complain("-c: option requires an argument", 2)
            text = words.pop(0)
        from_input = from_input or "s" in letters
        if letters.replace("s", ""):
            prelude += f"set {option[0]}{letters.replace('s', '')}; "
    name = invocation.name
    command_string, and_input = text is not None, False
    if text is not None:
        name = words.pop(0) if words else name
    elif words and not from_input:
        path = words.pop(0)
        try:
            text = decoded(invocation.files.read(path))
        except OSError as error:
            return await invocation.complain(f"{path}: {error.strerror}", 126 if error.errno == 21 else 127)
        name = path
    elif isinstance(invocation.stdin, TerminalReader) and invocation.stdin.is_terminal:
        return await invocation.shell.nested(invocation.surroundings, invocation.stdin)
    else:
        text, and_input = "", True
    return await invocation.shell.run_script(
        prelude + text,
        name=name,
        flavour=flavour,
        parameters=words,
        command_string=command_string,
        and_input=and_input,
        stdin=invocation.stdin,
        stdout=invocation.stdout,
        stderr=invocation.stderr,
        environment=invocation.environment,
    )


async def sudo(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    user = "root"
    login = False
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "-u" and words:
            user = words.pop(0)
        elif option in ("-i", "-s", "--login", "--shell"):
            login = True
        elif option not in ("-E", "-n", "-H", "-S", "--"):
            await invocation.stderr.write(f"sudo: invalid option -- '{option.lstrip('-')[:1]}'\n")
            return 1
    environment = {
        **invocation.environment,
        "USER": user,
        "LOGNAME": user,
        "HOME": "/root" if user == "root" else f"/home/{user}",
    }
    environment["SUDO_USER"] = invocation.user
    while words and re.match(r"[A-Za-z_][A-Za-z_0-9]*=", words[0]):
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    if not words:
        if login:
            words = ["bash"]
        else:
            await invocation.stderr.write("usage: sudo [-u user] command [arguments]\n")
            return 1
    if words[0] in ("bash", "sh", "su") and len(words) == 1 and invocation.stdin.is_terminal:
        return await _root_session(invocation, user)
    if invocation.shell.finds(words[0]) is None and words[0] not in (
        "cd",
        "echo",
        "test",
        "true",
        "false",
        "kill",
        "printf",
    ):
        await invocation.complain(f"{words[0]}: command not found")
        if sentence := advice(words[0]):
            await invocation.stderr.write(sentence + "\n")
        return 1
    if words[0] in ("echo", "test", "true", "false", "kill", "printf", "cd"):
        text = " ".join(quoted(word) for word in words)
        return await invocation.shell.run_script(
            text, name="sudo", flavour="bash", parameters=[], command_string=True, environment=environment, user=user
        )
    return await invocation.shell.run(
        words,
        stdin=invocation.stdin,
        stdout=invocation.stdout,
        stderr=invocation.stderr,
        environment=environment,
        user=user,
    )


async def _root_session(invocation: Invocation, user: str) -> int:
    from dataclasses import replace

    home = "/root" if user == "root" else f"/home/{user}"
    here = invocation.surroundings
    files = invocation.files.at(user=user)
    if isinstance(invocation.stdin, TerminalReader):
        there = replace(here, user=user, home=home, files=files, motd="")
        return await invocation.shell.nested(there, invocation.stdin)
    return 1


async def su(invocation: Invocation) -> int:
    if invocation.user != "root":
        await invocation.stderr.write("Password: \nsu: Authentication failure\n")
        return 1
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    return await _root_session(invocation, words[0] if words else "root")


_WAYS: Final = {
    "I": ("--replace", "--replace/-I/-i"),
    "L": ("--max-lines", "-L"),
    "n": ("--max-args", "--max-args/-n"),
}
"""The ways of xargs to deal out what it reads, as its warnings call the one before and the one that counts."""


async def xargs(invocation: Invocation) -> int:
    try:
        long = {
            "null": "0",
            "no-run-if-empty": "r",
            "max-args": "n=",
            "replace": "I=",
            "max-procs": "P=",
            "verbose": "t",
        }
        options = read_options(invocation.arguments[1:], "0rtpx", "nIPdLs", long, permute=False)
        count = options.number("n", 0)
    except UsageError as error:
        return await refuse(invocation, error)
    text = decoded(await whole(invocation, "-") or b"")
    way = ""
    for letter in (each for each in options.values if each in _WAYS):
        if way and not (way == "I" and count == 1):
            before, now = _WAYS[way][0], _WAYS[letter][1]
            await invocation.complain(
                f"warning: options {before} and {now} are mutually exclusive, ignoring previous {before} value"
            )
        way = way if way == "I" and count == 1 else letter
    placeholder = options.value("I") if way == "I" else ""
    if options.has("0"):
        items = [item for item in text.split("\0") if item]
    elif options.has("d"):
        items = text.rstrip("\n").split(options.value("d").replace("\\n", "\n"))
    elif way in ("I", "L"):
        items = [line.strip() for line in text.splitlines() if line.strip()]
    else:
        try:
            items = _words(text)
        except UsageError as error:
            return await invocation.complain(str(error))
    command = options.words or ["echo"]
    if not items and (options.has("r") or placeholder):
        return 0
    if placeholder:
        calls = [[word.replace(placeholder, item) for word in command] for item in items]
    else:
        size = (count if way == "n" else 1 if way == "L" else len(items)) or 1
        calls = [command + items[start : start + size] for start in range(0, len(items), size)] or [command]
    status = 0
    for call in calls:
        if options.has("t"):
            await invocation.stderr.write(" ".join(call) + "\n")
        if invocation.shell.finds(call[0]) is None and call[0] not in (
            "echo",
            "printf",
            "test",
            "true",
            "false",
            "kill",
        ):
            return await invocation.complain(f"{call[0]}: No such file or directory", 127)
        if call[0] in ("echo", "printf", "test", "true", "false", "kill"):
            line = " ".join(quoted(word) for word in call)
            ended = await invocation.shell.run_script(
                line, name="xargs", flavour="bash", parameters=[], command_string=True, stdout=invocation.stdout
            )
        else:
            ended = await invocation.shell.run(call, stdout=invocation.stdout, stderr=invocation.stderr)
        if ended:
            status = 123
    return status


def _words(text: str) -> list[str]:
    """The words of a text, as xargs sees them: quotes and backslashes keep blanks together.

    Raises:
        UsageError: a quote is not closed within its line.
    """
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character in "'\"":
            end = text.find(character, at)
            newline = text.find("\n", at)
            if end < 0 or 0 <= newline < end:
                kind = "single" if character == "'" else "double"
                sentence = "by default quotes are special to xargs unless you use the -0 option"
                raise UsageError(f"unmatched {kind} quote; {sentence}")
            word = (word or "") + text[at:end]
            at = end + 1
        elif character.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            if character == "\\" and at < len(text):
                character = text[at]
                at += 1
            word = (word or "") + character
    return words if word is None else [*words, word]


async def watch(invocation: Invocation) -> int:
    try:
        long = {"interval": "n=", "no-title": "t", "differences": "d", "exec": "x", "color": "c", "errexit": "e"}
        options = read_options(invocation.arguments[1:], "tdxceb", "n", long, permute=False)
    except UsageError as error:
        return await refuse(invocation, error)
    if not options.words:
        await invocation.stderr.write("Usage:\n watch [options] command\n")
        return 1
    seconds = duration(options.value("n", "2"))
    if seconds is None:
        return await invocation.complain(f"failed to parse argument: '{options.value('n')}'")
    seconds = max(0.1, seconds)
    command = " ".join(options.words)
    out = invocation.stdout
    screen = out.is_terminal
    if screen:
        await out.write("\x1b[?1049h\x1b[H\x1b[2J")
    try:
        while True:
            capture = Capture(invocation.loop, 65536, out.columns)
            try:
                await invocation.sh(command, stdout=capture, stderr=capture)
            except TooMuchOutput:
                pass
            await _show_watched(invocation, command, seconds, decoded(bytes(capture.data)), options.has("t"))
            await invocation.loop.sleep(int(seconds * 1_000_000))
    finally:
        if screen:
            await out.write("\x1b[?1049l")


async def _show_watched(invocation: Invocation, command: str, seconds: float, text: str, no_title: bool) -> None:
    out = invocation.stdout
    when = date_of(invocation.wall_us + invocation.loop.now_us)
    right = f"{invocation.surroundings.hostname}: {when:%a %b} {when.day:2} {when:%H:%M:%S %Y}"
    left = f"Every {seconds:.1f}s: {command}"
    rows = out.rows - (0 if no_title else 2)
    lines = [line[: out.columns] for line in text.expandtabs(8).split("\n")[: max(1, rows)]]
    head = (
        [] if no_title else [left[: max(0, out.columns - len(right) - 1)].ljust(out.columns - len(right)) + right, ""]
    )
    await out.write("\x1b[H\x1b[2J" + "\n".join([*head, *lines]).rstrip("\n"))


async def timeout(invocation: Invocation) -> int:
    try:
        long = {"signal": "s=", "kill-after": "k=", "preserve-status": "p", "foreground": "f"}
        options = read_options(invocation.arguments[1:], "vpf", "sk", long, permute=False)
    except UsageError as error:
        return await refuse(invocation, error, 125)
    if len(options.words) < 2:
        await invocation.stderr.write("Try 'timeout --help' for more information.\n")
        return 125
    seconds = duration(options.words[0])
    if seconds is None:
        return await refuse(invocation, UsageError(f"invalid time interval \u2018{options.words[0]}\u2019"), 125)
    command = options.words[1:]
    if invocation.shell.finds(command[0]) is None:
        message = f"failed to run command \u2018{command[0]}\u2019: No such file or directory"
        return await invocation.complain(message, 127)
    loop = invocation.loop
    late = False

    async def run() -> int:
        try:
            return await invocation.shell.run(command, stdin=invocation.stdin, stdout=invocation.stdout)
        except Interrupted:
            if not late:
                raise
            return 124

    task = loop.spawn(run(), "timeout")

    async def alarm() -> None:
        nonlocal late
        await loop.sleep(int(seconds * 1_000_000))
        late = True
        task.throw(Interrupted())

    timer = loop.spawn(alarm(), "timeout alarm")
    try:
        status = await task
        if late and options.value("s", "TERM").upper().removeprefix("SIG") in ("KILL", "9"):
            return 137
        return 124 if late and not options.has("p") else status
    except Interrupted:
        task.throw(Interrupted())
        raise
    except BaseException:
        task.cancel()
        raise
    finally:
        timer.cancel()


async def nice(invocation: Invocation) -> int:
    """All programs are equally nice here: ``-n`` is read, and the command runs as it is."""
    try:
        options = read_options(invocation.arguments[1:], "", "n", {"adjustment": "n="}, permute=False)
        options.number("n", 10, "adjustment")
    except UsageError as error:
        return await refuse(invocation, error, 125)
    if not options.words:
        await invocation.stdout.write("0\n")
        return 0
    if invocation.shell.finds(options.words[0]) is None:
        return await invocation.complain(f"\u2018{options.words[0]}\u2019: No such file or directory", 127)
    return await invocation.shell.run(options.words, stdin=invocation.stdin, stdout=invocation.stdout)


async def nohup(invocation: Invocation) -> int:
    if len(invocation.arguments) < 2:
        return await refuse(invocation, UsageError("missing operand"), 125)
    return await invocation.shell.run(invocation.arguments[1:], stdout=invocation.stdout)


async def ssh(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "tTqvAXnN46", "lpiFoJLRD", permute=False)
    except UsageError:
        options = None
    if options is None or not options.words:
        await invocation.stderr.write(
            "usage: ssh [-l login_name] [-o option] [-p port] destination [command [argument ...]]\n"
        )
        return 255
    user, at, host = options.words[0].rpartition("@")
    here = invocation.surroundings
    if not at:
        user = options.value("l", invocation.user)
    if here.connections.resolve(host) is None and (here.neighbour is None or here.neighbour(host) is None):
        await invocation.stderr.write(f"ssh: Could not resolve hostname {host}: {unresolved(host)}\n")
        return 255
    address = here.connections.resolve(host) or host
    if await here.connections.ping(address, 10_000_000) is None:
        await invocation.stderr.write(f"ssh: connect to host {host} port 22: Connection timed out\n")
        return 255
    there = here.neighbour(host) if here.neighbour is not None else None
    if there is None:
        await invocation.stderr.write(f"ssh: connect to host {host} port 22: Connection refused\n")
        return 255
    if user not in (there.user, "root", invocation.user):
        await invocation.stderr.write(f"{user}@{host}: Permission denied (publickey).\n")
        return 255
    command = " ".join(options.words[1:])
    if command:
        from playground.shell.run import run_command

        result = await run_command(there, command, flavour="bash")
        await invocation.stdout.write(result.stdout)
        await invocation.stderr.write(result.stderr)
        return result.exit
    if not isinstance(invocation.stdin, TerminalReader):
        await invocation.stderr.write("Pseudo-terminal will not be allocated because stdin is not a terminal.\n")
        return 255

    async def carried() -> bool:
        if here.carried is not None and not await here.carried():
            return False
        return await here.connections.ping(address, 1_000_000) is not None

    status = await invocation.shell.nested(replace(there, carried=carried), invocation.stdin)
    if status != 255:
        await invocation.stdout.write(f"Connection to {host} closed.\n")
    return status


RUNNING_TOOLS: Final[dict[str, Tool]] = {
    "sh": shell,
    "bash": shell,
    "dash": shell,
    "ash": shell,
    "sudo": sudo,
    "su": su,
    "xargs": xargs,
    "watch": watch,
    "timeout": timeout,
    "nohup": nohup,
    "nice": nice,
    "ssh": ssh,
}
