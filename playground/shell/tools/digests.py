"""Bytes in other clothes: md5sum, sha1sum, sha256sum, base64.

Source: GNU coreutils.
"""

from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole


async def digest(invocation: Invocation) -> int:
    import hashlib

    kind = invocation.name.removesuffix("sum")
    status = 0
    for path in [word for word in invocation.arguments[1:] if not word.startswith("--")] or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            status = 1
        else:
            await invocation.stdout.write(f"{hashlib.new(kind, data).hexdigest()}  {path}\n")
    return status


async def base64(invocation: Invocation) -> int:
    import base64 as codec
    import binascii

    try:
        options = read_options(invocation.arguments[1:], "di", "w", {"decode": "d", "wrap": "w="})
    except UsageError as error:
        return await refuse(invocation, error)
    data = await whole(invocation, options.words[0] if options.words else "-")
    if data is None:
        return 1
    if options.has("d"):
        try:
            await invocation.stdout.write(codec.b64decode(data))
        except binascii.Error:
            return await invocation.complain("invalid input")
        return 0
    text = codec.b64encode(data).decode()
    width = options.number("w", 76, "wrap size")
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
    await invocation.stdout.write("\n".join(lines) + ("\n" if width else ""))
    return 0


DIGEST_TOOLS: Final[dict[str, Tool]] = {
    **dict.fromkeys(("md5sum", "sha1sum", "sha256sum"), digest),
    "base64": base64,
}
