"""From a header to the content key: whose key it is, and what that makes of the encrypted key (RFC 7516 §5.2).

Whatever goes wrong with the encrypted key, decryption goes on to its end with a random content key. So a padding that
is wrong, a key of the wrong length and a changed ciphertext look the same and take as long (RFC 7516 §11.5).
"""

import secrets
from collections.abc import Callable, Collection
from typing import TypeAlias

from tokensmith.jose.errors import (
    DecryptionError,
    KeyMaterialError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.header import Header
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.tables import key_management
from tokensmith.jose.jwe.drafts import check_received
from tokensmith.jose.jwe.parameters import read_parameters
from tokensmith.jose.jwk import Key, KeySet

KeySource: TypeAlias = Key | KeySet | Callable[[Header], Key]
"""Where a recipient takes its key from. A callable sees a header that nothing has proven yet."""


def choose_key(keys: KeySource, *, header: Header, enc: ContentEncryption, drafts: Collection[str] = ()) -> Key:
    """Find the one key for a header, bound to the very algorithms the header names.

    Raises:
        UnknownKeyError, UnacceptableTokenError, MalformedTokenError: As of `KeySet.find_for_decryption`, and of
            `check_received`; also where a key of "dir" is for another content encryption (`algorithm_mismatch`).
        KeyMaterialError: The key is one for signatures (`key_operation`).
        TypeError: A callable returned something else than a `Key`.
    """
    check_received(header, enc=enc, drafts=drafts)
    if isinstance(keys, KeySet):
        key = keys.find_for_decryption(header)
    else:
        key = keys if isinstance(keys, Key) else keys(header)
        _check_key(key, header=header)
    if key.enc not in (None, enc.name):
        raise _mismatch(f"token enc={enc.name!r}, key enc={key.enc!r}")
    return key


def find_content_key(key: Key, *, header: Header, enc: ContentEncryption, encrypted_key: bytes) -> bytes:
    """Find the content key, or a random one in its place.

    Raises:
        MalformedTokenError: A key is sent where none is (`unexpected_encrypted_key`), or as of `read_parameters`.
        KeyMaterialError: The key may not decrypt (`key_operation`).
    """
    algorithm = key_management(key.alg)
    # RFC 7516 §5.2, step 10. Octets that nothing covers would make many tokens of one.
    if algorithm.is_direct and encrypted_key:
        raise MalformedTokenError(
            "The token has a key that its algorithm does not send.", code="unexpected_encrypted_key"
        )
    parameters = read_parameters(algorithm, header)
    # Made in any case, so that it costs the same in any case.
    substitute = secrets.token_bytes(enc.key_bytes)
    try:
        return key.unwrap_key(encrypted_key, enc, parameters)
    except DecryptionError:
        return substitute


def _check_key(key: Key, *, header: Header) -> None:
    if not isinstance(key, Key):
        raise TypeError(f"A key source returns a Key, not {type(key).__name__}.")
    if not key.is_for_encryption:
        raise KeyMaterialError("The key is for signatures.", code="key_operation")
    # RFC 8725 §3.1: compared with the key's own algorithm, exactly.
    if header.alg != key.alg:
        raise _mismatch(f"token alg={header.alg[:64]!r}, key alg={key.alg!r}")
    if header.kid is not None and key.kid is not None and header.kid != key.kid:
        raise UnknownKeyError("No key here is for this token.", detail=f"token kid={header.kid!r}")


def _mismatch(detail: str) -> UnacceptableTokenError:
    return UnacceptableTokenError(
        "The token names another algorithm than its key.", code="algorithm_mismatch", detail=detail
    )
