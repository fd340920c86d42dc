"""encode: PyJWT's arguments → one signed compact JWS.

Like PyJWT it fills in no claim and does not check that a verifier would take those given; `tokensmith.jose.jwt.Signer`
does both.
"""

import json
from calendar import timegm
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from tokensmith.compat.pyjwt.exceptions import InvalidAlgorithmError, InvalidTokenError, translated
from tokensmith.compat.pyjwt.jwk import PyJWK
from tokensmith.compat.pyjwt.keys import KeyMaterial, bind_key
from tokensmith.jose import JoseError, Key, jws, strict_json
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS


class _Unsaid(Enum):
    UNSAID = "unsaid"


_UNSAID: Final = _Unsaid.UNSAID
_DATES: Final = ("exp", "iat", "nbf")


def encode(
    payload: dict[str, Any],
    key: KeyMaterial | PyJWK,
    algorithm: str | _Unsaid | None = _UNSAID,
    headers: Mapping[str, Any] | None = None,
    json_encoder: type[json.JSONEncoder] | None = None,
    sort_headers: bool = True,
) -> str:
    """Sign claims.

    Args:
        payload: The claims; "exp", "iat" and "nbf" may be datetimes, which count as UTC where they name no zone.
        key: A secret, a private key, or a `PyJWK`, which brings its algorithm.
        algorithm: "HS256" where nothing else is said.
        headers: Further members of the header; "alg" there goes before *algorithm*, an empty "typ" leaves it out.
        json_encoder: A class for what plain JSON cannot say.
        sort_headers: Whether the header's members stand in alphabetical order, after "alg".

    Raises:
        TypeError: *payload* is no dict, "iss" is no string, or something is no JSON and no key.
        ValueError: The claims are no strict JSON within our limits, or the header breaks the rules of RFC 7515 §4.
        NotImplementedError: There is no such algorithm ("none" is none), or the payload is to be left unencoded.
        InvalidKeyError: The key is not for this algorithm, too weak, or cannot sign.
        InvalidAlgorithmError: A `PyJWK` is bound to another algorithm.
        InvalidTokenError: "kid" in *headers* is no string.
    """
    given = dict(headers or {})
    bound = _bind(key, alg=given.pop("alg", None) or algorithm)
    header = _header(given, json_encoder=json_encoder, sort_headers=sort_headers)
    octets = _claims(payload, json_encoder=json_encoder)
    try:
        return jws.sign(octets, bound, header=header)
    except JoseError as error:
        raise translated(error) from error


def _bind(key: KeyMaterial | PyJWK, *, alg: object) -> Key:
    if alg is _UNSAID or alg is None:
        if isinstance(key, PyJWK):
            return key.bound_key
        alg = "HS256" if alg is _UNSAID else "none"
    if not isinstance(alg, str) or alg not in SIGNATURE_ALGORITHMS:
        raise NotImplementedError('The algorithm is not supported; unsecured tokens ("none") are not made.')
    if not isinstance(key, PyJWK):
        return bind_key(key, alg=alg)
    if alg != key.algorithm_name:
        raise InvalidAlgorithmError("The key is for another algorithm.")
    return key.bound_key


def _header(
    given: dict[str, Any], *, json_encoder: type[json.JSONEncoder] | None, sort_headers: bool
) -> dict[str, Any]:
    if not isinstance(given.get("kid", ""), str):
        raise InvalidTokenError('The header parameter "kid" is not a string.')
    # RFC 7797 §7: the payload of a JWT is never left unencoded. True is what goes without saying.
    if not given.pop("b64", True):
        raise NotImplementedError('A JWT is never made with "b64" false.')
    members = {"typ": "JWT", **given}
    if not members["typ"]:
        del members["typ"]
    if json_encoder is not None:
        members = json.loads(json.dumps(members, cls=json_encoder))
    return dict(sorted(members.items())) if sort_headers else members


def _claims(payload: dict[str, Any], *, json_encoder: type[json.JSONEncoder] | None) -> bytes:
    if not isinstance(payload, dict):
        raise TypeError("The claims of a JWT are a dict.")
    if not isinstance(payload.get("iss", ""), str):
        raise TypeError('The claim "iss" is a string.')
    dates = {name: timegm(payload[name].utctimetuple()) for name in _DATES if isinstance(payload.get(name), datetime)}
    octets = json.dumps({**payload, **dates}, separators=(",", ":"), cls=json_encoder).encode()
    try:
        strict_json.parse_object(octets)
    except JoseError as error:
        raise ValueError(f"The claims are no token anybody could read. {error}") from error
    return octets
