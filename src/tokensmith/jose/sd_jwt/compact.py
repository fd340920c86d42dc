"""The compact form: issuer-signed JWT, Disclosures and Key Binding JWT ⇄ one string with tildes (RFC 9901 §4)."""

import msgspec

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits


class SdJwtParts(msgspec.Struct, frozen=True, gc=False):
    """What an SD-JWT consists of before anybody believes it."""

    issuer_signed: bytes
    """A compact JWS."""
    disclosures: tuple[bytes, ...]
    """In base64url, as they were sent; none is empty."""
    key_binding: bytes
    """The Key Binding JWT of an SD-JWT+KB; empty in an SD-JWT."""


def split(text: str | bytes, *, limits: Limits) -> SdJwtParts:
    """Take an SD-JWT or SD-JWT+KB apart.

    Raises:
        MalformedTokenError: code `too_large`, `too_many_disclosures` or `malformed_sd_jwt` (no tilde where one belongs,
            an empty Disclosure, or no ASCII).
        TypeError: *text* is neither str nor bytes.
    """
    if isinstance(text, str):
        try:
            text = text.encode("ascii")
        except UnicodeEncodeError:
            raise _malformed("it is not ASCII") from None
    elif not isinstance(text, bytes):
        raise TypeError(f"An SD-JWT is str or bytes, not {type(text).__name__}.")
    if len(text) > limits.max_token_bytes:
        raise MalformedTokenError("The token is too long.", code="too_large", detail=f"{len(text)} bytes")
    if text.count(b"~") > limits.max_disclosures + 1:
        raise MalformedTokenError("The token has too many disclosures.", code="too_many_disclosures")
    issuer_signed, *disclosures = text.split(b"~")
    if not disclosures:
        raise _malformed("it has no tilde")
    key_binding = disclosures.pop()
    # A Disclosure has no full stop, so one that lost its tilde cannot pass for a Key Binding JWT.
    if key_binding and b"." not in key_binding:
        raise _malformed("the last tilde is missing")
    if b"" in disclosures:
        raise _malformed("a disclosure is empty")
    return SdJwtParts(issuer_signed, tuple(disclosures), key_binding)


def join(issuer_signed: bytes, *, disclosures: tuple[bytes, ...]) -> bytes:
    """Put an SD-JWT together; this is also what "sd_hash" is over (§4.3.1)."""
    return b"~".join((issuer_signed, *disclosures, b""))


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("The token is not an SD-JWT.", code="malformed_sd_jwt", detail=problem)
