"""``openssl``: the parts of it that people type around secrets: rand, digests, base64.

Source: OpenSSL 3.0.
"""

from typing import Final

from playground.shell.devices import random_bytes
from playground.shell.tool import Invocation, Tool
from playground.shell.tools.reading import whole

VERSION: Final = "OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)"
MOST_BYTES: Final = 1_000_000
_WIDTH: Final = 64
_DIGESTS: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_KNOWN: Final = ("asn1parse", "ca", "ciphers", "cms", "crl", "dhparam", "ec", "ecparam", "genpkey", "genrsa", "passwd")
_MORE: Final = ("pkcs12", "pkey", "pkeyutl", "req", "rsa", "s_client", "s_server", "verify", "x509")


async def openssl(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    match words:
        case ["version", *_]:
            await invocation.stdout.write(f"{VERSION}\n")
            return 0
        case ["rand", *options]:
            return await _rand(invocation, options)
        case ["base64" | "enc", *options] if words[0] == "base64" or "-base64" in options or "-a" in options:
            return await _base64(invocation, options)
        case ["dgst", *options]:
            kind = next((o[1:] for o in options if o[1:] in _DIGESTS), "sha256")
            return await _digest(invocation, kind, [o for o in options if o[1:] not in _DIGESTS])
        case [kind, *options] if kind in _DIGESTS:
            return await _digest(invocation, kind, options)
        case [command, *_] if command in (*_KNOWN, *_MORE):
            return await invocation.complain(
                f"{command} is not part of this playground: keys and certificates are not made here, "
                "rand, dgst and base64 are there"
            )
        case [command, *_]:
            await invocation.stderr.write(f"Invalid command '{command}'; type \"help\" for a list.\n")
            return 1
        case _:
            await invocation.stdout.write("help:\n\nStandard commands\nbase64 dgst rand version\n")
            return 0


async def _rand(invocation: Invocation, options: list[str]) -> int:
    form = out = ""
    count = ""
    rest = list(options)
    while rest:
        option = rest.pop(0)
        match option.removeprefix("-"):
            case "hex" | "base64" as form if option.startswith("-"):
                pass
            case "out" if option.startswith("-") and rest:
                out = rest.pop(0)
            case number if not option.startswith("-"):
                if not number.isdigit():
                    await invocation.stderr.write(
                        f'rand: Can\'t parse "{number}" as a number\nrand: Use -help for summary.\n'
                    )
                    return 1
                count = number
            case _:
                await invocation.stderr.write(f"rand: Unknown option: {option}\n")
                await invocation.stderr.write("rand: Use -help for summary.\n")
                return 1
    if not count:
        return 0
    data = random_bytes(invocation.files, invocation.loop, min(int(count[:9]), MOST_BYTES))
    if form == "hex":
        data = data.hex().encode() + b"\n"
    elif form == "base64":
        data = _wrapped(data)
    if out:
        try:
            invocation.files.write(out, data)
        except OSError as error:
            return await invocation.complain(f'Can\'t open "{out}" for writing, {error.strerror}')
        return 0
    await invocation.stdout.write(data)
    return 0


def _wrapped(data: bytes) -> bytes:
    import base64

    text = base64.b64encode(data)
    return b"".join(text[at : at + _WIDTH] + b"\n" for at in range(0, len(text), _WIDTH))


def _path(options: list[str], letter: str) -> str:
    return options[options.index(letter) + 1] if letter in options[:-1] else ""


async def _base64(invocation: Invocation, options: list[str]) -> int:
    import base64
    import binascii

    data = await whole(invocation, _path(options, "-in") or "-")
    if data is None:
        return 1
    if "-d" not in options:
        out = base64.b64encode(data) + b"\n" if "-A" in options else _wrapped(data)
    else:
        try:
            out = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error:
            return 1
    target = _path(options, "-out")
    if target:
        invocation.files.write(target, out)
        return 0
    await invocation.stdout.write(out)
    return 0


async def _digest(invocation: Invocation, kind: str, options: list[str]) -> int:
    import hashlib

    paths = [option for option in options if not option.startswith("-")]
    status = 0
    for path in paths or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            status = 1
            continue
        text = hashlib.new(kind, data).hexdigest()
        shown = "stdin" if path == "-" else path
        name = f"SHA2-{kind[3:]}" if len(kind) == len("sha256") else kind.upper()
        line = f"{text} *{shown}" if "-r" in options else f"{name}({shown})= {text}"
        await invocation.stdout.write(line + "\n")
    return status


OPENSSL_TOOLS: Final[dict[str, Tool]] = {"openssl": openssl}
