"""Build the signing input and sign it (RFC 7515 §5.1)."""

from collections.abc import Mapping

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import JoseError, KeyMaterialError
from tokensmith.jose.header import parse_header
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws import compact
from tokensmith.jose.strict_json import JsonValue


def sign(payload: bytes, key: Key, *, header: Mapping[str, JsonValue] | None = None) -> str:
    """Sign any bytes; the result is a compact JWS.

    Args:
        payload: What to sign; it stays readable for everybody.
        key: A private key or a shared secret. It brings "alg" and "kid".
        header: Further members of the protected header.

    Raises:
        KeyMaterialError: The key may not sign; code `key_operation`.
        TypeError: *header* holds something that is not JSON.
        ValueError: *header* breaks the rules of RFC 7515 §4 or contradicts the key.
    """
    head = encode_header(key, header=header or {})
    signing_input = head + b"." + base64url.encode_bytes(payload)
    return compact.join(signing_input, signature=key.sign_bytes(signing_input))


def encode_header(key: Key, *, header: Mapping[str, JsonValue]) -> bytes:
    """Write the protected header for *key*, with the members of *header* added, as base64url text.

    Raises:
        KeyMaterialError: The key has no private half to sign with; code `key_operation`.
        TypeError, ValueError: As of `sign`.
    """
    if not key.is_private:
        raise KeyMaterialError("A public key cannot sign.", code="key_operation")
    own: dict[str, JsonValue] = {"alg": key.alg} if key.kid is None else {"alg": key.alg, "kid": key.kid}
    for name, value in own.items():
        if header.get(name, value) != value:
            raise ValueError(f'The header contradicts the key in "{name}".')
    members = {**own, **header}
    encoded = strict_json.encode(members)
    try:
        parse_header(encoded)
    except JoseError as error:
        raise ValueError(str(error)) from error
    return base64url.encode_bytes(encoded)
