"""``vi``, as fingers use it: what the file holds after the keys."""

import pytest

from tests.shell.machines import Typist, machine, output_of

PROMPT = "ubuntu@manager1:~$"
STACK = b"services:\n  web:\n    image: nginx\n    deploy:\n      replicas: 2\n"


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        (b"", "iservices:\r  web:\x1b:wq\r", b"services:\n  web:\n"),
        (b"one\ntwo\nthree\n", "jdd:wq\r", b"one\nthree\n"),
        (b"one\ntwo\nthree\n", "ddp:x\r", b"two\none\nthree\n"),
        (b"one\ntwo\n", "yyPx.:wq\r", b"e\none\ntwo\n"),
        (b"one two three\n", "wcwTWO\x1bZZ", b"one TWO three\n"),
        (b"one two three\n", "wdw$xA!\x1b:w\r:q\r", b"one thre!\n"),
        (b"a\nb\nc\nd\n", "2ddGp:wq\r", b"c\nd\na\nb\n"),
        (b"a b c\n", "wD:wq\r", b"a \n"),
        (b"a\nb\n", "Ofirst\x1bGolast\x1b:wq\r", b"first\na\nb\nlast\n"),
        (b"a\nb\n", "ddu:wq\r", b"a\nb\n"),
        (b"a\nb\n", "ddu\x12:wq\r", b"b\n"),
        (STACK, "/repl\rf2r5:wq\r", STACK.replace(b"2", b"5")),
        (STACK, ":%s/nginx/httpd/g\r:wq\r", STACK.replace(b"nginx", b"httpd")),
        (STACK, "ggVjd:wq\r", b"    image: nginx\n    deploy:\n      replicas: 2\n"),
        (STACK, ":2,3d\r:wq\r", b"services:\n    deploy:\n      replicas: 2\n"),
        (b'a: "x y"\n', '$ci"z\x1b:wq\r', b'a: "z"\n'),
        (b"a\nb\n", "J~:wq\r", b"a b\n"),
        (b"abc\n", "xX:q!\r", b"abc\n"),
        (b"one two\n", "wyiwP:wq\r", b"one twotwo\n"),
        (b"a\n", "ix\x1b[C\x1b[Dy\x1b[Hz\x1b:wq\r", b"zxya\n"),
    ],
)
def test_keys(before: bytes, keys: str, after: bytes) -> None:
    surroundings = machine()
    files = surroundings.files.at(user="ubuntu")
    if before:
        files.write("f", before)
    person = Typist(surroundings).type("vi f\r")
    for key in keys.replace("\x1b[", "\x00").split("\x1b"):
        person.type(key.replace("\x00", "\x1b["), 0.1).type("\x1b", 0.1)
    person.type("\x15echo back\r")
    assert (files.read("f"), person.lines[-2:]) == (after, ["back", PROMPT])


def test_vi_shows_what_it_edits_and_says_what_it_does_not_do() -> None:
    surroundings = machine()
    surroundings.files.at(user="ubuntu").write("f", STACK)
    person = Typist(surroundings).type("vim f\r")
    assert person.lines[:2] == ["services:", "  web:"]
    assert person.text.splitlines()[-1].startswith('"f" 5L, 64B')
    assert "~" in person.lines
    person.type("i")
    assert "-- INSERT --" in person.text
    person.type("x\x1b", 0.1).type(":q\r")
    assert "E37: No write since last change (add ! to override)" in person.text
    person.type(":frobnicate\r")
    assert "E492: Not an editor command: frobnicate" in person.text
    person.type(":q!\r")
    assert person.lines[-1] == PROMPT


def test_what_is_not_here_is_not_found_and_something_else_is_named() -> None:
    assert output_of("which emacs; echo $?; emacs; echo $?") == "1\n127\nbash: line 1: emacs: command not found\n"
    person = Typist().type("htop\r")
    assert person.lines[1:3] == ["htop: command not found", "Try: top, ps aux, docker stats, uptime"]
