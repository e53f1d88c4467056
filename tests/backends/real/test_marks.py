"""Commands are read from the marks of a node's shell, however the bytes are cut."""

import base64

import pytest

from playground.backends.real.marks import CommandMarks
from playground.backends.recorded import Recorded


def mark(kind: str, text: str) -> bytes:
    return f"\x1b]7771;{kind};{text}\x07".encode()


def begin(line: str) -> bytes:
    return mark("B", base64.b64encode(f"{line}\n".encode()).decode())


SESSION = (
    mark("E", "0") + b"$ " + b"docker node ls\r\n" + begin("docker node ls") + b"\x1b[1mError\x1b[0m: no swarm\r\n"
    + mark("E", "1") + b"$ "
)  # fmt: skip


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 10_000])
def test_marks_are_taken_out_and_the_command_is_heard_whatever_the_pieces(piece: int) -> None:
    marks, screen, heard = CommandMarks("manager1"), b"", []
    for at in range(0, len(SESSION), piece):
        visible, begun, ended = marks.feed(SESSION[at : at + piece])
        screen += visible
        heard += [*begun, *ended]

    assert screen == b"$ docker node ls\r\n\x1b[1mError\x1b[0m: no swarm\r\n$ "
    assert heard == ["docker node ls", Recorded("manager1", "docker node ls", "Error: no swarm\n", 1)]


def test_other_sequences_of_a_terminal_go_through_at_once() -> None:
    marks = CommandMarks("manager1")

    assert marks.feed(b"\x1b[2Kprogress\x1b") == (b"\x1b[2Kprogress", [], [])
    assert marks.feed(b"[0m")[0] == b"\x1b[0m"
    assert marks.feed(b"\x1b]0;title\x07")[0] == b"\x1b]0;title\x07"


def test_only_the_end_of_a_long_output_is_kept() -> None:
    marks = CommandMarks("worker1")
    marks.feed(begin("yes"))
    for _ in range(100):
        marks.feed(b"y\r\n" * 1000)
    _, _, heard = marks.feed(mark("E", "130"))

    assert len(heard[0].output) <= 8 * 1024
    assert heard[0].exit == 130


def test_a_mark_that_is_no_base64_names_no_command() -> None:
    marks = CommandMarks("worker1")

    assert marks.feed(mark("B", "%%%") + b"out" + mark("E", "0")) == (b"out", [], [])
