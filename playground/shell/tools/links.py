"""Links: ln and link make them, unlink takes them away, readlink and realpath say where they lead."""

from typing import Final

from playground.api.files import MemoryFiles, normal
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.files import named
from playground.shell.tools.options import Options, read_options, refuse


async def ln(invocation: Invocation) -> int:
    try:
        long = {
            "symbolic": "s",
            "force": "f",
            "no-dereference": "n",
            "verbose": "v",
            "relative": "r",
            "interactive": "i",
            "no-target-directory": "T",
            "target-directory": "t=",
        }
        options = read_options(invocation.arguments[1:], "sfnvriTPL", "t", long)
        if not options.words:
            raise UsageError("missing file operand")
    except UsageError as error:
        return await refuse(invocation, error)
    files = invocation.files
    *sources, target = options.words if len(options.words) > 1 else (*options.words, ".")
    if options.has("t"):
        sources, target = options.words, options.value("t")
    shallow = options.has("n") and files.link(target) is not None
    into = files.is_directory(target) and not options.has("T") and not shallow
    if (len(sources) > 1 or options.has("t")) and not into:
        return await invocation.complain(f"target {named(target)}: No such file or directory")
    status = 0
    for source in sources:
        place = f"{target.rstrip('/')}/{source.rstrip('/').rsplit('/', 1)[-1]}" if into else target
        if target == "." and into:
            place = f"./{source.rstrip('/').rsplit('/', 1)[-1]}"
        status = await _link(invocation, options, source, place) or status
    return status


async def _link(invocation: Invocation, options: Options, source: str, place: str) -> int:
    """Make one link."""
    files = invocation.files
    symbolic = options.has("s")
    kind = "symbolic" if symbolic else "hard"
    if not symbolic and not files.exists(source, follow=False):
        return await invocation.complain(f"failed to access {named(source)}: No such file or directory")
    if not symbolic and files.stat(source, follow=False).kind == "directory":
        return await invocation.complain(f"{source}: hard link not allowed for directory")
    try:
        if options.has("f") and files.exists(place, follow=False):
            if files.absolute(place) == files.absolute(source):
                return await invocation.complain(f"{named(source)} and {named(place)} are the same file")
            if files.stat(place, follow=False).kind == "directory":
                return await invocation.complain(f"{place}: cannot overwrite directory")
            files.remove(place)
        if symbolic:
            files.make_link(place, _from(files, place, source) if options.has("r") else source)
        else:
            files.make_hard_link(place, source)
    except OSError as error:
        arrow = f" => {named(source)}" if not symbolic and error.errno != 17 else ""
        return await invocation.complain(f"failed to create {kind} link {named(place)}{arrow}: {error.strerror}")
    if options.has("v"):
        await invocation.stdout.write(f"{named(place)} {'->' if symbolic else '=>'} {named(source)}\n")
    return 0


def _from(files: MemoryFiles, place: str, source: str) -> str:
    """``source`` as it is seen from the directory of ``place``."""
    return relative_to(_resolved(files, source), _resolved(files, f"{place}/.."))


def relative_to(path: str, directory: str) -> str:
    """One absolute path as it is seen from another."""
    ours, theirs = path.split("/")[1:], directory.rstrip("/").split("/")[1:]
    common = 0
    while common < min(len(ours), len(theirs)) and ours[common] == theirs[common]:
        common += 1
    return "/".join([".."] * (len(theirs) - common) + ours[common:]) or "."


def _resolved(files: MemoryFiles, path: str) -> str:
    """A path without links; what of it is not there stays as it is written."""
    whole = path if path.startswith("/") else f"{files.directory}/{path}"
    head, rest = whole, ""
    while head.strip("/"):
        if files.exists(head):
            return normal(files.real(head) + rest)
        pointed = files.link(head.rstrip("/"))
        head, _, last = head.rstrip("/").rpartition("/")
        if pointed is not None:
            return normal(pointed + rest, normal(head))
        rest = f"/{last}{rest}"
    return normal(rest or "/")


