"""Programs that stand beside builtins, ``expr``, and how dash words what is wrong."""

import pytest

from tests.shell.machines import output_of, run

ANSWERS = {
    "find . -name a.txt -exec echo found {} ';'": "found ./a.txt\n",
    "timeout 5 true; echo $?": "0\n",
    "echo x | xargs printf '%s!\\n'": "x!\n",
    "expr 3 + 4 '*' 2": "11\n",
    "expr 10 / 3; expr -7 % 3": "3\n-1\n",
    "expr abc : 'a\\(.*\\)'; expr abc : 'ab'": "bc\n2\n",
    "expr length hello; expr substr hello 2 3; expr index hello l": "5\nell\n3\n",
    "expr 2 '>' 10; expr b '>' a": "0\n1\n",
    "expr 0; echo $?": "0\n1\n",
    "printf 'b\\na\\nC\\n10\\n9\\n' | sort": "10\n9\nC\na\nb\n",
    "printf 'b\\na\\nC\\n10\\n9\\n' | sort -n": "C\na\nb\n9\n10\n",
    "printf 'x 2\\na 2\\nb 1\\n' | sort -k2": "b 1\na 2\nx 2\n",
    "seq 5 | head -n -3": "1\n2\n",
    "printf 'ab\\ncd' > r; rev r": "ba\ndc",
}


@pytest.mark.parametrize("command", ANSWERS)
def test_it_answers_as_the_real_one(command: str) -> None:
    assert output_of(f"touch a.txt; {command}") == ANSWERS[command]


REFUSED = {
    "expr 1 / 0": ("expr: division by zero\n", 2),
    "expr a + 1": ("expr: non-integer argument\n", 2),
    "expr 1 +": ("expr: syntax error: missing argument after \u2018+\u2019\n", 2),
    "sh -c '[ 1 -eq x ]'": ("sh: 1: [: Illegal number: x\n", 2),
    "sh -c 'set -u; echo $nothing'": ("sh: 1: nothing: parameter not set\n", 2),
    "sh -c 'readonly R=1; R=2'": ("sh: 1: R: is read only\n", 2),
    "sh -c /no/such": ("sh: 1: /no/such: not found\n", 127),
    "sh -c 'for x in 1 2'": ("sh: 1: Syntax error: end of file unexpected\n", 2),
}


@pytest.mark.parametrize("command", REFUSED)
def test_it_refuses_in_the_real_ones_words(command: str) -> None:
    result = run(command)
    assert (result.stderr.decode(), result.exit) == REFUSED[command]
