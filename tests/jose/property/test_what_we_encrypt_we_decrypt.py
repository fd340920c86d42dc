"""The law: what goes in encrypted comes out, for every algorithm, content encryption and form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS, KEY_MANAGEMENT_ALGORITHMS

KEYS = [Key.generate(name) for name in KEY_MANAGEMENT_ALGORITHMS if name != "dir"]
KEYS += [Key.generate(name, crv=crv) for name in ("ECDH-ES", "ECDH-ES+A256KW") for crv in ("P-521", "X25519", "X448")]
PAIRS = [(key, enc) for key in KEYS for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc), enc) for enc in CONTENT_ENCRYPTIONS]
# As few as a recipient accepts; members that an algorithm does not know are ignored.
CHEAP = {"p2c": 1000}


@pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "alg", value))
@settings(max_examples=5)
@given(plaintext=st.binary(max_size=70), aad=st.binary(max_size=9))
def test_for_every_algorithm_and_content_encryption(key: Key, enc: str, plaintext: bytes, aad: bytes) -> None:
    compact = jwe.encrypt(plaintext, key, enc=enc, header=CHEAP)
    in_json = jwe.encrypt_json(plaintext, key, enc=enc, header=CHEAP, aad=aad)

    for decrypted in (jwe.decrypt(compact, KeySet([key]), encs={enc}), jwe.decrypt_json(in_json, key, encs={enc})):
        assert decrypted.plaintext == plaintext
        assert decrypted.header["enc"] == enc
    assert jwe.decrypt_json(in_json, key).aad == aad


@given(plaintext=st.binary(max_size=3000))
def test_compressed_or_not(plaintext: bytes) -> None:
    key = KEYS[4]

    assert jwe.decrypt(jwe.encrypt(plaintext, key, header={"zip": "DEF"}), key, zips={"DEF"}).plaintext == plaintext


@settings(max_examples=30)
@given(
    keys=st.lists(st.sampled_from([key for key in KEYS if key.alg != "ECDH-ES"]), min_size=1, max_size=4, unique=True),
    data=st.data(),
)
def test_for_any_recipients(keys: list[Key], data: st.DataObject) -> None:
    token = jwe.encrypt_json(b"plaintext", keys, header=CHEAP)
    key = data.draw(st.sampled_from(keys))

    assert jwe.decrypt_json(token, key).key is key
