"""The command `jose`, a library in C, decrypts what we encrypt, and we decrypt what it encrypts."""

from typing import Any

import pytest

from tests.services.debian_jose import DebianJose
from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.errors import DecryptionError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS

# Of RSA the packaged command lists RSA1_5 alone (`jose alg`), which we do not have.
KEYS = {
    alg: Key.generate(alg, kid=alg)
    for alg in (
        *("A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
        *("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
    )
}
KEYS |= {crv: Key.generate("ECDH-ES+A128KW", crv=crv, kid=crv) for crv in ("P-384", "P-521")}
PAIRS = [(key, enc) for key in KEYS.values() for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc, kid=enc), enc) for enc in CONTENT_ENCRYPTIONS]
every = pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "kid", value))
SEVERAL = [KEYS["A256KW"], KEYS["A128GCMKW"], KEYS["P-384"]]
PLAINTEXT = "Voilà: plaintext".encode()
DECRYPT = ("jwe", "dec", "-i", "{token}", "-k", "{key}")
ENCRYPT = ("jwe", "enc", "-I", "{plaintext}", "-i", "{template}")


def told(key: Key) -> dict[str, Any]:
    """The key as the command wants it: the "alg" of a key for "dir" is a mystery to it."""
    return {name: value for name, value in key.to_jwk(private=True).items() if name != "alg"}


def header(key: Key, enc: str) -> dict[str, Any]:
    return {"alg": key.alg, "enc": enc, "kid": key.kid}


@every
def test_the_command_reads_ours(debian_jose: DebianJose, key: Key, enc: str) -> None:
    assert debian_jose.run(*DECRYPT, token=jwe.encrypt(PLAINTEXT, key, enc=enc), key=told(key)) == PLAINTEXT


@every
def test_we_read_theirs(debian_jose: DebianJose, key: Key, enc: str) -> None:
    template = {"protected": header(key, enc)}
    token = debian_jose.run(*ENCRYPT, "-k", "{key}", "-c", plaintext=PLAINTEXT, template=template, key=told(key))

    assert token is not None
    assert jwe.decrypt(token.strip(), KeySet([key])).plaintext == PLAINTEXT


@pytest.mark.parametrize("key", SEVERAL, ids=lambda key: key.kid)
def test_json_travels_both_ways(debian_jose: DebianJose, key: Key) -> None:
    """RFC 7516 §7.2.2; "aad" is between others and us, since the command refuses even its own token with one."""
    ours = jwe.encrypt_json(PLAINTEXT, key, unprotected={"x": [1]})
    theirs = debian_jose.run(
        *(*ENCRYPT, "-k", "{key}"),
        plaintext=PLAINTEXT,
        template={"protected": {"enc": "A128GCM"}, "unprotected": {"alg": key.alg}},
        key=told(key),
    )

    assert debian_jose.run(*DECRYPT, token=ours, key=told(key)) == PLAINTEXT
    assert jwe.decrypt_json(theirs or b"", key).plaintext == PLAINTEXT


@pytest.mark.parametrize("key", SEVERAL, ids=lambda key: key.kid)
def test_a_token_for_several_is_read(debian_jose: DebianJose, key: Key) -> None:
    """RFC 7516 §7.2.1."""
    ours = jwe.encrypt_json(PLAINTEXT, SEVERAL)

    assert debian_jose.run(*DECRYPT, token=ours, key=told(key)) == PLAINTEXT


@pytest.mark.parametrize("alg", ["A128KW", "A256GCMKW", "ECDH-ES"])
def test_both_refuse_what_is_for_another_key(debian_jose: DebianJose, alg: str) -> None:
    """Reading each other's tokens is no proof of checking them."""
    key, stranger = KEYS[alg], Key.generate(alg, kid=alg)
    template = {"protected": header(key, "A256GCM")}
    token = debian_jose.run(*ENCRYPT, "-k", "{key}", "-c", plaintext=PLAINTEXT, template=template, key=told(key))

    assert debian_jose.run(*DECRYPT, token=jwe.encrypt(PLAINTEXT, key), key=told(stranger)) is None
    assert token is not None
    with pytest.raises(DecryptionError):
        jwe.decrypt(token.strip(), stranger)
