"""The law: what goes in encrypted comes out, for every algorithm, content encryption and form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jose.jwe.tokens import DRAFTS
from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS, KEY_MANAGEMENT_ALGORITHMS

KEYS = [Key.generate(name) for name in KEY_MANAGEMENT_ALGORITHMS if name != "dir"]
KEYS += [Key.generate(name, crv=crv) for name in ("ECDH-ES", "ECDH-ES+A256KW") for crv in ("P-521", "X25519", "X448")]
ONE = {name for name, each in KEY_MANAGEMENT_ALGORITHMS.items() if each.has_one_recipient}
INTEGRATED = {name for name, each in KEY_MANAGEMENT_ALGORITHMS.items() if each.integrated is not None}
PAIRS = [(key, enc) for key in KEYS if key.alg not in INTEGRATED for enc in CONTENT_ENCRYPTIONS]
PAIRS += [(Key.generate(enc), enc) for enc in CONTENT_ENCRYPTIONS]
# As few as a recipient accepts; members that an algorithm does not know are ignored.
CHEAP = {"p2c": 1000}


@pytest.mark.parametrize(("key", "enc"), PAIRS, ids=lambda value: getattr(value, "alg", value))
@settings(max_examples=5)
@given(plaintext=st.binary(max_size=70), aad=st.binary(max_size=9))
def test_for_every_algorithm_and_content_encryption(key: Key, enc: str, plaintext: bytes, aad: bytes) -> None:
    compact = jwe.encrypt(plaintext, key, enc=enc, header=CHEAP, drafts=DRAFTS)
    in_json = jwe.encrypt_json(plaintext, key, enc=enc, header=CHEAP, aad=aad, drafts=DRAFTS)

    for decrypted in (
        jwe.decrypt(compact, KeySet([key]), encs={enc}, drafts=DRAFTS),
        jwe.decrypt_json(in_json, key, encs={enc}, drafts=DRAFTS),
    ):
        assert decrypted.plaintext == plaintext
        assert decrypted.header["enc"] == enc
    assert jwe.decrypt_json(in_json, key, drafts=DRAFTS).aad == aad


@pytest.mark.parametrize("key", [key for key in KEYS if key.alg in INTEGRATED], ids=lambda key: key.alg)
@settings(max_examples=20)
@given(plaintext=st.binary(max_size=70), aad=st.binary(max_size=9))
def test_for_every_algorithm_that_encrypts_the_plaintext_itself(key: Key, plaintext: bytes, aad: bytes) -> None:
    compact = jwe.encrypt(plaintext, key.public(), drafts=DRAFTS)
    flattened = jwe.encrypt_json(plaintext, key.public(), aad=aad, drafts=DRAFTS)
    general = jwe.encrypt_json(plaintext, [key.public()], aad=aad, drafts=DRAFTS)

    assert jwe.decrypt(compact, KeySet([key]), encs=(), drafts=DRAFTS).plaintext == plaintext
    for token in (flattened, general):
        decrypted = jwe.decrypt_json(token, key, encs=(), drafts=DRAFTS)
        assert (decrypted.plaintext, decrypted.aad) == (plaintext, aad)
        assert "enc" not in decrypted.header


@given(plaintext=st.binary(max_size=3000))
def test_compressed_or_not(plaintext: bytes) -> None:
    key = KEYS[4]

    assert jwe.decrypt(jwe.encrypt(plaintext, key, header={"zip": "DEF"}), key, zips={"DEF"}).plaintext == plaintext


@settings(max_examples=30)
@given(
    keys=st.lists(st.sampled_from([key for key in KEYS if key.alg not in ONE]), min_size=1, max_size=4, unique=True),
    data=st.data(),
)
def test_for_any_recipients(keys: list[Key], data: st.DataObject) -> None:
    token = jwe.encrypt_json(b"plaintext", keys, header=CHEAP, drafts=DRAFTS)
    key = data.draw(st.sampled_from(keys))

    assert jwe.decrypt_json(token, key, drafts=DRAFTS).key is key
