"""From a fetched document to keys."""

import logging
from collections.abc import Mapping

import pytest

from tokensmith.guard.keys.jwks import parse_key_set
from tokensmith.jose import Key, strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.discovery import DocumentError

GOOD = Key.generate("ES256", kid="good")


def body(*jwks: JsonValue) -> bytes:
    return strict_json.encode({"keys": jwks})


def parse(*jwks: JsonValue, okp_alg: str | None = None) -> set[str | None]:
    return {key.kid for key in parse_key_set(body(*jwks), rsa_alg="RS256", okp_alg=okp_alg)}


@pytest.mark.parametrize(
    "bad",
    [
        "no object",
        {},
        {"kty": "XYZ", "kid": "future"},
        {"kty": "EC", "crv": "P-256", "kid": "damaged", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "small", "e": "AQAB", "n": "wVKQ0HQ2Ul5yXyEBFyD2wA"},
        {**GOOD.to_jwk(), "kid": "enc", "use": "enc"},
        {**GOOD.to_jwk(), "kid": "sign only", "key_ops": ["sign"]},
    ],
)
def test_one_bad_key_never_spoils_the_set(bad: JsonValue, caplog: pytest.LogCaptureFixture) -> None:
    """G04: RFC 7517 §5: keys of unknown kinds are ignored; so is what is damaged, weak or for something else."""
    caplog.set_level(logging.INFO)

    assert parse(bad, GOOD.to_jwk()) == {"good"}
    assert "left out key 0" in caplog.text


@pytest.mark.parametrize(
    "secret",
    [
        Key.generate("HS256", kid="shared").to_jwk(private=True),
        Key.generate("ES256", kid="private").to_jwk(private=True),
    ],
    ids=["symmetric", "private"],
)
def test_a_published_secret_spoils_the_set(secret: Mapping[str, JsonValue]) -> None:
    """G06: Whoever reads the document can sign: nothing in it is to be trusted."""
    with pytest.raises(DocumentError, match="published_secret"):
        parse(secret, GOOD.to_jwk())


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]}', b'{"keys":[],"keys":[]}', b"<html>"]
)
def test_a_document_without_keys_is_refused(document: bytes) -> None:
    """An empty set must not replace a good one."""
    with pytest.raises(DocumentError):
        parse_key_set(document, rsa_alg="RS256", okp_alg=None)


def test_too_many_keys_are_refused() -> None:
    """G05: The bytes have their own ceiling."""
    with pytest.raises(DocumentError):
        parse(*[{"kty": "XYZ"}] * 257, GOOD.to_jwk())


def test_an_rsa_key_without_algorithm_follows_the_configuration() -> None:
    """Several large providers publish such keys."""
    jwk = {name: value for name, value in Key.generate("RS256", kid="r").to_jwk().items() if name != "alg"}

    assert [key.alg for key in parse_key_set(body(jwk), rsa_alg="PS256", okp_alg=None)] == ["PS256"]


def test_the_old_name_eddsa_is_for_those_who_ask() -> None:
    """RFC 9864 §2.2 deprecates it."""
    jwk = {**Key.generate("Ed25519", kid="ed").to_jwk(), "alg": "EdDSA"}

    assert parse(jwk, GOOD.to_jwk()) == {"good"}
    assert parse(jwk, GOOD.to_jwk(), okp_alg="EdDSA") == {"good", "ed"}


def test_a_large_set_is_read() -> None:
    """Certificate chains and members of the issuer's own make key sets larger than any token."""
    jwk: dict[str, JsonValue] = {**GOOD.to_jwk(), "of its own": ["A" * 2000] * 40}

    assert parse(jwk) == {"good"}
