"""OpenedJwt: a token whose signature held, and whose claims nobody has judged yet (RFC 7519 §7.2 steps 1 to 7, 10).

"b64" is an extension that JWTs do not know (RFC 7797 §7), which is why this is not `jws.verify`.
"""

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import InvalidSignatureError
from tokensmith.jose.header import Header, parse_header
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws import compact
from tokensmith.jose.jws.verify import KeySource, choose_key
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import JsonValue, parse_object


class OpenedJwt(msgspec.Struct, frozen=True):
    """What a genuine token says; whether it is for us, and still good, is for `Rules` to say."""

    header: Header
    key: Key
    """The key that verified it."""
    claims: dict[str, JsonValue]


def open_signed(token: str | bytes, keys: KeySource, *, limits: Limits) -> OpenedJwt:
    """Check the signature of a compact token, and only then read its claims.

    Raises:
        MalformedTokenError: It never was a signed JWT.
        UnknownKeyError: There is no key for it.
        UnacceptableTokenError: It names another algorithm than its key's, or demands an unknown extension.
        InvalidSignatureError: It is forged or damaged.
        KeyMaterialError: The key may not verify.
    """
    parts = compact.split(token, limits=limits)
    header = parse_header(base64url.decode(parts.header_text), limits=limits)
    key = choose_key(keys, header=header)
    if not key.verify_bytes(parts.signature, parts.signing_input):
        raise InvalidSignatureError("The signature does not match.")
    return OpenedJwt(header, key, parse_object(parts.payload, limits=limits))
