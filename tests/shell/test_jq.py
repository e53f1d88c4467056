"""``jq``; expectations are what jq 1.7 prints."""

import pytest

from tests.shell.machines import output_of, run


@pytest.mark.parametrize(
    ("document", "arguments", "printed"),
    [
        ('{"a":1,"b":[1,{"c":"x"}]}', "-c .", '{"a":1,"b":[1,{"c":"x"}]}\n'),
        ('{"a":[]}', ".", '{\n  "a": []\n}\n'),
        ('{"b":[1,2,{"c":"x"}]}', "-r '.b[2].c, .b[-3], (.b|length), .z, .b[0:2][1]'", "x\n1\n3\nnull\n2\n"),
        ('[{"n":"x","v":3},{"n":"y","v":5}]', "-c '.[] | select(.v > 3) | {n, w: .v}'", '{"n":"y","w":5}\n'),
        ("[3,1,2]", "-c 'sort, map(.+1), add, max'", "[1,2,3]\n[4,2,3]\n6\n3\n"),
        ('{"a":{"b":"c"}}', "-r '.a|to_entries[]|\"\\(.key)=\\(.value)\"'", "b=c\n"),
        ('{"a":1}', "-c '.a as $x | [$x, $x+1], (.b.c // \"none\"), (.a |= .+4)'", '[1,2]\n"none"\n{"a":5}\n'),
        ('{"Swarm":{"Nodes":3}}', ".Swarm.Nodes", "3\n"),
        ("[1,[2,[3]]]", "-c 'flatten, tostring'", '[1,2,3]\n"[1,[2,[3]]]"\n'),
        ('"a-b"', '-c \'split("-"), test("^a"), gsub("-";"+")\'', '["a","b"]\ntrue\n"a+b"\n'),
        ("1 2", "-c -s .", "[1,2]\n"),
    ],
)
def test_filters(document: str, arguments: str, printed: str) -> None:
    assert output_of(f"echo '{document}' | jq {arguments}") == printed


def test_errors_have_their_own_status() -> None:
    result = run("echo '[1]' | jq '.[0].x'")
    assert (result.exit, result.stderr) == (5, b'jq: error (at <stdin>:1): Cannot index number with string "x"\n')
    assert run("echo '{' | jq .").exit == 5
    assert run("echo '{}' | jq '.['").exit == 3


@pytest.mark.parametrize("text", ["def f: f; f", "[recurse(.+1)]", "range(0;1e12)", "last(range(1e9))", "[" * 300])
def test_filters_that_would_never_end_are_ended(text: str) -> None:
    assert run(f"echo 1 | jq '{text}' > /dev/null").exit in (3, 5)
