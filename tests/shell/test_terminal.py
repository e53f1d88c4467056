"""A person at a terminal: what the screen shows after what was typed."""

import pytest

from playground.shell.terminal import BYTES_PER_SECOND, Terminal
from tests.shell.machines import Typist, kernel_of, machine

PROMPT = "ubuntu@manager1:~$"


def test_a_command_is_echoed_and_run() -> None:
    person = Typist().type("echo hello\r")
    assert person.lines == [f"{PROMPT} echo hello", "hello", PROMPT]


def test_the_chapters_continued_command() -> None:
    person = Typist().type("docker swarm init \\\r").type("    --advertise-addr 10.0.0.2:2377\r")
    assert person.lines == [
        f"{PROMPT} docker swarm init \\",
        ">     --advertise-addr 10.0.0.2:2377",
        "docker swarm init --advertise-addr 10.0.0.2:2377",
        PROMPT,
    ]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("ehco\x1b[D\x1b[D\x14\x05 hi", "echo hi"),
        ("world\x01hello \x05!", "hello world!"),
        ("one two three\x17\x17x", "one x"),
        ("abc\x15def\x19", "defabc"),
        ("abcd\x02\x02\x0bX\x19", "abXcd"),
        ("abc\x1b[H\x1b[3~", "bc"),
        ("foo bar\x1bb\x1bd", "foo "),
        ("foo bar\x1bbX\x1bfY", "foo XbarY"),
        ("ab\x7f\x7fc", "c"),
        ("日本\x1b[Dx", "日x本"),
        ("é\x7fa", "a"),
    ],
)
def test_editing_keys(keys: str, line: str) -> None:
    person = Typist().type(keys)
    assert person.lines[-1] == f"{PROMPT} {line}".rstrip()


def test_history_and_search_through_it() -> None:
    person = Typist().type("echo one\r").type("echo two\r").type("\x1b[A\x1b[A")
    assert person.lines[-1] == f"{PROMPT} echo one"
    person.type("\x1b[B")
    assert person.lines[-1] == f"{PROMPT} echo two"
    person.type("\x03").type("\x12one")
    assert person.lines[-1] == "(reverse-i-search)`one': echo one"
    person.type("\r")
    assert person.lines[-2:] == ["one", PROMPT]
    person.type("!!\r")
    assert person.lines[-4:] == [f"{PROMPT} !!", "echo one", "one", PROMPT]


def test_a_substitution_words_its_errors_as_the_shell_around_it() -> None:
    person = Typist().type("echo $(service-name)\r")
    assert person.lines[1] == "service-name: command not found"


def test_a_long_line_wraps_and_is_edited_across_the_margin() -> None:
    person = Typist(columns=30).type("echo " + "x" * 30)
    assert "".join(person.lines) == f"{PROMPT} echo " + "x" * 30
    person.type("\x01\x04\x04\x04\x04\x04y")
    assert "".join(person.lines) == f"{PROMPT} y" + "x" * 30
    person.type("\x05\x7f\x7f\x7f")
    assert "".join(person.lines) == f"{PROMPT} y" + "x" * 27


def test_the_shell_knows_the_size_of_its_terminal() -> None:
    person = Typist(columns=90, rows=30).type("echo $COLUMNS $LINES\r")
    assert person.lines[-2] == "90 30"
    person.terminal.resize(40, 12)
    assert person.type("echo $COLUMNS $LINES\r").lines[-2] == "40 12"


def test_a_resize_redraws_the_line() -> None:
    person = Typist(columns=80).type("echo " + "x" * 40)
    person.screen.columns = 40
    person.terminal.resize(40, 24)
    person.type("y\r")
    assert "x" * 40 + "y" in "".join(person.lines)


def test_tab_completes_commands_files_and_what_docker_knows() -> None:
    async def complete(words: list[str]) -> list[str]:
        return [c for c in ("service", "secret", "swarm") if c.startswith(words[-1])] if len(words) == 2 else []

    surroundings = machine(complete=complete)
    surroundings.files.at(user="ubuntu").write("stack.yml", b"x\n")
    person = Typist(surroundings).type("dock\tsw\t")
    assert person.lines[-1] == f"{PROMPT} docker swarm"
    person.type("\x15docker s\t\t")
    assert person.lines[-2:] == ["secret   service  swarm", f"{PROMPT} docker s"]
    person.type("\x15cat st\t\r")
    assert person.lines[-2:] == ["x", PROMPT]


def test_a_bracketed_paste_of_several_lines_runs_on_enter() -> None:
    person = Typist().type("\x1b[200~echo one\r\necho two\x1b[201~")
    assert person.lines == [f"{PROMPT} echo one", "echo two"]
    person.type("\r")
    assert person.lines[-3:] == ["one", "two", PROMPT]


