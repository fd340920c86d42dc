"""From a fetched JWK Set to the keys of an issuer (RFC 7517 §5).

A key that we cannot use is left out and the rest goes on working; new kinds of keys appear in the sets of large
providers without notice. A secret in the set is another matter: whoever reads the document could sign with it, so such
a set is refused whole.
"""

import logging
from typing import Final

from tokensmith.jose import JoseError, KeySet, strict_json
from tokensmith.jose.limits import Limits
from tokensmith.outbound.discovery import DocumentError

# Certificate chains make key sets larger than tokens; the fetch has capped the bytes.
_LIMITS: Final = Limits(max_json_members=10_000)
_logger: Final = logging.getLogger("tokensmith.guard")


def parse_key_set(body: bytes, *, rsa_alg: str, okp_alg: str | None) -> KeySet:
    """Read a JWK Set that was published for everybody.

    Args:
        rsa_alg: The algorithm of RSA keys that name none.
        okp_alg: "EdDSA" where the issuer's tokens still carry that name, else None.

    Raises:
        DocumentError: It is no JWK Set, shows a secret, or has no key that can be used.
    """
    try:
        document = strict_json.parse_object(body, max_bytes=len(body), limits=_LIMITS)
        keys = KeySet.from_jwks(document, rsa_alg=rsa_alg, okp_alg=okp_alg, remote=True)
    except JoseError as error:
        raise DocumentError(f"the key set cannot be used: {error} ({error.code})") from error
    for skipped in keys.skipped:
        # Encryption keys are everyday neighbours of signing keys; the rest is worth an operator's look, too.
        _logger.info("left out key %d (kid %.64r) of a key set: %s", skipped.position, skipped.kid, skipped.reason)
    if not keys:
        raise DocumentError(f"none of its {len(keys.skipped)} keys can be used")
    return keys
