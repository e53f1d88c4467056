"""What runs commands in containers where no shell was given to the machine: a few words, for tests and tools.

``sleep``, ``true``, ``false``, ``exit``, ``echo``, ``cat``, ``hostname`` and ``wget -qO-``, joined by ``;``, ``&&``
and ``||``, with ``>&2``. Everything else is "not found".
"""

import shlex

from playground.api.machine import ConnectFailed
from playground.api.process import Process
from playground.engine.containers.container_process import ContainerProcess

_TO_STDERR = " \x00 "


async def small_shell(process: Process) -> int:
    """Run ``sh -c TEXT``. Implements ``playground.api.process.Program``."""
    if len(process.arguments) < 3 or process.arguments[1] != "-c":
        while await process.stdin.read():
            pass
        return 0
    lexer = shlex.shlex(process.arguments[2].replace(">&2", _TO_STDERR), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    code = 0
    words: list[str] = []
    skip = False
    for token in [*lexer, ";"]:
        if token not in (";", "&&", "||"):
            words.append(token)
            continue
        if words and not skip:
            if words[0] == "exit":
                return int(words[1]) if len(words) > 1 else code
            code = await _command(process, words)
        words = []
        skip = (token == "&&" and code != 0) or (token == "||" and code == 0)
    return code


async def _command(process: Process, words: list[str]) -> int:
    out = process.stdout
    if words[0] == "exec":
        words = words[1:]
    if words and words[-1] == _TO_STDERR.strip():
        words, out = words[:-1], process.stderr
    name, arguments = words[0].rpartition("/")[2], words[1:]
    if name in ("true", ":"):
        return 0
    if name == "false":
        return 1
    if name == "exit":
        return int(arguments[0]) if arguments else 0
    if name == "sleep":
        await process.loop.sleep(int(float(arguments[0]) * 1_000_000))
        return 0
    if name == "echo":
        await out.write(" ".join(arguments) + "\n")
        return 0
    if name == "hostname":
        await out.write(process.environment.get("HOSTNAME", "") + "\n")
        return 0
    if name == "cat":
        for path in arguments:
            try:
                await out.write(process.files.read(path))
            except OSError as error:
                await process.stderr.write(f"cat: can't open '{path}': {error.strerror}\n")
                return 1
        return 0
    if name == "wget" and arguments:
        return await _wget(process, arguments[-1])
    await process.stderr.write(f"sh: {name}: not found\n")
    return 127


async def _wget(process: Process, url: str) -> int:
    authority, _, path = url.removeprefix("http://").partition("/")
    host, _, port = authority.partition(":")
    assert isinstance(process, ContainerProcess)
    try:
        answer = await process.connections.http("GET", host, int(port or 80), f"/{path}")
    except ConnectFailed as failed:
        reason = "bad address" if failed.reason == "unknown-host" else "can't connect to remote host"
        await process.stderr.write(f"wget: {reason} '{authority}'\n")
        return 1
    await process.stdout.write(answer.body)
    return 0 if answer.status < 400 else 1
