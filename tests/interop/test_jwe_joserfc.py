"""joserfc decrypts what we encrypt, and we decrypt what joserfc encrypts."""

from typing import Any

import joserfc.jwe
import pytest
from joserfc.jwk import KeySet as TheirKeySet
from joserfc.jwk import OctKey, import_key

from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS

KEYS = {
    name: Key.generate(name, kid=f"{name}-kid")
    for name in (
        *("RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
        *("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
    )
}
KEYS |= {crv: Key.generate("ECDH-ES+A128KW", crv=crv, kid=crv) for crv in ("P-384", "P-521", "X25519", "X448")}
PAIRS = [(key, enc) for key in KEYS.values() for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc, kid=enc), enc) for enc in CONTENT_ENCRYPTIONS]
every = pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "kid", value))
PASSWORD = "correct horse battery staple"
PLAINTEXT = "Voilà: plaintext".encode()


def theirs(key: Key) -> Any:
    """The same key as joserfc wants it: the "alg" of a key for "dir" is a mystery to it."""
    return import_key({name: value for name, value in key.to_jwk(private=True).items() if name != "alg"})


@every
def test_joserfc_reads_ours(key: Key, enc: str) -> None:
    token = jwe.encrypt(PLAINTEXT, key, enc=enc, header={"typ": "x"})
    read = joserfc.jwe.decrypt_compact(token, theirs(key), algorithms=[key.alg, enc])

    assert read.plaintext == PLAINTEXT
    assert read.protected.items() >= {"alg": key.alg, "kid": key.kid, "enc": enc, "typ": "x"}.items()


@every
def test_we_read_theirs(key: Key, enc: str) -> None:
    header = {"alg": key.alg, "enc": enc, "kid": key.kid}
    token = joserfc.jwe.encrypt_compact(header, PLAINTEXT, theirs(key), algorithms=[key.alg, enc])

    assert jwe.decrypt(token, KeySet([key])).plaintext == PLAINTEXT


@pytest.mark.parametrize("alg", ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"])
def test_passwords_travel_both_ways(alg: str) -> None:
    ours, other = Key.from_password(PASSWORD, alg=alg), OctKey.import_key(PASSWORD)
    algorithms = [alg, "A128GCM"]
    token = joserfc.jwe.encrypt_compact({"alg": alg, "enc": "A128GCM"}, PLAINTEXT, other, algorithms=algorithms)

    assert jwe.decrypt(token, ours).plaintext == PLAINTEXT
    sent = jwe.encrypt(PLAINTEXT, ours, enc="A128GCM", header={"p2c": 10_000})
    assert joserfc.jwe.decrypt_compact(sent, other, algorithms=algorithms).plaintext == PLAINTEXT


def test_parties_of_an_agreement_travel_both_ways() -> None:
    key = KEYS["ECDH-ES"]
    algorithms = ["ECDH-ES", "A256GCM"]
    members = {"apu": "QWxpY2U", "apv": "Qm9i"}
    header = {"alg": "ECDH-ES", "enc": "A256GCM", **members}
    token = joserfc.jwe.encrypt_compact(header, PLAINTEXT, theirs(key), algorithms=algorithms)

    assert jwe.decrypt(token, key).plaintext == PLAINTEXT
    sent = jwe.encrypt(PLAINTEXT, key, header=members)
    assert joserfc.jwe.decrypt_compact(sent, theirs(key), algorithms=algorithms).plaintext == PLAINTEXT


def test_compressed_text_travels_both_ways() -> None:
    key = KEYS["A128KW"]
    algorithms = ["A128KW", "A256GCM", "DEF"]
    header = {"alg": "A128KW", "enc": "A256GCM", "zip": "DEF"}
    token = joserfc.jwe.encrypt_compact(header, PLAINTEXT * 50, theirs(key), algorithms=algorithms)

    assert jwe.decrypt(token, key, zips={"DEF"}).plaintext == PLAINTEXT * 50
    sent = jwe.encrypt(PLAINTEXT * 50, key, header={"zip": "DEF"})
    assert joserfc.jwe.decrypt_compact(sent, theirs(key), algorithms=algorithms).plaintext == PLAINTEXT * 50


def test_several_recipients_travel_both_ways() -> None:
    keys = [KEYS["RSA-OAEP"], KEYS["A128KW"], KEYS["X25519"]]
    algorithms = [*(key.alg for key in keys), "A128CBC-HS256"]
    made = joserfc.jwe.GeneralJSONEncryption({"enc": "A128CBC-HS256"}, PLAINTEXT, aad=b"data")
    for key in keys:
        made.add_recipient({"alg": key.alg, "kid": key.kid}, theirs(key))
    theirs_in_json: Any = joserfc.jwe.encrypt_json(made, None, algorithms=algorithms)
    ours_in_json: Any = jwe.encrypt_json(PLAINTEXT, keys, enc="A128CBC-HS256", aad=b"data")

    for key in keys:
        decrypted = jwe.decrypt_json(theirs_in_json, key)
        assert (decrypted.plaintext, decrypted.aad) == (PLAINTEXT, b"data")
    # joserfc wants a key for every recipient.
    read = joserfc.jwe.decrypt_json(ours_in_json, TheirKeySet([theirs(key) for key in keys]), algorithms=algorithms)
    assert read.plaintext == PLAINTEXT


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_one_recipient_in_json_travels_both_ways(key: Key) -> None:
    algorithms = [key.alg, "A256GCM"]
    made = joserfc.jwe.FlattenedJSONEncryption({"alg": key.alg, "enc": "A256GCM"}, PLAINTEXT)
    made.add_recipient(None, theirs(key))
    token: Any = joserfc.jwe.encrypt_json(made, None, algorithms=algorithms)

    assert jwe.decrypt_json(token, key).plaintext == PLAINTEXT
    sent: Any = jwe.encrypt_json(PLAINTEXT, key)
    assert joserfc.jwe.decrypt_json(sent, theirs(key), algorithms=algorithms).plaintext == PLAINTEXT
