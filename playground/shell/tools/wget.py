"""``wget``: keeps what a web server answers in a file.

Source: GNU Wget 1.21.
"""

import re
from typing import Final

from playground.api.machine import ConnectFailed
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.busybox_wget import busybox_wget
from playground.shell.tools.options import read_options
from playground.shell.tools.ping import unresolved
from playground.shell.tools.web import REASONS, parse_url


async def wget(invocation: Invocation) -> int:
    if invocation.surroundings.sh == "busybox":
        return await busybox_wget(invocation)
    output: str | None = next((w[3:] or None for w in invocation.arguments[1:] if w.startswith("-qO")), "")
    try:
        long = {"quiet": "q", "output-document": "O=", "timeout": "T=", "tries": "t=", "spider": "S", "header": "H="}
        options = read_options(
            [w if not w.startswith("-qO") else "-q" for w in invocation.arguments[1:]], "qcSN", "OTtUH", long
        )
    except UsageError as error:
        await invocation.stderr.write(f"wget: {error}\nUsage: wget [OPTION]... [URL]...\n")
        return 2
    urls = list(options.words)
    if output is None and urls:
        output = urls.pop(0)
    target = output or options.value("O")
    if not urls:
        await invocation.stderr.write("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n")
        return 1
    quiet = options.has("q")
    url = parse_url(urls[0])
    if url is None or url.scheme != "http":
        await invocation.stderr.write(f"{urls[0]}: Unsupported scheme.\n")
        return 1
    seconds = options.value("T", "900")
    timeout_us = int(float(seconds) * 1_000_000) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", seconds) else 900_000_000
    address = invocation.surroundings.connections.resolve(url.host)
    try:
        answer = await invocation.surroundings.connections.http(
            "GET", url.host, url.port, url.path, {"Host": url.authority, "User-Agent": "Wget/1.21.4"}, b"", timeout_us
        )
    except ConnectFailed as error:
        if not quiet:
            reasons = {
                "refused": f"Connecting to {url.host}:{url.port}... failed: Connection refused.",
                "unknown-host": f"Resolving {url.host}... failed: {unresolved(url.host)}.\n"
                f"wget: unable to resolve host address \u2018{url.host}\u2019",
                "no-route": f"Connecting to {url.host}:{url.port}... failed: No route to host.",
            }
            text = reasons.get(error.reason, f"Connecting to {url.host}:{url.port}... failed: Connection timed out.")
            await invocation.stderr.write(text + "\n")
        return 4
    if answer.status >= 400:
        if not quiet:
            await invocation.stderr.write(f"ERROR {answer.status}: {REASONS.get(answer.status, 'Unknown')}.\n")
        return 8
    if not target:
        target = url.path.partition("?")[0].rsplit("/", 1)[-1] or "index.html"
    if not quiet:
        await invocation.stderr.write(
            f"Connecting to {url.host} ({url.host})|{address}|:{url.port}... connected.\n"
            f"HTTP request sent, awaiting response... {answer.status} {REASONS.get(answer.status, '')}\n"
            f"Length: {len(answer.body)}\nSaving to: \u2018{target}\u2019\n\n"
        )
    if target == "-":
        await invocation.stdout.write(answer.body)
    elif target != "/dev/null":
        invocation.files.write(target, answer.body)
    return 0


WGET_TOOLS: Final[dict[str, Tool]] = {"wget": wget}
