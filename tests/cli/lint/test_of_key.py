"""Each weakness of a key, found where it is and nowhere else."""

import json
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.cli.lint.of_key import lint_key
from tokensmith.jose import Key, base64url
from tokensmith.jose.errors import KeyMaterialError

PUBLIC = Key.generate("ES256").to_jwk()
PRIVATE = Key.generate("ES256").to_jwk(private=True)
ED = Key.generate("Ed25519").to_jwk()
SECRET = Key.generate("HS256").to_jwk(private=True)
SHORT_RSA = rsa.generate_private_key(65_537, 1024)
SHORT_PEM = SHORT_RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def changed(jwk: Mapping[str, object], **members: object) -> bytes:
    """Change a JWK; None takes a member away."""
    return json.dumps({name: value for name, value in {**jwk, **members}.items() if value is not None}).encode()


def key_set(*jwks: object) -> bytes:
    return json.dumps({"keys": jwks}).encode()


def short_rsa(**members: object) -> bytes:
    modulus = base64url.encode(SHORT_RSA.public_key().public_numbers().n.to_bytes(128, "big"))
    return changed({"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "k1", "use": "sig"}, **members)


# For each rule, keys that break it and no other.
EXAMPLES: dict[str, list[bytes]] = {
    "K01": [short_rsa(), SHORT_PEM],
    "K02": [changed(PUBLIC, kid=None)],
    "K03": [changed(PUBLIC, alg=None), changed(SECRET, alg=None), changed(PUBLIC, alg=None, use="sig")],
    "K04": [changed(PUBLIC, use=None)],
    "K05": [key_set(PRIVATE), key_set(SECRET)],
    "K06": [changed(SECRET, k="c2hvcnQ"), changed(SECRET, k=base64url.encode(b"changeme" * 4))],
    "K07": [changed(SECRET, k=base64url.encode(Key.generate("ES256").to_pem().encode()))],
    "K08": [changed(ED, alg="EdDSA")],
    "K09": [changed(PUBLIC, alg="RSA1_5", use="enc")],
    "K10": [key_set(PUBLIC, PUBLIC)],
    "K11": [changed(PUBLIC, key_ops=["deriveKey"]), changed(PUBLIC, use="enc"), changed(PUBLIC, alg="RS256")],
    "K12": [changed(PUBLIC, x="AAAA"), key_set(1), json.dumps({"keys": "none"}).encode(), changed(PUBLIC, y=None)],
    "K13": [changed(PUBLIC, kty="XY"), changed(PUBLIC, alg="XY")],
}
CASES = [(rule, data) for rule, keys in EXAMPLES.items() for data in keys]


def found(data: bytes) -> set[str]:
    return {each.rule.id for each in lint_key(data, ask=lambda: None)}


@pytest.mark.parametrize(("rule", "data"), CASES, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(CASES)])
def test_a_weakness_is_found_and_no_other(rule: str, data: bytes) -> None:
    assert found(data) == {rule}


@pytest.mark.parametrize(
    "data",
    [
        changed(PUBLIC),
        changed(PRIVATE),
        changed(SECRET),
        changed(PUBLIC, use=None, key_ops=["verify"]),
        json.dumps(Key.generate("ECDH-ES").to_jwk()).encode(),
        json.dumps(Key.generate("A128KW").to_jwk(private=True)).encode(),
        key_set(),
        key_set(PUBLIC, ED),
        Key.generate("ES256").to_pem().encode(),
        Key.generate("RS256").to_pem(private=True).encode(),
    ],
)
def test_a_key_without_a_weakness_has_none(data: bytes) -> None:
    """PEM has no room for a kid, and is not blamed for having none."""
    assert found(data) == set()


def test_a_key_of_a_set_is_named_by_its_place() -> None:
    (only,) = lint_key(key_set(PUBLIC, json.loads(changed(ED, kid=None))), ask=lambda: None)

    assert only.found == 'Key 1 of the set: there is no "kid".'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nothing", "malformed_key"),
        (b"{", "malformed_key"),
        (Key.generate("ES256").to_pem(private=True, password="x").encode(), "password"),
    ],
)
def test_what_is_no_key_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(KeyMaterialError) as refused:
        lint_key(data, ask=lambda: None)

    assert refused.value.code == code


JSON = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)
NAMES = st.sampled_from(["kty", "kid", "alg", "use", "key_ops", "k", "n", "e", "d", "x", "y", "crv", "keys"])
KINDS = st.sampled_from(["RSA", "EC", "OKP", "oct"])


@given(st.dictionaries(NAMES, JSON), KINDS)
def test_whatever_a_key_says_lint_answers(jwk: dict[str, object], kty: str) -> None:
    """Types nobody expects end in findings, never in a traceback."""
    for candidate in (jwk, {"kty": kty, **jwk}):
        assert all(each.found for each in lint_key(key_set(candidate), ask=lambda: None))
        assert all(each.found for each in lint_key(json.dumps(candidate).encode(), ask=lambda: None))
