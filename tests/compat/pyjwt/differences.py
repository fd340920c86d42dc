"""Where we differ from PyJWT: what somebody writes, and what comes of it there and here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, nan
from typing import Any

import jwt as theirs
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)

from tests.compat.pyjwt.certificate import certificate_of
from tests.compat.pyjwt.material import (
    EC,
    ED25519,
    NOW,
    RSA,
    RSA_TOO_SMALL,
    SECRET,
    b64,
    pem,
    sealed,
    token,
)
from tests.outbound.local_server import http_answer, serving
from tokensmith.jose import Key

PUBLIC = RSA.public_key()
LATTICE = Key.generate("ML-DSA-44").to_pem(private=True)
RSA_JWK = json.loads(theirs.algorithms.RSAAlgorithm.to_jwk(PUBLIC)) | {"kid": "1"}
SECRET_JWK = {"kty": "oct", "k": b64(SECRET.encode())}
Call = Callable[[Any], object]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One row of the guide: *call* is what somebody writes, the rest is what comes of it."""

    theirs: str
    ours: str
    call: Call


def decodes(text: str | bytes, key: object = SECRET, alg: object = "HS256", **arguments: object) -> Call:
    """Read a token."""
    algorithms = [alg] if isinstance(alg, str) else alg
    return lambda module: module.decode(text, key, algorithms=algorithms, **arguments)


def encodes(claims: Mapping[str, object], key: object = SECRET, alg: str | None = "HS256", **arguments: object) -> Call:
    """Make a token."""
    return lambda module: module.encode(claims, key, algorithm=alg, **arguments)


def signed(alg: str, key: object, **arguments: Any) -> str:
    """A token of theirs."""
    return theirs.encode({}, key, algorithm=alg, **arguments)


def short(secret: str) -> Call:
    """Read a token signed with a secret like this one."""
    return decodes(token({}, secret=secret), secret)


def fetches(body: bytes) -> Call:
    """Read a key set from a server."""

    def call(module: Any) -> object:
        with serving(http_answer("200 OK", body)) as server:
            return module.PyJWKClient(server.url(), timeout=5).get_jwk_set()

    return call


