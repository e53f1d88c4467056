"""The line editor alone: bytes in, actions out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.shell.history import expanded
from playground.shell.line_editor import Accept, Complete, EndOfInput, Interrupt, LineEditor, Output
from tests.shell.screen import Screen

ESCAPES = "\x1b[A \x1b[B \x1b[C \x1b[D \x1b[3~ \x1bb \x1bf \x1bd"
CONTROLS = "\x01 \x05 \x0b \x15 \x17 \x19 \x14 \x7f \x12 \x07"
KEYS = st.sampled_from(
    [key.encode() for key in [*ESCAPES.split(" "), *CONTROLS.split(" "), "a", " ", "é", "日", "xyz"]]
)


def editor(columns: int = 80) -> LineEditor:
    made = LineEditor(["one", "two"], columns)
    made.begin("$ ")
    return made


def test_plain_typing_only_echoes() -> None:
    assert editor().feed(b"ls") == [Output("ls")]


def test_enter_gives_the_line_and_keeps_the_rest() -> None:
    made = editor()
    assert made.feed(b"ls\rrest")[-1] == Accept("ls")
    assert made.rest == b"rest"


def test_the_other_endings() -> None:
    assert editor().feed(b"\x04") == [EndOfInput()]
    assert editor().feed(b"a\x03")[-1] == Interrupt()
    made = editor()
    assert made.feed(b"doc\t")[-1] == Complete("doc", False)
    assert made.feed(b"\t")[-1] == Complete("doc", True)


def test_a_split_escape_sequence_waits_for_its_end() -> None:
    made = editor()
    assert made.feed(b"ab\x1b[") == [Output("ab")]
    made.feed(b"Dx")
    assert made.text == "axb"


@settings(max_examples=150, deadline=None)
@given(st.lists(KEYS, max_size=60), st.integers(8, 40))
def test_the_screen_always_shows_the_line(keys: list[bytes], columns: int) -> None:
    made = LineEditor(["one", "two and more than fits a narrow screen"], columns)
    screen = Screen(columns, 200)

    def show(text: str) -> None:
        screen.feed(text.replace("\n", "\r\n").encode())

    show(made.begin("$ "))
    for key in keys:
        for action in made.feed(key):
            assert isinstance(action, Output)
            show(action.data)
    for action in made.feed(b"\x07"):
        assert isinstance(action, Output)
        show(action.data)
    wanted = Screen(columns, 200)
    wanted.feed(("$ " + made.text).encode())
    assert screen.lines == wanted.lines
    before = Screen(columns, 200)
    before.feed(("$ " + made.text[: made.cursor]).encode())
    at_margin = before.column >= columns or (before.column == columns - 1 and screen.column == 0)
    if not at_margin:
        assert (screen.row, screen.column) == (before.row, before.column)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    made = editor(20)
    made.feed(data)
    for _ in range(len(data)):
        if not made.rest:
            break
        made.feed(b"")


def test_history_is_expanded() -> None:
    history = ["docker node ls", "echo a b"]
    assert expanded("!!", history) == "echo a b"
    assert expanded("sudo !d", history) == "sudo docker node ls"
    assert expanded("echo !$ !-2", history) == "echo b docker node ls"
    assert expanded("echo '!!' a!", history) == "echo '!!' a!"
    assert expanded("^a^c", history) == "echo c b"
