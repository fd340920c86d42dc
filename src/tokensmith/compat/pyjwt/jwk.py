"""PyJWK and PyJWKSet: a JWK bound to its algorithm, and the usable ones of a set (RFC 7517 §4, §5).

`bound_key` is the way on: it is the `Key` that everything in `tokensmith.jose` takes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, final

from tokensmith.compat.pyjwt.algorithms import Algorithm, get_algorithm_by_name
from tokensmith.compat.pyjwt.exceptions import InvalidKeyError, PyJWKSetError, PyJWTError
from tokensmith.compat.pyjwt.keys import bind_jwk, key_object
from tokensmith.jose import JoseError, Key
from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwk.keyset import MAX_KEYS
from tokensmith.jose.jwk.parse import parse_json_object


@final
class PyJWK:
    """One JWK.

    Args:
        jwk_data: Its members.
        algorithm: The algorithm, where the JWK does not state its own.

    Raises:
        InvalidKeyError: It is no usable key, is too weak, or is for something else.
        PyJWKError: The algorithm is not supported.
    """

    __slots__ = ("bound_key", "key", "key_id", "public_key_use")

    bound_key: Final[Key]
    """The key for `tokensmith.jose`; it has no kid."""
    key: Final[KeyObject]
    """The octets of a secret, or the key object of `cryptography`."""
    key_id: Final[Any]
    """The JWK's "kid", or None."""
    public_key_use: Final[str | None]
    """The JWK's "use", or None."""

    def __init__(self, jwk_data: Mapping[str, Any], algorithm: str | None = None) -> None:
        self.bound_key = bind_jwk(jwk_data, algorithm=algorithm)
        self.key = key_object(self.bound_key)
        self.key_id = jwk_data.get("kid")
        self.public_key_use = self.bound_key.use

    @staticmethod
    def from_dict(obj: Mapping[str, Any], algorithm: str | None = None) -> "PyJWK":
        """Take a JWK from its members."""
        return PyJWK(obj, algorithm)

    @staticmethod
    def from_json(data: str | bytes, algorithm: str | None = None) -> "PyJWK":
        """Take a JWK from its JSON text, read strictly; raises `InvalidKeyError` where it is none."""
        try:
            return PyJWK(parse_json_object(data), algorithm)
        except JoseError as error:
            raise InvalidKeyError(str(error)) from error

    @property
    def algorithm_name(self) -> str:
        """The algorithm the key is bound to."""
        return self.bound_key.alg

    @property
    def Algorithm(self) -> Algorithm:  # noqa: N802
        """The same, as an object of `algorithms`."""
        return get_algorithm_by_name(self.bound_key.alg)

    @property
    def key_type(self) -> str:
        """The JWK's "kty"."""
        return self.bound_key.kty

    def __repr__(self) -> str:
        return f"<PyJWK {self.bound_key.alg} kid={self.key_id!r}>"


@final
class PyJWKSet:
    """The usable keys of a JWK Set; the others are left out.

    Args:
        keys: A list of JWKs, at most 256.

    Raises:
        PyJWKSetError: There are none, too many, or none that can be used.
    """

    __slots__ = ("keys",)

    keys: Final[list[PyJWK]]

    def __init__(self, keys: object) -> None:
        if not isinstance(keys, list) or not 0 < len(keys) <= MAX_KEYS:
            raise PyJWKSetError(f"A JWK Set is a list of 1 to {MAX_KEYS} keys.")
        self.keys = [key for key in map(_usable, keys) if key is not None]
        if not self.keys:
            raise PyJWKSetError("The JWK Set has no key that can be used.")

    @staticmethod
    def from_dict(obj: Mapping[str, Any]) -> "PyJWKSet":
        """Take the keys of a JWK Set."""
        return PyJWKSet(obj.get("keys", []))

    @staticmethod
    def from_json(data: str | bytes) -> "PyJWKSet":
        """Take the keys of a JWK Set from its JSON text, read strictly; raises `PyJWKSetError` where it is none."""
        try:
            return PyJWKSet.from_dict(parse_json_object(data))
        except JoseError as error:
            raise PyJWKSetError(str(error)) from error

    def __getitem__(self, kid: str) -> PyJWK:
        for key in self.keys:
            if key.key_id == kid:
                return key
        raise KeyError(f"The key set has no key {kid!r:.64}.")

    def __iter__(self) -> Iterator[PyJWK]:
        return iter(self.keys)


def _usable(jwk: object) -> PyJWK | None:
    try:
        return PyJWK(jwk) if isinstance(jwk, dict) else None
    except PyJWTError:
        return None
