"""The compact serialization: five parts ⇄ one string (RFC 7516 §7.1).

Every part is decoded before any key is chosen, and the protected header is kept as it was sent, too: that text, and not
one that we would write, is what the tag is over.
"""

from dataclasses import dataclass

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactParts:
    """What a compact JWE says before anybody believes it."""

    protected_text: bytes
    """The protected header, still in base64url: the additional data of the tag."""
    encrypted_key: bytes
    content: EncryptedContent


def split(token: str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> CompactParts:
    """Take a compact JWE apart.

    Raises:
        MalformedTokenError: code `too_large`, `malformed` (not five parts, or no ASCII) or `base64url`.
        TypeError: *token* is neither str nor bytes; JSON serializations have functions of their own.
    """
    if isinstance(token, str):
        try:
            token = token.encode("ascii")
        except UnicodeEncodeError:
            raise MalformedTokenError("The token is not a compact JWE.", detail="it is not ASCII") from None
    elif not isinstance(token, bytes):
        raise TypeError(f"A token is str or bytes, not {type(token).__name__}.")
    if len(token) > limits.max_token_bytes:
        raise MalformedTokenError("The token is too long.", code="too_large", detail=f"{len(token)} bytes")
    # One piece more than a JWE has is enough to refuse it.
    pieces = token.split(b".", 5)
    if len(pieces) != 5:
        raise MalformedTokenError("The token is not a compact JWE.", detail=f"{len(pieces)} or more parts")
    encrypted_key, iv, ciphertext, tag = map(base64url.decode, pieces[1:])
    return CompactParts(
        protected_text=pieces[0],
        encrypted_key=encrypted_key,
        content=EncryptedContent(iv=iv, ciphertext=ciphertext, tag=tag),
    )


def join(parts: CompactParts) -> str:
    """Put a compact JWE together."""
    content = parts.content
    octets = (parts.encrypted_key, content.iv, content.ciphertext, content.tag)
    return b".".join((parts.protected_text, *map(base64url.encode_bytes, octets))).decode("ascii")
