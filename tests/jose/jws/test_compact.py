"""The compact serialization: three parts, and nothing but base64url in them."""

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jws.compact import join, split
from tokensmith.jose.limits import Limits


def code_of(token: str | bytes, *, limits: Limits | None = None) -> str:
    with pytest.raises(MalformedTokenError) as caught:
        split(token, limits=limits or Limits())
    return caught.value.code


@pytest.mark.parametrize("token", ["e30.eyJhIjoxfQ.AAA", b"e30.eyJhIjoxfQ.AAA"])
def test_a_token_is_taken_apart(token: str | bytes) -> None:
    """RFC 7515 §7.1."""
    parts = split(token)

    assert parts.signing_input == b"e30.eyJhIjoxfQ"
    assert parts.header_text == b"e30"
    assert parts.payload == b'{"a":1}'
    assert parts.signature == b"\0\0"


def test_putting_together_is_the_way_back() -> None:
    parts = split("e30.eyJhIjoxfQ.AAA")

    assert join(parts.signing_input, signature=parts.signature) == "e30.eyJhIjoxfQ.AAA"


@pytest.mark.parametrize(
    "token", ["", ".", "e30", "e30.e30", "e30.e30.AA.", "e30.e30.AA.AA", "a.b.c.d.e", "." * 65_000]
)
def test_a_jws_has_three_parts(token: str) -> None:
    """E13, E04, E05: RFC 7515 §7.1; five would be a JWE (RFC 7516 §9), a million too much work (CVE-2025-30204)."""
    assert code_of(token) == "malformed"


@pytest.mark.parametrize("foreign", ['"', "{", "}", " ", "\n", "=", "+", "/", ",", ":", "\0"])
@pytest.mark.parametrize("token", ["e30.e30{}.AAAA", "e30.e30.AAA{}", "e30.{}e30.AAAA"])
def test_other_characters_in_payload_or_signature_are_refused(token: str, foreign: str) -> None:
    """RFC 8725bis §3.14: a text that is a token to one parser and JSON to another is neither to us."""
    assert code_of(token.replace("{}", foreign)) == "base64url"


@pytest.mark.parametrize("token", ["é30.e30.AAAA", "e30.e30.AA\ud800"])
def test_text_beyond_ascii_is_refused(token: str) -> None:
    assert code_of(token) == "malformed"


def test_bytes_beyond_ascii_are_refused() -> None:
    assert code_of(b"e30.e\xff0.AAAA") == "base64url"


@pytest.mark.parametrize("text", ["e30.e30.AB", "e30.YR.AAAA"])
def test_spare_bits_are_refused(text: str) -> None:
    """E01: One signature, one spelling (RFC 4648 §3.5)."""
    assert code_of(text) == "base64url"


def test_a_token_too_long_is_refused_before_it_is_looked_at() -> None:
    """E06: The ceiling is the first check, so what is in the token costs nothing."""
    limits = Limits(max_token_bytes=12)

    assert split("e30.e30.AAAA", limits=limits)
    assert split(b"e30.e30.AAAA", limits=limits)
    assert code_of("e30.e30.AAAAA", limits=limits) == "too_large"
    assert code_of("." * 13, limits=limits) == "too_large"
    assert code_of(b"." * 13, limits=limits) == "too_large"


@pytest.mark.parametrize("token", [None, 1, {"payload": ""}, ["e30", "e30", ""], bytearray(b"e30.e30.AAAA")])
def test_other_types_are_the_callers_mistake(token: object) -> None:
    """A JSON serialization is not taken for a compact one."""
    with pytest.raises(TypeError, match="str or bytes"):
        split(token)  # type: ignore[arg-type]
