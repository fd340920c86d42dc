"""Elliptic-curve keys as JWK members (RFC 7518 §6.2)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.curves import CURVES
from tokensmith.jose.jwk.ec_members import read_ec, write_ec
from tokensmith.jose.jwk.members import write_octets

KEYS = {name: ec.generate_private_key(curve.implementation) for name, curve in CURVES.items()}


def refusal_of(jwk: dict[str, str]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        read_ec(jwk)
    return refusal.value.code


def changed(jwk: dict[str, str], name: str, octets: bytes) -> dict[str, str]:
    return jwk | {name: write_octets(octets)}


@pytest.mark.parametrize("name", CURVES)
def test_both_halves_come_out_as_they_went_in(name: str) -> None:
    private, public = write_ec(KEYS[name]), write_ec(KEYS[name].public_key())

    assert write_ec(read_ec(private)) == private
    assert write_ec(read_ec(public)) == public
    assert set(public) == {"kty", "crv", "x", "y"}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("member", ["x", "y", "d"])
def test_a_member_has_the_full_length_of_the_curve(name: str, member: str) -> None:
    """RFC 7518 §6.2.1.2, §6.2.1.3, §6.2.2.1: zeros are neither left out nor added."""
    jwk = write_ec(KEYS[name])
    octets = base64url.decode(jwk[member])
    for wrong in (b"\0" + octets, octets[1:], octets + b"\0", b""):
        assert refusal_of(changed(jwk, member, wrong)) == "malformed_key"


def test_a_small_number_keeps_its_leading_zeros() -> None:
    """RFC 7518 §6.2.2.1: careless writers leave them out."""
    curve = CURVES["P-521"]
    jwk = write_ec(ec.derive_private_key(3, curve.implementation))

    assert {len(base64url.decode(jwk[member])) for member in ("x", "y", "d")} == {66}
    assert base64url.decode(jwk["d"]) == bytes(65) + b"\x03"


@pytest.mark.parametrize("name", CURVES)
def test_a_point_off_the_curve_is_refused(name: str) -> None:
    """A17: RFC 8725 §3.4: the invalid-curve attack."""
    jwk = write_ec(KEYS[name].public_key())
    size = CURVES[name].octets
    y = int.from_bytes(base64url.decode(jwk["y"]), "big")

    assert refusal_of(changed(jwk, "y", (y ^ 1).to_bytes(size, "big"))) == "malformed_key"
    assert refusal_of(changed(jwk, "y", bytes(size)) | {"x": write_octets(bytes(size))}) == "malformed_key"
    assert refusal_of(changed(jwk, "x", b"\xff" * size)) == "malformed_key"


@pytest.mark.parametrize("name", CURVES)
def test_a_private_key_belongs_to_its_point(name: str) -> None:
    """A17: Signing under another key than the one published is a mix-up at best."""
    jwk = write_ec(KEYS[name])
    size = CURVES[name].octets
    other = write_ec(ec.generate_private_key(CURVES[name].implementation))

    assert refusal_of(jwk | {"d": other["d"]}) == "malformed_key"
    for outside in (0, CURVES[name].order):
        assert refusal_of(changed(jwk, "d", outside.to_bytes(size, "big"))) == "malformed_key"


def test_a_private_key_of_n_minus_one_belongs_to_the_mirrored_point() -> None:
    curve = CURVES["P-256"]
    last = write_ec(ec.derive_private_key(curve.order - 1, curve.implementation))
    first = write_ec(ec.derive_private_key(1, curve.implementation))

    assert write_ec(read_ec(last)) == last
    assert refusal_of(first | {"d": last["d"]}) == "malformed_key"


@pytest.mark.parametrize("curve", ["secp256K1", "P-256K", "P-224", "p-256", "Ed25519", "X25519", ""])
def test_another_curve_is_not_supported(curve: str) -> None:
    assert refusal_of(write_ec(KEYS["P-256"]) | {"crv": curve}) == "unsupported_key"


@pytest.mark.parametrize("curve", ["P-384", "P-521", "secp256k1"])
def test_the_curve_named_is_the_curve_used(curve: str) -> None:
    """A17: RFC 8812 §5.4: on P-256 and secp256k1 points look alike; only "crv" tells them apart."""
    assert refusal_of(write_ec(KEYS["P-256"]) | {"crv": curve}) == "malformed_key"


@pytest.mark.parametrize("name", ["crv", "x", "y"])
def test_a_public_member_has_to_be_there(name: str) -> None:
    jwk = write_ec(KEYS["P-256"].public_key())

    assert refusal_of({member: value for member, value in jwk.items() if member != name}) == "malformed_key"


@pytest.mark.parametrize("name", ["k", "p", "q", "dp", "priv", "oth"])
def test_secrets_of_another_key_type_are_refused(name: str) -> None:
    """A17: two keys in one JWK; which of them is meant depends on the reader."""
    assert refusal_of(write_ec(KEYS["P-256"]) | {name: "c2VjcmV0"}) == "malformed_key"
