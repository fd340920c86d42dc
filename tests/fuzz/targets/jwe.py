"""jwe: compact and JSON, as they come; what decrypts was encrypted by one of us (D10, D12, D17, E03)."""

import functools
import json
from collections.abc import Iterator

from tests.fuzz import vectors
from tests.fuzz.target import both_types
from tokensmith.jose import JoseError, Key, jwe
from tokensmith.jose.jwa.tables import KEY_MANAGEMENT_ALGORITHMS, PASSWORD_ALGORITHMS
from tokensmith.jose.jwe.drafts import DRAFTS

PLAINTEXT = b"a plaintext"


@functools.cache
def _own() -> tuple[str, ...]:
    keys = list(vectors.encryption_keys())
    slow = next(key for key in keys if key.alg in PASSWORD_ALGORITHMS)
    quick = [key for key in keys if key is not slow]
    several = [key for key in quick if not KEY_MANAGEMENT_ALGORITHMS[key.alg].has_one_recipient]
    return (
        jwe.encrypt(PLAINTEXT, slow, header={"p2c": 1000}),
        *(jwe.encrypt(PLAINTEXT, key, enc=_enc(key), drafts=DRAFTS) for key in quick),
        *(json.dumps(jwe.encrypt_json(PLAINTEXT, key, enc=_enc(key), drafts=DRAFTS)) for key in quick),
        json.dumps(jwe.encrypt_json(PLAINTEXT, several[:3], aad=b"more", drafts=DRAFTS)),
    )


def _enc(key: Key) -> str | None:
    is_integrated = KEY_MANAGEMENT_ALGORITHMS[key.alg].integrated is not None
    return None if is_integrated else key.enc or "A128GCM"


def seeds() -> Iterator[bytes]:
    """What the vectors have, and our own tokens of every form and algorithm."""
    yield from (text.encode() for text in vectors.texts() if text.count(".") == 4)
    yield from vectors.objects("ciphertext")
    yield from (token.encode() for token in _own())


def attempt(data: bytes) -> None:
    """Decrypt it in both ways."""
    for token in both_types(data):
        assert _genuine().issuperset(_plaintexts(token)), "forged"


@functools.cache
def _genuine() -> frozenset[bytes]:
    readings = (reading for seed in seeds() for reading in vectors.readings(seed))
    return frozenset(plaintext for reading in readings for plaintext in _plaintexts(reading))


def _plaintexts(token: bytes | str) -> Iterator[bytes]:
    for decrypt in (jwe.decrypt, jwe.decrypt_json):
        try:
            yield decrypt(token, vectors.encryption_keys(), zips={"DEF"}, drafts=DRAFTS).plaintext
        except JoseError:
            continue
