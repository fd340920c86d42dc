"""Seals the few secrets that must be read back: private keys, second-factor seeds (NIST SP 800-38D; RFC 5869).

A sealed value says which key it was sealed with, so that keys can be changed while old values are still there. The
place (table, column, row) is authenticated: a value copied into another row, by somebody who may write to the database
but has no key, does not open. Each purpose has a key of its own, derived from the sealing key: what chains refresh
tokens or hides the names in the lock-out table seals nothing.

A key's id is derived from the key, so an operator keeps one string and cannot pair the wrong two. Of a key that was
dropped the rotation key may be left: it proves refresh tokens, and opens nothing.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tokensmith.server.domain.errors import SealError

KEY_PREFIX: Final = "tsk_"
KEY_BYTES: Final = 32
KEY_ID_CHARACTERS: Final = 16

_FORMAT: Final = b"\x01"
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = len(_FORMAT) + KEY_ID_CHARACTERS
_TAG_BYTES: Final = 16
_NONE: Final[Mapping[str, bytes]] = MappingProxyType({})


class Sealing:
    """The sealing keys of a server, the first of which is current; satisfies `Sealer` and `RotationKeys`."""

    def __init__(self, keys: tuple[bytes, ...], *, former: Mapping[str, bytes] = _NONE) -> None:
        """Take the keys, 32 random bytes each, the current one first; *former* are rotation keys of dropped ones.

        Raises:
            ValueError: no key, or one that is not 32 bytes long.
        """
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError("sealing needs keys of 32 bytes")
        self._by_id = by_id = {_key_id(key): key for key in keys}
        self._former = former
        self._ciphers = {key_id: AESGCM(_derived(key, "seal")) for key_id, key in by_id.items()}
        own = {key_id: _derived(key, "refresh rotation") for key_id, key in by_id.items()}
        self._rotation_keys = {**former, **own}
        self._attempts_secret = _derived(keys[0], "sign-in attempts")

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls((secrets.token_bytes(KEY_BYTES),))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read keys as an operator keeps them: ``tsk_…``, the current one first, separated by commas or white space.

        Lines that begin with ``#`` are passed over.

        Raises:
            SealError: something else is in the text, or nothing (`sealing_key_malformed`).
        """
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        words = " ".join(lines).replace(",", " ").split()
        if not words:
            raise SealError("There is no sealing key in it.", code="sealing_key_malformed")
        return cls(tuple(_parse_key(word) for word in words))

    def __repr__(self) -> str:
        return f"<Sealing {' '.join(self.key_ids)}>"

    def secret_text(self) -> str:
        """Return the keys as `parse` reads them, one per line."""
        return "".join(f"{KEY_PREFIX}{_encode(key)}\n" for key in self._by_id.values())

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, the current one first."""
        return tuple(self._by_id)

    @property
    def rotation_key_ids(self) -> frozenset[str]:
        """The ids of all rotation keys, those of dropped sealing keys included."""
        return frozenset(self._rotation_keys)

    @property
    def current_key_id(self) -> str:
        """The id of the key that seals new values and chains new refresh families."""
        return next(iter(self._by_id))

    def led_by(self, key_id: str) -> "Sealing":
        """Return the same keys, this one of them made the current one."""
        others = (key for other, key in self._by_id.items() if other != key_id)
        return Sealing((self._by_id[key_id], *others), former=self._former)

    def alone(self, key_id: str) -> "Sealing":
        """Return one of the keys, without the others."""
        return Sealing((self._by_id[key_id],))

    def before(self, others: "Sealing") -> "Sealing":
        """Return these keys, and *others* after them."""
        return Sealing.parse(self.secret_text() + others.secret_text())

    def knowing(self, former: Mapping[str, bytes]) -> "Sealing":
        """Return the same keys with the rotation keys of dropped ones."""
        return Sealing(tuple(self._by_id.values()), former=former)

    @property
    def attempts_secret(self) -> bytes:
        """32 bytes that key the counters of sign-in attempts; another current key starts them anew."""
        return self._attempts_secret

    def rotation_key(self, key_id: str) -> bytes:
        """Return the 32 bytes that chain the refresh families born under this key.

        Raises:
            SealError: the key is not held (any more) (`sealing_key_unknown`).
        """
        found = self._rotation_keys.get(key_id)
        if found is None:
            raise _unknown(key_id)
        return found

    def seal(self, plaintext: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return format ‖ key id ‖ nonce ‖ ciphertext ‖ tag, under the current key and a random 96-bit nonce."""
        key_id = self.current_key_id
        header = _FORMAT + key_id.encode("ascii")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[key_id].encrypt(nonce, plaintext, _place(header, table, column, row))
        return header + nonce + sealed

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: changed, cut short or moved (`sealed_value_refused`), or its key is not held
                (`sealing_key_unknown`).
        """
        header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
        if not header.startswith(_FORMAT) or len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES:
            raise _refused(f"{table}.{column} {row}: not a sealed value")
        key_id = key_id_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise _unknown(key_id)
        try:
            return cipher.decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], _place(header, table, column, row))
        except InvalidTag:
            raise _refused(f"{table}.{column} {row}: changed, or not of this place") from None


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key that a sealed value says it was sealed with; nothing is proven by that."""
    return sealed[len(_FORMAT) : _HEADER_BYTES].decode("ascii", "replace")


def _place(header: bytes, *names: str) -> bytes:
    # Every part with its length: "ab" + "c" and "a" + "bc" are different places.
    encoded = [name.encode() for name in names]
    return header + b"".join(len(name).to_bytes(4, "big") + name for name in encoded)


def _derived(key: bytes, purpose: str) -> bytes:
    info = b"tokensmith 1 " + purpose.encode("ascii")
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def _key_id(key: bytes) -> str:
    fingerprint = hashlib.sha256(_derived(key, "key id")).digest()
    return base64.b32encode(fingerprint).decode("ascii").lower()[:KEY_ID_CHARACTERS]


def _encode(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode("ascii")


def _parse_key(word: str) -> bytes:
    body = word.removeprefix(KEY_PREFIX)
    try:
        key = base64.b64decode(body + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or _encode(key) != body or not word.startswith(KEY_PREFIX):
        # What was read may be a key with a slip in it: it is not repeated, not even in the log.
        raise SealError("That is not a sealing key.", code="sealing_key_malformed", detail=f"{len(word)} characters")
    return key


def _unknown(key_id: str) -> SealError:
    return SealError("A value was sealed with a key that is not here.", code="sealing_key_unknown", detail=key_id)


def _refused(detail: str) -> SealError:
    return SealError("A sealed value does not open.", code="sealed_value_refused", detail=detail)
