"""Unwrap and decrypt; one error for every failure of it (RFC 7516 §5.2, §11.5).

That something decrypts says who may read it, not who wrote it: with a public key anybody can write, with a password
whoever knows it. What has to be somebody's word is signed inside.
"""

from collections.abc import Collection
from typing import cast

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.header import Header, parse_header
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS
from tokensmith.jose.jwe import compact
from tokensmith.jose.jwe.content_key import KeySource, choose_key, find_content_key
from tokensmith.jose.jwe.drafts import check_drafts
from tokensmith.jose.jwe.treatment import read_treatment
from tokensmith.jose.jwk import Key
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sealed import Sealed, make_sealed


class DecryptedJwe(msgspec.Struct, frozen=True, metaclass=Sealed):
    """Bytes that only a holder of the key could read. Nothing here says who wrote them."""

    plaintext: bytes
    header: Header
    """The protected header, which the tag covers."""
    key: Key
    """The key that decrypted it; its "alg" is the token's."""
    unprotected: FrozenObject
    """What nothing covers, of the JSON serializations: "alg" and "kid" of a recipient, mostly."""
    aad: bytes
    """Data beside the ciphertext that the tag covers, of the JSON serializations; else empty."""

    def __repr__(self) -> str:
        # What was encrypted on the way is not for the log either.
        return f"<DecryptedJwe {len(self.plaintext)} octets key={self.key!r}>"


_NOTHING = FrozenObject({})


def decrypt(
    token: str | bytes,
    keys: KeySource,
    *,
    encs: Collection[str] = CONTENT_ENCRYPTIONS.keys(),
    zips: Collection[str] = (),
    drafts: Collection[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> DecryptedJwe:
    """Decrypt a compact JWE.

    The algorithm is the key's; a token that names another one is refused. With a `KeySet`, only keys for encryption are
    looked at.

    Args:
        token: Five parts; at most 65,536 bytes unless *limits* allows more.
        keys: A private key or shared secret, a set of them, or a callable from the header to one.
        encs: The content encryptions to accept; all of `tokensmith.jose.jwa` unless given. Integrated encryption has no
            "enc", and is not asked for it.
        zips: The compressions to accept: none, or ``{"DEF"}``, of which at most 250,000 octets come out.
        drafts: The drafts whose algorithms to accept: none, or ``{"draft-ietf-jose-hpke-encrypt-20"}`` for HPKE.

    Raises:
        MalformedTokenError: It is no compact JWE, its header breaks the rules, or its compression does
            (`malformed_compression`, `too_large`).
        UnknownKeyError: None of *keys* is for it.
        UnacceptableTokenError: It names another algorithm than its key's, demands an unknown extension, or is not in
            *encs*, *zips* or *drafts*.
        DecryptionError: It cannot be decrypted, for whatever reason.
        KeyMaterialError: The key may not decrypt.
        ValueError: *drafts* has another name, such as that of an earlier version.
    """
    check_drafts(drafts)
    parts = compact.split(token, limits=limits)
    header = parse_header(base64url.decode(parts.protected_text), limits=limits)
    treatment = read_treatment(header, encs=encs, zips=zips)
    key = choose_key(keys, header=header, enc=treatment.enc, drafts=drafts)
    content_key = find_content_key(key, header=header, enc=treatment.enc, encrypted_key=parts.encrypted_key)
    plaintext = treatment.undo(parts.content, content_key=content_key, aad=parts.protected_text)
    return make_decrypted(plaintext, header=header, key=key, unprotected=_NOTHING, aad=b"")


def make_decrypted(
    plaintext: bytes, *, header: Header, key: Key, unprotected: FrozenObject, aad: bytes
) -> DecryptedJwe:
    """Make the result, for the code that has just seen the tag match."""
    return cast("DecryptedJwe", make_sealed(DecryptedJwe, plaintext, header, key, unprotected, aad))
