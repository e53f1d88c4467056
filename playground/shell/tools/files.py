"""Tools that change the file system: mkdir, rmdir, rm, mv, touch, chmod, chown, mktemp."""

import re
from errno import ENOTDIR, EPERM, EROFS
from typing import Final

from playground.api.accounts import account_of, groups
from playground.api.file_copies import move
from playground.shell.dates import read_date
from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse

MAX_TRUNCATED: Final = 4 * 1024 * 1024
"""Bytes that ``truncate`` makes a file long, at the most."""


UMASK: Final = 0o022
"""What ``chmod +w`` leaves to the owner."""


def named(path: str) -> str:
    """A path as coreutils quote it in messages."""
    return f"'{path}'" if "'" not in path else f'"{path}"'


async def mkdir(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "pv", "m", {"parents": "p", "verbose": "v", "mode": "m=", "help": "h"}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    if not options.words:
        return await refuse(invocation, UsageError("missing operand"))
    mode = changed_mode(options.value("m", "755"), 0o777)
    if mode is None:
        return await invocation.complain(f"invalid mode \u2018{options.value('m')}\u2019")
    status = 0
    for path in options.words:
        try:
            if options.has("p") and invocation.files.is_directory(path):
                continue
            if options.has("p"):
                invocation.files.make_directories(path)
            else:
                invocation.files.mkdir(path)
            if options.has("m"):
                invocation.files.chmod(path, mode)
            if options.has("v"):
                await invocation.stdout.write(f"mkdir: created directory {named(path)}\n")
        except OSError as error:
            status = await invocation.complain(f"cannot create directory \u2018{path}\u2019: {error.strerror}")
    return status


async def rmdir(invocation: Invocation) -> int:
    status = 0
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if not words:
        return await refuse(invocation, UsageError("missing operand"))
    for path in words:
        try:
            invocation.files.rmdir(path)
        except OSError as error:
            status = await invocation.complain(f"failed to remove {named(path)}: {error.strerror}")
    return status


async def rm(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "rRfivd", "", {"recursive": "r", "force": "f", "verbose": "v", "dir": "d"}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    if not options.words and not options.has("f"):
        return await refuse(invocation, UsageError("missing operand"))
    status = 0
    for path in options.words:
        if invocation.files.absolute(path) == "/" and options.has("r", "R"):
            await invocation.complain("it is dangerous to operate recursively on '/'")
            status = await invocation.complain("use --no-preserve-root to override this failsafe")
            continue
        if not invocation.files.exists(path, follow=False):
            if not options.has("f"):
                status = await invocation.complain(f"cannot remove {named(path)}: No such file or directory")
            continue
        if options.has("i") and not options.has("f") and not await agreed(invocation, _removal_of(invocation, path)):
            continue
        status = await _remove(invocation, path, options.has("r", "R"), options.has("v")) or status
    return status


async def agreed(invocation: Invocation, question: str) -> bool:
    """Ask, and hear whether the answer begins with a y."""
    await invocation.stderr.write(f"{invocation.name}: {question}? ")
    return decoded(await invocation.stdin.readline()).strip().lower().startswith("y")


def _removal_of(invocation: Invocation, path: str) -> str:
    status = invocation.files.stat(path, follow=False)
    kind = "regular file" if status.size else "regular empty file"
    kind = {"directory": "directory", "link": "symbolic link"}.get(status.kind, kind)
    return f"{'descend into' if kind == 'directory' else 'remove'} {kind} {named(path)}"


async def _remove(invocation: Invocation, path: str, recursive: bool, verbose: bool) -> int:
    files = invocation.files
    if files.stat(path, follow=False).kind == "directory" and not recursive:
        return await invocation.complain(f"cannot remove {named(path)}: Is a directory")
    status = 0
    for below in reversed(list(files.walk(path))):
        try:
            if files.stat(below, follow=False).kind == "directory":
                files.rmdir(below)
            else:
                files.remove(below)
            if verbose:
                await invocation.stdout.write(f"removed {named(below)}\n")
        except OSError as error:
            status = await invocation.complain(f"cannot remove {named(below)}: {error.strerror}")
    return status


async def targets_of(invocation: Invocation, words: list[str]) -> tuple[list[str], str, bool] | None:
    """Sources, target, and whether they go into it; None, with a complaint, when there are too few."""
    if not words:
        await refuse(invocation, UsageError("missing file operand"))
        return None
    if len(words) == 1:
        await refuse(invocation, UsageError(f"missing destination file operand after {named(words[0])}"))
        return None
    target = words[-1]
    into = invocation.files.is_directory(target)
    if len(words) > 2 and not into:
        await invocation.complain(f"target {named(target)}: No such file or directory")
        return None
    return words[:-1], target, into


async def mv(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "finvuT", "", {"force": "f", "verbose": "v"})
    except UsageError as error:
        return await refuse(invocation, error)
    pair = await targets_of(invocation, options.words)
    if pair is None:
        return 1
    sources, target, into = pair
    status = 0
    for source in sources:
        place = f"{target.rstrip('/')}/{source.rstrip('/').rsplit('/', 1)[-1]}" if into else target
        files = invocation.files
        if not files.exists(source, follow=False):
            status = await invocation.complain(f"cannot stat {named(source)}: No such file or directory")
            continue
        if files.exists(place) and files.stat(place).number == files.stat(source, follow=False).number:
            status = await invocation.complain(f"{named(source)} and {named(place)} are the same file")
            continue
        if options.has("n") and files.exists(place):
            continue
        if options.has("i") and files.exists(place) and not await agreed(invocation, f"overwrite {named(place)}"):
            continue
        try:
            if place.endswith("/") and not files.is_directory(source) and not files.is_directory(place):
                raise OSError(ENOTDIR, "Not a directory", place)
            move(files, source, place)
            if options.has("v"):
                await invocation.stdout.write(f"renamed {named(source)} -> {named(place)}\n")
        except OSError as error:
            if error.errno == 22:
                sentence = f"cannot move {named(source)} to a subdirectory of itself, {named(place)}"
            else:
                sentence = f"cannot move {named(source)} to {named(place)}: {error.strerror}"
            status = await invocation.complain(sentence)
    return status


async def touch(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "acmh", "dtr", {"no-create": "c", "date": "d=", "reference": "r="}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    if not options.words:
        return await refuse(invocation, UsageError("missing file operand"))
    when_us: int | None = None
    if options.has("d"):
        when_us = read_date(options.value("d"), invocation.wall_us + invocation.loop.now_us)
        if when_us is None:
            return await invocation.complain(f"invalid date format \u2018{options.value('d')}\u2019")
    if options.has("r"):
        try:
            when_us = invocation.files.stat(options.value("r")).changed_us
        except OSError as error:
            return await invocation.complain(
                f"failed to get attributes of {named(options.value('r'))}: {error.strerror}"
            )
    status = 0
    for path in options.words:
        if options.has("c") and not invocation.files.exists(path):
            continue
        try:
            invocation.files.touch(path, when_us)
        except OSError as error:
            status = await invocation.complain(f"cannot touch {named(path)}: {error.strerror}")
    return status


async def chmod(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not re.fullmatch(r"-[Rvfc]+", word)]
    recursive = any(re.fullmatch(r"-[vfc]*R[vfc]*", word) for word in invocation.arguments[1:])
    if len(words) < 2:
        missing = f"missing operand after \u2018{words[0]}\u2019" if words else "missing operand"
        return await refuse(invocation, UsageError(missing))
    status = 0
    for path in words[1:]:
        below_too = [each for each in invocation.files.walk(path) if each == path or not invocation.files.link(each)]
        for below in below_too if recursive else [path]:
            try:
                mode = changed_mode(words[0], invocation.files.stat(below).mode)
                if mode is None:
                    return await refuse(invocation, UsageError(f"invalid mode: \u2018{words[0]}\u2019"))
                invocation.files.chmod(below, mode)
            except OSError as error:
                if invocation.files.link(below) is not None and error.errno not in (EPERM, EROFS):
                    status = await invocation.complain(f"cannot operate on dangling symlink {named(below)}")
                    continue
                verb = "changing permissions of" if error.errno in (EPERM, EROFS) else "cannot access"
                status = await invocation.complain(f"{verb} {named(below)}: {error.strerror}")
    return status


def changed_mode(text: str, mode: int) -> int | None:
    """What ``chmod text`` makes of permissions; None where the text is wrong."""
    if re.fullmatch(r"[0-7]{1,4}", text):
        return int(text, 8)
    for clause in text.split(","):
        found = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*|[ugo])", clause)
        if found is None:
            return None
        who, operator, letters = found.groups()
        change = 0
        for letter in who.replace("a", "ugo") or "ugo":
            shift = {"u": 6, "g": 3, "o": 0}[letter]
            bits = sum({"r": 4, "w": 2, "x": 1, "X": 1}.get(each, 0) for each in dict.fromkeys(letters))
            if letters in ("u", "g", "o"):
                bits = mode >> {"u": 6, "g": 3, "o": 0}[letters] & 7
            if operator == "=":
                mode &= ~(7 << shift)
            change |= bits << shift
            if "s" in letters and letter in "ug":
                change |= 0o4000 if letter == "u" else 0o2000
        if "t" in letters and (not who or "o" in who or "a" in who):
            change |= 0o1000
        if not who:
            change &= ~UMASK
        mode = mode & ~change if operator == "-" else mode | change
    return mode


async def chown(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if len(words) < 2:
        return await refuse(invocation, UsageError("missing operand"))
    status = 0
    files = invocation.files
    owner, _, group = words[0].partition(":")
    if owner and not owner.isdecimal() and account_of(files, owner) is None:
        return await invocation.complain(f"invalid user: \u2018{words[0]}\u2019")
    if group and not group.isdecimal() and all(known.name != group for known in groups(files)):
        return await invocation.complain(f"invalid group: \u2018{words[0]}\u2019")
    for path in words[1:]:
        try:
            files.chown(path, owner or files.stat(path).owner, group)
        except OSError as error:
            verb = "changing ownership of" if error.errno in (EPERM, EROFS) else "cannot access"
            status = await invocation.complain(f"{verb} {named(path)}: {error.strerror}")
    return status


async def truncate(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "c", "s", {"size": "s=", "no-create": "c"})
    except UsageError as error:
        return await refuse(invocation, error)
    found = re.fullmatch(r"([-+]?)([0-9]{1,9})([KMG]?)(?:i?B)?", options.value("s"))
    if not options.has("s"):
        return await refuse(
            invocation, UsageError("you must specify either \u2018--size\u2019 or \u2018--reference\u2019")
        )
    if found is None:
        return await invocation.complain(f"Invalid number: \u2018{options.value('s')}\u2019")
    if not options.words:
        return await refuse(invocation, UsageError("missing file operand"))
    size = int(found.group(2)) * {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}[found.group(3)]
    status = 0
    for path in options.words:
        files = invocation.files
        try:
            data = files.read(path) if files.exists(path) else b""
            wanted = max(0, len(data) + size * {"+": 1, "-": -1}[found.group(1)]) if found.group(1) else size
            if wanted > MAX_TRUNCATED:
                status = await invocation.complain(f"cannot open {named(path)} for writing: File too large")
            elif files.exists(path) or not options.has("c"):
                files.write(path, data[:wanted].ljust(wanted, b"\0"))
        except OSError as error:
            status = await invocation.complain(f"cannot open {named(path)} for writing: {error.strerror}")
    return status


async def mktemp(invocation: Invocation) -> int:
    directory = "-d" in invocation.arguments
    number = invocation.loop.now_us
    while True:
        letters = "".join("abcdefghijklmnopqrstuvwxyz"[number // 26**i % 26] for i in range(10))
        path = f"/tmp/tmp.{letters}"
        if not invocation.files.exists(path):
            break
        number += 1
    try:
        if directory:
            invocation.files.mkdir(path, 0o700)
        else:
            invocation.files.write(path, b"")
    except OSError as error:
        return await invocation.complain(f"failed to create file via template: {error.strerror}")
    await invocation.stdout.write(path + "\n")
    return 0


FILE_TOOLS: Final[dict[str, Tool]] = {
    "mkdir": mkdir,
    "truncate": truncate,
    "rmdir": rmdir,
    "rm": rm,
    "mv": mv,
    "touch": touch,
    "chmod": chmod,
    "chown": chown,
    "mktemp": mktemp,
}
