"""Bytes in other clothes: md5sum, sha1sum, sha256sum, base64.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
from playground.shell.tools.reading import whole


async def digest(invocation: Invocation) -> int:
    import hashlib

    kind = invocation.name.removesuffix("sum")
    try:
        options = read_options(invocation.arguments[1:], "cbtwqs", "", {"check": "c", "quiet": "q", "status": "s"})
    except UsageError as error:
        return await refuse(invocation, error)
    status = 0
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            status = 1
        elif options.has("c"):
            status = await _check(invocation, options, data, path) or status
        else:
            await invocation.stdout.write(f"{hashlib.new(kind, data).hexdigest()}  {path}\n")
    return status


async def _check(invocation: Invocation, options: Options, listed: bytes, source: str) -> int:
    """``-c``: whether files still have the sums that a list gives them."""
    import hashlib

    kind = invocation.name.removesuffix("sum")
    rows = re.findall(r"^([0-9a-fA-F]{32,128}) [ *](.+)$", decoded(listed), re.MULTILINE)
    if not rows:
        shown = "'standard input'" if source == "-" else source
        return await invocation.complain(f"{shown}: no properly formatted checksum lines found")
    unread = wrong = 0
    for wanted, path in rows:
        data = await whole(invocation, path)
        if data is None:
            unread += 1
        same = data is not None and hashlib.new(kind, data).hexdigest() == wanted.lower()
        wrong += data is not None and not same
        verdict = "OK" if same else "FAILED" if data is not None else "FAILED open or read"
        if not options.has("s") and not (same and options.has("q")):
            await invocation.stdout.write(f"{path}: {verdict}\n")
    for count, one, many in (
        (unread, "listed file could not be read", "listed files could not be read"),
        (wrong, "computed checksum did NOT match", "computed checksums did NOT match"),
    ):
        if count and not options.has("s"):
            await invocation.stderr.write(f"{invocation.name}: WARNING: {count} {one if count == 1 else many}\n")
    return 1 if unread or wrong else 0


async def base64(invocation: Invocation) -> int:
    import base64 as codec
    import binascii

    try:
        options = read_options(
            invocation.arguments[1:], "di", "w", {"decode": "d", "wrap": "w=", "ignore-garbage": "i"}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    data = await whole(invocation, options.words[0] if options.words else "-")
    if data is None:
        return 1
    if options.has("d"):
        try:
            await invocation.stdout.write(codec.b64decode(data.replace(b"\n", b""), validate=not options.has("i")))
        except binascii.Error:
            return await invocation.complain("invalid input")
        return 0
    text = codec.b64encode(data).decode()
    width = options.number("w", 76, "wrap size")
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
    await invocation.stdout.write("\n".join(lines) + ("\n" if width else ""))
    return 0


DIGEST_TOOLS: Final[dict[str, Tool]] = {
    **dict.fromkeys(("md5sum", "sha1sum", "sha256sum", "sha512sum"), digest),
    "base64": base64,
}
