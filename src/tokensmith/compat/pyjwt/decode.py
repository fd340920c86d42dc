"""decode: one compact JWS → its claims, checked as PyJWT's arguments and options say (RFC 7519 §7.2).

The caller lists algorithms, the token names one of them, and the key is then built for that one alone: key material
that does not fit it is refused, so a token cannot choose what kind of thing the caller's key is (RFC 8725 §2.1).
Without verification the claims come out of `jwt.read_unverified`: they are what anybody can write.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from tokensmith.compat.pyjwt.claims import Expected, check_claims
from tokensmith.compat.pyjwt.exceptions import DecodeError, InvalidAlgorithmError, InvalidTokenError, translated
from tokensmith.compat.pyjwt.jwk import PyJWK
from tokensmith.compat.pyjwt.keys import KeyMaterial, bind_key
from tokensmith.compat.pyjwt.options import Options, read_options
from tokensmith.jose import JoseError, Key, base64url, jws, jwt, strict_json
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jws import compact
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.jose.limits import DEFAULT_LIMITS


def decode(
    jwt: str | bytes,
    key: KeyMaterial | PyJWK = "",
    algorithms: Collection[str] | None = None,
    options: Options | None = None,
    *,
    detached_payload: bytes | None = None,
    audience: str | Iterable[str] | None = None,
    subject: str | None = None,
    issuer: str | Container[str] | None = None,
    leeway: float | timedelta = 0,
) -> dict[str, Any]:
    """Check a token and return its claims; arguments and errors are those of `decode_complete`."""
    decoded = decode_complete(
        jwt,
        key,
        algorithms,
        options,
        detached_payload=detached_payload,
        audience=audience,
        subject=subject,
        issuer=issuer,
        leeway=leeway,
    )
    return cast("dict[str, Any]", decoded["payload"])


def decode_complete(
    jwt: str | bytes,
    key: KeyMaterial | PyJWK = "",
    algorithms: Collection[str] | None = None,
    options: Options | None = None,
    *,
    detached_payload: bytes | None = None,
    audience: str | Iterable[str] | None = None,
    issuer: str | Container[str] | None = None,
    subject: str | None = None,
    leeway: float | timedelta = 0,
) -> dict[str, Any]:
    """Check a token and return its "header", its "payload" (the claims) and its "signature" (raw octets).

    Args:
        jwt: A compact JWS.
        key: A secret, a public key or a `PyJWK`.
        algorithms: The algorithms that are accepted; one string is one name. Only a `PyJWK` brings its own.
        options: Which checks to make.
        detached_payload: Refused: the payload of a JWT is in it (RFC 7797 §7).
        audience: Who we are; a token with "aud" is refused without it.
        issuer: The accepted "iss", one or several.
        subject: The accepted "sub".
        leeway: Clock difference to forgive, in seconds, at most 600.

    Raises:
        InvalidTokenError: The token is refused; the subclass says why.
        InvalidKeyError: The key is not for the token's algorithm, is too weak, or is a public key used as a secret.
        TypeError, ValueError: An argument or option makes no sense.
    """
    checks = read_options(options)
    expected = Expected.build(audience=audience, issuer=issuer, subject=subject, leeway=leeway)
    if checks.verify_signature and not algorithms and not isinstance(key, PyJWK):
        raise DecodeError("Say which algorithms are accepted: algorithms=[...].")
    if detached_payload is not None:
        raise DecodeError("A JWT is not read with a detached payload (RFC 7797 §7).")
    header, signature = _peek(jwt)
    if checks.verify_signature:
        claims = _verified_claims(jwt, _choose_key(key, algorithms, header=header))
    else:
        claims = _unverified_claims(jwt)
    check_claims(claims, checks, expected=expected, now=SYSTEM_CLOCK.now())
    return {"payload": claims, "header": header, "signature": signature}


def get_unverified_header(jwt: str | bytes) -> dict[str, Any]:
    """Read a token's header without believing it.

    Raises:
        InvalidTokenError: It is no compact JWS, "kid" is no string, or an extension is used.
    """
    return _peek(jwt)[0]


def _peek(token: object) -> tuple[dict[str, Any], bytes]:
    """Take the header and the raw signature out of a token that nothing has proven yet."""
    if not isinstance(token, str | bytes):
        raise DecodeError("A token is str or bytes.")
    try:
        parts = compact.split(token)
        octets = base64url.decode(parts.header_text)
        header: dict[str, Any] = strict_json.parse_object(octets, max_bytes=DEFAULT_LIMITS.max_header_bytes)
    except JoseError as error:
        raise translated(error) from error
    if not isinstance(header.get("kid", ""), str):
        raise InvalidTokenError('The header parameter "kid" is not a string.')
    # RFC 7515 §4.1.11: what "crit" names has to be understood, and RFC 7797 §7 leaves nothing for it to name in a JWT.
    if "crit" in header or "b64" in header:
        raise InvalidTokenError("The token demands an extension that is not supported here.")
    return header, parts.signature


def _choose_key(key: KeyMaterial | PyJWK, algorithms: Collection[str] | None, *, header: Mapping[str, object]) -> Key:
    alg = header.get("alg")
    if isinstance(key, PyJWK) and algorithms is None:
        algorithms = (key.algorithm_name,)
    # In a string "in" would find any part of a name.
    allowed = (algorithms,) if isinstance(algorithms, str) else algorithms or ()
    if not isinstance(alg, str) or alg not in allowed or alg not in SIGNATURE_ALGORITHMS:
        raise InvalidAlgorithmError("The token's algorithm is not one of those that are accepted.")
    if not isinstance(key, PyJWK):
        return bind_key(key, alg=alg)
    # What decides is the key's own algorithm, not that its name is on the list (CVE-2026-48523).
    if alg != key.algorithm_name:
        raise InvalidAlgorithmError("The token names another algorithm than its key.")
    return key.bound_key


def _verified_claims(token: str | bytes, key: Key) -> dict[str, Any]:
    try:
        return strict_json.parse_object(jws.verify(token, key).payload)
    except JoseError as error:
        raise translated(error) from error


def _unverified_claims(token: str | bytes) -> dict[str, Any]:
    try:
        return jwt.read_unverified(token).unverified_claims.to_dict()
    except JoseError as error:
        raise translated(error) from error
