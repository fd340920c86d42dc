"""sd_jwt: any presentation, and any claims and disclosures under a good signature (F15).

One line for the claims and one for each disclosure; `$1` stands for the digest of the first disclosure, and so on. What
is accepted has no digest left in it.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from tests.fuzz import vectors
from tests.fuzz.target import both_types
from tests.jose.jwt.tokens import StoppedClock, spell
from tokensmith.jose import JoseError, base64url, jwt, sd_jwt
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.sd_jwt.disclosure import digest_of

_HASH = NAMED_HASHES["sha-256"]
_KEY = vectors.private_keys()["Ed25519"]
_HEADER = {"alg": "Ed25519", "typ": "example+sd-jwt"}
_PLAIN = sd_jwt.Verifier(
    vectors.signature_keys(),
    issuer=jwt.ANY,
    audience=jwt.ANY,
    typ="example+sd-jwt",
    key_binding=sd_jwt.NOT_REQUIRED,
    require_exp=False,
    clock=StoppedClock(),
)
_BOUND = sd_jwt.Verifier(
    vectors.signature_keys(),
    issuer=jwt.ANY,
    audience=jwt.ANY,
    typ="example+sd-jwt",
    key_binding=sd_jwt.KeyBinding(audience="https://shop.example", max_age=60),
    require_exp=False,
    clock=StoppedClock(),
)


def seeds() -> Iterator[bytes]:
    """The presentations of the vectors, and each place where a digest may stand."""
    yield from (text.encode() for text in vectors.texts() if "~" in text)
    yield from vectors.objects("payload", "signature")
    yield from (
        b'{"iss":"a","_sd":["$1"],"_sd_alg":"sha-256"}\n["salt","name",1]',
        b'{"_sd":["$1"]}\n["salt","outer",{"_sd":["$2"]}]\n["salt","inner",[{"...":"$3"}]]\n["salt",2]',
        b'{"list":[{"...":"$1"},{"...":"$1"}]}\n["salt",1]',
        b'{"_sd":["$1","$2"],"a":1}\n["salt","a",2]\n["salt","...",2]',
        b'{"cnf":{"jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}}',
    )


def attempt(data: bytes) -> None:
    """Verify it as it is, and as what our own key signs."""
    for presentation in (*both_types(data), _issue(data)):
        for verifier, nonce in ((_PLAIN, None), (_BOUND, "n")):
            with contextlib.suppress(JoseError):
                _check(verifier.verify(presentation, nonce=nonce).claims.to_dict())
            with contextlib.suppress(JoseError):
                _check(verifier.verify_json(presentation, nonce=nonce).claims.to_dict())


def _issue(data: bytes) -> bytes:
    claims, *contents = data.split(b"\n")
    disclosures: list[bytes] = []
    # From the last to the first, since an outer one has the digest of an inner one in it.
    for place in range(len(contents), 0, -1):
        disclosure = base64url.encode_bytes(contents[place - 1])
        digest = digest_of(disclosure, hashed_with=_HASH).encode()
        claims, *contents = (text.replace(b"$%d" % place, digest) for text in (claims, *contents))
        disclosures.append(disclosure)
    return b"~".join((spell(_HEADER, claims, key=_KEY).encode(), *disclosures, b""))


def _check(value: Any) -> None:
    if isinstance(value, dict):
        assert value.keys().isdisjoint({"_sd", "...", "_sd_alg"}), "a digest is left"
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check(item)
