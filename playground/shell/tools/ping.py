"""``ping``: with the words of iputils on a machine, with BusyBox's in a container.

Source: iputils 20240117, BusyBox 1.37 ``networking/ping.c``.
"""

from typing import Final

from playground.api.machine import ConnectFailed
from playground.api.process import Interrupted
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options


def unresolved(host: str) -> str:
    """Why the resolver of Ubuntu has no address: names of one part are not asked of a server at all."""
    return "Name or service not known" if "." in host.rstrip(".") else "Temporary failure in name resolution"


async def ping(invocation: Invocation) -> int:
    words = BUSYBOX if invocation.surroundings.prompt == "busybox" else IPUTILS
    try:
        options = read_options(invocation.arguments[1:], "qn46vaA", "cwWistI")
        count = options.number("c", 0)
        interval = float(options.value("i", "1")[:8])
        wait = float(options.value("W", "1")[:8])
        seconds = options.number("w", 0)
    except (UsageError, ValueError) as error:
        await invocation.stderr.write(f"ping: {error}\n")
        return words.usage_status
    if len(options.words) != 1:
        await invocation.stderr.write("ping: usage error: Destination address required\n")
        return words.usage_status
    host = options.words[0]
    connections = invocation.surroundings.connections
    address = connections.resolve(host)
    if address is None:
        await invocation.stderr.write(words.unknown(host))
        return words.unknown_status
    await invocation.stdout.write(words.head(host, address))
    loop = invocation.loop
    began_us = loop.now_us
    times: list[int] = []
    sent = 0
    try:
        while (not count or sent < count) and not (seconds and loop.now_us - began_us >= seconds * 1_000_000):
            sent += 1
            started_us = loop.now_us
            try:
                took = await connections.ping(address, int(wait * 1_000_000))
            except ConnectFailed:
                took = None
            if took is not None:
                times.append(took)
                if not options.has("q"):
                    await invocation.stdout.write(words.reply(host, address, sent, took))
            if sent != count:
                rest = int(max(0.002, interval) * 1_000_000) - (loop.now_us - started_us)
                await loop.sleep(max(0, rest))
    except Interrupted:
        await invocation.stdout.write("\n")
    total_ms = (loop.now_us - began_us) // 1000
    await invocation.stdout.write(f"\n--- {host} ping statistics ---\n{words.summary(sent, times, total_ms)}")
    return 0 if times else 1


class _Iputils:
    usage_status = 2
    unknown_status = 2

    def unknown(self, host: str) -> str:
        return f"ping: {host}: {unresolved(host)}\n"

    def head(self, host: str, address: str) -> str:
        return f"PING {host} ({address}) 56(84) bytes of data.\n"

    def reply(self, host: str, address: str, number: int, took_us: int) -> str:
        name = f"{host} ({address})" if host != address else address
        return f"64 bytes from {name}: icmp_seq={number} ttl=64 time={_short(took_us)} ms\n"

    def summary(self, sent: int, times: list[int], total_ms: int) -> str:
        lost = (sent - len(times)) * 100 // sent if sent else 0
        text = f"{sent} packets transmitted, {len(times)} received, {lost}% packet loss, time {total_ms}ms\n"
        if times:
            mean = sum(times) // len(times)
            deviation = int((sum((t - mean) ** 2 for t in times) / len(times)) ** 0.5)
            figures = "/".join(f"{t / 1000:.3f}" for t in (min(times), mean, max(times), deviation))
            text += f"rtt min/avg/max/mdev = {figures} ms\n"
        return text


class _BusyBox(_Iputils):
    usage_status = 1
    unknown_status = 1

    def unknown(self, host: str) -> str:
        return f"ping: bad address '{host}'\n"

    def head(self, host: str, address: str) -> str:
        return f"PING {host} ({address}): 56 data bytes\n"

    def reply(self, host: str, address: str, number: int, took_us: int) -> str:
        return f"64 bytes from {address}: seq={number - 1} ttl=64 time={took_us / 1000:.3f} ms\n"

    def summary(self, sent: int, times: list[int], total_ms: int) -> str:
        lost = (sent - len(times)) * 100 // sent if sent else 0
        text = f"{sent} packets transmitted, {len(times)} packets received, {lost}% packet loss\n"
        if times:
            figures = "/".join(f"{t / 1000:.3f}" for t in (min(times), sum(times) // len(times), max(times)))
            text += f"round-trip min/avg/max = {figures} ms\n"
        return text


IPUTILS: Final = _Iputils()
BUSYBOX: Final = _BusyBox()


def _short(microseconds: int) -> str:
    value = microseconds / 1000
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


PING_TOOLS: Final[dict[str, Tool]] = {"ping": ping}
