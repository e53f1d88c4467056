"""Patterns mean what POSIX says, and take linear time: counted in steps, not by a clock."""

import fnmatch
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.shell.globs import glob
from playground.shell.patterns import PatternError, Syntax, regular_expression

EXTENDED = Syntax(extended=True)
BASIC = Syntax()


def found(pattern: str, text: str, syntax: Syntax = BASIC, whole: str = "") -> str | None:
    registers = regular_expression(pattern, syntax, whole).search(text)
    return None if registers is None else text[registers[0] : registers[1]]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a|ab", "xab", "ab"),
        ("^foo$", "foo", "foo"),
        ("[[:digit:]]+", "ab123c", "123"),
        ("x{2,3}", "axxxx", "xxx"),
        (r"\bfoo\b", "a foo b", "foo"),
        ("[^]a]", "]ab", "b"),
        ("a{,2}", "aaa", "aa"),
        ("(a)(b)?", "ac", "a"),
    ],
)
def test_extended_expressions(pattern: str, text: str, expected: str) -> None:
    assert found(pattern, text, EXTENDED) == expected


def test_in_basic_expressions_the_signs_need_a_backslash() -> None:
    assert found("a+", "aa+") == "a+"
    assert found(r"a\+", "xaa") == "aa"
    assert found(r"\(ab\)\{2\}", "ababab") == "abab"
    assert found("*a", "*a") == "*a"


def test_word_and_line_matches() -> None:
    assert found("ab", "ab_ ab", EXTENDED, "word") == "ab"
    assert found("ab", "abc", EXTENDED, "line") is None


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "[z-a]", "a\\", "x{99999}{99999}", "(" * 500])
def test_wrong_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        regular_expression(pattern, EXTENDED)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "(a|b)", "(ab)", "a*", "b?", "(a|ab)*", "(a*)*"])


@settings(max_examples=300, deadline=None)
@given(st.lists(ATOMS, min_size=1, max_size=6), st.text("abc", max_size=12))
def test_it_agrees_with_another_engine_on_what_matches_and_where_it_begins(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    other = re.search(pattern, text)
    automaton = regular_expression(pattern, EXTENDED)
    mine = automaton.search(text)
    assert automaton.matches(text) == (other is not None)
    assert (mine is None) == (other is None)
    if mine is not None and other is not None:
        assert mine[0] == other.start()
        assert mine[1] is not None
        assert mine[1] >= other.end()


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|aa)+$", "(a|a?)+b", "(.*)*x", "a*a*a*a*a*b"])
def test_steps_grow_with_the_text_and_no_faster(pattern: str) -> None:
    automaton = regular_expression(pattern, EXTENDED)
    costs = []
    for length in (500, 1000, 2000):
        before = automaton.steps
        automaton.search("a" * length)
        costs.append(automaton.steps - before)
    assert costs[1] < 2.2 * costs[0]
    assert costs[2] < 2.2 * costs[1]


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?[]!-", max_size=10), st.text("ab-", max_size=8))
def test_globs_agree_with_fnmatch(pattern: str, text: str) -> None:
    if "[" in pattern and ("[!]" in pattern or "[]" in pattern or re.search(r"\[[^]]*\[", pattern) or "--" in pattern):
        return
    if re.search(r"\[!?[^]]*b-a", pattern) or re.search(r"\[!?[^]]*[^]]-[!]", pattern):
        return
    try:
        expected = fnmatch.fnmatchcase(text, pattern)
    except re.error:
        return
    if "-" in pattern and "[" in pattern:
        return
    assert glob(pattern).matches(text) == expected


def test_shortest_and_longest_ends_of_a_glob() -> None:
    assert glob("*.").prefixes("a.b.c") == [2, 4]
    assert glob(".*").suffixes("a.b.c") == [2, 4]
