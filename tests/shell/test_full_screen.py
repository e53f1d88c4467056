"""Programs that take the whole screen."""

from tests.shell.machines import Typist, machine, output_of

PROMPT = "ubuntu@manager1:~$"


def test_nano_writes_a_file() -> None:
    surroundings = machine()
    person = (
        Typist(surroundings).type("nano stack.yml\r").type("services:\r  web:\rbad").type("\x7f\x7f\x7f    image: x")
    )
    assert "services:" in person.text
    person.type("\x18").type("y").type("\r")
    assert output_of("cat stack.yml", surroundings) == "services:\n  web:\n    image: x\n"
    person.type("echo back\r")
    assert person.lines[-2:] == ["back", PROMPT]


def test_nano_cuts_pastes_and_leaves_without_saving() -> None:
    surroundings = machine()
    home = surroundings.files.at(user="ubuntu")
    home.write("f", b"one\ntwo\nthree\n")
    person = Typist(surroundings).type("nano f\r").type("\x0b\x1b[B\x15").type("\x0f\r")
    assert home.read("f") == b"two\none\nthree\n"
    person.type("x\x18n")
    assert home.read("f") == b"two\none\nthree\n"


def test_less_pages_what_comes_through_a_pipe() -> None:
    person = Typist(rows=10).type("seq 100 | less\r")
    assert "9" in person.lines
    person.type("G")
    assert "100" in person.lines
    person.type("q").type("echo back\r")
    assert person.lines[-2:] == ["back", PROMPT]


def test_watch_shows_a_command_again_and_again_until_it_is_interrupted() -> None:
    person = Typist().type("watch -n 1 date +%S\r", 0.5)
    assert "Every 1.0s: date +%S" in person.text
    before = person.text
    person.wait(2)
    assert person.text != before
    person.type("\x03")
    assert person.lines[-1] == PROMPT
