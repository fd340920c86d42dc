"""Which keys a client may register to prove itself with (RFC 7523, RFC 7591 §2 "jwks", RFC 8705 §2.2.2)."""

import base64
from collections.abc import Mapping, Sequence
from typing import Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tokensmith.jose import JoseError, Key, KeySet
from tokensmith.jose.jwk.certificate_members import load_certificate, read_chain
from tokensmith.jose.strict_json import encode, parse_object
from tokensmith.server.domain.errors import InvalidRequestError

ASSERTION_ALGORITHMS: Final = (
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "Ed448",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
)
MAX_CHARACTERS: Final = 32_768


def check_jwks(text: str) -> str:
    """Return a JWK Set in JSON if a client may register it.

    Raises:
        InvalidRequestError: no JWK Set, none but keys we cannot use, a private or a shared key among them, or too long
            (`bad_client_keys`).
    """
    if len(text) > MAX_CHARACTERS:
        raise _bad("too long")
    try:
        keys = tuple(KeySet.from_jwks(parse_object(text.encode("utf-8", "surrogatepass"))))
    except JoseError as error:
        raise _bad(error.code) from None
    if not keys:
        raise _bad("none")
    if any(key.is_private or key.alg not in ASSERTION_ALGORITHMS for key in keys):
        raise _bad("private, shared, or not for signatures")
    return text


def names_certificate(jwks: str, certificate: bytes) -> bool:
    """Tell whether a certificate in DER is one that a client has registered.

    A key that brings certificates ("x5c") stands for the first of them alone; one without stands for every certificate
    of that key.

    Raises:
        KeyMaterialError: it is no certificate, or its key is of no use to us.
    """
    own = Key.from_der(certificate, alg=key_alg(certificate)).thumbprint()
    keys = cast("Sequence[Mapping[str, object]]", parse_object(jwks.encode())["keys"])
    return any(_stands_for(jwk, certificate, own) for jwk in keys)


def _stands_for(jwk: Mapping[str, object], certificate: bytes, thumbprint: str) -> bool:
    # What a set holds besides usable keys is passed over, as it was when it was registered.
    usable = tuple(KeySet.from_jwks({"keys": [jwk]}))
    if usable and "x5c" in jwk:
        return read_chain(jwk["x5c"])[0] == certificate
    return any(key.thumbprint() == thumbprint for key in usable)


def jwks_of(certificate: bytes) -> str:
    """Write the JWK Set by which exactly this certificate, in DER, is registered.

    Raises:
        KeyMaterialError: as for `names_certificate`.
    """
    key = Key.from_der(certificate, alg=key_alg(certificate))
    return encode({"keys": [{**key.to_jwk(), "x5c": [base64.b64encode(certificate).decode()]}]}).decode()


def key_alg(certificate: bytes) -> str | None:
    """Name an algorithm for the key of a certificate, where `Key` has to be told one; nothing is signed with it.

    Raises:
        KeyMaterialError: it is no certificate.
    """
    try:
        return "PS256" if isinstance(load_certificate(certificate).public_key(), RSAPublicKey) else None
    # A kind of key that nobody knows: whoever reads it says so.
    except (ValueError, UnsupportedAlgorithm):
        return None


def _bad(detail: str) -> InvalidRequestError:
    text = "A client's keys are a JWK Set of public keys that verify signatures."
    return InvalidRequestError(text, code="bad_client_keys", detail=detail)
