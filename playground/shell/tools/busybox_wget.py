"""``wget`` of BusyBox, which containers made on Alpine or BusyBox have.

Source: BusyBox ``networking/wget.c`` and ``libbb/progress.c``.
"""

import re
from dataclasses import dataclass
from typing import Final

from playground.api.machine import ConnectFailed
from playground.shell.tool import Invocation, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.web import REASONS, parse_url

_SECONDS: Final = 900
_LONG: Final = {
    "spider": "s", "header": "H=", "post-data": "p=", "quiet": "q", "continue": "c", "output-document": "O=",
    "timeout": "T=", "user-agent": "U=", "server-response": "S", "no-check-certificate": "n",
}  # fmt: skip
_FAILED: Final = {"refused": "Connection refused", "no-route": "Host is unreachable"}


async def busybox_wget(invocation: Invocation) -> int:
    """Fetch what the addresses name; 1 when one of them fails."""
    try:
        options = read_options(invocation.arguments[1:], "cqS", "OoPTtUY", _LONG)
    except UsageError as error:
        return await refuse(invocation, error)
    seconds = options.value("T", str(_SECONDS))
    if not re.fullmatch(r"[0-9]{1,6}", seconds):
        return await invocation.complain(f"invalid number '{seconds}'")
    if not options.words:
        return await refuse(invocation, UsageError("no address is given"))
    headers = dict(_header(line) for line in options.values.get("H", []))
    headers.setdefault("User-Agent", options.value("U", "Wget"))
    fetch = _Fetch(
        invocation=invocation,
        quiet=options.has("q"),
        output=options.value("O"),
        spider=options.has("s"),
        again=options.has("c"),
        headers=headers,
        body=options.value("p").encode(),
        limit_us=int(seconds) * 1_000_000,
        limited=bool(options.value("T")),
    )
    for word in options.words:
        if status := await fetch.one(word):
            return status
    return 0


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


@dataclass(frozen=True, slots=True)
class _Fetch:
    invocation: Invocation
    quiet: bool
    output: str
    spider: bool
    again: bool
    """Whether a file that is there may be written."""
    headers: dict[str, str]
    body: bytes
    limit_us: int
    limited: bool
    """Whether the limit was asked for."""

    async def one(self, address: str) -> int:
        """The exit code."""
        invocation = self.invocation
        url = parse_url(address)
        if url is None or url.scheme not in ("http", "https"):
            return await invocation.complain(f"not an http or ftp url: {address}")
        connections = invocation.surroundings.connections
        ip = connections.resolve(url.host)
        if ip is None:
            return await invocation.complain(f"bad address '{url.host}'")
        await self._tell(f"Connecting to {url.authority} ({ip}:{url.port})")
        if url.scheme == "https":
            return await invocation.complain("https is not part of this playground")
        verb = "POST" if self.body else "GET"
        headers = {"Host": url.authority, **self.headers}
        try:
            answer = await connections.http(verb, url.host, url.port, url.path, headers, self.body, self.limit_us)
        except ConnectFailed as error:
            if self.limited and error.reason not in _FAILED:
                return await invocation.complain("download timed out")
            reason = _FAILED.get(error.reason, "Operation timed out")
            return await invocation.complain(f"can't connect to remote host ({ip}): {reason}")
        if answer.status >= 400:
            reason = REASONS.get(answer.status, "Unknown")
            return await invocation.complain(f"server returned error: HTTP/1.1 {answer.status} {reason}")
        if self.spider:
            await self._tell("remote file exists")
            return 0
        return await self._keep(url.path, answer.body)

    async def _keep(self, path: str, body: bytes) -> int:
        invocation = self.invocation
        target = self.output or path.partition("?")[0].rsplit("/", 1)[-1] or "index.html"
        stdout = target == "-"
        if not self.output and not self.again and invocation.files.exists(target):
            return await invocation.complain(f"can't open '{target}': File exists")
        await self._tell("writing to stdout" if stdout else f"saving to '{target}'")
        if stdout:
            await invocation.stdout.write(body)
        elif target != "/dev/null":
            try:
                invocation.files.write(target, body)
            except OSError as error:
                return await invocation.complain(f"can't open '{target}': {error.strerror}")
        await self._tell(f"{target[:20]:20} 100% |{'*' * 32}| {_size(len(body))} 0:00:00 ETA")
        await self._tell("written to stdout" if stdout else f"'{target}' saved")
        return 0

    async def _tell(self, line: str) -> None:
        if not self.quiet:
            await self.invocation.stderr.write(line + "\n")


def _size(count: int) -> str:
    """Five digits and a unit."""
    units = iter(" kMGT")
    unit = next(units)
    while count >= 100_000:
        count, unit = count // 1024, next(units)
    return f"{count:5d}{unit}"
