"""Verifying compact tokens whose payload is beside them, or in them as it is."""

from typing import Any

import pytest

from tests.jose.jwt.tokens import spell
from tokensmith.jose import JoseError, Key, base64url, jws

KEY = Key.from_secret(bytes(range(32)), alg="HS256", kid="k")
UNENCODED = {"alg": "HS256", "b64": False, "crit": ["b64"]}


def code_of(token: str | bytes, *, payload: bytes | None = None) -> str:
    with pytest.raises(JoseError) as caught:
        jws.verify(token, KEY, detached_payload=payload)
    return caught.value.code


def unencoded_token(header: dict[str, object], payload: bytes) -> bytes:
    """Sign a payload as it is, with whatever header, and put it into the token whatever it is."""
    head = spell(header, b"").split(".")[0].encode() + b"."
    return head + payload + b"." + base64url.encode_bytes(KEY.sign_bytes(head + payload))


def test_a_detached_payload_comes_from_the_caller() -> None:
    """RFC 7515 Appendix F."""
    token = jws.sign(b"x", KEY, detached=True)

    assert jws.verify(token, KEY, detached_payload=b"x").payload == b"x"
    assert code_of(token, payload=b"y") == "invalid_signature"
    assert code_of(token) == "invalid_signature"


@pytest.mark.parametrize("payload", [b"x", b"y", b""])
def test_a_token_with_a_payload_of_its_own_takes_no_other(payload: bytes) -> None:
    """B10: also where both are the same; the caller checks one and the application may read the other."""
    assert code_of(jws.sign(b"x", KEY), payload=payload) == "payload_source"
    assert code_of(jws.sign(b"x", KEY, unencoded=True), payload=payload) == "payload_source"


def test_an_empty_payload_is_a_payload() -> None:
    """An empty part says "empty" or "elsewhere"; only the caller knows which, and the signature settles it."""
    assert jws.verify(jws.sign(b"", KEY), KEY).payload == b""
    assert jws.verify(jws.sign(b"", KEY, detached=True), KEY, detached_payload=b"").payload == b""
    assert code_of(jws.sign(b"", KEY), payload=b"x") == "invalid_signature"


def test_an_unencoded_payload_is_what_stands_there() -> None:
    """RFC 7797 §8: "NDA1" is "NDA1", not "405"."""
    verified = jws.verify(jws.sign(b"NDA1", KEY, unencoded=True), KEY)

    assert verified.payload == b"NDA1"
    assert verified.header["b64"] is False


def test_b64_true_is_the_default_spelled_out() -> None:
    """C03: RFC 7797 §7, legal and not recommended."""
    token = spell({"alg": "HS256", "b64": True, "crit": ["b64"]}, b"x", key=KEY)

    assert jws.verify(token, KEY).payload == b"x"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "HS256", "b64": False}, "malformed_crit"),
        ({"alg": "HS256", "b64": True}, "malformed_crit"),
        ({"alg": "HS256", "b64": "false", "crit": ["b64"]}, "malformed_header"),
        ({"alg": "HS256", "b64": 0, "crit": ["b64"]}, "malformed_header"),
        ({"alg": "HS256", "b64": None, "crit": ["b64"]}, "malformed_header"),
        ({"alg": "HS256", "crit": ["b64"]}, "malformed_crit"),
        ({"alg": "HS256", "b64": False, "crit": ["b64", "x"], "x": 1}, "unsupported_crit"),
    ],
)
def test_b64_is_a_boolean_and_in_crit(header: dict[str, object], code: str) -> None:
    """C03, C01: RFC 7797 §3 and §6 (CVE-2026-48525, GHSA-wphv-vfrh-23q5)."""
    assert code_of(unencoded_token(header, b"eA")) == code


@pytest.mark.parametrize("payload", [b"a\nb", b"\x7f", b"\0", b"\xff", "é".encode()])
def test_an_unencoded_payload_inside_is_printable(payload: bytes) -> None:
    """C03: RFC 7797 §5.2; such a token means something else to the next reader of lines or text."""
    assert code_of(unencoded_token(UNENCODED, payload)) == "unencoded_payload"


def test_an_unencoded_payload_inside_has_no_full_stop() -> None:
    """E13: RFC 7797 §5.2; the token would have four parts."""
    assert code_of(unencoded_token(UNENCODED, b"$.02")) == "malformed"


def test_an_encoded_token_does_not_pass_as_an_unencoded_one() -> None:
    """RFC 7797 §6: the header says which it is, and the signature covers the header."""
    _, payload, signature = jws.sign(b"x", KEY).split(".")
    head = spell(UNENCODED, b"").split(".")[0]

    assert code_of(f"{head}.{payload}.{signature}") == "invalid_signature"


@pytest.mark.parametrize("payload", ["x", bytearray(b"x"), 1])
def test_a_detached_payload_is_bytes(payload: Any) -> None:
    with pytest.raises(TypeError, match="bytes"):
        jws.verify(jws.sign(b"x", KEY, detached=True), KEY, detached_payload=payload)


@pytest.mark.parametrize("token", ['{"payload":"eA","signature":"AA"}', '{"a":"." , "b":"."}', b'{"a":1}'])
def test_json_is_no_compact_token(token: str | bytes) -> None:
    """E03, E04: CVE-2022-39227."""
    assert code_of(token) in {"malformed", "base64url"}
