"""Signing into JSON, with the payload inside or beside, encoded or as it is."""

import json
from typing import Any

import pytest

from tokensmith.jose import Key, KeySet, base64url, jws
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jws import Signatory

KEY = Key.from_secret(bytes(range(32)), alg="HS256", kid="k")
NAMELESS = Key.from_secret(bytes(range(32)), alg="HS256")
PAIR = Key.generate("Ed25519", kid="pair")


def protected_of(part: Any) -> Any:
    return json.loads(base64url.decode(part["protected"]))


def test_one_key_gives_the_flattened_form() -> None:
    """RFC 7515 §7.2.2."""
    token = jws.sign_json(b"x", KEY)

    assert list(token) == ["payload", "protected", "signature"]
    assert token["payload"] == "eA"
    assert protected_of(token) == {"alg": "HS256", "kid": "k"}
    assert f"{token['protected']}.{token['payload']}.{token['signature']}" == jws.sign(b"x", KEY)


@pytest.mark.parametrize("keys", [[KEY], [KEY, PAIR], (KEY, PAIR), KeySet([KEY, PAIR]), iter([KEY])])
def test_several_keys_give_the_general_form(keys: Any) -> None:
    """RFC 7515 §7.2.1: one signature each, over the same payload; a list of one stays a list."""
    token: Any = jws.sign_json(b"x", keys)

    names = [protected_of(part)["alg"] for part in token["signatures"]]
    assert list(token) == ["payload", "signatures"]
    assert names == ["HS256", "Ed25519"][: len(names)]
    assert jws.verify_json(token, KeySet([KEY, PAIR])).payload == b"x"


def test_a_signatory_brings_headers_of_its_own() -> None:
    token = jws.sign_json(b"x", Signatory(KEY, header={"typ": "a"}, unprotected_header={"x": [1]}))

    assert protected_of(token) == {"alg": "HS256", "kid": "k", "typ": "a"}
    assert token["header"] == {"x": [1]}
    assert list(token) == ["payload", "protected", "header", "signature"]


def test_a_kid_that_is_unprotected_is_not_said_twice() -> None:
    """C08: RFC 7515 §7.2.1."""
    token = jws.sign_json(b"x", Signatory(KEY, unprotected_header={"kid": "k"}))
    nameless = jws.sign_json(b"x", Signatory(NAMELESS, unprotected_header={"kid": "any"}))

    assert protected_of(token) == protected_of(nameless) == {"alg": "HS256"}
    assert (token["header"], nameless["header"]) == ({"kid": "k"}, {"kid": "any"})


@pytest.mark.parametrize(
    ("header", "unprotected"),
    [
        ({"alg": "none"}, {}),
        ({"kid": "other"}, {}),
        ({}, {"kid": "other"}),
        ({}, {"alg": "HS512"}),
        ({}, {"alg": "HS256"}),
        ({"kid": "k"}, {"kid": "k"}),
        ({"x": 1}, {"x": 1}),
        ({"b64": False, "crit": ["b64"]}, {}),
        ({"crit": ["x"], "x": 1}, {}),
        ({}, {"crit": ["b64"]}),
        ({}, {"b64": False}),
        ({}, {"typ": 1}),
        ({}, {"x": float("nan")}),
        ({}, {str(number): 1 for number in range(1_001)}),
    ],
    ids=str,
)
def test_headers_that_no_verifier_of_ours_takes_are_not_signed(
    header: dict[str, object], unprotected: dict[str, object]
) -> None:
    """C08, A09: RFC 7515 §4 and §7.2.1."""
    with pytest.raises(ValueError, match=r"header|extension|places|protected|finite|members"):
        jws.sign_json(b"x", Signatory(KEY, header=header, unprotected_header=unprotected))  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["header", "unprotected_header"])
def test_a_header_that_is_no_json_is_the_callers_mistake(where: str) -> None:
    with pytest.raises(TypeError, match="must be a JSON value"):
        jws.sign_json(b"x", Signatory(KEY, **{where: {"x": b"y"}}))


def test_the_callers_header_stays_apart_from_the_token() -> None:
    """E14: what the caller does with it later does not reach the token."""
    unprotected: dict[str, Any] = {"x": [1]}
    token = jws.sign_json(b"x", Signatory(KEY, unprotected_header=unprotected))
    unprotected["x"].append(2)

    assert token["header"] == {"x": [1]}


@pytest.mark.parametrize("count", [0, 17])
def test_there_are_as_many_signatures_as_a_verifier_takes(count: int) -> None:
    assert jws.sign_json(b"x", [KEY] * 16)
    with pytest.raises(ValueError, match="1 to 16 signatures"):
        jws.sign_json(b"x", [KEY] * count)


def test_a_public_key_does_not_sign() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        jws.sign_json(b"x", [KEY, PAIR.public()])

    assert caught.value.code == "key_operation"


def test_a_detached_payload_is_left_out() -> None:
    """RFC 7515 Appendix F: the same signature, the payload elsewhere."""
    attached, detached = jws.sign(b"x", KEY).split("."), jws.sign(b"x", KEY, detached=True).split(".")
    in_json = jws.sign_json(b"x", [KEY], detached=True)

    assert detached == [attached[0], "", attached[2]]
    assert list(in_json) == ["signatures"]
    assert "payload" not in jws.sign_json(b"x", KEY, detached=True)


def test_an_unencoded_payload_is_announced_where_a_verifier_has_to_stop() -> None:
    """C03: RFC 7797 §6, "MUST be included"."""
    header, payload, _ = jws.sign(b"a b", KEY, header={"typ": "t"}, unencoded=True).split(".")
    in_json = jws.sign_json("$.é".encode(), KEY, unencoded=True)

    expected = {"alg": "HS256", "kid": "k", "b64": False, "crit": ["b64"]}
    assert json.loads(base64url.decode(header)) == {**expected, "typ": "t"}
    assert payload == "a b"
    assert protected_of(in_json) == expected
    assert in_json["payload"] == "$.é"


@pytest.mark.parametrize("header", [{"b64": True}, {"b64": False}, {"crit": ["b64"]}, {"crit": ["x"], "x": 1}])
def test_the_header_cannot_contradict_what_was_asked_for(header: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="for unencoded=True to say"):
        jws.sign(b"x", KEY, header=header, unencoded=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("payload", [b"$.02", b"\n", b"\x7f", "é".encode()])
def test_an_unencoded_payload_has_to_fit_a_compact_token(payload: bytes) -> None:
    """C03: RFC 7797 §5.2; beside the token it may be anything (§5.1)."""
    with pytest.raises(ValueError, match="printable ASCII"):
        jws.sign(payload, KEY, unencoded=True)

    token = jws.sign(payload, KEY, unencoded=True, detached=True)
    assert jws.verify(token, KEY, detached_payload=payload).payload == payload


def test_an_unencoded_payload_in_json_is_text() -> None:
    """RFC 7797 §5.3."""
    with pytest.raises(ValueError, match="utf-8"):
        jws.sign_json(b"\xff", KEY, unencoded=True)

    token = jws.sign_json(b"\xff", KEY, unencoded=True, detached=True)
    assert jws.verify_json(token, KEY, detached_payload=b"\xff").payload == b"\xff"


@pytest.mark.parametrize("payload", ["x", None, bytearray(b"x")])
def test_a_payload_is_bytes(payload: Any) -> None:
    for sign in (jws.sign, jws.sign_json):
        with pytest.raises(TypeError, match="bytes"):
            sign(payload, KEY)
