"""What fuzzing starts from: the values in the committed test vectors, and keys that are the same in every process.

A finding is replayed in another process, so no key here is made anew.
"""

import contextlib
import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tokensmith.jose import JoseError, Key, KeySet

FOLDER: Final = Path(__file__).parents[1] / "jose" / "vectors"
_PRIVATE: Final = {"d", "k", "priv"}
# What a key is for that does not say so itself; None where its curve does.
_COULD_BE: Final[Mapping[str, tuple[str | None, ...]]] = MappingProxyType(
    {
        "AKP": (None,),
        "EC": (None, "ECDH-ES", "ECDH-ES+A128KW"),
        "OKP": (None, "ECDH-ES", "ECDH-ES+A128KW"),
        "RSA": ("PS256", "RS256", "RSA-OAEP", "RSA-OAEP-256"),
        "oct": (None, "HS256"),
    }
)


def texts() -> Iterator[str]:
    """Every string of every vector."""
    return (value for value in _values() if isinstance(value, str))


def objects(*names: str) -> Iterator[bytes]:
    """Every object that has all these members, as JSON."""
    return (json.dumps(value).encode() for value in _objects() if value.keys() >= set(names))


def readings(seed: bytes) -> Iterator[bytes]:
    """What one of us wrote, and in JSON the same without any "kid" that is not protected.

    Whoever takes a key id away that is not ours lets our only key of that algorithm be tried: what it opens is genuine.
    """
    yield seed
    with contextlib.suppress(ValueError):
        yield json.dumps(_without_kid(json.loads(seed))).encode()


def _without_kid(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_kid(item) for name, item in value.items() if name != "kid"}
    return [_without_kid(item) for item in value] if isinstance(value, list) else value


def names() -> frozenset[str]:
    """Every member name of every vector."""
    return frozenset(name for value in _objects() for name in value)


@functools.cache
def signature_keys() -> KeySet:
    """One private key or secret for each signature algorithm that the vectors have one of."""
    return KeySet(key for key in private_keys().values() if not key.is_for_encryption)


@functools.cache
def encryption_keys() -> KeySet:
    """One private key, secret or password for each way to encrypt that the vectors have one of."""
    password = Key.from_password("correct horse battery staple", alg="PBES2-HS256+A128KW")
    return KeySet([password, *(key for key in private_keys().values() if key.is_for_encryption)])


@functools.cache
def private_keys() -> dict[str, Key]:
    """The first private key or secret of each algorithm."""
    found: dict[str, Key] = {}
    for text in {json.dumps(jwk): None for jwk in _objects() if "kty" in jwk and not jwk.keys().isdisjoint(_PRIVATE)}:
        jwk = json.loads(text) | {"kid": "k"}
        # To look at an RSA key takes a tenth of a second.
        for alg in [each for each in _COULD_BE[jwk["kty"]] if each not in found]:
            try:
                key = Key.from_jwk(jwk, alg=alg)
            except JoseError:
                continue
            found.setdefault(key.alg, key)
    return found


def _objects() -> Iterator[dict[str, Any]]:
    return (value for value in _values() if isinstance(value, dict))


@functools.cache
def _values() -> tuple[Any, ...]:
    files = sorted(FOLDER.rglob("*.json"))
    return tuple(value for file in files for value in _walk(json.loads(file.read_text())))


def _walk(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _walk(item)
