"""The laws of nested tokens: what goes in comes out, and what is changed or made up is a JoseError."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jose.jwe.tokens import DIRECT, direct_token, good_header
from tests.jose.jwt.nesting import PUBLIC, envelope, nested, nested_verifier
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, KEY, StoppedClock, good_claims, good_token, spell
from tokensmith.jose import JoseError, jwt
from tokensmith.jose.jwt.claims import RegisteredClaims

TOKENS = {"plain": nested(), "replicated": envelope(good_token(), iss=ISSUER, aud=AUDIENCE, typ="JWT")}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = st.dictionaries(st.sampled_from(["iss", "sub", "aud", "typ", "cty", "zip", "kid", "exp"]), JSON, max_size=4)
INSIDE = st.binary(max_size=40) | st.text('eyJ.{}" \t09-_', max_size=30).map(str.encode)
every = pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
own_claims = st.dictionaries(st.text(max_size=6).filter(lambda n: n not in RegisteredClaims.__struct_fields__), JSON)


@given(claims=own_claims, replicated=st.sets(st.sampled_from(["iss", "aud", "typ"])))
def test_what_goes_in_comes_out(claims: dict[str, Any], replicated: set[str]) -> None:
    """Also with whatever is replicated."""
    signer = jwt.Signer(KEY, issuer=ISSUER, audience=AUDIENCE, clock=StoppedClock())
    token = jwt.NestedSigner(signer, PUBLIC, replicated=replicated).sign(claims)
    verified = nested_verifier().verify(token)

    assert {name: verified.inner.claims.to_dict()[name] for name in claims} == claims
    assert verified.outer_header.keys() & {"iss", "aud", "typ"} == replicated


@every
@settings(max_examples=100)
@given(data=st.data())
def test_one_changed_byte_is_refused(token: str, data: st.DataObject) -> None:
    """Anywhere in the text; also where the change makes another valid character."""
    octets = bytearray(token.encode())
    place = data.draw(st.integers(0, len(octets) - 1))
    others = st.integers(0, 255) | st.sampled_from(b"AQgw048-_9.")
    octets[place] = data.draw(others.filter(lambda value: value != octets[place]))

    with pytest.raises(JoseError):
        nested_verifier().verify(bytes(octets))


@settings(max_examples=100)
@given(data=st.data())
def test_one_changed_byte_of_the_inner_token_is_refused(data: st.DataObject) -> None:
    """By whoever has the public key, under a tag that matches."""
    octets = bytearray(good_token().encode())
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] = data.draw(st.integers(0, 255).filter(lambda value: value != octets[place]))

    with pytest.raises(JoseError):
        nested_verifier().verify(envelope(bytes(octets)))


@given(inside=INSIDE)
def test_nothing_but_a_signed_token_passes_from_inside(inside: bytes) -> None:
    with pytest.raises(JoseError):
        nested_verifier().verify(envelope(inside))


@given(header=MEMBERS, claims=MEMBERS, token=st.text() | st.binary())
def test_only_jose_errors_leave(header: dict[str, Any], claims: dict[str, Any], token: str | bytes) -> None:
    """Whatever stands outside, under a good tag, and inside, under a good signature."""
    opening = nested_verifier(keys=DIRECT)
    signed = spell({"alg": "HS256"}, {**good_claims(), **claims}).encode()
    for each in (token, direct_token(good_header() | {"cty": "JWT"} | header, signed)):
        with contextlib.suppress(JoseError):
            opening.verify(each)
