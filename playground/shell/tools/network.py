"""Tools that look at the network: ping, ip, ss, nslookup, getent, nc.

Source: iputils, iproute2, glibc, netcat-openbsd.
"""

from typing import Final

from playground.api.machine import ConnectFailed
from playground.api.process import Interrupted
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options


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
    "ping": ping,
    "ip": ip,
    "ss": ss,
    "nslookup": nslookup,
    "getent": getent,
    "nc": nc,
}
