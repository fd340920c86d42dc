"""Typed looks at JWK members (RFC 7517 §4, RFC 7518 §2)."""

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import (
    has_private_members,
    read_octets,
    read_optional_text,
    read_text,
    read_unsigned,
    refuse_foreign_secrets,
    write_octets,
    write_unsigned,
)

NOT_STRINGS = [None, True, 1, 1.5, [], ["AQAB"], {}, b"AQAB"]


@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_member_of_another_type_is_refused(value: object) -> None:
    for read in (read_text, read_optional_text, read_octets):
        with pytest.raises(KeyMaterialError) as refusal:
            read({"x": value}, "x")

        assert refusal.value.code == "malformed_key"


def test_only_an_optional_member_may_be_absent() -> None:
    assert read_optional_text({}, "kid") is None
    with pytest.raises(KeyMaterialError) as refusal:
        read_text({}, "kid")

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize("spelling", ["AQAB=", "AQ AB", "AQ+B", "AQ/B", "A", "AR", "AQAB\n", "ü"])
def test_octets_have_one_spelling(spelling: str) -> None:
    """RFC 7515 §2: no padding, no other alphabet, no white space, no spare bits."""
    with pytest.raises(KeyMaterialError) as refusal:
        read_octets({"x": spelling}, "x")

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize(("octets", "passes"), [(31, False), (32, True), (33, False)])
def test_octets_have_the_length_asked_for(octets: int, passes: bool) -> None:
    jwk = {"x": write_octets(bytes(octets))}
    if passes:
        assert read_octets(jwk, "x", length=32) == bytes(octets)
        return
    with pytest.raises(KeyMaterialError) as refusal:
        read_octets(jwk, "x", length=32)

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize("octets", [b"", b"\0", b"\0\x01\x00\x01"])
def test_a_number_has_no_leading_zero(octets: bytes) -> None:
    """RFC 7518 §2, Base64urlUInt: "the minimum number of octets"."""
    with pytest.raises(KeyMaterialError) as refusal:
        read_unsigned({"e": write_octets(octets)}, "e", max_octets=8)

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize(("number", "spelling"), [(1, "AQ"), (255, "_w"), (256, "AQA"), (65537, "AQAB")])
def test_a_number_comes_out_as_it_went_in(number: int, spelling: str) -> None:
    assert write_unsigned(number) == spelling
    assert read_unsigned({"e": spelling}, "e", max_octets=3) == number


def test_a_number_may_not_be_longer_than_allowed() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        read_unsigned({"e": "AQAB"}, "e", max_octets=2)

    assert refusal.value.code == "oversized_key"


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
def test_every_private_member_is_known_as_one(member: str) -> None:
    """RFC 7518 §6, RFC 8037 §2, RFC 9964 §3."""
    assert has_private_members({"kty": "whatever", member: None})


def test_public_members_are_no_secret() -> None:
    assert not has_private_members({"kty": "RSA", "n": "", "e": "", "crv": "", "x": "", "y": "", "pub": "", "kid": "d"})


def test_private_members_of_another_key_type_are_refused() -> None:
    refuse_foreign_secrets({"kty": "EC", "d": "x"}, own=("d",))
    with pytest.raises(KeyMaterialError) as refusal:
        refuse_foreign_secrets({"kty": "EC", "d": "x", "k": "y"}, own=("d",))

    assert refusal.value.code == "malformed_key"