def _found(files: MemoryFiles, path: str, existing: bool, anything: bool) -> str:
    """A path without links.

    Raises:
        OSError: it is not there though it has to be ``existing``, or the directory that would hold it is not there,
            which matters unless ``anything`` goes.
    """
    if existing:
        return files.real(path)
    if not anything:
        above = normal(files.absolute(path)).rpartition("/")[0] or "/"
        files.real(above)
    return _resolved(files, path)


async def readlink(invocation: Invocation) -> int:
    try:
        long = {"canonicalize": "f", "canonicalize-existing": "e", "canonicalize-missing": "m"}
        long |= {"no-newline": "n", "zero": "z", "verbose": "v", "quiet": "q", "silent": "s"}
        options = read_options(invocation.arguments[1:], "femnzvqs", "", long)
        if not options.words:
            raise UsageError("missing operand")
    except UsageError as error:
        return await refuse(invocation, error)
    files = invocation.files
    status = 0
    ending = "" if options.has("n") and len(options.words) == 1 else "\0" if options.has("z") else "\n"
    for path in options.words:
        found: str | None
        if options.has("f", "e", "m"):
            try:
                found = _found(files, path, options.has("e"), options.has("m"))
            except OSError:
                found = None
        else:
            found = files.link(path)
        if found is None:
            status = 1
            if options.has("v"):
                reason = "Invalid argument" if files.exists(path) else "No such file or directory"
                await invocation.complain(f"{path}: {reason}")
            continue
        await invocation.stdout.write(found + ending)
    return status


async def realpath(invocation: Invocation) -> int:
    try:
        long = {"canonicalize-existing": "e", "canonicalize-missing": "m", "strip": "s", "no-symlinks": "s"}
        long |= {"quiet": "q", "zero": "z", "logical": "L", "physical": "P", "relative-to": "R=", "relative-base": "B="}
        options = read_options(invocation.arguments[1:], "emszqLP", "", long)
        if not options.words:
            raise UsageError("missing operand")
    except UsageError as error:
        return await refuse(invocation, error)
    files = invocation.files
    status = 0
    for path in options.words:
        try:
            if options.has("s"):
                found = files.absolute(path)
            else:
                found = _found(files, path, options.has("e"), options.has("m"))
        except OSError as error:
            status = 1
            if not options.has("q"):
                await invocation.complain(f"{path}: {error.strerror}")
            continue
        if options.has("R"):
            found = relative_to(found, _resolved(files, options.value("R")))
        await invocation.stdout.write(found + ("\0" if options.has("z") else "\n"))
    return status


async def link(invocation: Invocation) -> int:
    """``link FILE1 FILE2``: one hard link, and no more said about it."""
    words = [word for word in invocation.arguments[1:] if word != "--"]
    if len(words) != 2:
        missing = f"missing operand after {named(words[0])}" if words else "missing operand"
        return await refuse(invocation, UsageError(missing if len(words) < 2 else f"extra operand {named(words[2])}"))
    try:
        invocation.files.make_hard_link(words[1], words[0])
    except OSError as error:
        return await invocation.complain(f"cannot create link {named(words[1])} to {named(words[0])}: {error.strerror}")
    return 0


async def unlink(invocation: Invocation) -> int:
    """``unlink FILE``: takes one file out of its directory."""
    words = [word for word in invocation.arguments[1:] if word != "--"]
    if len(words) != 1:
        return await refuse(invocation, UsageError(f"extra operand {named(words[1])}" if words else "missing operand"))
    try:
        invocation.files.remove(words[0])
    except OSError as error:
        return await invocation.complain(f"cannot unlink {named(words[0])}: {error.strerror}")
    return 0


LINK_TOOLS: Final[dict[str, Tool]] = {
    "ln": ln,
    "link": link,
    "unlink": unlink,
    "readlink": readlink,
    "realpath": realpath,
}
