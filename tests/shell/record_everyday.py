"""Records what a real machine answers to the lines of ``everyday.json``: ``python -m tests.shell.record_everyday``.

It runs each with this machine's bash, coreutils, grep, sed, mawk and jq in an empty home and writes the answers back.
With words behind it, it adds them as a new one-liner. Look at the difference before you commit it: where the machine is
no Ubuntu 24.04, a tool may be older than the one that the shell stands for.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

EVERYDAY = Path(__file__).with_name("everyday.json")
HOME = "/home/ubuntu"


def answer(command: str) -> dict[str, str | int]:
    with tempfile.TemporaryDirectory(prefix="everyday-") as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "USER": "ubuntu", "LANG": "C.UTF-8", "TERM": "xterm"}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
        stdout, stderr = (data.decode("utf-8", "replace").replace(home, HOME) for data in (done.stdout, done.stderr))
    return {"command": command, "stdout": stdout, "stderr": stderr, "exit": done.returncode}


def main() -> None:
    commands = [row["command"] for row in json.loads(EVERYDAY.read_text())] if EVERYDAY.exists() else []
    commands += [command for command in sys.argv[1:] if command not in commands]
    rows = [json.dumps(answer(command), ensure_ascii=False) for command in commands]
    EVERYDAY.write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
