"""The laws of a JWS in JSON: it reads back as it was written, and no protected byte of it changes unnoticed."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tokensmith.jose import JoseError, Key, KeySet, jws
from tokensmith.jose.jws import Signatory, json_form

KEYS = [Key.generate(alg) for alg in ("HS256", "ES256", "Ed25519")]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# "x" in front: a name of the standard would have a type and a place of its own.
HEADERS = st.dictionaries(
    TEXT.map(lambda name: f"x{name}"), TEXT | st.integers() | st.booleans() | st.lists(TEXT, max_size=2), max_size=3
)
TOKENS = [
    jws.sign_json(b"some payload", KEYS),
    jws.sign_json(b"some payload", KEYS, unencoded=True),
    jws.sign_json(b"some payload", [Signatory(key, unprotected_header={"x": 1}) for key in KEYS], detached=True),
    *(jws.sign_json(b"some payload", key) for key in KEYS),
]
PROTECTED = ("payload", "protected", "signature")


def places(token: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every member that a signature covers, or is."""
    holders = [token, *token.get("signatures", [])]
    return [(holder, name) for holder in holders for name in PROTECTED if name in holder]


def beside(token: dict[str, Any]) -> bytes | None:
    return None if "payload" in token else b"some payload"


@pytest.mark.parametrize("number", range(len(TOKENS)))
@given(data=st.data())
def test_no_character_of_a_protected_member_changes_unnoticed(number: int, data: st.DataObject) -> None:
    """B09: with "all", each signature has to hold, so each of its characters counts."""
    token = json.loads(json.dumps(TOKENS[number]))
    holder, name = data.draw(st.sampled_from(places(token)))
    place = data.draw(st.integers(0, len(holder[name]) - 1))
    other = data.draw(st.characters().filter(lambda character: character != holder[name][place]))
    holder[name] = holder[name][:place] + other + holder[name][place + 1 :]

    with pytest.raises(JoseError):
        jws.verify_json(token, KeySet(KEYS), require="all", detached_payload=beside(token))


@pytest.mark.parametrize("number", range(len(TOKENS)))
@given(data=st.data())
def test_no_bit_of_a_protected_member_changes_unnoticed_in_the_text(number: int, data: st.DataObject) -> None:
    """Also where the change makes a quote or an escape of it."""
    token = json.loads(json.dumps(TOKENS[number]))
    text = json.dumps(token).encode()
    holder, name = data.draw(st.sampled_from(places(token)))
    start = text.index(holder[name].encode())
    octets = bytearray(text)
    octets[start + data.draw(st.integers(0, len(holder[name]) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(JoseError):
        jws.verify_json(bytes(octets), KeySet(KEYS), require="all", detached_payload=beside(token))


@given(
    payload=TEXT | st.none(),
    signatures=st.lists(
        st.builds(
            json_form.SignatureParts,
            protected_text=TEXT.map(lambda text: text.encode("ascii", "ignore")),
            unprotected=HEADERS,
            signature=st.binary(max_size=8),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_what_is_put_together_comes_apart_again(
    payload: str | None, signatures: list[json_form.SignatureParts]
) -> None:
    general = json_form.join(payload, signatures=signatures, flattened=False)
    flattened = json_form.join(payload, signatures=signatures[:1], flattened=True)

    expected = None if payload is None else payload.encode()
    for source in (general, json.dumps(general), flattened, json.dumps(flattened).encode()):
        parts = json_form.split(source)
        assert parts.payload_text == expected
        assert parts.signatures in (tuple(signatures), tuple(signatures[:1]))
    assert json_form.split(general).signatures == tuple(signatures)


@given(
    payload=st.binary(max_size=40),
    headers=st.lists(st.tuples(st.sampled_from(KEYS), HEADERS), min_size=1, max_size=3),
    detached=st.booleans(),
)
@example(payload=b"", headers=[(KEYS[0], {})], detached=True)
def test_what_was_signed_is_what_is_verified(
    payload: bytes, headers: list[tuple[Key, dict[str, Any]]], detached: bool
) -> None:
    signatories = [Signatory(key, header=header) for key, header in headers]
    token = json.dumps(jws.sign_json(payload, signatories, detached=detached))

    verified = jws.verify_json(token, KeySet(KEYS), detached_payload=payload if detached else None)

    assert verified.payload == payload
    assert [(each.position, each.key) for each in verified.signatures] == [
        (position, key) for position, (key, _) in enumerate(headers)
    ]
    assert [each.header.to_dict() for each in verified.signatures] == [
        {"alg": key.alg, "kid": key.kid, **header} for key, header in headers
    ]


@given(text=TEXT, key=st.sampled_from(KEYS))
def test_an_unencoded_payload_comes_out_as_it_went_in(text: str, key: Key) -> None:
    """RFC 7797: in JSON any text, in compact form what fits, beside the token any bytes."""
    payload = text.encode()
    compact = jws.sign(payload, key, detached=True, unencoded=True)

    assert jws.verify_json(jws.sign_json(payload, key, unencoded=True), key).payload == payload
    assert jws.verify(compact, key, detached_payload=payload).payload == payload


@given(text=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=".")))
def test_an_unencoded_payload_travels_inside_a_compact_token(text: str) -> None:
    """RFC 7797 §5.2."""
    assert jws.verify(jws.sign(text.encode(), KEYS[0], unencoded=True), KEYS[0]).payload == text.encode()
