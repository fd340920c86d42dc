"""The law: whatever comes in as a token, only a JoseError comes out."""

import contextlib
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.jose.jwt.tokens import KEY, good_claims, spell, verifier
from tokensmith.jose import JoseError, KeySet, base64url, jws, jwt
from tokensmith.jose.jwt import StatusList

KEYS = KeySet([KEY])
NAMES = ["alg", "kid", "typ", "cty", "crit", "b64", "jwk", "x5c", "iss", "sub", "aud", "exp", "nbf", "iat", "jti"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["HS256", "none", *NAMES]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
PARTS = st.binary(max_size=40).map(base64url.encode) | st.text(max_size=20)
MEMBERS = ["payload", "signatures", "protected", "header", "signature"]
PART = st.dictionaries(st.sampled_from(MEMBERS), JSON | st.binary(max_size=8).map(base64url.encode), max_size=5)
JSON_TOKENS = PART | st.builds(lambda outer, inner: {**outer, "signatures": inner}, PART, st.lists(PART, max_size=3))
TOKENS = st.text() | st.binary() | st.lists(PARTS, max_size=6).map(".".join)


def try_everything(token: str | bytes) -> None:
    """Whatever it is, it passes or is refused in our way."""
    for attempt in (
        verifier().verify,
        verifier(KEYS, issuer=jwt.ANY, audience=jwt.ANY, require_exp=False).verify,
        jwt.read_unverified,
        lambda token: jws.verify(token, KEYS),
        lambda token: jws.verify(token, KEYS, detached_payload=b"x"),
        lambda token: jws.verify_json(token, KEYS),
    ):
        with contextlib.suppress(JoseError):
            attempt(token)


@given(TOKENS)
@example("\ud800")  # text to Python, which UTF-8 cannot say
def test_for_any_text_or_bytes(token: str | bytes) -> None:
    """E09: whatever the type, the encoding or the form."""
    try_everything(token)


@given(header=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=4))
def test_for_any_header_under_a_good_signature(header: dict[str, object]) -> None:
    try_everything(spell(header, good_claims()))
    try_everything(spell({"alg": "HS256", **header}, good_claims()))


@given(claims=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=4) | JSON)
def test_for_any_claims_under_a_good_signature(claims: object) -> None:
    """An issuer's bug, or an issuer who turned against us."""
    try_everything(spell({"alg": "HS256"}, claims))


@given(
    protected=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=4),
    unprotected=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=4) | JSON,
    require=st.sampled_from(["all", "any"]),
)
def test_for_any_headers_of_a_jws_in_json(protected: dict[str, object], unprotected: object, require: Any) -> None:
    head, payload, signature = spell({"alg": "HS256", **protected}, good_claims()).split(".")
    part = {"protected": head, "header": unprotected, "signature": signature}
    for token in ({"payload": payload, **part}, {"payload": payload, "signatures": [part, part]}):
        with contextlib.suppress(JoseError):
            jws.verify_json(token, KEYS, require=require)  # type: ignore[arg-type]


@given(token=JSON_TOKENS)
def test_for_any_object_in_place_of_a_jws_in_json(token: dict[str, Any]) -> None:
    """As somebody's decoder left it, NaN and lone surrogates included."""
    for payload in (None, b"x"):
        with contextlib.suppress(JoseError):
            jws.verify_json(token, KEYS, detached_payload=payload)


@given(payload=st.binary(max_size=60))
def test_for_any_payload_under_a_good_signature(payload: bytes) -> None:
    try_everything(spell({"alg": "HS256"}, payload))


@given(
    claim=st.fixed_dictionaries(
        {}, optional={"bits": JSON | st.sampled_from([1, 2, 4, 8]), "lst": JSON | st.binary().map(base64url.encode)}
    )
)
def test_for_any_status_list(claim: dict[str, object]) -> None:
    with contextlib.suppress(JoseError):
        StatusList.from_claim(claim)  # type: ignore[arg-type]
