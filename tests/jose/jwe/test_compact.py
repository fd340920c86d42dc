"""Five parts and one string (RFC 7516 §7.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwe.vectors import load
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.jwe.compact import CompactParts, join, split
from tokensmith.jose.limits import Limits

EXAMPLES = [each for each in load("rfc7516-examples.json") if "compact" in each]
octets = st.binary(max_size=40)


def code_of(token: str | bytes, **options: Any) -> str:
    with pytest.raises(MalformedTokenError) as refusal:
        split(token, **options)
    return refusal.value.code


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each["section"])
def test_the_examples_of_the_standard_come_out_as_they_went_in(example: dict[str, str]) -> None:
    """RFC 7516 A.1–A.3."""
    token = example["compact"]

    assert join(split(token)) == join(split(token.encode())) == token
    assert split(token).protected_text == token.partition(".")[0].encode()


@given(encrypted_key=octets, iv=octets, ciphertext=octets, tag=octets)
def test_what_is_joined_is_split(encrypted_key: bytes, iv: bytes, ciphertext: bytes, tag: bytes) -> None:
    content = EncryptedContent(iv=iv, ciphertext=ciphertext, tag=tag)
    parts = CompactParts(protected_text=b"e30", encrypted_key=encrypted_key, content=content)

    assert split(join(parts)) == parts


@pytest.mark.parametrize("dots", [0, 1, 2, 3, 5, 6, 100_000])
def test_a_token_has_five_parts(dots: int) -> None:
    """Threats E05 and E13; RFC 7516 §9: three parts are a JWS."""
    assert code_of("." * dots, limits=Limits(max_token_bytes=200_000)) == "malformed"
    assert code_of(b"." * dots, limits=Limits(max_token_bytes=200_000)) == "malformed"


@pytest.mark.parametrize("position", range(1, 5))
@pytest.mark.parametrize("text", ["A", "AB", "AA=", "A+AA", "A AA", "\n"])
def test_a_part_has_one_spelling(position: int, text: str) -> None:
    """Threat E01; RFC 7515 §2."""
    pieces = ["e30", "AAAA", "AAAA", "AAAA", "AAAA"]
    pieces[position] = text

    assert code_of(".".join(pieces)) == "base64url"


@pytest.mark.parametrize(("length", "passes"), [(65_536, True), (65_537, False)])
def test_a_token_has_a_ceiling(length: int, passes: bool) -> None:
    """Threat E06: looked at before anything is decoded."""
    token = "e30....".ljust(length, "A")[: length - 1] + "."
    assert len(token) == length
    assert code_of(token) == ("malformed" if passes else "too_large")


def test_other_alphabets_and_types_are_refused() -> None:
    assert code_of("é....") == "malformed"
    assert code_of('{"protected":"e30","ciphertext":"AA"}') == "malformed"
    with pytest.raises(TypeError):
        split({"ciphertext": ""})  # type: ignore[arg-type]
