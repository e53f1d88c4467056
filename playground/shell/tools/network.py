"""``ip``: the machine's interfaces and routes.

Source: iproute2.
"""

from typing import Final

from playground.shell.tool import Invocation, Tool


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


NETWORK_TOOLS: Final[dict[str, Tool]] = {"ip": ip}
