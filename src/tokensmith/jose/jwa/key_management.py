"""What an algorithm for content keys says of itself (RFC 7518 §4.1), and what it makes of a key.

There are three sorts. Most encrypt a random content key to the recipient. With "dir" and "ECDH-ES" the key that both
sides have, or agree on, *is* the content key; nothing is sent, and there can be one recipient only. So it is with
integrated encryption (draft-ietf-jose-hpke-encrypt §5), which sends what leads to the key and settles the cipher, too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType, PublicKeyObject


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What the header says to such an algorithm, decoded; each algorithm looks at its own."""

    ephemeral_key: PublicKeyObject | None = None
    """The sender's one-time public key, "epk"."""
    party_u: bytes = b""
    """What the sender says of itself, "apu"."""
    party_v: bytes = b""
    """What the sender says of the recipient, "apv"."""
    iv: bytes = b""
    tag: bytes = b""
    salt: bytes = b""
    """The salt of a password, "p2s"."""
    iterations: int | None = None
    """How often a password is hashed, "p2c"."""
    encapsulated_secret: bytes = b""
    """What leads a recipient to the key that encrypts the content key, "ek"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """The content key, and what the recipient needs to find it."""

    content_key: bytes = field(repr=False)
    encrypted_key: bytes = b""
    """Empty where nothing is sent."""
    parameters: Parameters = field(default_factory=Parameters)
    """What has to go into the header."""


WrapKey = Callable[[bytes, ContentEncryption, Parameters], WrappedKey]
"""From a fresh content key, what it is for, and the sender's own parameters to what is sent.

With "dir", "ECDH-ES" and integrated encryption the content key handed in is dropped for the one that follows.
"""
UnwrapKey = Callable[[bytes, ContentEncryption, Parameters], bytes]
"""From the encrypted key to a content key of the right length; or `cannot_decrypt`, whatever is wrong."""


class KeyManagementOperations(msgspec.Struct, frozen=True):
    """One key, made ready for one algorithm; *unwrap* is None for a public key."""

    key_type: KeyType
    wrap: WrapKey
    unwrap: UnwrapKey | None


class KeyManagementAlgorithm(msgspec.Struct, frozen=True, kw_only=True):
    """What one "alg" value for encryption means."""

    name: str
    """The value of "alg", compared exactly and with case."""
    key_types: tuple[KeyType, ...]
    """The values of "kty" it works with."""
    curves: tuple[str, ...] = ()
    """The values of "crv" it works with, the one for new keys first; empty for key types without curves."""
    key_bytes: int | None = None
    """Length of the shared secret; None where it is a key pair, or a password."""
    content_encryption: ContentEncryption | None = None
    """The one thing a key of "dir" is for; None for all other algorithms."""
    is_direct: bool = False
    """Whether no key is sent."""
    integrated: ContentEncryption | None = None
    """What the plaintext is encrypted with where the algorithm settles that and the header has no "enc"."""
    draft: str | None = None
    """The draft that defines it, with its version, until it is a standard; a program has to name it."""
    parameters: tuple[str, ...] = ()
    """The header parameters of its own."""
    wrapping: frozenset[str] = frozenset({"wrapKey"})
    """The "key_ops" of which a sender's key needs one."""
    unwrapping: frozenset[str] = frozenset({"unwrapKey"})
    """The "key_ops" of which a recipient's key needs one."""
    prepare: "Prepare" = field(repr=False)
    """Checks that a key fits and makes its operations, once; raises `KeyMaterialError`."""

    @property
    def has_one_recipient(self) -> bool:
        """Whether the content key follows from the one recipient's key."""
        return self.is_direct or self.integrated is not None

    @property
    def stated(self) -> str:
        """What the "alg" of a JWK says: for "dir" the content encryption, as in RFC 7520 §5.6.1."""
        return self.name if self.content_encryption is None else self.content_encryption.name


Prepare = Callable[[KeyManagementAlgorithm, KeyObject], KeyManagementOperations]


def key_mismatch(algorithm: KeyManagementAlgorithm) -> KeyMaterialError:
    """Say that a key is of another kind, curve or length than *algorithm* needs."""
    kind = f"{' or '.join(algorithm.key_types)} key"
    if algorithm.curves:
        kind += f" on one of {', '.join(algorithm.curves)}"
    if algorithm.key_bytes is not None:
        kind += f" of {algorithm.key_bytes} octets"
    return KeyMaterialError(f"{algorithm.stated} needs an {kind}.", code="algorithm_mismatch")
