"""Tools that look at ports: ss, which lists those of this machine, and nc, which tries one.

Source: iproute2 6.1, netcat-openbsd 1.226.
"""

from typing import Final

from playground.api.machine import ConnectFailed, Listener
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options

_KNOWN: Final = {22: "ssh", 53: "domain", 80: "http", 443: "https", 3306: "mysql", 5432: "postgresql", 8080: "http-alt"}


async def ss(invocation: Invocation) -> int:
    long = {"tcp": "t", "udp": "u", "listening": "l", "numeric": "n", "processes": "p", "all": "a", "no-header": "H"}
    try:
        options = read_options(invocation.arguments[1:], "tulnpaHe46", "", long)
    except UsageError as error:
        await invocation.stderr.write(f"ss: {error}\n")
        return 255
    rows = [one for one in invocation.surroundings.connections.listeners() if options.has("l", "a")]
    wanted = [letter for letter in "tu" if options.has(letter)] or ["t", "u"]
    rows = sorted((one for one in rows if one.protocol[0] in wanted), key=lambda one: (one.protocol != "udp", one.port))
    if not options.has("p") or invocation.user != "root":
        rows = [Listener(one.protocol, one.port, one.address, "") for one in rows]
    several = len(wanted) > 1
    table = [("Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port", "Process")]
    for one in rows:
        state, backlog = ("UNCONN", "0") if one.protocol == "udp" else ("LISTEN", "4096")
        port = str(one.port) if options.has("n") else _KNOWN.get(one.port, str(one.port))
        peer = "*" if one.address == "*" else "0.0.0.0"
        users = f'users:(("{one.program}",pid={one.pid},fd={one.port % 19 + 3}))' if one.program else ""
        table.append((one.protocol, state, "0", backlog, one.address, port, peer, "*", users))
    widths = [max(len(row[column]) for row in table) for column in range(8)]
    for row in table[1:] if options.has("H") else table:
        netid, state, received, sent, local, port, peer, peer_port, users = row
        head = f"{netid:<{widths[0]}}  " if several else ""
        await invocation.stdout.write(
            f"{head}{state:<{widths[1]}}  {received:<{widths[2]}}  {sent:<{widths[3]}}  {local:>{widths[4]}}:"
            f"{port:<{widths[5]}}  {peer:>{widths[6]}}:{peer_port:<{widths[7]}}  {users}\n"
        )
    return 0


async def nc(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "zvnu46", "w")
        timeout_us = options.number("w", 5) * 1_000_000
    except UsageError as error:
        await invocation.stderr.write(f"nc: {error}\n")
        return 1
    words = options.words
    if len(words) < 2:
        await invocation.stderr.write("usage: nc [-46nuvz] [-w timeout] [destination] [port]\n")
        return 1
    host = words[0]
    connections = invocation.surroundings.connections
    address = connections.resolve(host)
    if address is None:
        return await invocation.complain(f'getaddrinfo for host "{host}" port {words[1]}: Name or service not known')
    if not options.has("z"):
        return await invocation.complain("only -z (is the port open?) is known here")
    status = 0
    for port in _ports(words[1:]):
        try:
            await connections.http("GET", host, port, "/", {}, b"", timeout_us)
            reason = ""
        except ConnectFailed as error:
            reason = {"refused": "Connection refused", "reset": "", "no-route": "No route to host"}.get(
                error.reason, "Connection timed out"
            )
        status = 1 if reason else status
        if not options.has("v"):
            continue
        named = host if host == address else f"{host} ({address})"
        if reason:
            await invocation.stderr.write(f"nc: connect to {named} port {port} (tcp) failed: {reason}\n")
        else:
            kind = _KNOWN.get(port, "*")
            await invocation.stderr.write(f"Connection to {named} {port} port [tcp/{kind}] succeeded!\n")
    return status


def _ports(words: list[str]) -> list[int]:
    found: list[int] = []
    for word in words:
        first, _, last = word.partition("-")
        if first.isdigit() and (last or first).isdigit():
            found += range(int(first[:5]), min(int((last or first)[:5]), int(first[:5]) + 100) + 1)
    return found


SOCKET_TOOLS: Final[dict[str, Tool]] = {"ss": ss, "nc": nc}