def test_ctrl_c_ends_what_runs_and_clears_what_is_typed() -> None:
    person = Typist().type("docker wait\r", 2).type("\x03")
    assert person.lines[-2:] == ["^C", PROMPT]
    person.type("echo $?\r")
    assert person.lines[-2:] == ["130", PROMPT]
    person.type("half a line\x03")
    assert person.lines[-2:] == [f"{PROMPT} half a line^C", PROMPT]


def test_ctrl_c_ends_every_part_of_a_pipeline() -> None:
    person = Typist().type("docker wait | cat | grep x\r", 1).type("\x03").type("ps\r")
    assert not [line for line in person.lines if line.endswith(" docker")]
    assert person.lines[-1] == PROMPT


def test_a_program_that_reads_gets_lines_as_the_terminal_cooks_them() -> None:
    person = Typist().type("docker swarm unlock\r").type("KEYx\x7f\r")
    assert person.lines[-3:] == ["KEY", "key: KEY", PROMPT]
    person.type("cat\r").type("a\r").type("\x04")
    assert person.lines[-4:] == [f"{PROMPT} cat", "a", "a", PROMPT]


def test_ctrl_d_leaves_and_a_new_shell_begins() -> None:
    person = Typist().type("cd /tmp\r").type("\x04")
    assert person.lines[-2:] == ["logout", PROMPT]
    person.type("exit\r")
    assert person.lines[-2:] == ["logout", PROMPT]


def test_yes_is_held_to_the_pace_of_the_screen_and_ends_at_once() -> None:
    person = Typist()
    person.type("yes\r", 0.1)
    before = len(person.screen.raw)
    person.wait(4)
    taken = len(person.screen.raw) - before
    assert 0.8 * 4 * BYTES_PER_SECOND < taken < 1.2 * 4 * BYTES_PER_SECOND
    person.type("\x03", 0.2)
    after = len(person.screen.raw)
    person.wait(5)
    assert len(person.screen.raw) == after
    assert person.lines[-2:] == ["^C", PROMPT]


def test_background_jobs_are_announced() -> None:
    person = Typist().type("sleep 1 &\r").wait(2).type("\r")
    assert any(line.startswith("[1] ") for line in person.lines)
    assert "[1]+  Done                    sleep 1" in person.lines


def test_a_machine_that_goes_off_ends_its_terminal_until_it_is_attached_again() -> None:
    surroundings = machine()
    kernel = kernel_of(surroundings)
    surroundings.gone = kernel.future()
    person = Typist(surroundings).type("docker wait\r")
    surroundings.gone.set(None)
    person.wait(1)
    assert person.lines[-1] == "Connection to manager1 closed by remote host."
    person.type("echo x\r")
    assert person.lines[-1] != "x"
    surroundings.gone = kernel.future()
    person.terminal.attach(surroundings)
    person.wait(0.1).type("echo back\r")
    assert person.lines[-2:] == ["back", PROMPT]


def test_hangup_ends_everything() -> None:
    surroundings = machine()
    kernel = kernel_of(surroundings)
    shown = bytearray()
    terminal = Terminal(kernel, surroundings, 80, 24, shown.extend)
    terminal.feed(b"while true; do sleep 1; done &\ryes\r")
    kernel.run_until(1_000_000)
    terminal.hangup()
    kernel.run_until(3_000_000)
    length = len(shown)
    assert kernel.next_due_us() is None or kernel.run_until(60_000_000)
    assert len(shown) == length
    assert kernel.next_due_us() is None


def test_ssh_is_a_shell_within_the_shell() -> None:
    here = machine()
    there = machine(kernel_of(here), "worker1")
    here.neighbour = lambda name: there if name == "worker1" else None
    person = Typist(here).type("ssh worker1\r").type("hostname\r").type("docker wait\r", 1).type("\x03")
    assert person.lines[-1] == "ubuntu@worker1:~$"
    person.type("exit\r")
    assert person.lines[-3:] == ["logout", "Connection to worker1 closed.", PROMPT]


class Wire:
    """The connections of a machine to one other, which can be cut."""

    def __init__(self) -> None:
        self.whole = True

    def resolve(self, host: str) -> str | None:
        return "10.0.0.2" if host == "worker1" else None

    async def ping(self, host: str, timeout_us: int = 0) -> int | None:
        return 500 if self.whole else None


def test_what_is_typed_over_ssh_waits_while_the_network_is_cut() -> None:
    here, wire = machine(), Wire()
    kernel = kernel_of(here)
    there = machine(kernel, "worker1")
    here.connections = wire
    here.neighbour = lambda name: there if name == "worker1" else None
    person = Typist(here).type("ssh worker1\r").type("hostname\r")
    assert person.lines[-2] == "worker1"

    wire.whole = False
    person.type("echo here\r", 60)
    assert "here" not in person.lines
    wire.whole = True
    person.type("", 2)
    assert person.lines[-2:] == ["here", "ubuntu@worker1:~$"]

    wire.whole = False
    person.type("echo gone\r", 1000)
    assert person.lines[-2:] == ["client_loop: send disconnect: Broken pipe", PROMPT]
