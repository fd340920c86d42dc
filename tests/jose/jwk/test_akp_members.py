"""Algorithm key pairs as JWK members (RFC 9964 §3, §4, §7.3)."""

from collections.abc import Callable

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import LatticePrivateKey
from tokensmith.jose.jwa.ml_dsa import PARAMETER_SETS
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwk.akp_members import read_akp, write_akp
from tokensmith.jose.jwk.members import write_octets

KEYS: dict[str, LatticePrivateKey] = {name: each.private.generate() for name, each in PARAMETER_SETS.items()}
OTHERS: dict[str, LatticePrivateKey] = {name: each.private.generate() for name, each in PARAMETER_SETS.items()}


def refusal_of(jwk: dict[str, str]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        read_akp(jwk)
    return refusal.value.code


def without(jwk: dict[str, str], name: str) -> dict[str, str]:
    return {member: value for member, value in jwk.items() if member != name}


@pytest.mark.parametrize("name", KEYS)
def test_both_halves_come_out_as_they_went_in(name: str) -> None:
    private, public = write_akp(KEYS[name]), write_akp(KEYS[name].public_key())

    assert write_akp(read_akp(private)) == private
    assert write_akp(read_akp(public)) == public
    assert set(public) == {"kty", "alg", "pub"}
    assert set(private) == {"kty", "alg", "pub", "priv"}


@pytest.mark.parametrize("name", KEYS)
def test_the_private_member_is_the_seed(name: str) -> None:
    """RFC 9964 §4: the seed of 32 octets, never the expanded key."""
    seed = base64url.decode(write_akp(KEYS[name])["priv"])

    assert len(seed) == 32
    assert PARAMETER_SETS[name].private.from_seed_bytes(seed).public_key() == KEYS[name].public_key()


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("member", ["pub", "priv"])
def test_a_member_has_the_length_of_its_parameter_set(name: str, member: str) -> None:
    """B11: RFC 9964 §5, Table 5, and §7.3."""
    jwk = write_akp(KEYS[name])
    octets = base64url.decode(jwk[member])
    for wrong in (b"\0" + octets, octets[1:], octets + b"\0", octets[:-1], b""):
        assert refusal_of(jwk | {member: write_octets(wrong)}) == "malformed_key"


@pytest.mark.parametrize(("name", "octets"), [("ML-DSA-44", 2560), ("ML-DSA-65", 4032), ("ML-DSA-87", 4896)])
def test_an_expanded_private_key_is_refused(name: str, octets: int) -> None:
    """RFC 9964 §4."""
    assert refusal_of(write_akp(KEYS[name]) | {"priv": write_octets(bytes(octets))}) == "malformed_key"


@pytest.mark.parametrize("name", KEYS)
def test_a_private_key_belongs_to_its_public_key(name: str) -> None:
    """A17: RFC 9964 §7.4; mismatched members may give the private key away."""
    jwk, other = write_akp(KEYS[name]), write_akp(OTHERS[name])

    assert refusal_of(jwk | {"priv": other["priv"]}) == "malformed_key"
    assert refusal_of(jwk | {"pub": other["pub"]}) == "malformed_key"


@pytest.mark.parametrize("name", KEYS)
def test_the_algorithm_has_to_be_there(name: str) -> None:
    """RFC 9964 §3: "alg" is REQUIRED; the caller's word does not stand in for it."""
    jwk = without(write_akp(KEYS[name]), "alg")

    assert refusal_of(jwk) == "malformed_key"
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_jwk(jwk, alg=name)

    assert refusal.value.code == "malformed_key"


@pytest.mark.parametrize("name", KEYS)
def test_the_algorithm_named_is_the_algorithm_used(name: str) -> None:
    """A17: one seed makes a key of each parameter set, so only "alg" and the length of "pub" tell them apart."""
    for other in KEYS:
        if other != name:
            assert refusal_of(write_akp(KEYS[name]) | {"alg": other}) == "malformed_key"


@pytest.mark.parametrize("alg", ["ML-DSA", "ml-dsa-44", "ML-DSA-45", "HashML-DSA-44", "ES256", "HS256", "none", ""])
def test_another_algorithm_is_not_supported(alg: str) -> None:
    assert refusal_of(write_akp(KEYS["ML-DSA-44"]) | {"alg": alg}) == "unsupported_algorithm"


@pytest.mark.parametrize(("alg", "kind"), [("ML-DSA-44", "ES256"), ("ML-DSA-65", "RS256"), ("ML-DSA-87", "Ed25519")])
def test_a_key_of_another_type_is_none_for_ml_dsa(alg: str, kind: str) -> None:
    """A17: the key type settles the family."""
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_jwk(Key.generate(kind).to_jwk() | {"alg": alg})

    assert refusal.value.code == "algorithm_mismatch"


def test_a_public_member_has_to_be_there() -> None:
    """RFC 9964 §3: "pub" is REQUIRED, beside a seed too."""
    assert refusal_of(without(write_akp(KEYS["ML-DSA-44"]), "pub")) == "malformed_key"


@pytest.mark.parametrize("member", ["pub", "priv"])
@pytest.mark.parametrize(
    "spell",
    [
        lambda text: None,
        lambda text: 5,
        lambda text: [text],
        lambda text: text + "=",
        lambda text: text + "A===",
        lambda text: text.replace("_", "/").replace("-", "+") + "+",
        lambda text: text[:-1],
        lambda text: " " + text[1:],
        lambda text: "é" + text[1:],
        lambda text: base64url.decode(text).hex(),
    ],
    ids=["null", "number", "array", "padded", "over-padded", "base64", "cut", "space", "letter", "hexadecimal"],
)
def test_a_member_has_one_spelling(member: str, spell: Callable[[str], object]) -> None:
    """RFC 9964 §3: base64url without padding, and nothing that a lax decoder would take for it."""
    jwk = write_akp(KEYS["ML-DSA-44"])

    assert refusal_of(jwk | {member: spell(jwk[member])}) == "malformed_key"  # type: ignore[dict-item]


@pytest.mark.parametrize("name", ["d", "k", "p", "oth"])
def test_secrets_of_another_key_type_are_refused(name: str) -> None:
    """A17: two keys in one JWK; which of them is meant depends on the reader."""
    assert refusal_of(write_akp(KEYS["ML-DSA-44"]) | {name: "c2VjcmV0"}) == "malformed_key"
