"""Choose a content key, wrap it, encrypt (RFC 7516 §5.1).

Content key, initialization vector, ephemeral key and salt are new for each token; there is no way to pass them, since
one that is used twice gives away what it protects.
"""

import secrets
from collections.abc import Collection, Mapping
from typing import Final

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import JoseError, KeyMaterialError, MalformedTokenError
from tokensmith.jose.header import parse_header
from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent
from tokensmith.jose.jwa.key_management import WrappedKey
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS, KEY_MANAGEMENT_ALGORITHMS, key_management
from tokensmith.jose.jwe import compact
from tokensmith.jose.jwe.compression import DEFLATE, compress
from tokensmith.jose.jwe.drafts import check_drafts, check_named, check_sent
from tokensmith.jose.jwe.parameters import read_sender_parameters, write_parameters
from tokensmith.jose.jwk import Key
from tokensmith.jose.strict_json import JsonValue

Members = Mapping[str, JsonValue]

_CHOSEN: Final = frozenset({"epk", "iv", "tag", "p2s", "ek"})
_DEFAULT_ENC: Final = "A256GCM"


def encrypt(
    plaintext: bytes,
    key: Key,
    *,
    enc: str | None = None,
    header: Members | None = None,
    drafts: Collection[str] = (),
) -> str:
    """Encrypt any bytes; the result is a compact JWE.

    Its length tells that of the plaintext: pad what must not show how long it is.

    Args:
        plaintext: What to encrypt.
        key: The recipient's public key, or a shared secret. It brings "alg" and "kid".
        enc: The content encryption, "A256GCM" unless given; a key of "dir" is for one alone, `key.enc`, and one for
            integrated encryption, such as "HPKE-0", has none.
        header: Further members of the protected header, readable for everybody. "zip": "DEF" compresses, which tells
            more of the plaintext; "apu" and "apv" go into an agreed key; "p2c" is how often a password is hashed.
        drafts: The drafts whose algorithms to use: none, or ``{"draft-ietf-jose-hpke-encrypt-20"}`` for HPKE.

    Raises:
        KeyMaterialError: The key may not encrypt (`key_operation`), is for another *enc* or for none
            (`algorithm_mismatch`), or its algorithm is of a draft that is not named (`unsupported_algorithm`).
        TypeError: *header* holds something that is not JSON.
        ValueError: *enc* is none of ours; *drafts* has another name; *header* breaks the rules of RFC 7516 §4 or
            contradicts the key; or the plaintext is too long, or too monotonous, to be compressed.
    """
    given = header or {}
    described = described_encryption(enc, key=key, drafts=drafts)
    message = prepared(plaintext, header=given)
    wrapped, members = wrap_for(key, enc=described, header=given, drafts=drafts)
    protected_text = encode_protected({"alg": key.alg, **members, **enc_member(described), **given})
    content = seal(message, content_key=wrapped.content_key, enc=described, aad=protected_text)
    parts = compact.CompactParts(protected_text=protected_text, encrypted_key=wrapped.encrypted_key, content=content)
    return compact.join(parts)


def described_encryption(enc: str | None, *, key: Key, drafts: Collection[str]) -> ContentEncryption:
    """Look up the content encryption that a program asks for, or that the key settles.

    Raises:
        KeyMaterialError: The key settles it and *enc* is given (`algorithm_mismatch`), or by a draft that is not named
            (`unsupported_algorithm`).
        ValueError: There is none of this name, or no such draft.
    """
    check_drafts(drafts)
    algorithm = KEY_MANAGEMENT_ALGORITHMS.get(key.alg)
    if algorithm is not None and algorithm.integrated is not None:
        check_named(algorithm, drafts=drafts)
        if enc is not None:
            raise KeyMaterialError(f"A key for {key.alg} has no enc.", code="algorithm_mismatch")
        return algorithm.integrated
    name = _DEFAULT_ENC if enc is None else enc
    if name not in CONTENT_ENCRYPTIONS:
        raise ValueError(f"enc is one of {', '.join(CONTENT_ENCRYPTIONS)}.")
    return CONTENT_ENCRYPTIONS[name]


def enc_member(enc: ContentEncryption) -> dict[str, JsonValue]:
    """Spell "enc", which integrated encryption leaves out."""
    return {"enc": enc.name} if enc.name in CONTENT_ENCRYPTIONS else {}


def prepared(plaintext: bytes, *, header: Members) -> bytes:
    """Compress the plaintext where the header says so."""
    if "zip" not in header:
        return plaintext
    if header["zip"] != DEFLATE:
        raise ValueError('"zip" is "DEF" or absent.')
    return compress(plaintext)


def wrap_for(
    key: Key,
    *,
    enc: ContentEncryption,
    header: Members,
    content_key: bytes | None = None,
    drafts: Collection[str] = (),
) -> tuple[WrappedKey, dict[str, JsonValue]]:
    """Wrap a content key for one recipient.

    Args:
        header: All members the caller gives, for this recipient or for all.
        content_key: The one that other recipients get, too; a fresh one unless given.

    Returns:
        What to send, and the members of the header that the recipient needs.
    """
    _check_given(key, enc=enc, header=header)
    algorithm = key_management(key.alg)
    check_named(algorithm, drafts=drafts)
    check_sent(header, algorithm=algorithm)
    try:
        chosen = read_sender_parameters(algorithm, header)
        wrapped = key.wrap_key(content_key or secrets.token_bytes(enc.key_bytes), enc, chosen)
    except MalformedTokenError as error:
        raise ValueError(str(error)) from error
    own: dict[str, JsonValue] = {"alg": key.alg} if key.kid is None else {"alg": key.alg, "kid": key.kid}
    return wrapped, own | write_parameters(wrapped.parameters)


def encode_protected(members: Members) -> bytes:
    """Write the protected header as base64url text; raises `ValueError` where it breaks the rules."""
    encoded = strict_json.encode(members)
    try:
        parse_header(encoded)
    except JoseError as error:
        raise ValueError(str(error)) from error
    return base64url.encode_bytes(encoded)


def seal(message: bytes, *, content_key: bytes, enc: ContentEncryption, aad: bytes) -> EncryptedContent:
    """Encrypt under a fresh initialization vector."""
    return enc.encrypt(content_key, iv=secrets.token_bytes(enc.iv_bytes), plaintext=message, aad=aad)


def _check_given(key: Key, *, enc: ContentEncryption, header: Members) -> None:
    if not key.is_for_encryption:
        raise KeyMaterialError("The key is for signatures.", code="key_operation")
    own = {"alg": key.alg, **enc_member(enc)} | ({} if key.kid is None else {"kid": key.kid})
    for name, value in own.items():
        if header.get(name, value) != value:
            raise ValueError(f'The header contradicts the key or enc in "{name}".')
    if not _CHOSEN.isdisjoint(header):
        raise ValueError(f"{', '.join(sorted(_CHOSEN))} are chosen anew for each token.")
