"""Media types as Go reads them."""

import pytest

from playground.web import go_media_type


@pytest.mark.parametrize(
    "text", ["application/json", " Application/JSON ", 'application/json; charset="utf-8"', "application/json;", "x"]
)
def test_a_media_type_is_read_without_its_parameters(text: str) -> None:
    assert go_media_type.parse(text) in ("application/json", "x")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "mime: no media type"),
        ("/", "mime: no media type"),
        ("a b", "mime: expected slash after first token"),
        ("a/", "mime: expected token after slash"),
        ("a/b, c/d", "mime: unexpected content after media subtype"),
        ("a/b; c", "mime: invalid media parameter"),
        ("a/b; =c", "mime: invalid media parameter"),
        ("a/b; c=1; c=2", "mime: duplicate parameter name"),
    ],
)
def test_a_malformed_media_type_is_refused_in_the_words_of_go(text: str, sentence: str) -> None:
    with pytest.raises(go_media_type.BadMediaType, match=sentence):
        go_media_type.parse(text)
