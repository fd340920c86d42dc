"""npm's `jose` decrypts what we encrypt, and we decrypt what it encrypts; see tests/interop/node/."""

import json
from typing import Any

import pytest

from tests.services.npm_jose import NpmJose, RefusedByJoseError
from tokensmith.jose import Key, KeySet, base64url, jwe
from tokensmith.jose.errors import DecryptionError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS

RSA = Key.generate("RSA-OAEP", kid="RSA-OAEP")
KEYS = {"RSA-OAEP": RSA}
# Looking for primes takes longest by far, and any of them will do.
KEYS |= {
    alg: Key.from_pem(RSA.to_pem(private=True), alg=alg, kid=alg)
    for alg in ("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512")
}
KEYS |= {
    alg: Key.generate(alg, kid=alg)
    for alg in (
        *("A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
        *("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
    )
}
KEYS |= {crv: Key.generate("ECDH-ES+A128KW", crv=crv, kid=crv) for crv in ("P-384", "P-521", "X25519")}
KEYS |= {
    f"ECDH-ES {crv}": Key.generate("ECDH-ES", crv=crv, kid=f"ECDH-ES {crv}") for crv in ("P-384", "P-521", "X25519")
}
PAIRS = [(key, enc) for key in KEYS.values() for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc, kid=enc), enc) for enc in CONTENT_ENCRYPTIONS]
every = pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "kid", value))
SEVERAL = [KEYS["A256KW"], KEYS["RSA-OAEP-256"], KEYS["X25519"]]
PASSWORD = "correct horse battery staple"
PLAINTEXT = "Voilà: plaintext".encode()
ENCODED = base64url.encode(PLAINTEXT)


def spelled(key: Key, *, private: bool = True) -> dict[str, str]:
    """The key as Node.js is told it; a secret is always told whole."""
    jwk = key.to_jwk(private=private or key.kty == "oct")
    return {"form": "jwk", "text": json.dumps(jwk), "alg": key.alg}


def header(key: Key, enc: str) -> dict[str, Any]:
    return {"alg": key.alg, "enc": enc, "kid": key.kid}


def decrypted(npm_jose: NpmJose, form: str, token: Any, key: dict[str, str]) -> bytes:
    return base64url.decode(npm_jose.ask("decrypt", form=form, token=token, key=key)["plaintext"])


@every
def test_npm_jose_reads_ours(npm_jose: NpmJose, key: Key, enc: str) -> None:
    token = jwe.encrypt(PLAINTEXT, key, enc=enc, header={"typ": "x"})

    assert decrypted(npm_jose, "compact", token, spelled(key)) == PLAINTEXT


@every
def test_we_read_theirs(npm_jose: NpmJose, key: Key, enc: str) -> None:
    token = npm_jose.ask(
        "encrypt", form="compact", plaintext=ENCODED, header=header(key, enc), key=spelled(key, private=False)
    )

    assert jwe.decrypt(token, KeySet([key])).plaintext == PLAINTEXT


@pytest.mark.parametrize("key", SEVERAL, ids=lambda key: key.kid)
def test_json_with_data_and_unprotected_members_travels_both_ways(npm_jose: NpmJose, key: Key) -> None:
    """RFC 7516 §7.2.2: flattened, "aad" and a shared header that nothing covers."""
    ours = jwe.encrypt_json(PLAINTEXT, key, unprotected={"x": [1]}, aad=b"readable")
    theirs = npm_jose.ask(
        "encrypt",
        form="flattened",
        plaintext=ENCODED,
        header=header(key, "A256GCM"),
        key=spelled(key, private=False),
        unprotected={"x": [1]},
        aad=base64url.encode(b"readable"),
    )

    assert decrypted(npm_jose, "flattened", ours, spelled(key)) == PLAINTEXT
    assert jwe.decrypt_json(theirs, key).plaintext == PLAINTEXT


@pytest.mark.parametrize("key", SEVERAL, ids=lambda key: key.kid)
def test_a_token_for_several_travels_both_ways(npm_jose: NpmJose, key: Key) -> None:
    """RFC 7516 §7.2.1: each recipient with an "alg" of its own."""
    ours = jwe.encrypt_json(PLAINTEXT, SEVERAL)
    theirs = npm_jose.ask(
        "encrypt",
        form="general",
        plaintext=ENCODED,
        header={"enc": "A256GCM"},
        recipients=[
            {"key": spelled(each, private=False), "header": {"alg": each.alg, "kid": each.kid}} for each in SEVERAL
        ],
    )

    assert decrypted(npm_jose, "general", ours, spelled(key)) == PLAINTEXT
    assert jwe.decrypt_json(theirs, key).plaintext == PLAINTEXT


@pytest.mark.parametrize("alg", ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"])
def test_passwords_travel_both_ways(npm_jose: NpmJose, alg: str) -> None:
    """RFC 7518 §4.8; theirs is hashed 2048 times, and they take 10,000 at most."""
    key = Key.from_password(PASSWORD, alg=alg)
    told = {"form": "password", "text": PASSWORD, "alg": alg}
    ours = jwe.encrypt(PLAINTEXT, key, enc="A128GCM", header={"p2c": 10_000})
    theirs = npm_jose.ask("encrypt", form="compact", plaintext=ENCODED, header={"alg": alg, "enc": "A128GCM"}, key=told)

    assert decrypted(npm_jose, "compact", ours, told) == PLAINTEXT
    assert jwe.decrypt(theirs, key).plaintext == PLAINTEXT


@pytest.mark.parametrize("alg", ["A128KW", "RSA-OAEP", "ECDH-ES"])
def test_both_refuse_what_is_for_another_key(npm_jose: NpmJose, alg: str) -> None:
    """Reading each other's tokens is no proof of checking them."""
    key, stranger = KEYS[alg], Key.generate(alg, kid=alg)
    theirs = npm_jose.ask(
        "encrypt", form="compact", plaintext=ENCODED, header=header(key, "A256GCM"), key=spelled(key, private=False)
    )

    with pytest.raises(RefusedByJoseError, match="ERR_JWE_DECRYPTION_FAILED"):
        decrypted(npm_jose, "compact", jwe.encrypt(PLAINTEXT, key), spelled(stranger))
    with pytest.raises(DecryptionError):
        jwe.decrypt(theirs, stranger)