def der_in_base64() -> str:
    """A public key as one line of letters and digits."""
    return b64(PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def encrypted_pem() -> bytes:
    """A private key that needs a password."""
    return RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame"))


REFUSED, BAD, KEY = "InvalidTokenError", "DecodeError", "InvalidKeyError"

STRICTER: dict[str, Difference] = {
    "a token above 64 KiB": Difference(theirs="accepted", ours=BAD, call=decodes(token({"x": "x" * 65_536}))),
    "a member named twice": Difference(theirs="accepted", ours=BAD, call=decodes(token(b'{"sub":"ada","sub":"eve"}'))),
    "JSON nested more than 32 deep": Difference(
        theirs="accepted", ours=BAD, call=decodes(token(b'{"x":' + b"[" * 32 + b"]" * 32 + b"}"))
    ),
    "more than 1000 members": Difference(
        theirs="accepted", ours=BAD, call=decodes(token({str(number): 0 for number in range(1001)}))
    ),
    "`NaN`, `Infinity` or a number out of range": Difference(
        theirs="accepted", ours=BAD, call=decodes(token(b'{"x":1e400}'))
    ),
    "JSON in UTF-16, or behind a byte order mark": Difference(
        theirs="accepted", ours=BAD, call=decodes(token('{"sub":"ada"}'.encode("utf-16")))
    ),
    "`=` at the end of a part": Difference(
        theirs="accepted", ours=BAD, call=decodes(sealed(b64({"alg": "HS256"}), b64(b'{"x":1}') + "=="))
    ),
    "a header parameter of the standard with another type": Difference(
        theirs="accepted", ours=BAD, call=decodes(token({}, typ=1))
    ),
    "`kid` above 512 characters": Difference(theirs="accepted", ours=BAD, call=decodes(token({}, kid="k" * 513))),
    "`b64`, and `crit` that names it": Difference(
        theirs="accepted", ours=REFUSED, call=decodes(token({}, b64=True, crit=["b64"]))
    ),
    "a detached payload": Difference(
        theirs="accepted",
        ours=BAD,
        call=decodes(signed("HS256", SECRET, headers={"b64": False}), detached_payload=b"{}"),
    ),
    "`exp` or `nbf` that is no JSON number": Difference(
        theirs="accepted", ours=BAD, call=decodes(token({"exp": str(NOW + 86_400)}))
    ),
    "`iat` that is no JSON number": Difference(
        theirs="accepted", ours="InvalidIssuedAtError", call=decodes(token({"iat": True}))
    ),
    "a date before 1970 or after 9999": Difference(
        theirs="accepted", ours=BAD, call=decodes(token({"exp": 253_402_300_800}))
    ),
    "a secret shorter than the hash": Difference(theirs="accepted", ours=KEY, call=short(SECRET[:31])),
    "a secret that is a known placeholder or repeats itself": Difference(
        theirs="accepted", ours=KEY, call=short("changeme" * 4)
    ),
    "a public key as a secret, also behind base64 or hex": Difference(
        theirs="accepted", ours=KEY, call=short(der_in_base64())
    ),
    "an RSA key below 2048 bits": Difference(
        theirs="accepted",
        ours=KEY,
        call=encodes({}, RSA_TOO_SMALL, "RS256"),
    ),
    "a PEM text with two keys in it": Difference(
        theirs="accepted", ours=KEY, call=decodes(signed("RS256", RSA), pem(PUBLIC) + pem(PUBLIC), "RS256")
    ),
    "an encrypted PEM text": Difference(
        theirs="TypeError", ours=KEY, call=decodes(signed("RS256", RSA), encrypted_pem(), "RS256")
    ),
    "a text that is no EC key": Difference(
        theirs="ValueError", ours=KEY, call=decodes(signed("ES256", EC["ES256"]), SECRET, "ES256")
    ),
    "a key object as a secret": Difference(theirs="TypeError", ours=KEY, call=decodes(token({}), PUBLIC)),
    "a public key that is to sign": Difference(theirs="AttributeError", ours=KEY, call=encodes({}, PUBLIC, "RS256")),
    "a JWK whose `alg` is not the one asked for": Difference(
        theirs="accepted", ours=KEY, call=lambda module: module.PyJWK({**RSA_JWK, "alg": "RS256"}, "RS512")
    ),
    'a JWK for encryption (`"use": "enc"`)': Difference(
        theirs="accepted", ours=KEY, call=lambda module: module.PyJWK({**RSA_JWK, "use": "enc"})
    ),
    "a JWK whose `key_ops` do not allow it": Difference(
        theirs="accepted",
        ours=KEY,
        call=lambda module: module.decode(token({}), module.PyJWK({**SECRET_JWK, "key_ops": ["sign"]})),
    ),
    "a JWK member that is not spelled canonically": Difference(
        theirs="accepted", ours=KEY, call=lambda module: module.PyJWK({**SECRET_JWK, "k": b64(SECRET.encode()) + "="})
    ),
    "private members of another key type in a JWK": Difference(
        theirs="accepted", ours=KEY, call=lambda module: module.PyJWK({**RSA_JWK, "k": SECRET_JWK["k"]})
    ),
    "an `oct` JWK without `k`": Difference(
        theirs="KeyError", ours=KEY, call=lambda module: module.PyJWK({"kty": "oct"})
    ),
    "`PyJWK.from_json` of no JSON": Difference(
        theirs="JSONDecodeError", ours=KEY, call=lambda module: module.PyJWK.from_json("{")
    ),
    "`PyJWKSet.from_json` of no JSON": Difference(
        theirs="JSONDecodeError", ours="PyJWKSetError", call=lambda module: module.PyJWKSet.from_json("{")
    ),
    "a JWK Set of more than 256 keys": Difference(
        theirs="accepted", ours="PyJWKSetError", call=lambda module: module.PyJWKSet([SECRET_JWK] * 257)
    ),
    '`encode` with `algorithm=None` or `"none"`': Difference(
        theirs="accepted", ours="NotImplementedError", call=encodes({}, "", None)
    ),
    "`encode` with a `PyJWK` and another algorithm": Difference(
        theirs="accepted",
        ours="InvalidAlgorithmError",
        call=lambda module: module.encode({}, module.PyJWK(SECRET_JWK, "HS256"), algorithm="HS384"),
    ),
    "`encode` with `b64` false": Difference(
        theirs="accepted", ours="NotImplementedError", call=encodes({}, headers={"b64": False})
    ),
    "`encode` of `NaN` or `Infinity`": Difference(theirs="accepted", ours="ValueError", call=encodes({"x": inf})),
    "`encode` of what `decode` would call too large": Difference(
        theirs="accepted", ours="ValueError", call=encodes({"x": "x" * 65_536})
    ),
    "`encode` with a header that breaks RFC 7515 §4, or with `crit`": Difference(
        theirs="accepted", ours="ValueError", call=encodes({}, headers={"crit": ["exp"], "exp": 1})
    ),
    "the name `ES521`": Difference(
        theirs="accepted", ours="NotImplementedError", call=encodes({}, EC["ES512"], "ES521")
    ),
    "several algorithms in one string": Difference(
        theirs="accepted",
        ours="InvalidAlgorithmError",
        call=lambda module: module.decode(token({}), SECRET, algorithms="HS256,HS384"),
    ),
    "an option that does not exist": Difference(
        theirs="accepted", ours="TypeError", call=decodes(token({}), options={"requires": ["exp"]})
    ),
    "an option that is neither true nor false": Difference(
        theirs="accepted", ours="TypeError", call=decodes(token({}), options={"verify_exp": "no"})
    ),
    "`require` that is one string": Difference(
        theirs="MissingRequiredClaimError",
        ours="TypeError",
        call=decodes(token({"exp": 1}), options={"require": "exp"}),
    ),
    "`verify=`, and arguments that do not exist": Difference(
        theirs="accepted", ours="TypeError", call=decodes(token({}), audince="me")
    ),
    "a fifth argument by position": Difference(
        theirs="accepted", ours="TypeError", call=lambda module: module.decode(token({}), SECRET, ["HS256"], None, None)
    ),
    "`leeway` above 600 seconds": Difference(theirs="accepted", ours="ValueError", call=decodes(token({}), leeway=601)),
    "`leeway` that is not a number": Difference(
        theirs="accepted", ours="ValueError", call=decodes(token({"exp": 1}), leeway=nan)
    ),
    "`register_algorithm`, `unregister_algorithm`, `PyJWT`, `PyJWS`": Difference(
        theirs="accepted", ours="AttributeError", call=lambda module: (module.register_algorithm, module.PyJWS)
    ),
    "`PyJWKClient` over http to another machine": Difference(
        theirs="accepted", ours="PyJWKClientError", call=lambda module: module.PyJWKClient("http://id.example/jwks")
    ),
    "a fetched key set that shows a secret": Difference(
        theirs="accepted", ours="PyJWKClientError", call=fetches(json.dumps({"keys": [SECRET_JWK]}).encode())
    ),
    "a fetched key set that is no JSON": Difference(
        theirs="JSONDecodeError", ours="PyJWKClientError", call=fetches(b"<html>")
    ),
    "a fetched key set above 1 MiB": Difference(
        theirs="accepted",
        ours="PyJWKClientConnectionError",
        call=fetches(json.dumps({"keys": [RSA_JWK]}).encode() + b" " * 1_048_576),
    ),
}

MORE: dict[str, Difference] = {
    "the names `ML-DSA-44`, `ML-DSA-65`, `ML-DSA-87` (RFC 9964)": Difference(
        theirs="NotImplementedError", ours="accepted", call=encodes({}, LATTICE, "ML-DSA-44")
    ),
    "a certificate in PEM as a key": Difference(
        theirs=KEY, ours="accepted", call=decodes(signed("RS256", RSA), certificate_of(RSA), "RS256")
    ),
    "a private RSA key that is to verify": Difference(
        theirs="AttributeError", ours="accepted", call=decodes(signed("RS256", RSA), RSA, "RS256")
    ),
    "the names `Ed25519` and `Ed448` (RFC 9864)": Difference(
        theirs="NotImplementedError", ours="accepted", call=encodes({}, ED25519, "Ed25519")
    ),
}
