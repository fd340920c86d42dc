"""jws: compact and JSON, as they come; what is accepted was signed by one of us (B04, C03, E03)."""

import functools
import json
from collections.abc import Iterator
from functools import partial

from tests.fuzz import vectors
from tests.fuzz.target import both_types
from tokensmith.jose import JoseError, jws

PAYLOAD = b"a payload"


@functools.cache
def _own() -> tuple[str, ...]:
    keys = list(vectors.signature_keys())
    return (
        *(jws.sign(PAYLOAD, key) for key in keys),
        jws.sign(PAYLOAD, keys[0], unencoded=True),
        jws.sign(PAYLOAD, keys[0], detached=True),
        *(json.dumps(jws.sign_json(PAYLOAD, key)) for key in keys),
        json.dumps(jws.sign_json(PAYLOAD, keys)),
        json.dumps(jws.sign_json(PAYLOAD, keys[:2], unencoded=True)),
        json.dumps(jws.sign_json(PAYLOAD, keys[:2], detached=True)),
    )


def seeds() -> Iterator[bytes]:
    """What the vectors have, and our own tokens of every form and algorithm."""
    yield from (text.encode() for text in vectors.texts() if text.count(".") == 2)
    yield from vectors.objects("signature")
    yield from vectors.objects("signatures")
    yield from (token.encode() for token in _own())


def attempt(data: bytes) -> None:
    """Verify it in every way."""
    for token in both_types(data):
        assert _genuine().issuperset(_payloads(token)), "forged"


@functools.cache
def _genuine() -> frozenset[bytes]:
    readings = (reading for seed in seeds() for reading in vectors.readings(seed))
    return frozenset(payload for reading in readings for payload in _payloads(reading))


def _payloads(token: bytes | str) -> Iterator[bytes]:
    keys = vectors.signature_keys()
    for verify in (jws.verify, jws.verify_json, partial(jws.verify_json, require="any")):
        for detached in (None, PAYLOAD):
            try:
                yield verify(token, keys, detached_payload=detached).payload
            except JoseError:
                continue
