from random import Random

import pytest

from playground.swarm.tokens import (
    InvalidJoinToken,
    InvalidKeyText,
    digest_of_fingerprint,
    new_join_token,
    new_unlock_key,
    parse_join_token,
    parse_unlock_key,
)

SAMPLE = "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-1awxwuwd3z9j1z3puu7rcgdbx"
RECORDED = "SWMTKN-1-2ewfbj7kud6w1jp63wkjq1nvzx67vczm85otmgctwc491uwe56-b55bnfyarijvvqzhcp9hqfu87"
KEY = "SWMKEY-1-bQpeCFaZ361bbtwZFyY9L+kzUVYfynMfIn4cJs/VPz0"


@pytest.mark.parametrize("text", [SAMPLE, RECORDED])
def test_a_real_token_is_read_and_written_alike(text: str) -> None:
    assert str(parse_join_token(text)) == text


def test_a_token_says_which_root_it_wants() -> None:
    token = parse_join_token(RECORDED)
    assert len(token.fingerprint) == 64
    assert digest_of_fingerprint(token.fingerprint) == token.digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SWMTKN-1",
        SAMPLE + "x",
        SAMPLE.replace("SWMTKN-1-3", "SWMTKN-1-"),
        SAMPLE.replace("-1-", "-3-"),
        SAMPLE.lower(),
        SAMPLE.replace("-1-", "-2-2-"),
        SAMPLE.replace("-1-", "-2-"),
        SAMPLE.replace("hszj", "HSZJ"),
    ],
)
def test_other_text_is_no_token(text: str) -> None:
    with pytest.raises(InvalidJoinToken, match=r"^invalid join token$"):
        parse_join_token(text)


@pytest.mark.parametrize(("kind", "fips"), [("-1-", False), ("-2-0-", False), ("-2-1-", True)])
def test_a_token_says_whether_its_cluster_takes_only_nodes_that_follow_fips(kind: str, fips: bool) -> None:
    assert parse_join_token(SAMPLE.replace("-1-", kind)).fips is fips


def test_new_tokens_of_one_root_differ_in_the_secret_only() -> None:
    random = Random(1)
    digest = parse_join_token(SAMPLE).digest
    one, other = (parse_join_token(new_join_token(digest, random)) for _ in range(2))
    assert one.digest == other.digest == digest
    assert one.secret != other.secret


def test_a_token_is_85_characters_long_even_when_its_secret_is_small() -> None:
    class Small(Random):
        def getrandbits(self, k: int, /) -> int:
            return 7

    assert new_join_token("0" * 50, Small()).endswith("-" + "7".rjust(25, "0"))
    assert len(new_join_token("0" * 50, Small())) == 85


def test_an_unlock_key_is_read_and_made_in_the_form_that_people_copy() -> None:
    assert len(parse_unlock_key(KEY)) == 32
    made = new_unlock_key(Random(1))
    assert len(made) == len(KEY) == 52
    assert len(parse_unlock_key(made)) == 32


@pytest.mark.parametrize("text", ["", "SWMKEY-2-abcd", KEY + "=", "SWMKEY-1-a", "SWMKEY-1-!!!!"])
def test_other_text_is_no_unlock_key(text: str) -> None:
    with pytest.raises(InvalidKeyText, match=r"^invalid key string$"):
        parse_unlock_key(text)
