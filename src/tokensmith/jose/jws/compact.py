"""The compact serialization: three parts ⇄ one string (RFC 7515 §7.1).

`split` decodes every part before anything else looks at it, so bytes outside the base64url alphabet (quotes, braces,
white space) end a token's way here, before any key is chosen. `cut` is for readers of payloads that are not encoded.
"""

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits


class CompactParts(msgspec.Struct, frozen=True, gc=False):
    """What a compact JWS says before anybody believes it. A Struct, being the cheapest frozen record there is."""

    signing_input: bytes
    """The first two parts as they were sent, with the full stop between them: what the signature is over."""
    header_text: bytes
    """The protected header, still in base64url."""
    payload: bytes
    signature: bytes


def split(token: str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> CompactParts:
    """Take a compact JWS apart whose payload is in it, and encoded.

    Raises:
        MalformedTokenError: As of `cut`; or code `base64url`.
        TypeError: As of `cut`.
    """
    header_text, payload_text, signature_text = cut(token, limits=limits)
    return CompactParts(
        signing_input=header_text + b"." + payload_text,
        header_text=header_text,
        payload=base64url.decode(payload_text),
        signature=base64url.decode(signature_text),
    )


def cut(token: str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[bytes, bytes, bytes]:
    """Cut a compact JWS into header, payload and signature, none of them decoded.

    Raises:
        MalformedTokenError: code `too_large` or `malformed` (not three parts, or no ASCII).
        TypeError: *token* is neither str nor bytes; JSON serializations have functions of their own.
    """
    if isinstance(token, str):
        # Characters are at most as many as bytes, so what is too long is refused before a byte of it is read.
        if len(token) > limits.max_token_bytes:
            raise _too_long(token)
        try:
            token = token.encode("ascii")
        except UnicodeEncodeError:
            raise MalformedTokenError("The token is not a compact JWS.", detail="it is not ASCII") from None
    elif not isinstance(token, bytes):
        raise TypeError(f"A token is str or bytes, not {type(token).__name__}.")
    elif len(token) > limits.max_token_bytes:
        raise _too_long(token)
    # One piece more than a JWS has is enough to refuse it; a million full stops are not worth a million pieces.
    pieces = token.split(b".", 3)
    if len(pieces) != 3:
        raise MalformedTokenError("The token is not a compact JWS.", detail=f"{len(pieces)} or more parts")
    return pieces[0], pieces[1], pieces[2]


def join(signing_input: bytes, *, signature: bytes) -> str:
    """Put a compact JWS together from its first two parts and the raw signature."""
    return (signing_input + b"." + base64url.encode_bytes(signature)).decode()


def _too_long(token: str | bytes) -> MalformedTokenError:
    return MalformedTokenError("The token is too long.", code="too_large", detail=f"length {len(token)}")
