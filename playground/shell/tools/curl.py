"""``curl``: asks a web server and shows, keeps or measures the answer.

Source: curl 8.5.
"""

import re
from typing import Final

from playground.api.machine import ConnectFailed, HttpAnswer
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options
from playground.shell.tools.web import REASONS, Url, parse_url

CURL_VERSION: Final = "8.5.0"
MAX_REDIRECTS: Final = 10
_CURL_LONG: Final = {
    "silent": "s",
    "show-error": "S",
    "max-time": "m=",
    "output": "o=",
    "include": "i",
    "head": "I",
    "verbose": "v",
    "fail": "f",
    "write-out": "w=",
    "header": "H=",
    "request": "X=",
    "data": "d=",
    "data-raw": "d=",
    "data-binary": "d=",
    "location": "L",
    "connect-timeout": "T=",
    "user-agent": "A=",
    "user": "u=",
    "insecure": "k",
    "remote-name": "O",
    "retry": "R=",
    "retry-delay": "D=",
    "retry-connrefused": "C",
    "retry-all-errors": "C",
    "no-progress-meter": "N",
    "http1.1": "1",
    "compressed": "z",
    "version": "V",
    "help": "h",
    "resolve": "Z=",
    "max-redirs": "Y=",
    "no-buffer": "n",
    "fail-with-body": "f",
    "cacert": "E=",
    "capath": "E=",
    "cert": "E=",
    "key": "E=",
    "unix-socket": "B=",
    "form": "F=",
    "cookie": "b=",
    "cookie-jar": "c=",
    "referer": "e=",
    "proxy": "x=",
    "noproxy": "x=",
    "ipv4": "4",
    "ipv6": "6",
    "globoff": "g",
    "progress-bar": "#",
    "interface": "x=",
    "get": "G",
    "json": "d=",
    "url": "U=",
}


class _CurlFailed(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def curl(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "sSiIvfLkOgN#V0146hnjG", "mowHXdATuRDZYbeCctFrxUEB", _CURL_LONG
        )
    except UsageError as error:
        sentence = str(error)
        found = re.search(r"-- '(.)'", sentence) or re.search(r"option '(--[^']*)'", sentence)
        option = found.group(1) if found else ""
        option = option if option.startswith("--") else f"-{option}"
        what = "requires parameter" if "requires" in sentence else "is unknown"
        await invocation.stderr.write(
            f"curl: option {option}: {what}\ncurl: try 'curl --help' or 'curl --manual' for more information\n"
        )
        return 2
    if options.has("V"):
        await invocation.stdout.write(f"curl {CURL_VERSION} (x86_64-pc-linux-gnu) libcurl/{CURL_VERSION}\n")
        return 0
    options.words += options.values.get("U", [])
    if not options.words:
        await invocation.stderr.write(
            "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n"
        )
        return 2
    status = 0
    retries = options.number("R", 0) if options.value("R", "0").isdigit() else 0
    for address in options.words:
        attempt = 0
        while True:
            try:
                status = await _fetch(invocation, options, address)
                break
            except _CurlFailed as error:
                status = error.code
                if attempt < retries and (options.has("C") or error.code == 28):
                    attempt += 1
                    await invocation.loop.sleep(min(2**attempt, 600) * 500_000)
                    continue
                if not options.has("s") or options.has("S"):
                    await invocation.stderr.write(f"curl: ({error.code}) {error}\n")
                if options.has("w"):
                    written = _write_out(options.value("w"), None, 0, address, invocation, 0)
                    await invocation.stdout.write(written)
                break
    return status


def _request(options: Options) -> tuple[str, dict[str, str], bytes]:
    headers: dict[str, str] = {"User-Agent": options.value("A", f"curl/{CURL_VERSION}"), "Accept": "*/*"}
    body = b""
    method = "HEAD" if options.has("I") else "GET"
    if options.has("d"):
        body = "&".join(options.values["d"]).encode()
        method = "POST"
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Content-Length"] = str(len(body))
    for header in options.values.get("H", []):
        name, _, value = header.partition(":")
        headers[name.strip()] = value.strip()
    return options.value("X", method), headers, body


async def _fetch(invocation: Invocation, options: Options, address: str) -> int:
    began_us = invocation.loop.now_us
    method, headers, body = _request(options)
    if options.value("d").startswith("@"):
        try:
            body = invocation.files.read(options.value("d")[1:])
        except OSError:
            body = b""
    url = parse_url(address)
    for _ in range(MAX_REDIRECTS):
        if url is None:
            raise _CurlFailed(3, "URL using bad/illegal format or missing URL")
        answer = await _exchange(invocation, options, url, method, headers, body)
        location = next((v for k, v in answer.headers.items() if k.lower() == "location"), "")
        if not (options.has("L") and 300 <= answer.status < 400 and location):
            break
        if options.has("i", "I"):
            await invocation.stdout.write(_head(answer))
        url = parse_url(location) if "://" in location else Url(url.scheme, url.host, url.port, location)
    spent_us = invocation.loop.now_us - began_us
    out = b""
    if options.has("f") and answer.status >= 400:
        if not options.has("s") or options.has("S"):
            await invocation.stderr.write(f"curl: (22) The requested URL returned error: {answer.status}\n")
        code = 22
    else:
        code = 0
        if options.has("i", "I"):
            out += _head(answer).encode()
        if method != "HEAD":
            out += answer.body
    await _deliver(invocation, options, url, out, spent_us)
    if options.has("w"):
        await invocation.stdout.write(_write_out(options.value("w"), answer, spent_us, address, invocation, len(out)))
    return code


def _head(answer: HttpAnswer) -> str:
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, '')}".rstrip()]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join(lines) + "\r\n\r\n"


