"""jwcrypto decrypts what we encrypt, and we decrypt what jwcrypto encrypts."""

import json
from typing import Any

import pytest
from jwcrypto import jwe as their_jwe  # type: ignore[import-untyped]
from jwcrypto import jwk as their_jwk

from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS

KEYS = {
    name: Key.generate(name, kid=f"{name}-kid")
    for name in (
        *("RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
        *("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
    )
}
KEYS |= {crv: Key.generate("ECDH-ES", crv=crv, kid=crv) for crv in ("P-384", "P-521", "X25519", "X448")}
PAIRS = [(key, enc) for key in KEYS.values() for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc, kid=enc), enc) for enc in CONTENT_ENCRYPTIONS]
every = pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "kid", value))
PASSWORD = "correct horse battery staple"
PLAINTEXT = "Voilà: plaintext".encode()


def theirs(key: Key) -> Any:
    """The same key as jwcrypto wants it."""
    return their_jwk.JWK(**key.to_jwk(private=True))


def read(token: Any, key: Any) -> bytes:
    """Let jwcrypto decrypt; it takes both forms in one function."""
    made = their_jwe.JWE()
    made.deserialize(token if isinstance(token, str) else json.dumps(token), key)
    payload: bytes = made.payload
    return payload


def write(header: dict[str, Any], key: Any, *, compact: bool = True) -> str:
    made = their_jwe.JWE(PLAINTEXT, json.dumps(header))
    made.add_recipient(key)
    token: str = made.serialize(compact=compact)
    return token


@every
def test_jwcrypto_reads_ours(key: Key, enc: str) -> None:
    assert read(jwe.encrypt(PLAINTEXT, key, enc=enc, header={"typ": "x"}), theirs(key)) == PLAINTEXT
    assert read(jwe.encrypt_json(PLAINTEXT, key, enc=enc, aad=b"data"), theirs(key)) == PLAINTEXT


@every
def test_we_read_theirs(key: Key, enc: str) -> None:
    header = {"alg": key.alg, "enc": enc, "kid": key.kid}

    assert jwe.decrypt(write(header, theirs(key)), KeySet([key])).plaintext == PLAINTEXT
    assert jwe.decrypt_json(write(header, theirs(key), compact=False), KeySet([key])).plaintext == PLAINTEXT


@pytest.mark.parametrize("alg", ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"])
def test_passwords_travel_both_ways(alg: str) -> None:
    ours, other = Key.from_password(PASSWORD, alg=alg), their_jwk.JWK.from_password(PASSWORD)

    assert jwe.decrypt(write({"alg": alg, "enc": "A256GCM"}, other), ours).plaintext == PLAINTEXT
    assert read(jwe.encrypt(PLAINTEXT, ours, header={"p2c": 10_000}), other) == PLAINTEXT


def test_several_recipients_travel_both_ways() -> None:
    keys = [KEYS["RSA-OAEP"], KEYS["A128KW"], KEYS["ECDH-ES+A128KW"]]
    made = their_jwe.JWE(PLAINTEXT, json.dumps({"enc": "A128CBC-HS256"}), aad=b"data")
    for key in keys:
        made.add_recipient(theirs(key), json.dumps({"alg": key.alg, "kid": key.kid}))
    ours = jwe.encrypt_json(PLAINTEXT, keys, enc="A128CBC-HS256", aad=b"data")

    for key in keys:
        decrypted = jwe.decrypt_json(made.serialize(), key)
        assert (decrypted.plaintext, decrypted.aad) == (PLAINTEXT, b"data")
        assert read(ours, theirs(key)) == PLAINTEXT


def test_compressed_text_travels_both_ways() -> None:
    key = KEYS["A128KW"]
    header = {"alg": "A128KW", "enc": "A256GCM", "zip": "DEF"}

    assert jwe.decrypt(write(header, theirs(key)), key, zips={"DEF"}).plaintext == PLAINTEXT
    assert read(jwe.encrypt(PLAINTEXT * 50, key, header={"zip": "DEF"}), theirs(key)) == PLAINTEXT * 50
