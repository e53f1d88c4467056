"""Tools that tell about the machine: hostname, uname, uptime, free, df, ps, nproc.

Source: GNU coreutils, procps.
"""

import re
from typing import Final

from playground.shell.dates import date_of
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.listing import human
from playground.shell.tools.options import read_options, refuse

KERNEL: Final = "6.8.0-60-generic"


async def hostname(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    if words in (["-I"], ["--all-ip-addresses"]):
        addresses = [i.address.split("/")[0] for i in invocation.surroundings.connections.interfaces()]
        await invocation.stdout.write(" ".join(a for a in addresses if a != "127.0.0.1") + " \n")
        return 0
    if words in (["-i"], ["--ip-address"]):
        await invocation.stdout.write("127.0.1.1\n")
        return 0
    if words and not words[0].startswith("-"):
        return await invocation.complain("you must be root to change the host name")
    await invocation.stdout.write(invocation.surroundings.hostname + "\n")
    return 0


async def uname(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "asnrvmpio", "", {"all": "a"})
    except UsageError as error:
        return await refuse(invocation, error)
    host = invocation.surroundings.hostname
    version = "#63-Ubuntu SMP PREEMPT_DYNAMIC Tue Apr 15 19:04:15 UTC 2025"
    facts = [
        ("s", "Linux"),
        ("n", host),
        ("r", KERNEL),
        ("v", version),
        ("m", "x86_64"),
        ("p", "x86_64"),
        ("i", "x86_64"),
    ]
    facts.append(("o", "GNU/Linux"))
    chosen = [text for letter, text in facts if options.has("a", letter)] or ["Linux"]
    await invocation.stdout.write(" ".join(chosen) + "\n")
    return 0


def _uptime_us(invocation: Invocation) -> int:
    return max(0, invocation.loop.now_us - invocation.surroundings.booted_us)


async def uptime(invocation: Invocation) -> int:
    minutes = _uptime_us(invocation) // 60_000_000
    now = date_of(invocation.wall_us + invocation.loop.now_us)
    if invocation.arguments[1:] == ["-p"]:
        hours = f"{minutes // 60} hour{'s' * (minutes // 60 != 1)}, " if minutes >= 60 else ""
        await invocation.stdout.write(f"up {hours}{minutes % 60} minute{'s' * (minutes % 60 != 1)}\n")
        return 0
    if minutes >= 1440:
        days = f"{minutes // 1440} day{'s' * (minutes >= 2880)}, {minutes % 1440 // 60:2}:{minutes % 60:02}"
    elif minutes >= 60:
        days = f"{minutes // 60:2}:{minutes % 60:02}"
    else:
        days = f"{minutes} min"
    await invocation.stdout.write(f" {now:%H:%M:%S} up {days},  1 user,  load average: 0.08, 0.03, 0.01\n")
    return 0


async def free(invocation: Invocation) -> int:
    total = invocation.surroundings.memory // 1024
    used, cache = total // 9, total // 4
    rest = total - used - cache
    divisor, readable = 1, False
    for word in invocation.arguments[1:]:
        divisor = {"-m": 1024, "-g": 1024**2, "--mega": 1024}.get(word, divisor)
        readable = readable or word in ("-h", "--human")

    def shown(kilobytes: int) -> str:
        if readable:
            return human(kilobytes * 1024) + ("i" if kilobytes else "B")
        return str(kilobytes // divisor)

    head = "               total        used        free      shared  buff/cache   available\n"
    row = [shown(value) for value in (total, used, rest, 1100, cache, total - used)]
    await invocation.stdout.write(head + "Mem:    " + "".join(f"{text:>12}" for text in row) + "\n")
    await invocation.stdout.write("Swap:   " + "".join(f"{shown(0):>12}" for _ in range(3)) + "\n")
    return 0


async def df(invocation: Invocation) -> int:
    readable = any(word.startswith("-") and "h" in word for word in invocation.arguments[1:])
    used_bytes, _ = invocation.files.usage()
    size = invocation.surroundings.disk
    rows = [
        ("/dev/sda1", size, 2_400_000_000 + used_bytes, "/"),
        ("tmpfs", invocation.surroundings.memory // 2, 0, "/dev/shm"),
    ]
    head = "Filesystem      Size  Used Avail Use% Mounted on\n"
    await invocation.stdout.write(head if readable else "Filesystem     1K-blocks    Used Available Use% Mounted on\n")
    for name, total, used, where in rows:
        share = f"{-(-used * 100 // total)}%"
        if readable:
            line = f"{name:<14} {human(total):>5} {human(used):>5} {human(total - used):>5} {share:>4} {where}\n"
        else:
            line = f"{name:<14} {total // 1024:>9} {used // 1024:>7} {(total - used) // 1024:>9} {share:>4} {where}\n"
        await invocation.stdout.write(line)
    return 0


async def ps(invocation: Invocation) -> int:
    running = invocation.shell.processes.running
    everything = any(re.fullmatch(r"-?(aux|ef|e|A|ax)", word) for word in invocation.arguments[1:])
    now_us = invocation.loop.now_us
    rows: list[tuple[int, str, str, int]] = []
    if everything:
        system = ((1, "/sbin/init"), (412, "/usr/lib/systemd/systemd-journald"), (655, "/usr/sbin/sshd -D"))
        daemons = (
            (702, "/usr/bin/containerd"),
            (741, "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock"),
        )
        rows += [(pid, "root", text, _uptime_us(invocation) // 1_000_000) for pid, text in system]
        if "docker" in invocation.surroundings.programs:
            rows += [(pid, "root", text, _uptime_us(invocation) // 1_000_000) for pid, text in daemons]
    rows.append((1100, invocation.user, "-bash", 0))
    rows += [
        (pid, invocation.user, text, (now_us - began) // 1_000_000) for pid, (text, began) in sorted(running.items())
    ]
    if any("aux" in word for word in invocation.arguments[1:]):
        await invocation.stdout.write("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
        for pid, user, text, _ in rows:
            tty = "?    " if pid < 1100 else "pts/0"
            await invocation.stdout.write(
                f"{user:<10} {pid:5}  0.0  0.3  14000  5200 {tty}    Ss   00:00   0:00 {text}\n"
            )
        return 0
    if any("ef" in word for word in invocation.arguments[1:]):
        await invocation.stdout.write("UID          PID    PPID  C STIME TTY          TIME CMD\n")
        for pid, user, text, _ in rows:
            tty = "?    " if pid < 1100 else "pts/0"
            await invocation.stdout.write(
                f"{user:<8} {pid:7} {1 if pid > 1 else 0:7}  0 00:00 {tty}    00:00:00 {text}\n"
            )
        return 0
    await invocation.stdout.write("    PID TTY          TIME CMD\n")
    for pid, _, text, _ in rows:
        short = text.split(" ")[0].rsplit("/", 1)[-1].lstrip("-")
        await invocation.stdout.write(f"{pid:7} pts/0    00:00:00 {short}\n")
    return 0


async def nproc(invocation: Invocation) -> int:
    await invocation.stdout.write(f"{invocation.surroundings.cpus}\n")
    return 0


SYSTEM_TOOLS: Final[dict[str, Tool]] = {
    "hostname": hostname,
    "uname": uname,
    "uptime": uptime,
    "free": free,
    "df": df,
    "ps": ps,
    "nproc": nproc,
}
