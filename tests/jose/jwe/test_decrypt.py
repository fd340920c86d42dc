"""Decrypting a compact token (RFC 7516 §5.2)."""

import pickle
from typing import Any

import pytest

from tests.jose.jwe.tokens import (
    DIRECT,
    PASSWORD,
    TOKENS,
    WRAPS,
    direct_token,
    good_header,
    with_header,
    with_part,
)
from tokensmith.jose import JoseError, Key, KeySet, jwe
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits

every = pytest.mark.parametrize(("key", "token"), TOKENS.values(), ids=TOKENS)


def refusal_of(token: str | bytes, keys: Any, **options: Any) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        jwe.decrypt(token, keys, **options)
    return refusal.value


@every
def test_what_is_encrypted_is_decrypted(key: Key, token: str) -> None:
    for keys in (key, KeySet([key, Key.generate("ES256", kid=key.kid)]), lambda _header: key):
        decrypted = jwe.decrypt(token.encode(), keys)

        assert decrypted.plaintext == b"plaintext"
        assert decrypted.key is key
        assert (decrypted.header.alg, decrypted.header["enc"]) == (key.alg, "A128CBC-HS256")
        assert (decrypted.aad, len(decrypted.unprotected)) == (b"", 0)


def test_a_result_is_frozen_has_one_maker_and_keeps_silent() -> None:
    """Having one means that a tag matched; what it holds is not for the log."""
    decrypted = jwe.decrypt(TOKENS["dir"][1], DIRECT)

    with pytest.raises(AttributeError):
        decrypted.plaintext = b"other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        jwe.DecryptedJwe(b"x", decrypted.header, DIRECT, decrypted.unprotected, b"")
    with pytest.raises(TypeError):
        pickle.dumps(decrypted)
    assert repr(decrypted) == str(decrypted) == "<DecryptedJwe 9 octets key=<Key dir private kid='d'>>"


def test_the_tag_covers_the_header_as_it_was_sent() -> None:
    """Threat D16: not as we would write it; spaces, escapes and order are the sender's."""
    header = b'{ "enc":"A128CBC-HS256" ,\t"example":"\\u00e9\\/", "alg" : "dir"}'

    assert jwe.decrypt(direct_token(header), DIRECT).plaintext == b"plaintext"
    assert refusal_of(direct_token(header, aad=b"other"), DIRECT).code == "decryption_failed"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"", "json"),
        (b"[]", "not_an_object"),
        (b"{}", "malformed_header"),
        (b'{"alg":"dir"}', "malformed_header"),
        (b'{"enc":"A128CBC-HS256"}', "malformed_header"),
        (b'{"alg":"dir","alg":"dir","enc":"A128CBC-HS256"}', "duplicate_member"),
        (b'{"alg":null,"enc":"A128CBC-HS256"}', "malformed_header"),
        (b'{"alg":"dir","enc":1}', "malformed_header"),
        (b'{"alg":"dir","enc":"A128CBC-HS256","zip":null}', "malformed_header"),
        (good_header(crit=["exp"], exp=1), "unsupported_crit"),
        (good_header(crit=[]), "malformed_crit"),
        (good_header(crit=["enc"]), "malformed_crit"),
        (good_header(crit=["zip"], zip="DEF"), "malformed_crit"),
        (good_header(crit=["epk"], epk={}), "malformed_crit"),
        (good_header(crit=["missing"]), "malformed_crit"),
        (good_header(b64=False), "malformed_crit"),
        (good_header(b64=False, crit=["b64"]), "unsupported_crit"),
        (good_header(kid="x" * 513), "malformed_header"),
        (good_header(kid="other"), "unknown_key"),
        (good_header(enc="A256GCM"), "algorithm_mismatch"),
        (good_header(enc="none"), "unsupported_algorithm"),
        (good_header(alg="none"), "algorithm_mismatch"),
        (good_header(alg="RSA1_5"), "algorithm_mismatch"),
        (good_header(zip="DEF"), "unsupported_compression"),
    ],
    ids=lambda each: str(each)[:60],
)
def test_a_header_that_breaks_the_rules_is_refused_under_a_good_tag(header: Any, code: str) -> None:
    """Threats C01, C09, A01, D08, and J11 for the missing "enc"."""
    assert refusal_of(direct_token(header), DIRECT).code == code


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_header_is_not_looked_at(name: str) -> None:
    """Threats C04 and C05."""
    value: Any = {"jwk": WRAPS.to_jwk(private=True), "x5c": ["AA"]}.get(name, "https://example.com/keys")

    assert jwe.decrypt(direct_token(good_header(**{name: value})), DIRECT).plaintext == b"plaintext"


def test_an_unknown_member_is_ignored() -> None:
    """RFC 7516 §4; threat C02."""
    assert jwe.decrypt(direct_token(good_header(example=1, p2c=10**9)), DIRECT).header["example"] == 1


@pytest.mark.parametrize("alg", ["dir", "ECDH-ES"])
def test_a_key_that_is_not_sent_has_to_be_absent(alg: str) -> None:
    """Threat D14."""
    key, token = TOKENS[alg]

    refusal = refusal_of(with_part(token, 1, b"\0"), key)
    assert isinstance(refusal, MalformedTokenError)
    assert refusal.code == "unexpected_encrypted_key"


@pytest.mark.parametrize("count", [True, 1, 999, 1_200_001, 2**31, 1000.0, "1000", None])
def test_a_password_is_not_hashed_as_often_as_a_token_likes(count: Any) -> None:
    """Threats D03 and D04 (CVE-2022-36083, CVE-2023-6681)."""
    assert refusal_of(with_header(TOKENS[PASSWORD.alg][1], p2c=count), PASSWORD).code == "malformed_header"


def test_a_token_does_not_bring_passwords_into_play() -> None:
    """Threat D03: only a key that the program bound to PBES2 hashes anything."""
    token = TOKENS[PASSWORD.alg][1]

    assert refusal_of(token, WRAPS).code == "algorithm_mismatch"
    assert refusal_of(token, KeySet([WRAPS, DIRECT])).code == "unknown_key"


def test_compression_is_off_unless_named() -> None:
    """Threats D05 and D07."""
    token = jwe.encrypt(b"plaintext" * 100, WRAPS, header={"zip": "DEF"})

    assert refusal_of(token, WRAPS).code == "unsupported_compression"
    assert jwe.decrypt(token, WRAPS, zips={"DEF"}).plaintext == b"plaintext" * 100


def test_a_compressed_text_that_is_none_is_refused_after_the_tag() -> None:
    """Threat D06."""
    token = direct_token(good_header(zip="DEF"), b"\xff not deflated")

    assert refusal_of(token, DIRECT, zips={"DEF"}).code == "malformed_compression"
    assert refusal_of(with_part(token, 4, bytes(16)), DIRECT, zips={"DEF"}).code == "decryption_failed"


def test_the_caller_names_the_content_encryptions() -> None:
    """J56: apart from "alg"."""
    key, token = TOKENS["A128KW"]

    assert jwe.decrypt(token, key, encs={"A128CBC-HS256"}).plaintext == b"plaintext"
    assert refusal_of(token, key, encs={"A256GCM"}).code == "unsupported_algorithm"


def test_a_long_token_needs_a_caller_who_expects_it() -> None:
    """Threat E06."""
    token = jwe.encrypt(bytes(60_000), WRAPS)

    assert refusal_of(token, WRAPS).code == "too_large"
    assert jwe.decrypt(token, WRAPS, limits=Limits(max_token_bytes=100_000)).plaintext == bytes(60_000)
