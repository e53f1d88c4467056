"""Tools that tell about the machine and its time, or do little: date, hostname, uptime, free, ps, sleep, seq, yes."""

import re
from typing import Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.listing import date_of, human
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole

KERNEL: Final = "6.8.0-60-generic"


async def date(invocation: Invocation) -> int:
    now_us = invocation.wall_us + invocation.loop.now_us
    when = date_of(now_us)
    pattern = "%a %b %e %H:%M:%S UTC %Y"
    words = [word for word in invocation.arguments[1:] if word not in ("-u", "--utc")]
    for word in words:
        if word.startswith("+"):
            pattern = word[1:]
        elif word in ("-I", "--iso-8601"):
            pattern = "%Y-%m-%d"
        elif word in ("-Is", "-Iseconds", "--iso-8601=seconds"):
            pattern = "%Y-%m-%dT%H:%M:%S+00:00"
        elif word in ("-R", "--rfc-email"):
            pattern = "%a, %d %b %Y %H:%M:%S +0000"
        elif word.startswith("-"):
            return await refuse(invocation, UsageError(f"invalid option -- '{word[1:2]}'"))
        else:
            return await invocation.complain("cannot set date: Operation not permitted")
    fixed = {"s": str(now_us // 1_000_000), "N": f"{now_us % 1_000_000 * 1000:09d}", "Z": "UTC", "z": "+0000"}
    fixed |= {"e": f"{when.day:2}", "T": f"{when:%H:%M:%S}", "F": f"{when:%Y-%m-%d}", "n": "\n", "t": "\t", "%": "%"}
    fixed |= {
        "D": f"{when:%m/%d/%y}",
        "R": f"{when:%H:%M}",
        "3N": f"{now_us % 1_000_000 // 1000:03d}",
        "u": f"{when:%u}",
    }

    def field(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter in fixed:
            return fixed[letter]
        return when.strftime("%" + letter) if letter in "aAbBCdHIjklmMpSUVwWyYGh" else found.group()

    await invocation.stdout.write(re.sub(r"%-?(3N|.)", field, pattern) + "\n")
    return 0


async def sleep(invocation: Invocation) -> int:
    total = 0.0
    if len(invocation.arguments) < 2:
        return await refuse(invocation, UsageError("missing operand"))
    for word in invocation.arguments[1:]:
        seconds = duration(word)
        if seconds is None:
            return await refuse(invocation, UsageError(f"invalid time interval \u2018{word}\u2019"))
        total += seconds
    await invocation.loop.sleep(int(min(total, 1e9) * 1_000_000))
    return 0


def duration(text: str) -> float | None:
    """Seconds of ``5``, ``0.5``, ``2m``, ``infinity``; None when it is no time."""
    found = re.fullmatch(r"([0-9]{0,12}\.?[0-9]{0,12})([smhd]?)", text)
    if text in ("inf", "infinity"):
        return 1e9
    if found is None or not found.group(1).strip("."):
        return None
    return float(found.group(1)) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found.group(2)]


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


async def whoami(invocation: Invocation) -> int:
    await invocation.stdout.write(invocation.user + "\n")
    return 0


_GROUPS = {"root": ("root",), "ubuntu": ("ubuntu", "adm", "sudo", "docker")}
"""Who is in which groups; anybody else is in none but their own."""
_NUMBERS = {"root": 0, "adm": 4, "sudo": 27, "docker": 111}


def groups_of(user: str) -> tuple[str, ...]:
    """The groups of a user, the user's own first."""
    return _GROUPS.get(user, (user,))


def _number_of(group: str) -> int:
    return _NUMBERS.get(group, 1000)


async def identity(invocation: Invocation) -> int:
    user = invocation.user
    number = 0 if user == "root" else 1000
    words = invocation.arguments[1:]
    if words in (["-u"], ["-g"]):
        await invocation.stdout.write(f"{number}\n")
    elif words in (["-un"], ["-gn"], ["-u", "-n"]):
        await invocation.stdout.write(f"{user}\n")
    elif words == ["-G"]:
        await invocation.stdout.write(f"{' '.join(str(_number_of(group)) for group in groups_of(user))}\n")
    elif words in (["-Gn"], ["-nG"]):
        await invocation.stdout.write(f"{' '.join(groups_of(user))}\n")
    else:
        groups = ",".join(f"{_number_of(group)}({group})" for group in groups_of(user))
        await invocation.stdout.write(f"uid={number}({user}) gid={number}({user}) groups={groups}\n")
    return 0


async def groups(invocation: Invocation) -> int:
    await invocation.stdout.write(f"{' '.join(groups_of(invocation.user))}\n")
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


async def environment(invocation: Invocation) -> int:
    """``env``, and ``printenv``."""
    own = dict(invocation.environment)
    words = invocation.arguments[1:]
    if invocation.name == "printenv" and words:
        status = 0
        for name in words:
            if name in own:
                await invocation.stdout.write(own[name] + "\n")
            else:
                status = 1
        return status
    while words:
        if words[0] in ("-i", "-", "--ignore-environment"):
            own = {}
        elif words[0] == "-u" and len(words) > 1:
            words.pop(0)
            own.pop(words[0], None)
        elif "=" in words[0] and not words[0].startswith("-"):
            name, _, value = words[0].partition("=")
            own[name] = value
        else:
            break
        words.pop(0)
    if words:
        if invocation.shell.finds(words[0]) is None:
            return await invocation.complain(f"\u2018{words[0]}\u2019: No such file or directory", 127)
        return await invocation.shell.run(words, environment=own)
    for name, value in own.items():
        await invocation.stdout.write(f"{name}={value}\n")
    return 0


async def seq(invocation: Invocation) -> int:
    words = list(invocation.arguments[1:])
    joint = "\n"
    wide = False
    while words and re.match(r"-[sw]", words[0]):
        option = words.pop(0)
        if option == "-w":
            wide = True
        else:
            joint = option[2:] or (words.pop(0) if words else "")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        bad = next(word for word in words if not re.fullmatch(r"[-+]?[0-9.]+", word))
        return await refuse(invocation, UsageError(f"invalid floating point argument: \u2018{bad}\u2019"))
    if not 1 <= len(numbers) <= 3:
        return await refuse(invocation, UsageError("missing operand" if not numbers else "extra operand"))
    first = numbers[0] if len(numbers) > 1 else 1.0
    step = numbers[1] if len(numbers) == 3 else 1.0
    last = numbers[-1]
    if step == 0:
        return await refuse(invocation, UsageError(f"invalid Zero increment value: \u2018{words[1]}\u2019"))
    places = max((len(word.partition(".")[2]) for word in words[:2]), default=0)
    count = int((last - first) / step + 1e-9) + 1
    width = max(len(f"{first:.{places}f}"), len(f"{last:.{places}f}")) if wide else 0
    for index in range(max(0, count)):
        ending = joint if index < count - 1 else "\n"
        await invocation.stdout.write(f"{first + index * step:0{width}.{places}f}{ending}")
    return 0


async def yes(invocation: Invocation) -> int:
    line = (" ".join(invocation.arguments[1:]) or "y") + "\n"
    block = line * max(1, 4096 // len(line))
    while True:
        await invocation.stdout.write(block)
        await invocation.loop.sleep(50)


async def clear(invocation: Invocation) -> int:
    await invocation.stdout.write("\x1b[H\x1b[2J\x1b[3J" if invocation.name == "clear" else "\x1bc")
    return 0


async def hint(invocation: Invocation) -> int:
    """Programs that are not here, and what to use instead."""
    sentences = {
        "man": "There are no manual pages on this machine. Try the command with --help, or the shell's own help.",
        "vi": "vi is not installed here. Use nano, or write a file with: cat > FILE <<'EOF'",
        "vim": "vim is not installed here. Use nano, or write a file with: cat > FILE <<'EOF'",
        "emacs": "emacs is not installed here. Use nano.",
        "top": "top is not installed here. Try: docker stats, ps, uptime",
        "htop": "htop is not installed here. Try: docker stats, ps, uptime",
        "systemctl": "This machine is emulated: its Docker Engine starts and stops with it (multipass stop, start).",
        "journalctl": "This machine is emulated and keeps no journal. Try: docker service logs, docker events",
        "reboot": "Use multipass restart on the host to restart this machine.",
    }
    await invocation.stderr.write(sentences[invocation.name] + "\n")
    return 1


async def which(invocation: Invocation) -> int:
    status = 0
    for name in invocation.arguments[1:]:
        if name.startswith("-"):
            continue
        path = invocation.shell.finds(name)
        if path is None:
            status = 1
        else:
            await invocation.stdout.write(path + "\n")
    return status


async def tty(invocation: Invocation) -> int:
    await invocation.stdout.write("/dev/pts/0\n" if invocation.stdin.is_terminal else "not a tty\n")
    return 0 if invocation.stdin.is_terminal else 1


async def stty(invocation: Invocation) -> int:
    if invocation.arguments[1:] == ["size"] and invocation.stdout.is_terminal:
        await invocation.stdout.write(f"{invocation.stdout.rows} {invocation.stdout.columns}\n")
    return 0


async def tput(invocation: Invocation) -> int:
    answers = {
        "cols": f"{invocation.stdout.columns}\n",
        "lines": f"{invocation.stdout.rows}\n",
        "clear": "\x1b[H\x1b[2J",
    }
    answers |= {"bold": "\x1b[1m", "sgr0": "\x1b(B\x1b[m"}
    await invocation.stdout.write(answers.get((invocation.arguments[1:] or [""])[0], ""))
    return 0


async def diff(invocation: Invocation) -> int:
    import difflib

    try:
        options = read_options(invocation.arguments[1:], "uqwBir", "U", {"unified": "u", "brief": "q", "color": "Y"})
    except UsageError as error:
        return await refuse(invocation, error, 2)
    if len(options.words) != 2:
        return await refuse(invocation, UsageError("missing operand after 'diff'"), 2)
    texts: list[list[str]] = []
    for path in options.words:
        data = await whole(invocation, path)
        if data is None:
            return 2
        texts.append(decoded(data).splitlines(keepends=True))
    left, right = texts
    if left == right:
        return 0
    if options.has("q"):
        await invocation.stdout.write(f"Files {options.words[0]} and {options.words[1]} differ\n")
        return 1
    if max(len(left), len(right)) > 2000:
        return await invocation.complain("files too large to compare here", 2)
    if options.has("u", "U"):
        for line in difflib.unified_diff(left, right, options.words[0], options.words[1]):
            await invocation.stdout.write(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
        return 1
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        source = f"{a + 1},{b}" if b - a > 1 else f"{a + 1 if b > a else a}"
        target = f"{c + 1},{d}" if d - c > 1 else f"{c + 1 if d > c else c}"
        await invocation.stdout.write(f"{source}{ {'replace': 'c', 'delete': 'd', 'insert': 'a'}[tag] }{target}\n")
        for line in left[a:b]:
            await invocation.stdout.write("< " + line.rstrip("\n") + "\n")
        if tag == "replace":
            await invocation.stdout.write("---\n")
        for line in right[c:d]:
            await invocation.stdout.write("> " + line.rstrip("\n") + "\n")
    return 1


async def digest(invocation: Invocation) -> int:
    import hashlib

    kind = invocation.name.removesuffix("sum")
    status = 0
    for path in [word for word in invocation.arguments[1:] if not word.startswith("--")] or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            status = 1
        else:
            await invocation.stdout.write(f"{hashlib.new(kind, data).hexdigest()}  {path}\n")
    return status


async def base64(invocation: Invocation) -> int:
    import base64 as codec
    import binascii

    try:
        options = read_options(invocation.arguments[1:], "di", "w", {"decode": "d", "wrap": "w="})
    except UsageError as error:
        return await refuse(invocation, error)
    data = await whole(invocation, options.words[0] if options.words else "-")
    if data is None:
        return 1
    if options.has("d"):
        try:
            await invocation.stdout.write(codec.b64decode(data))
        except binascii.Error:
            return await invocation.complain("invalid input")
        return 0
    text = codec.b64encode(data).decode()
    width = options.number("w", 76, "wrap size")
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
    await invocation.stdout.write("\n".join(lines) + ("\n" if width else ""))
    return 0


SYSTEM_TOOLS: Final[dict[str, Tool]] = {
    "date": date,
    "sleep": sleep,
    "hostname": hostname,
    "whoami": whoami,
    "id": identity,
    "groups": groups,
    "uname": uname,
    "uptime": uptime,
    "free": free,
    "df": df,
    "ps": ps,
    "nproc": nproc,
    "env": environment,
    "printenv": environment,
    "seq": seq,
    "yes": yes,
    "clear": clear,
    "reset": clear,
    "which": which,
    "tty": tty,
    "stty": stty,
    "tput": tput,
    "diff": diff,
    "md5sum": digest,
    "sha1sum": digest,
    "sha256sum": digest,
    "base64": base64,
    **dict.fromkeys(("man", "vi", "vim", "emacs", "top", "htop", "systemctl", "journalctl", "reboot"), hint),
}
