"""What may not be a shared secret: a public key in any spelling, or text everybody knows (RFC 8725 §2.1, §3.5).

Whoever passes a public key where a secret is due has published the secret. Looking for "-----BEGIN" at the start has
failed in many libraries (CVE-2017-11424, CVE-2022-29217, CVE-2024-33663, CVE-2026-48526), so this looks at what the
octets *are*, also behind whitespace, other text, base64 or hex. It is the second line: the first is that a token never
chooses the kind of key.
"""

import binascii
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.curves import CURVES

_MAX_OCTETS: Final = 4096
# PEM (RFC 7468), SSH2 (RFC 4716) and PuTTY armour; "BEGIN" anywhere after a dash, whatever text comes first.
_ARMOUR: Final = (b"-BEGIN ", b"- BEGIN ", b"PuTTY-User-Key-File")
# An SSH key blob is a length and a name of one of these families (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4).
_SSH_NAMES: Final = (b"ssh-", b"ecdsa-sha2-", b"sk-")
_DER_LOADERS: Final[tuple[Callable[[bytes], object], ...]] = (
    load_der_public_key,
    lambda data: load_der_private_key(data, password=None),
    load_der_x509_certificate,
)
# Long enough to pass the length rule, and printed in tutorials and debuggers for everybody to copy.
_PLACEHOLDERS: Final = frozenset(
    {
        b"a-string-secret-at-least-256-bits-long",
        b"a-valid-string-secret-that-is-at-least-384-bits-long",
        b"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        b"your-super-secret-jwt-token-with-at-least-32-characters-long",
        b"super-secret-jwt-token-with-at-least-32-characters-long",
        b"this-is-a-very-long-secret-key-for-jwt-signing",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"abcdefghijklmnopqrstuvwxyz123456",
    }
)


def check_secret(secret: bytes) -> None:
    """Refuse a shared secret that is public.

    Args:
        secret: At most 4096 octets; HMAC hashes what is longer than a block anyway.

    Raises:
        KeyMaterialError: It is longer ("oversized_key"); it is a key in PEM, DER, SSH or JWK form, also behind base64
            or hex ("public_key_as_secret"); or it is a known placeholder, or one short text repeated ("weak_key").
    """
    if len(secret) > _MAX_OCTETS:
        raise KeyMaterialError("The secret is too long.", code="oversized_key", detail=f"octets={len(secret)}")
    if any(_is_key(candidate) for candidate in _readings(secret)):
        raise KeyMaterialError(
            "A key in PEM, DER, SSH or JWK form is not a shared secret.", code="public_key_as_secret"
        )
    if secret.strip().lower() in _PLACEHOLDERS or _repeats_itself(secret):
        raise KeyMaterialError("The secret is a known placeholder or repeats itself.", code="weak_key")


def _readings(secret: bytes) -> Iterator[bytes]:
    """Yield what the octets may stand for: themselves, and what each word of them is in base64, base64url or hex."""
    stripped = secret.strip()
    yield secret
    yield stripped
    if not stripped.isascii():
        return
    words = stripped.split()
    for word in {*words, b"".join(words)}:
        yield from _decodings(word)


def _decodings(word: bytes) -> Iterator[bytes]:
    standard = word.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    for decode, text in ((binascii.a2b_base64, standard + b"=" * (-len(standard) % 4)), (binascii.unhexlify, word)):
        try:
            yield decode(text)
        except binascii.Error:
            continue


def _is_key(octets: bytes) -> bool:
    return (
        any(mark in octets for mark in _ARMOUR)
        or octets[4:].startswith(_SSH_NAMES)
        or _is_jwk(octets)
        or _is_point(octets)
        or _is_der(octets)
    )


def _is_jwk(octets: bytes) -> bool:
    if b'"kty"' in octets:
        return True
    if not octets.lstrip().startswith((b"{", b"\xef\xbb\xbf")):
        return False
    try:
        parsed = json.loads(octets)
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and not parsed.keys().isdisjoint({"kty", "keys"})


def _is_point(octets: bytes) -> bool:
    """Tell an uncompressed point (SEC 1 §2.3.3) of one of our curves."""
    fitting = (each for each in CURVES.values() if octets.startswith(b"\x04") and len(octets) == 2 * each.octets + 1)
    return any(
        _loads(partial(EllipticCurvePublicKey.from_encoded_point, each.implementation), octets) for each in fitting
    )


def _is_der(octets: bytes) -> bool:
    length = _sequence_length(octets)
    return length is not None and any(_loads(load, octets[:length]) for load in _DER_LOADERS)


def _sequence_length(octets: bytes) -> int | None:
    """Read how many octets the DER SEQUENCE at the start takes, so that text behind it hides nothing (X.690 §8.1.3)."""
    if len(octets) < 2 or octets[0] != 0x30:
        return None
    if octets[1] < 0x80:
        return 2 + octets[1]
    end = 2 + (octets[1] & 0x7F)
    return end + int.from_bytes(octets[2:end], "big")


def _loads(load: Callable[[bytes], object], octets: bytes) -> bool:
    try:
        load(octets)
    except ValueError:
        return False
    # Whatever else is raised tells a key from random octets: it is encrypted (TypeError), of an unknown algorithm, ...
    except Exception:  # noqa: BLE001
        return True
    return True


def _repeats_itself(secret: bytes) -> bool:
    """Tell a unit written again and again, such as "changeme" four times; also where the last one is cut off."""
    return any(secret.startswith(secret[period:]) for period in range(1, len(secret) // 2 + 1))
