"""Tools that ask for names: nslookup, dig, host, getent.

Source: bind9 9.18, BusyBox 1.37 ``networking/nslookup.c``, glibc.
"""

from typing import Final

from playground.shell.dates import date_of
from playground.shell.tool import Invocation, Tool

_DIG: Final = "9.18.30-0ubuntu0.24.04.2-Ubuntu"
_STUB: Final = "127.0.0.53"
_INSIDE: Final = "127.0.0.11"
_SECONDS_KEPT: Final = {_STUB: 0, _INSIDE: 600}


def _server(invocation: Invocation) -> str:
    return _INSIDE if invocation.surroundings.prompt == "busybox" else _STUB


async def nslookup(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if not words:
        return 1
    name = words[0]
    addresses = invocation.surroundings.connections.addresses(name)
    server = words[1] if len(words) > 1 else _server(invocation)
    inside = invocation.surroundings.prompt == "busybox"
    place = f"{server}:53" if inside else f"{server}#53"
    await invocation.stdout.write(f"Server:\t\t{server}\nAddress:\t{place}\n\n")
    if not addresses:
        await invocation.stdout.write(f"** server can't find {name}: NXDOMAIN\n\n")
        return 1
    answer = "".join(f"Name:\t{name}\nAddress: {address}\n" for address in addresses)
    await invocation.stdout.write(f"Non-authoritative answer:\n{answer}\n")
    return 0


async def host(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    if not words:
        await invocation.stderr.write("Usage: host [-aCdilrTvVw] [-t type] hostname [server]\n")
        return 1
    addresses = invocation.surroundings.connections.addresses(words[0])
    if not addresses:
        await invocation.stdout.write(f"Host {words[0]} not found: 3(NXDOMAIN)\n")
        return 1
    await invocation.stdout.write("".join(f"{words[0]} has address {address}\n" for address in addresses))
    return 0


async def dig(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    names = [word for word in words if word[0:1] not in ("+", "-", "@") and word.upper() not in ("A", "IN", "ANY")]
    server = next((word[1:] for word in words if word.startswith("@")), _server(invocation))
    name = (names[0] if names else ".").rstrip(".") + "."
    asked_for_other = any(word.upper() in ("AAAA", "MX", "TXT", "NS", "CNAME", "SOA", "SRV") for word in words)
    if asked_for_other:
        name = next((word for word in names if word.upper() not in ("AAAA", "MX", "TXT", "NS", "CNAME")), ".")
    addresses = [] if asked_for_other else invocation.surroundings.connections.addresses(name.rstrip("."))
    rows = [f"{_column(name)}{_SECONDS_KEPT.get(server, 60)}\tIN\tA\t{address}\n" for address in addresses]
    if "+short" in words:
        await invocation.stdout.write("".join(f"{address}\n" for address in addresses))
        return 0
    if "+noall" in words and "+answer" in words:
        await invocation.stdout.write("".join(rows))
        return 0
    status = "NOERROR" if addresses or asked_for_other else "NXDOMAIN"
    number = (invocation.loop.now_us // 7) % 65536
    now = date_of(invocation.wall_us + invocation.loop.now_us)
    await invocation.stdout.write(
        f"\n; <<>> DiG {_DIG} <<>> {' '.join(words)}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {number}\n"
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {len(addresses)}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        f";; QUESTION SECTION:\n{_column(';' + name)}IN\tA\n\n"
        + (f";; ANSWER SECTION:\n{''.join(rows)}\n" if rows else "")
        + f";; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n"
        f";; WHEN: {now:%a %b %d %H:%M:%S UTC %Y}\n"
        f";; MSG SIZE  rcvd: {len(name) + 17 + 16 * len(addresses)}\n\n"
    )
    return 0


def _column(text: str) -> str:
    """A first column of three tab stops."""
    return text + "\t" * max(1, 3 - len(text) // 8)


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
        case ["passwd" | "group" as database, *wanted] if invocation.files.exists(f"/etc/{database}"):
            rows = invocation.files.read(f"/etc/{database}").decode(errors="replace").splitlines()
            found = [row for row in rows if not wanted or row.split(":")[0] in wanted or row.split(":")[2:3] == wanted]
            await invocation.stdout.write("".join(f"{row}\n" for row in found))
            return 0 if found else 2
        case [("passwd" | "group"), *_]:
            return 2
        case [database, *_] if database != "hosts":
            await invocation.stderr.write(
                f"Unknown database: {database}\nTry `getent --help' or `getent --usage' for more information.\n"
            )
            return 1
        case _:
            return 1


RESOLVING_TOOLS: Final[dict[str, Tool]] = {"nslookup": nslookup, "dig": dig, "host": host, "getent": getent}
