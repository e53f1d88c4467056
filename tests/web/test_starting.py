"""How the program starts: pages first, the emulation behind them."""

import socket
import subprocess
import sys


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_emulation_is_not_imported_before_pages_are_served() -> None:
    seen = run(
        "import sys; from playground.web.app import create_app; create_app(); "
        "print(*sorted(name for name in sys.modules if name.startswith('playground.')))"
    )
    emulation = ("sim.kernel", "raft.node", "swarm.node", "engine.engine", "docker_cli.main", "shell.interpreter")
    assert not {f"playground.{name}" for name in emulation} & set(seen.split())


def test_warming_up_imports_it_and_lets_others_run_in_between() -> None:
    seen = run(
        "import sys; from playground.web.engine_mount import warm_up; pauses = []; warm_up(pauses.append); "
        "print('playground.backends.emulated' in sys.modules, len(pauses) > 100)"
    )
    assert seen.split() == ["True", "True"]


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "playground.command_line",
            "serve",
            "--memory",
            "--port",
            str(port),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        done.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port\n"
    )


def test_the_command_line_imports_no_framework_before_a_server_is_chosen() -> None:
    asked = "print(sorted({'flask', 'pydantic', 'werkzeug'} & set(sys.modules)))"
    early = run(f"import sys; import playground.command_line; {asked}")

    assert early == "[]\n", "eventlet cannot replace what is imported already"
