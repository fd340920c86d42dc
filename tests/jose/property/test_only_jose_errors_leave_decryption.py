"""The law: whatever comes in as an encrypted token, only a JoseError comes out."""

import contextlib
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.jose.jwe.tokens import DIRECT, DRAFT_TOKENS, DRAFTS, TOKENS, direct_token, good_header
from tokensmith.jose import JoseError, KeySet, base64url, jwe

ALL = TOKENS | DRAFT_TOKENS
KEYS = KeySet([key for key, _ in ALL.values()])
NAMES = [
    "alg",
    "enc",
    "zip",
    "kid",
    "typ",
    "crit",
    "b64",
    "epk",
    "apu",
    "apv",
    "iv",
    "tag",
    "p2s",
    "p2c",
    "jwk",
    "x5c",
    "ek",
    "psk_id",
]
MEMBERS = ["protected", "unprotected", "header", "encrypted_key", "aad", "iv", "ciphertext", "tag", "recipients"]
VALUES = st.sampled_from([*ALL, "A128CBC-HS256", "A256GCM", "DEF", "none", "e30", "p", "x"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(max_value=2000) | st.floats() | st.text(max_size=8) | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=3)
        | st.fixed_dictionaries({"kty": st.sampled_from(["EC", "OKP"]), "crv": VALUES, "x": inner, "y": inner})
    ),
    max_leaves=6,
)
HEADERS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=5)
PARTS = st.binary(max_size=40).map(base64url.encode) | st.text(max_size=20)


def try_compact(token: str | bytes) -> None:
    """Whatever it is, it passes or is refused in our way."""
    for keys in (KEYS, DIRECT):
        with contextlib.suppress(JoseError):
            jwe.decrypt(token, keys, zips={"DEF"}, drafts=DRAFTS)


def try_json(token: Any) -> None:
    for keys in (KEYS, DIRECT):
        with contextlib.suppress(JoseError):
            jwe.decrypt_json(token, keys, zips={"DEF"}, drafts=DRAFTS)


@given(st.text() | st.binary() | st.lists(PARTS, max_size=7).map(".".join))
@example("\ud800")  # text to Python, which UTF-8 cannot say
def test_for_any_text_or_bytes(token: str | bytes) -> None:
    """D17, E09: CVE-2026-34986 and others were one token that ended the process."""
    try_compact(token)
    try_json(token)


@given(header=HEADERS)
def test_for_any_header_under_a_good_tag(header: dict[str, Any]) -> None:
    try_compact(direct_token(header))
    try_compact(direct_token(good_header() | header))


@given(plaintext=st.binary(max_size=60))
def test_for_any_compressed_text_under_a_good_tag(plaintext: bytes) -> None:
    try_compact(direct_token(good_header(zip="DEF"), plaintext))


@given(header=HEADERS, alg=st.sampled_from([*ALL]), encrypted_key=st.binary(max_size=60))
def test_for_any_header_of_any_algorithm(header: dict[str, Any], alg: str, encrypted_key: bytes) -> None:
    members = {**header, "alg": alg, "enc": "A128CBC-HS256"}
    members.pop("kid", None)
    try_compact(direct_token(members, encrypted_key=encrypted_key))
    members.pop("enc")
    try_compact(direct_token(members, encrypted_key=encrypted_key))


@given(
    token=st.dictionaries(st.sampled_from(MEMBERS), JSON | HEADERS | PARTS | st.lists(HEADERS, max_size=3)),
    protected=HEADERS,
)
def test_for_any_object(token: dict[str, Any], protected: dict[str, Any]) -> None:
    text = direct_token(good_header() | protected).split(".")
    members = {"protected": text[0], "iv": text[2], "ciphertext": text[3], "tag": text[4]}

    for each in (token, {**members, **token}, {**token, **members}):
        try_json(each)
