"""The compact form: tildes, and nothing left out between them."""

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sd_jwt.compact import SdJwtParts, join, split


def code_of(text: str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(MalformedTokenError) as caught:
        split(text, limits=limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.b.c~", SdJwtParts(b"a.b.c", (), b"")),
        ("a.b.c~D1~D2~", SdJwtParts(b"a.b.c", (b"D1", b"D2"), b"")),
        ("a.b.c~d.e.f", SdJwtParts(b"a.b.c", (), b"d.e.f")),
        ("a.b.c~D1~D2~d.e.f", SdJwtParts(b"a.b.c", (b"D1", b"D2"), b"d.e.f")),
    ],
)
def test_the_four_shapes_of_the_standard(text: str, parts: SdJwtParts) -> None:
    """RFC 9901 §4."""
    assert split(text, limits=DEFAULT_LIMITS) == parts
    assert split(text.encode(), limits=DEFAULT_LIMITS) == parts
    assert join(parts.issuer_signed, disclosures=parts.disclosures) + parts.key_binding == text.encode()


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "a.b.c~D1", "a.b.c~D1~D2", "a.b.c~~", "a.b.c~D1~~", "a.b.c~é~", "\ud800"]
)
def test_no_tilde_is_left_out_and_none_too_many(text: str) -> None:
    """RFC 9901 §4: "the last separating tilde character MUST NOT be omitted"; a Disclosure is not empty."""
    assert code_of(text) == "malformed_sd_jwt"


@pytest.mark.parametrize("text", [None, 1, ["a.b.c~"], bytearray(b"a.b.c~")])
def test_a_token_is_text(text: object) -> None:
    with pytest.raises(TypeError, match="str or bytes"):
        split(text, limits=DEFAULT_LIMITS)


def test_size_and_count_have_ceilings() -> None:
    """A verifier hashes nothing before it knows how much there is to hash (F15)."""
    text = "a.b.c~D1~D2~"

    assert split(text, limits=Limits(max_token_bytes=len(text), max_disclosures=2))
    assert code_of(text, limits=Limits(max_token_bytes=len(text) - 1)) == "too_large"
    assert code_of(text, limits=Limits(max_disclosures=1)) == "too_many_disclosures"
    assert code_of(text + "d.e.f", limits=Limits(max_disclosures=1)) == "too_many_disclosures"
    assert code_of("~" * 258) == "too_many_disclosures"
    assert code_of("~" * 257) == "malformed_sd_jwt"
