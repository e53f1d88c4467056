"""Devices without an end, and passwords that are made with them."""

import pytest

from tests.shell.machines import output_of, run


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("openssl rand -base64 20", "^[A-Za-z0-9+/]{27}=$"),
        ("openssl rand -hex 8", "^[0-9a-f]{16}$"),
        ("head -c 16 /dev/urandom | base64", "^[A-Za-z0-9+/]{22}==$"),
        ("tr -dc A-Za-z0-9 </dev/urandom | head -c 20", "^[A-Za-z0-9]{20}$"),
        ("cat /dev/urandom | tr -dc a-z | fold -w 12 | head -n 1", "^[a-z]{12}$"),
        ("head -c 100 /dev/zero | wc -c", "^100$"),
    ],
)
def test_chance_has_the_form_that_was_asked_for(line: str, pattern: str) -> None:
    assert output_of(f"{line} | grep -Ec '{pattern}'") == "1\n"


def test_two_draws_differ_even_in_the_same_instant() -> None:
    assert output_of("(openssl rand -hex 8; openssl rand -hex 8) | sort -u | wc -l") == "2\n"


def test_another_machine_of_the_same_name_draws_the_same() -> None:
    line = "openssl rand -hex 8; head -c 4 /dev/urandom | xxd -p"
    assert output_of(line) == output_of(line)


def test_openssl_says_what_it_does_not_do() -> None:
    answer = run("openssl genrsa -out key.pem 2048")
    assert answer.exit == 1
    assert "not part of this playground" in answer.stderr.decode()


def test_reading_for_ever_ends_where_nobody_takes_it() -> None:
    assert output_of("timeout 1 cat /dev/zero > /dev/null; echo $?") == "124\n"
