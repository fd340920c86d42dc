"""Key thumbprints and thumbprint URIs (RFC 7638, RFC 9278; for AKP keys RFC 9964 §6).

The digest is over the required members alone, sorted, without spaces; so every spelling of one key has one thumbprint,
and a private key has that of its public half.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tokensmith.jose import base64url
from tokensmith.jose.jwa.hashing import NAMED_HASHES, HashName

_REQUIRED_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "AKP": ("alg", "kty", "pub"),
        "EC": ("crv", "kty", "x", "y"),
        "OKP": ("crv", "kty", "x"),
        "RSA": ("e", "kty", "n"),
        "oct": ("k", "kty"),
    }
)
_URI_PREFIX: Final = "urn:ietf:params:oauth:jwk-thumbprint:"


def thumbprint(members: Mapping[str, str], *, hash_name: HashName = "sha-256") -> str:
    """Digest the required members of a JWK we wrote ourselves (RFC 7638 §3).

    Args:
        members: The JWK's own members; their values hold base64url and registered names alone, so that no JSON escape
            can occur.
        hash_name: One of "sha-256", "sha-384", "sha-512".

    Returns:
        The digest in base64url, 43 characters for SHA-256.

    Raises:
        ValueError: *hash_name* is another.
    """
    if hash_name not in NAMED_HASHES:
        raise ValueError('hash_name is "sha-256", "sha-384" or "sha-512".')
    names = _REQUIRED_MEMBERS[members["kty"]]
    canonical = "{" + ",".join(f'"{name}":"{members[name]}"' for name in names) + "}"
    return base64url.encode(NAMED_HASHES[hash_name](canonical.encode("ascii")).digest())


def thumbprint_uri(members: Mapping[str, str], *, hash_name: HashName = "sha-256") -> str:
    """Name a key by a URI, ``urn:ietf:params:oauth:jwk-thumbprint:sha-256:…`` (RFC 9278 §3)."""
    return f"{_URI_PREFIX}{hash_name}:{thumbprint(members, hash_name=hash_name)}"
