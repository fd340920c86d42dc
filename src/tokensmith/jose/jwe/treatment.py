"""What the header says of the plaintext: "enc", and "zip" where it is allowed (RFC 7516 §4.1.2, §4.1.3)."""

from collections.abc import Collection, Mapping

import msgspec

from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS
from tokensmith.jose.jwe.compression import DEFLATE, decompress
from tokensmith.jose.jwe.drafts import find_integrated
from tokensmith.jose.strict_json import JsonValue


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """How the plaintext was treated, by a header that kept the rules."""

    enc: ContentEncryption
    is_compressed: bool

    def undo(self, content: EncryptedContent, *, content_key: bytes, aad: bytes) -> bytes:
        """Check the tag, decrypt, then decompress.

        Raises:
            DecryptionError: The tag does not match.
            MalformedTokenError: As of `decompress`.
        """
        plaintext = self.enc.decrypt(content_key, content=content, aad=aad)
        return decompress(plaintext) if self.is_compressed else plaintext


def read_treatment(header: Mapping[str, JsonValue], *, encs: Collection[str], zips: Collection[str]) -> Treatment:
    """Read "enc" and "zip" of a protected header; integrated encryption has no "enc", its "alg" says it all.

    Raises:
        MalformedTokenError: "enc" is missing, or is there where it may not be; code `malformed_header`.
        UnacceptableTokenError: They are none of *encs* and *zips*, or none of ours (`unsupported_algorithm`,
            `unsupported_compression`).
        TypeError: *encs* or *zips* is a string, in which every part of it would be found.
    """
    if isinstance(encs, str) or isinstance(zips, str):
        raise TypeError("encs and zips are collections of names.")
    enc = find_integrated(header) or _read_enc(header, encs=encs)
    compression = header.get("zip")
    if compression is not None and not (compression == DEFLATE and DEFLATE in zips):
        raise UnacceptableTokenError("Compression is not accepted here.", code="unsupported_compression")
    return Treatment(enc=enc, is_compressed=compression is not None)


def _read_enc(header: Mapping[str, JsonValue], *, encs: Collection[str]) -> ContentEncryption:
    name = header.get("enc")
    if not isinstance(name, str):
        raise MalformedTokenError('The header parameter "enc" is missing.', code="malformed_header")
    enc = CONTENT_ENCRYPTIONS.get(name) if name in encs else None
    if enc is None:
        raise UnacceptableTokenError("The content encryption is not accepted here.", code="unsupported_algorithm")
    return enc
