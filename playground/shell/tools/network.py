"""Tools that use the network: curl, wget, ping, ip, ss, nslookup, getent, nc."""

import re
from dataclasses import dataclass
from typing import Final

from playground.api.machine import ConnectFailed, HttpAnswer
from playground.api.process import Interrupted
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options

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
}
_REASONS: Final = {
    200: "OK",
    201: "Created",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def parse_url(text: str) -> Url | None:
    """A web address, ``http`` where it names no scheme; None when it is none."""
    found = re.fullmatch(
        r"(?:([a-z][a-z0-9+.-]*)://)?(?:[^@/]*@)?(\[[0-9a-f:]+\]|[^:/?#]+)(?::([0-9]{1,9}))?([/?#].*)?", text
    )
    if found is None:
        return None
    scheme, host, port, path = found.groups()
    scheme = scheme or "http"
    path = (path or "/").partition("#")[0]
    if not path.startswith("/"):
        path = "/" + path
    number = int(port) if port else 443 if scheme == "https" else 80
    return Url(scheme, host, number, path) if number < 65536 else None


class _CurlFailed(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def curl(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "sSiIvfLkOgN#V0146hnj", "mowHXdATuRDZYbeCctFrxU", _CURL_LONG)
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
    lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, '')}".rstrip()]
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


async def wget(invocation: Invocation) -> int:
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
                "unknown-host": f"Resolving {url.host}... failed: Temporary failure in name resolution.\n"
                f"wget: unable to resolve host address \u2018{url.host}\u2019",
                "no-route": f"Connecting to {url.host}:{url.port}... failed: No route to host.",
            }
            text = reasons.get(error.reason, f"Connecting to {url.host}:{url.port}... failed: Connection timed out.")
            await invocation.stderr.write(text + "\n")
        return 4
    if answer.status >= 400:
        if not quiet:
            await invocation.stderr.write(f"ERROR {answer.status}: {_REASONS.get(answer.status, 'Unknown')}.\n")
        return 8
    if not target:
        target = url.path.partition("?")[0].rsplit("/", 1)[-1] or "index.html"
    if not quiet:
        await invocation.stderr.write(
            f"Connecting to {url.host} ({url.host})|{address}|:{url.port}... connected.\n"
            f"HTTP request sent, awaiting response... {answer.status} {_REASONS.get(answer.status, '')}\n"
            f"Length: {len(answer.body)}\nSaving to: \u2018{target}\u2019\n\n"
        )
    if target == "-":
        await invocation.stdout.write(answer.body)
    elif target != "/dev/null":
        invocation.files.write(target, answer.body)
    return 0


async def ping(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "qn46vaA", "cwWist")
        count = options.number("c", 0)
        interval = float(options.value("i", "1")[:8])
        wait = float(options.value("W", "1")[:8])
    except (UsageError, ValueError) as error:
        await invocation.stderr.write(f"ping: {error}\n")
        return 2
    if len(options.words) != 1:
        await invocation.stderr.write("ping: usage error: Destination address required\n")
        return 2
    host = options.words[0]
    connections = invocation.surroundings.connections
    address = connections.resolve(host)
    if address is None:
        await invocation.stderr.write(f"ping: {host}: Temporary failure in name resolution\n")
        return 2
    out = invocation.stdout
    await out.write(f"PING {host} ({address}) 56(84) bytes of data.\n")
    loop = invocation.loop
    began_us = loop.now_us
    times: list[int] = []
    sent = 0
    name = f"{host} ({address})" if host != address else address
    try:
        while not count or sent < count:
            sent += 1
            started_us = loop.now_us
            try:
                took = await connections.ping(address, int(wait * 1_000_000))
            except ConnectFailed:
                took = None
            if took is not None:
                times.append(took)
                await out.write(f"64 bytes from {name}: icmp_seq={sent} ttl=64 time={_milliseconds(took)} ms\n")
            if sent != count:
                rest = int(max(0.002, interval) * 1_000_000) - (loop.now_us - started_us)
                await loop.sleep(max(0, rest))
    except Interrupted:
        await out.write("\n")
    lost = (sent - len(times)) * 100 // sent
    total = (loop.now_us - began_us) // 1000
    summary = f"{sent} packets transmitted, {len(times)} received, {lost}% packet loss, time {total}ms\n"
    await out.write(f"\n--- {host} ping statistics ---\n{summary}")
    if times:
        mean = sum(times) // len(times)
        deviation = int((sum((t - mean) ** 2 for t in times) / len(times)) ** 0.5)
        figures = "/".join(f"{t / 1000:.3f}" for t in (min(times), mean, max(times), deviation))
        await out.write(f"rtt min/avg/max/mdev = {figures} ms\n")
    return 0 if times else 1


def _milliseconds(microseconds: int) -> str:
    value = microseconds / 1000
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


