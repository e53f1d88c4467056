"""The shell's grammar: what is understood, what is refused, and that no text at all makes it stumble."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.shell import ast
from playground.shell.parser import Parser

WORDS = (
    "if then else fi for in do done while case esac { } ( ) (( )) $( ${ $(( ` ' \" \\ ; ;; & && | || < > >> <<EOF EOF"
)
MORE = "2>&1 [[ ]] =~ == ! a x=1 x=( f() $x ${x:- * # echo <( $'"
PIECES = st.sampled_from([*WORDS.split(" "), *MORE.split(" "), "\n", " "])


def parse(text: str, final: bool = True) -> list[ast.Sequence]:
    parser = Parser(text, final=final)
    lines = []
    while (line := parser.next_line()) is not None:
        lines.append(line)
    return lines


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse(text)
    except ast.ShellSyntaxError:
        pass


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["", " "]), st.booleans())
def test_any_heap_of_the_shells_own_words_is_parsed_or_refused(pieces: list[str], joint: str, final: bool) -> None:
    try:
        parse(joint.join(pieces), final)
    except ast.ShellSyntaxError:
        pass


@pytest.mark.parametrize("opening", ["(", "$(", "{ ", "if ", "while ", "[[ (", "$((", "${x:-", "case a in a) "])
def test_deep_nesting_is_refused_and_does_not_overflow(opening: str) -> None:
    with pytest.raises(ast.ShellSyntaxError):
        parse(opening * 5000)


@pytest.mark.parametrize(
    ("text", "token"),
    [("fi", "fi"), ("a && || b", "||"), ("echo )", ")"), ("| a", "|"), ("for x in a; b", "b"), ("a ;; b", ";;")],
)
def test_an_unexpected_token_is_named(text: str, token: str) -> None:
    with pytest.raises(ast.ShellSyntaxError, match="near unexpected token") as caught:
        parse(text)
    assert caught.value.token == token


@pytest.mark.parametrize(
    "text",
    ["echo 'a", 'echo "a', "if a; then b", "a &&", "a |", "( a", "{ a;", "echo $(a", "cat <<EOF\nbody\n", "f() {"],
)
def test_an_unfinished_command_asks_for_more(text: str) -> None:
    with pytest.raises(ast.Incomplete):
        parse(text, final=False)


def test_lines_before_a_mistake_are_given_first() -> None:
    parser = Parser("echo one\nfi\n", final=True)
    first = parser.next_line()
    assert first is not None
    assert first.text == "echo one"
    with pytest.raises(ast.ShellSyntaxError):
        parser.next_line()


def test_a_here_document_with_quoted_delimiter_is_not_expanded() -> None:
    (line,) = parse("cat <<'EOF'\n$x\nEOF\n")
    simple = line.items[0][0]
    assert isinstance(simple, ast.Simple)
    assert simple.redirects[0].target.parts == (ast.Literal("$x\n", quoted=True),)


def test_an_alias_is_not_expanded_within_itself() -> None:
    parser = Parser("ls x", {"ls": "ls -l"}, final=True)
    line = parser.next_line()
    assert line is not None
    simple = line.items[0][0]
    assert isinstance(simple, ast.Simple)
    assert [word.plain() for word in simple.words] == ["ls", "-l", "x"]
