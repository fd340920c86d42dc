"""PyJWT's `algorithms`: JWKs to key objects and back, and one object for each algorithm.

The objects are views of the constant tables of `tokensmith.jose`; there is no way to add one, and none is "none".
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal, final, overload

from cryptography.hazmat.primitives.hashes import Hash

from tokensmith.compat.pyjwt.exceptions import InvalidKeyError, translated
from tokensmith.compat.pyjwt.keys import KeyMaterial, bind_jwk, bind_key, key_object
from tokensmith.jose import JoseError
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType, PrivateKeyObject, PublicKeyObject
from tokensmith.jose.jwa.hashing import SHA2
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk.export import write_private_members
from tokensmith.jose.jwk.parse import parse_json_object

has_crypto: Final = True
"""Whether `cryptography` is there; it always is."""

requires_cryptography: Final = frozenset(
    name for name, algorithm in SIGNATURE_ALGORITHMS.items() if algorithm.key_type != "oct"
)
"""The algorithms that PyJWT needs `cryptography` for."""


class Algorithm:
    """One algorithm by its name; the subclasses differ in the type of their keys.

    Raises:
        NotImplementedError: There is no such algorithm for keys of this type.
    """

    __slots__ = ("name",)

    key_type: ClassVar[KeyType]
    name: Final[str]

    def __init__(self, name: str) -> None:
        if name not in SIGNATURE_ALGORITHMS or SIGNATURE_ALGORITHMS[name].key_type != self.key_type:
            raise NotImplementedError(f"{type(self).__name__} has no algorithm of this name.")
        self.name = name

    def prepare_key(self, key: KeyMaterial) -> KeyObject:
        """Load and check a key for this algorithm; raises as `bind_key`."""
        return key_object(bind_key(key, alg=self.name))

    def sign(self, msg: bytes, key: KeyMaterial) -> bytes:
        """Sign octets; raises `InvalidKeyError` for a public key, and as `bind_key`."""
        try:
            return bind_key(key, alg=self.name).sign_bytes(msg)
        except JoseError as error:
            raise translated(error) from error

    def verify(self, msg: bytes, key: KeyMaterial, sig: bytes) -> bool:
        """Tell whether a raw signature belongs to these octets; raises as `bind_key`."""
        return bind_key(key, alg=self.name).verify_bytes(sig, msg)

    def compute_hash_digest(self, bytestr: bytes) -> bytes:
        """Hash octets with the algorithm's hash, as "at_hash" of OpenID Connect needs it.

        Raises:
            NotImplementedError: The algorithm has no hash of its own choice (EdDSA).
        """
        hash_bits = SIGNATURE_ALGORITHMS[self.name].hash_bits
        if hash_bits is None:
            raise NotImplementedError(f"{self.name} does not say which hash that is.")
        digest = Hash(SHA2[hash_bits])
        digest.update(bytestr)
        return digest.finalize()

    @classmethod
    def from_jwk(cls, jwk: str | Mapping[str, Any]) -> KeyObject:
        """Take the key object out of a JWK, which is a mapping or its JSON text.

        Raises:
            InvalidKeyError: It is no usable key of this type.
            PyJWKError: Its "alg" is not supported.
        """
        try:
            members = parse_json_object(jwk)
        except (JoseError, TypeError):
            raise InvalidKeyError("A JWK is a JSON object.") from None
        if members.get("kty") != cls.key_type:
            raise InvalidKeyError(f'The JWK\'s "kty" is not "{cls.key_type}".')
        return key_object(bind_jwk(members, algorithm=None))

    @overload
    @classmethod
    def to_jwk(cls, key_obj: KeyMaterial, as_dict: Literal[True]) -> dict[str, Any]: ...

    @overload
    @classmethod
    def to_jwk(cls, key_obj: KeyMaterial, as_dict: Literal[False] = False) -> str: ...

    @classmethod
    def to_jwk(cls, key_obj: KeyMaterial, as_dict: bool = False) -> dict[str, Any] | str:
        """Spell a key object as a JWK, its private members included where it has them.

        Raises:
            InvalidKeyError: It is no key object of this type.
        """
        octets = key_obj.encode() if isinstance(key_obj, str) else key_obj
        if not isinstance(octets, bytes | PrivateKeyObject | PublicKeyObject):
            raise InvalidKeyError("This is no key object.")
        jwk: dict[str, Any] = dict(write_private_members(octets))
        if jwk["kty"] != cls.key_type:
            raise InvalidKeyError(f"This is no {cls.key_type} key.")
        if jwk["kty"] == "RSA":
            jwk["key_ops"] = ["sign" if "d" in jwk else "verify"]
        return jwk if as_dict else json.dumps(jwk)


@final
class HMACAlgorithm(Algorithm):
    """HS256, HS384, HS512."""

    __slots__ = ()
    key_type = "oct"


@final
class RSAAlgorithm(Algorithm):
    """RS256 to RS512 and PS256 to PS512."""

    __slots__ = ()
    key_type = "RSA"


RSAPSSAlgorithm = RSAAlgorithm
"""PyJWT's other name for algorithms of RSA keys."""


@final
class ECAlgorithm(Algorithm):
    """ES256, ES384, ES512, ES256K."""

    __slots__ = ()
    key_type = "EC"


@final
class OKPAlgorithm(Algorithm):
    """EdDSA, Ed25519, Ed448."""

    __slots__ = ()
    key_type = "OKP"


@final
class AKPAlgorithm(Algorithm):
    """ML-DSA-44, ML-DSA-65, ML-DSA-87; PyJWT has none of them."""

    __slots__ = ()
    key_type = "AKP"


_CLASSES: Final[Mapping[KeyType, type[Algorithm]]] = MappingProxyType(
    {each.key_type: each for each in (HMACAlgorithm, RSAAlgorithm, ECAlgorithm, OKPAlgorithm, AKPAlgorithm)}
)


def get_algorithm_by_name(alg_name: str) -> Algorithm:
    """Look up an algorithm.

    Raises:
        NotImplementedError: There is none of this name; "none" is such a name.
    """
    if alg_name not in SIGNATURE_ALGORITHMS:
        raise NotImplementedError("The algorithm is not supported.")
    return _CLASSES[SIGNATURE_ALGORITHMS[alg_name].key_type](alg_name)


def get_default_algorithms() -> dict[str, Algorithm]:
    """List all algorithms by name, in a dict of the caller's own."""
    return {name: get_algorithm_by_name(name) for name in SIGNATURE_ALGORITHMS}