async def ip(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if word not in ("-4", "-c", "-color")]
    brief = any(word in ("-br", "-brief") for word in words)
    words = [word for word in words if not word.startswith("-")]
    interfaces = invocation.surroundings.connections.interfaces()
    out = invocation.stdout
    kind = words[0] if words else ""
    if kind and ("address".startswith(kind) or "link".startswith(kind)):
        only = words[-1] if len(words) > 1 and words[-1] not in ("show", "list", "ls") else ""
        rows = [("lo", "127.0.0.1/8", "00:00:00:00:00:00", True)]
        rows += [(i.name, i.address, i.mac, i.up) for i in interfaces if i.name != "lo"]
        if only and only not in [name for name, *_ in rows]:
            await invocation.stderr.write(f'Device "{only}" does not exist.\n')
            return 1
        for number, (name, address, mac, up) in enumerate(rows, 1):
            if only and name != only:
                continue
            if brief:
                state = "UNKNOWN" if name == "lo" else "UP" if up else "DOWN"
                await out.write(f"{name:<16} {state:<14} {address} \n")
                continue
            await out.write(_interface_text(number, name, address, mac, up, with_address=not kind.startswith("l")))
        return 0
    if kind and "route".startswith(kind):
        for interface in interfaces:
            network = _network(interface.address)
            if interface.name.startswith(("en", "eth")):
                first = network.rsplit(".", 1)[0] + ".1"
                own = interface.address.split("/")[0]
                await out.write(f"default via {first} dev {interface.name} proto dhcp src {own} metric 100 \n")
        for interface in interfaces:
            down = "" if interface.up else "linkdown "
            own = interface.address.split("/")[0]
            await out.write(
                f"{_network(interface.address)} dev {interface.name} proto kernel scope link src {own} {down}\n"
            )
        return 0
    sentence = (
        f'Object "{kind}" is unknown, try "ip help".\n' if kind else "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n"
    )
    await invocation.stderr.write(sentence)
    return 1 if kind else 255


def _network(address: str) -> str:
    host, _, length = address.partition("/")
    bits = int(length or 32)
    number = 0
    for piece in host.split("."):
        number = number * 256 + int(piece)
    number &= ~((1 << (32 - bits)) - 1)
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{bits}"


def _interface_text(number: int, name: str, address: str, mac: str, up: bool, with_address: bool) -> str:
    if name == "lo":
        flags, rest, kind = "LOOPBACK,UP,LOWER_UP", "mtu 65536 qdisc noqueue state UNKNOWN", "loopback"
    elif up:
        flags, rest, kind = "BROADCAST,MULTICAST,UP,LOWER_UP", "mtu 1500 qdisc fq_codel state UP", "ether"
    else:
        flags, rest, kind = "NO-CARRIER,BROADCAST,MULTICAST,UP", "mtu 1500 qdisc noqueue state DOWN", "ether"
    ending = "00:00:00:00:00:00" if name == "lo" else "ff:ff:ff:ff:ff:ff"
    text = f"{number}: {name}: <{flags}> {rest} group default qlen 1000\n    link/{kind} {mac} brd {ending}\n"
    if with_address and address:
        network = _network(address)
        host, bits = network.split("/")
        pieces = [int(piece) for piece in host.split(".")]
        mask = (1 << (32 - int(bits))) - 1
        broadcast = ".".join(str(pieces[i] | mask >> (24 - 8 * i) & 255) for i in range(4))
        middle = "scope host lo" if name == "lo" else f"brd {broadcast} scope global {name}"
        text += f"    inet {address} {middle}\n       valid_lft forever preferred_lft forever\n"
    return text


async def ss(invocation: Invocation) -> int:
    await invocation.stdout.write(
        "Netid  State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port  Process\n"
        "tcp    LISTEN  0       4096           0.0.0.0:22           0.0.0.0:*\n"
    )
    return 0


async def nslookup(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if not words:
        return 1
    addresses = invocation.surroundings.connections.addresses(words[0])
    if invocation.surroundings.prompt == "busybox":
        server = "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n"
    else:
        server = "Server:\t\t127.0.0.53\nAddress:\t127.0.0.53#53\n\n"
    await invocation.stdout.write(server)
    if not addresses:
        await invocation.stdout.write(f"** server can't find {words[0]}: NXDOMAIN\n\n")
        return 1
    answer = "".join(f"Name:\t{words[0]}\nAddress: {address}\n" for address in addresses)
    await invocation.stdout.write(f"Non-authoritative answer:\n{answer}\n")
    return 0


async def getent(invocation: Invocation) -> int:
    match invocation.arguments[1:]:
        case ["hosts" | "ahosts" | "ahostsv4" as database, name]:
            addresses = invocation.surroundings.connections.addresses(name)
            if not addresses:
                return 2
            if database == "hosts":
                lines = [f"{address:<15} {name}" for address in addresses]
            else:
                lines = [f"{address:<15} {kind:<6} " for address in addresses for kind in ("STREAM", "DGRAM", "RAW")]
                lines[0] += name
            await invocation.stdout.write("".join(f"{line}\n" for line in lines))
            return 0
        case _:
            return 1


async def nc(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if "-z" not in "".join(invocation.arguments[1:2]) and not any(
        "z" in w for w in invocation.arguments if w[:1] == "-"
    ):
        return await invocation.complain("only -z (is the port open?) is known here")
    numbers = [word for word in words if word.isdigit()]
    if len(words) < 2 or not numbers:
        await invocation.stderr.write("usage: nc -z [-v] host port\n")
        return 1
    host, port = words[0], int(numbers[-1][:5])
    try:
        await invocation.surroundings.connections.http("GET", host, port, "/", {}, b"", 5_000_000)
    except ConnectFailed as error:
        reason = "Connection refused" if error.reason == "refused" else "Connection timed out"
        await invocation.stderr.write(f"nc: connect to {host} port {port} (tcp) failed: {reason}\n")
        return 1
    await invocation.stderr.write(f"Connection to {host} {port} port [tcp/*] succeeded!\n")
    return 0


NETWORK_TOOLS: Final[dict[str, Tool]] = {
    "curl": curl,
    "wget": wget,
    "ping": ping,
    "ip": ip,
    "ss": ss,
    "nslookup": nslookup,
    "getent": getent,
    "nc": nc,
}
