"""The law: what one half of a key signs, the other half verifies, and it comes out as it went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import Key, KeySet, jws, jwt

PAIRS = {
    alg: Key.generate(alg)
    for alg in ("RS256", "PS256", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-87")
}
SECRETS = {alg: Key.generate(alg) for alg in ("HS256", "HS384", "HS512")}
HALVES = [(key, key.public()) for key in PAIRS.values()] + [(key, key) for key in SECRETS.values()]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    TEXT | st.integers(-(2**70), 2**70) | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
REGISTERED = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
CLAIMS = st.dictionaries(TEXT.filter(lambda name: name not in REGISTERED), JSON, max_size=5)


@pytest.mark.parametrize(("private", "public"), HALVES, ids=lambda key: key.alg)
@given(payload=st.binary(max_size=200))
def test_bytes(private: Key, public: Key, payload: bytes) -> None:
    verified = jws.verify(jws.sign(payload, private), KeySet([public]))

    assert verified.payload == payload
    assert verified.header.alg == private.alg


@given(claims=CLAIMS, key=st.sampled_from(list(SECRETS.values())))
def test_claims(claims: dict[str, object], key: Key) -> None:
    token = jwt.sign(claims, key, issuer="i", audience="a")  # type: ignore[arg-type]
    verified = jwt.verify(token, key, issuer="i", audience="a")

    assert {name: item for name, item in verified.claims.to_dict().items() if name not in REGISTERED} == claims
