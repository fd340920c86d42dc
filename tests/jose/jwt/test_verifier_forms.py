"""A JWT has one form: compact, its payload inside and encoded."""

import json
from typing import Any

import pytest

from tests.jose.jwt.tokens import KEY, code_of, good_claims, good_token, spell, verifier
from tokensmith.jose import JoseError, base64url, jws, jwt

CLAIMS = json.dumps(good_claims()).encode()


def test_an_unencoded_payload_is_refused_in_a_jwt() -> None:
    """C03: RFC 7797 §7, "MUST NOT"; also where the claims would read the same either way (CVE-2026-48525)."""
    head = base64url.encode(b'{"alg":"HS256","b64":false,"crit":["b64"]}')
    signing_input = f"{head}.{base64url.encode(CLAIMS)}"
    token = f"{signing_input}.{base64url.encode(KEY.sign_bytes(signing_input.encode()))}"

    assert code_of(token) == "unsupported_crit"
    assert jws.verify(token, KEY).payload == base64url.encode_bytes(CLAIMS)


def test_claims_as_they_are_do_not_stand_in_a_jwt() -> None:
    """C03, E03: braces and quotes end its way at the first step."""
    assert code_of(jws.sign(CLAIMS.replace(b".", b"-"), KEY, unencoded=True)) == "base64url"


@pytest.mark.parametrize("b64", [True, False, "false", 0])
def test_b64_without_crit_is_refused_in_a_jwt(b64: object) -> None:
    """C03: RFC 7797 §6."""
    assert code_of(spell({"alg": "HS256", "b64": b64}, good_claims())) in {"malformed_crit", "malformed_header"}


def test_even_b64_true_is_an_extension_a_jwt_does_not_know() -> None:
    """C01: RFC 7797 §7 lets issuers omit it; who writes it asks for more than a JWT has."""
    assert code_of(spell({"alg": "HS256", "b64": True, "crit": ["b64"]}, good_claims())) == "unsupported_crit"


def test_a_detached_jwt_is_none() -> None:
    """B10: there is no way to hand over claims beside the token."""
    head, _, signature = good_token().split(".")

    assert code_of(f"{head}..{signature}") == "invalid_signature"


@pytest.mark.parametrize("form", ["flattened", "general"])
def test_a_jwt_in_json_is_none(form: str) -> None:
    """E03: RFC 8725bis §3.14; CVE-2022-39227 was one text in two forms."""
    token: Any = jws.sign_json(CLAIMS, KEY if form == "flattened" else [KEY])
    text = json.dumps(token)

    for refuse in (verifier().verify, jwt.read_unverified):
        with pytest.raises(JoseError):
            refuse(text)
        with pytest.raises(TypeError, match="str or bytes"):
            refuse(token)


@pytest.mark.parametrize("parts", [1, 2, 4, 5])
def test_a_jwt_has_three_parts(parts: int) -> None:
    """E04, E13: five are an encrypted one, and the caller says which kind it takes (CVE-2022-3102)."""
    token = ".".join([*good_token().split("."), "AA", "AA"][:parts])

    assert code_of(token) == "malformed"


def test_a_polyglot_is_neither() -> None:
    """E03: a JSON text with a good compact token in it."""
    head, payload, signature = good_token().split(".")
    text = f'{{"{head}.":"","payload":"{payload}","signature":"{signature}."}}'

    assert code_of(text) == "base64url"
    with pytest.raises(JoseError):
        jws.verify_json(text, KEY)
