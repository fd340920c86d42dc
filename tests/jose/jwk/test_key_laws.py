"""Laws that hold for all keys and all bytes: nothing but a JoseError leaves, and what goes out comes back."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import base64url
from tokensmith.jose.errors import JoseError
from tokensmith.jose.jwa import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk import Key, KeySet

KEYS = {alg: Key.generate(alg) for alg in SIGNATURE_ALGORITHMS}
JWKS: list[dict[str, Any]] = [dict(key.to_jwk(private=True)) for key in KEYS.values()]
JWKS += [dict(key.to_jwk()) for key in KEYS.values() if key.kty != "oct"]
PEMS = [key.to_pem(private=private).encode() for key in KEYS.values() if key.kty != "oct" for private in (False, True)]
DERS = [
    base64url.decode("".join(pem.decode().splitlines()[1:-1]).rstrip("=").replace("+", "-").replace("/", "_"))
    for pem in PEMS
]

algs = st.none() | st.sampled_from([*SIGNATURE_ALGORITHMS])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=80).map(base64url.encode),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
member_names = st.sampled_from(
    [
        "kty",
        "crv",
        "x",
        "y",
        "d",
        "n",
        "e",
        "p",
        "q",
        "dp",
        "dq",
        "qi",
        "oth",
        "k",
        "alg",
        "kid",
        "use",
        "key_ops",
        "pub",
        "priv",
    ]
)
MISSING = object()
T = TypeVar("T")


def outcome(make: Callable[[], T]) -> T | str:
    """Give what was made, or the code of the refusal; any other exception is the test's failure."""
    try:
        return make()
    except JoseError as error:
        return error.code


@st.composite
def changed_jwks(draw: st.DrawFn) -> dict[str, Any]:
    """A real JWK with a few members replaced, taken away or added; also by those of another key."""
    jwk = dict(draw(st.sampled_from(JWKS)))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(member_names)
        other = draw(st.sampled_from(JWKS)).get(name, MISSING)
        value = draw(json_values | st.just(other) | st.just(MISSING))
        jwk.pop(name, None)
        if value is not MISSING:
            jwk[name] = value
    return jwk


@st.composite
def changed_octets(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A real file with a few octets changed, cut off or put in."""
    octets = draw(st.sampled_from(originals))
    start = draw(st.integers(0, len(octets)))
    end = draw(st.integers(start, min(len(octets), start + 4)))
    return octets[:start] + draw(st.binary(max_size=4)) + octets[end:]


@given(jwk=changed_jwks() | st.dictionaries(member_names, json_values), alg=algs)
def test_any_jwk_is_a_key_or_a_refusal(jwk: dict[str, Any], alg: str | None) -> None:
    key = outcome(lambda: Key.from_jwk(jwk, alg=alg))

    assert key != "key_material"
    if isinstance(key, Key):
        assert Key.from_jwk(key.to_jwk(private=key.is_private), alg=key.alg).thumbprint() == key.thumbprint()


@given(jwk=changed_jwks(), alg=algs)
def test_the_text_of_any_jwk_is_a_key_or_a_refusal(jwk: dict[str, Any], alg: str | None) -> None:
    assert outcome(lambda: Key.from_jwk(json.dumps(jwk), alg=alg)) != "key_material"


@given(text=st.binary() | st.text(), alg=algs)
def test_any_text_is_no_jwk(text: str | bytes, alg: str | None) -> None:
    assert outcome(lambda: Key.from_jwk(text, alg=alg)) == "malformed_key"
    assert outcome(lambda: KeySet.from_jwks(text)) in {"malformed_key", "malformed_key_set"}


@given(members=st.lists(changed_jwks() | json_values, max_size=4), remote=st.booleans())
def test_any_array_is_a_set_or_a_refusal(members: list[Any], remote: bool) -> None:
    keys = outcome(lambda: KeySet.from_jwks({"keys": members}, remote=remote))
    if not isinstance(keys, KeySet):
        assert keys in {"duplicate_key", "published_secret"}
        return

    assert len(keys) + len(keys.skipped) == len(members)
    assert not (remote and any(key.is_private for key in keys))


@given(data=changed_octets(PEMS) | st.binary() | st.text(), alg=algs, password=st.none() | st.binary(max_size=8))
def test_any_text_is_a_pem_key_or_a_refusal(data: str | bytes, alg: str | None, password: bytes | None) -> None:
    assert outcome(lambda: Key.from_pem(data, alg=alg, password=password)) != "key_material"


@given(data=changed_octets(DERS) | st.binary(), alg=algs, password=st.none() | st.binary(max_size=8))
def test_any_octets_are_a_der_key_or_a_refusal(data: bytes, alg: str | None, password: bytes | None) -> None:
    assert outcome(lambda: Key.from_der(data, alg=alg, password=password)) != "key_material"


@given(secret=st.binary(max_size=128) | st.text(max_size=64) | changed_octets(PEMS) | changed_octets(DERS))
def test_any_secret_is_a_key_or_a_refusal(secret: str | bytes) -> None:
    key = outcome(lambda: Key.from_secret(secret))
    if not isinstance(key, Key):
        assert key in {"weak_key", "public_key_as_secret"}
        return

    assert key.verify_bytes(key.sign_bytes(b"message"), b"message")


@given(secret=st.binary(min_size=64, max_size=64), kid=st.text())
def test_a_random_secret_is_never_taken_for_a_key(secret: bytes, kid: str) -> None:
    """All pass but the ones that repeat themselves, as Hypothesis likes to."""
    key = outcome(lambda: Key.from_secret(secret, alg="HS512", kid=kid))
    if not isinstance(key, Key):
        assert key == "weak_key"
        return

    assert key.kid == kid
    assert Key.from_jwk(key.to_jwk(private=True)).to_jwk(private=True) == key.to_jwk(private=True)


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "jwk"]), json_values | algs))
def test_any_header_finds_a_key_or_is_refused(header: dict[str, Any]) -> None:
    keys = KeySet([KEYS["ES256"], KEYS["Ed25519"]])
    found = outcome(lambda: keys.find(header))
    if not isinstance(found, Key):
        assert found in {"malformed", "unknown_key", "unsupported_algorithm", "algorithm_mismatch"}
        return

    assert found.alg == header["alg"]


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@given(signature=st.binary(max_size=600), message=st.binary())
def test_no_made_up_signature_verifies(key: Key, signature: bytes, message: bytes) -> None:
    assert key.verify_bytes(signature, message) is False


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "ES512", "Ed25519", "Ed448", "ML-DSA-44"])
@given(data=st.data(), message=st.binary(max_size=64))
def test_one_flipped_bit_fails(alg: str, data: st.DataObject, message: bytes) -> None:
    key = KEYS[alg]
    signature = bytearray(key.sign_bytes(message))
    bit = data.draw(st.integers(0, len(signature) * 8 - 1))
    signature[bit // 8] ^= 1 << bit % 8

    assert not key.verify_bytes(bytes(signature), message)
