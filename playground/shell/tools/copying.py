"""``cp``: files, links and directories."""

from typing import Final

from playground.api.files import MemoryFiles
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.files import agreed, named, targets_of
from playground.shell.tools.options import Options, read_options, refuse

_LONG: Final = {
    "recursive": "r",
    "archive": "a",
    "force": "f",
    "verbose": "v",
    "interactive": "i",
    "no-clobber": "n",
    "update": "u",
    "dereference": "L",
    "no-dereference": "P",
    "preserve": "p",
    "symbolic-link": "s",
    "link": "l",
    "no-target-directory": "T",
    "target-directory": "t=",
}


async def cp(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "rRapdfivnuTPLHsl", "t", _LONG)
    except UsageError as error:
        return await refuse(invocation, error)
    words = [*options.words, options.value("t")] if options.has("t") else options.words
    pair = await targets_of(invocation, words)
    if pair is None:
        return 1
    sources, target, into = pair
    status = 0
    for source in sources:
        inside = into and not options.has("T")
        place = f"{target.rstrip('/')}/{source.rstrip('/').rsplit('/', 1)[-1]}" if inside else target
        status = await _copy(invocation, options, source, place) or status
    return status


async def _copy(invocation: Invocation, options: Options, source: str, place: str) -> int:
    """Copy what one argument names."""
    files = invocation.files
    recursive = options.has("r", "R", "a")
    follow = options.has("L", "H") or not (recursive or options.has("P", "d"))
    try:
        kind = files.stat(source, follow=follow).kind
    except OSError as error:
        return await invocation.complain(f"cannot stat {named(source)}: {error.strerror}")
    if kind == "directory" and not recursive:
        return await invocation.complain(f"-r not specified; omitting directory {named(source)}")
    if kind != "directory":
        return await _copy_file(invocation, options, source, place, follow)
    if f"{files.absolute(place)}/".startswith(f"{files.absolute(source)}/"):
        return await invocation.complain(f"cannot copy a directory, {named(source)}, into itself, {named(place)}")
    status = 0
    for path in list(files.walk(source)):
        copy = place.rstrip("/") + path[len(source.rstrip("/")) :]
        if files.stat(path, follow=options.has("L") and files.exists(path)).kind != "directory":
            status = await _copy_file(invocation, options, path, copy, options.has("L")) or status
            continue
        try:
            if not files.is_directory(copy):
                files.mkdir(copy)
                files.chmod(copy, files.stat(path).mode)
                if options.has("v"):
                    await invocation.stdout.write(f"{named(path)} -> {named(copy)}\n")
        except OSError as error:
            return await invocation.complain(f"cannot create directory {named(copy)}: {error.strerror}")
    return status


async def _copy_file(invocation: Invocation, options: Options, source: str, place: str, follow: bool) -> int:
    files = invocation.files
    there = files.exists(place)
    if there and files.same(source, place, follow):
        return await invocation.complain(f"{named(source)} and {named(place)} are the same file")
    if there and options.has("n"):
        return 0
    if there and options.has("u") and files.stat(place).changed_us >= files.stat(source).changed_us:
        return 0
    if there and options.has("i") and not await agreed(invocation, f"overwrite {named(place)}"):
        return 0
    try:
        data = b"" if files.link(source) is not None and not follow else files.read(source)
    except OSError as error:
        return await invocation.complain(f"cannot open {named(source)} for reading: {error.strerror}")
    try:
        _put(files, options, source, place, None if files.link(source) is not None and not follow else data)
    except OSError as error:
        kind = "symbolic link" if files.link(source) is not None and not follow else "regular file"
        return await invocation.complain(f"cannot create {kind} {named(place)}: {error.strerror}")
    if options.has("v"):
        await invocation.stdout.write(f"{named(source)} -> {named(place)}\n")
    return 0


def _put(files: MemoryFiles, options: Options, source: str, place: str, data: bytes | None) -> None:
    """Make the copy: a link where there are no ``data``.

    Raises:
        OSError: it cannot be made.
    """
    pointed = source if options.has("s") else files.link(source) if data is None else None
    if pointed is not None or options.has("l"):
        if files.exists(place, follow=False):
            files.remove(place)
        if pointed is None:
            files.make_hard_link(place, source)
        else:
            files.make_link(place, pointed)
        return
    facts = files.stat(source)
    fresh = not files.exists(place)
    files.write(place, data or b"")
    if files.stat(place).kind == "file":
        if fresh or options.has("a", "p"):
            files.chmod(place, facts.mode)
        if options.has("a", "p"):
            files.touch(place, facts.changed_us)


COPYING_TOOLS: Final[dict[str, Tool]] = {"cp": cp}
