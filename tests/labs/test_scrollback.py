"""What a terminal remembers of its output."""

from playground.labs.scrollback import KEPT, LIMIT, Scrollback


def test_it_gives_back_what_was_written_from_any_position() -> None:
    scrollback = Scrollback()
    scrollback.write(b"hello ")
    scrollback.write("wörld".encode())

    assert scrollback.read(0, 100) == ("hello wörld", 11, False)
    assert scrollback.read(6, 3) == ("wör", 9, False)
    assert scrollback.end == 11


def test_a_character_may_come_in_two_pieces() -> None:
    scrollback = Scrollback()
    data = "ö".encode()
    scrollback.write(data[:1])
    assert scrollback.end == 0

    scrollback.write(data[1:])
    assert scrollback.read(0, 10) == ("ö", 1, False)


def test_it_forgets_the_oldest_lines_and_says_so() -> None:
    scrollback = Scrollback()
    line = b"0123456789" * 10 + b"\n"
    for _ in range(2 * LIMIT // len(line)):
        scrollback.write(line)

    text, end, skipped = scrollback.read(0, LIMIT)

    assert skipped
    assert end == scrollback.end
    assert KEPT - len(line) <= len(text) <= LIMIT
    assert text.startswith("0123")