async def _deliver(invocation: Invocation, options: Options, url: Url | None, out: bytes, spent_us: int) -> None:
    path = options.value("o")
    if options.has("O") and url is not None:
        path = url.path.partition("?")[0].rsplit("/", 1)[-1]
    if path and path != "-":
        if not options.has("s"):
            await invocation.stderr.write(
                "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
                "                                 Dload  Upload   Total   Spent    Left  Speed\n"
            )
            speed = len(out) * 1_000_000 // max(1, spent_us)
            row = (
                f"100 {len(out):5}  100 {len(out):5}    0     0 {speed:6}      0 --:--:-- --:--:-- --:--:-- {speed:5}\n"
            )
            await invocation.stderr.write(row)
        if path != "/dev/null":
            invocation.files.write(path, out)
        return
    await invocation.stdout.write(out)


async def _exchange(
    invocation: Invocation, options: Options, url: Url, method: str, headers: dict[str, str], body: bytes
) -> HttpAnswer:
    if url.scheme not in ("http", "https"):
        raise _CurlFailed(1, f'Protocol "{url.scheme}" not supported')
    connections = invocation.surroundings.connections
    loop = invocation.loop
    limits = [options.value(letter) for letter in ("m", "T") if options.has(letter)]
    for limit in limits:
        if not re.fullmatch(r"[0-9]*\.?[0-9]+", limit):
            raise _CurlFailed(2, "expected a proper numerical parameter")
    timeout_us = min([int(float(limit[:12]) * 1_000_000) for limit in limits] or [134_000_000]) or 134_000_000
    began_us = loop.now_us
    address = connections.resolve(url.host)
    if address is None:
        raise _CurlFailed(6, f"Could not resolve host: {url.host}")
    if options.has("v"):
        await invocation.stderr.write(f"*   Trying {address}:{url.port}...\n")
    if url.scheme == "https":
        raise _CurlFailed(35, "TLS is not emulated here: use http")
    try:
        sent = {"Host": url.authority, **headers}
        answer = await connections.http(method, url.host, url.port, url.path, sent, body, timeout_us)
    except ConnectFailed as error:
        spent = (loop.now_us - began_us) // 1000
        where = f"Failed to connect to {url.host} port {url.port} after {spent} ms"
        if options.has("v"):
            reason = {"refused": "Connection refused", "no-route": "No route to host"}.get(error.reason, "timed out")
            await invocation.stderr.write(
                f"* connect to {address} port {url.port} failed: {reason}\n* Closing connection\n"
            )
        match error.reason:
            case "timeout" if limits:
                raise _CurlFailed(28, f"Connection timed out after {spent} milliseconds") from None
            case "timeout":
                raise _CurlFailed(28, f"{where}: Couldn't connect to server") from None
            case "reset":
                raise _CurlFailed(56, "Recv failure: Connection reset by peer") from None
            case "unknown-host":
                raise _CurlFailed(6, f"Could not resolve host: {url.host}") from None
            case _:
                raise _CurlFailed(7, f"{where}: Couldn't connect to server") from None
    if options.has("v"):
        lines = [f"* Connected to {url.host} ({address}) port {url.port}", f"> {method} {url.path} HTTP/1.1"]
        lines += [f"> {name}: {value}" for name, value in sent.items()]
        lines += [">", *(f"< {line}" for line in _head(answer).rstrip("\r\n").split("\r\n")), "<"]
        await invocation.stderr.write("\n".join(line.rstrip() + " " * (line in (">", "<")) for line in lines) + "\n")
    return answer


def _write_out(
    pattern: str, answer: HttpAnswer | None, spent_us: int, url: str, invocation: Invocation, size: int
) -> str:
    seconds = f"{spent_us / 1_000_000:.6f}"
    facts = {
        "http_code": f"{answer.status if answer else 0:03d}",
        "response_code": f"{answer.status if answer else 0:03d}",
        "time_total": seconds,
        "time_connect": f"{spent_us / 2_000_000:.6f}",
        "time_starttransfer": seconds,
        "time_namelookup": "0.000012",
        "size_download": str(size),
        "url": url,
        "url_effective": url,
        "content_type": next(
            (v for k, v in (answer.headers if answer else {}).items() if k.lower() == "content-type"), ""
        ),
        "num_redirects": "0",
        "remote_ip": invocation.surroundings.connections.resolve(getattr(parse_url(url), "host", "")) or "",
        "exitcode": "0" if answer else "7",
    }
    text = re.sub(r"%\{([a-z_]+)\}", lambda found: facts.get(found.group(1), ""), pattern)
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("%%", "%")


CURL_TOOLS: Final[dict[str, Tool]] = {"curl": curl}
