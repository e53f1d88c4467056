"""JSON is read as Go reads it; the sentences are those of Go's encoding/json."""

import pytest

from playground.web import go_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        (" [1, -2.5e3, true, false, null] \n", [1, -2500.0, True, False, None]),
        ('{"a": {"b": []}, "c": "x\\u00e9\\n"}', {"a": {"b": []}, "c": "xé\n"}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\ud83d"', "\ufffd"),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_a_value_is_read(text: str, value: object) -> None:
    assert go_json.loads(text.encode()) == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "invalid character 'x' looking for beginning of value"),
        ("{x}", "invalid character 'x' looking for beginning of object key string"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 2}', "invalid character '2' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("nul!", "invalid character '!' in literal null (expecting 'l')"),
        ('"a\nb"', "invalid character '\\n' in string literal"),
        ('"\\q"', "invalid character 'q' in string escape code"),
        ('"\\u12x4"', "invalid character 'x' in \\u hexadecimal character escape"),
        ("-x", "invalid character 'x' in numeric literal"),
        ("[1.x]", "invalid character 'x' after decimal point in numeric literal"),
        ("[1ex]", "invalid character 'x' in exponent of numeric literal"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ('{"a":', "unexpected EOF"),
        ('{"a', "unexpected EOF"),
        ("[" * 10_001, "exceeded max depth"),
        ("NaN", "invalid character 'N' looking for beginning of value"),
    ],
)
def test_a_syntax_error_has_gos_sentence(text: str, sentence: str) -> None:
    with pytest.raises(go_json.BadJson) as caught:
        go_json.loads(text.encode())
    assert str(caught.value) == sentence


def test_nothing_and_too_much_are_told_apart() -> None:
    with pytest.raises(go_json.NothingThere):
        go_json.loads(b" \n")
    with pytest.raises(go_json.MoreThere):
        go_json.loads(b"{} {}")


def test_deep_but_allowed_nesting_does_not_break_the_reader() -> None:
    with pytest.raises(go_json.BadJson, match="exceeded max depth"):
        go_json.loads(b"[" * 9_999 + b"]" * 9_999)
