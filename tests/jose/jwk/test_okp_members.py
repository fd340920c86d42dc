"""Octet key pairs as JWK members (RFC 8037 §2)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import write_octets
from tokensmith.jose.jwk.okp_members import read_okp, write_okp

KINDS: dict[str, Any] = {
    "Ed25519": Ed25519PrivateKey,
    "Ed448": Ed448PrivateKey,
    "X25519": X25519PrivateKey,
    "X448": X448PrivateKey,
}
KEYS: dict[str, Any] = {name: kind.generate() for name, kind in KINDS.items()}
OTHERS: dict[str, Any] = {name: kind.generate() for name, kind in KINDS.items()}


def refusal_of(jwk: dict[str, str]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        read_okp(jwk)
    return refusal.value.code


@pytest.mark.parametrize("name", KEYS)
def test_both_halves_come_out_as_they_went_in(name: str) -> None:
    private, public = write_okp(KEYS[name]), write_okp(KEYS[name].public_key())

    assert write_okp(read_okp(private)) == private
    assert write_okp(read_okp(public)) == public
    assert set(public) == {"kty", "crv", "x"}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("member", ["x", "d"])
def test_a_member_has_the_length_of_its_curve(name: str, member: str) -> None:
    """RFC 8032 §5.1.5 and §5.2.5: 32 and 57 octets; RFC 7748 §5: 32 and 56."""
    jwk = write_okp(KEYS[name])
    octets = base64url.decode(jwk[member])
    for wrong in (b"\0" + octets, octets[1:], octets + b"\0", b""):
        assert refusal_of(jwk | {member: write_octets(wrong)}) == "malformed_key"


@pytest.mark.parametrize("name", KEYS)
def test_a_private_key_belongs_to_its_public_key(name: str) -> None:
    """A17: Signing with an x of someone else's choosing gives the private key away."""
    other = write_okp(OTHERS[name])

    assert refusal_of(write_okp(KEYS[name]) | {"d": other["d"]}) == "malformed_key"
    assert refusal_of(write_okp(KEYS[name]) | {"x": other["x"]}) == "malformed_key"


@pytest.mark.parametrize("curve", ["x25519", "ed25519", "P-256", ""])
def test_another_curve_is_not_supported(curve: str) -> None:
    assert refusal_of(write_okp(KEYS["Ed25519"]) | {"crv": curve}) == "unsupported_key"


def test_the_curve_named_is_the_curve_used() -> None:
    assert refusal_of(write_okp(KEYS["Ed25519"]) | {"crv": "Ed448"}) == "malformed_key"


@pytest.mark.parametrize("name", ["k", "p", "priv"])
def test_secrets_of_another_key_type_are_refused(name: str) -> None:
    """A17: two keys in one JWK; which of them is meant depends on the reader."""
    assert refusal_of(write_okp(KEYS["Ed25519"]) | {name: "c2VjcmV0"}) == "malformed_key"
