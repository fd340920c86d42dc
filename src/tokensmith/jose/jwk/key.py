"""Key: one key, bound to one algorithm, ready to use (RFC 7517 §4, RFC 8725 §3.1).

It is a class of its own rather than a dataclass so that nothing that walks fields (`asdict`, a JSON encoder, a
structured log) can find the private half: that leaves only through `to_jwk`, `to_pem` and `to_der` with *private* true.
"""

from collections.abc import Mapping
from typing import Final, final

from cryptography.hazmat.primitives.serialization import Encoding

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType, SignatureAlgorithm, SignBytes, VerifyBytes
from tokensmith.jose.jwa.hashing import HashName
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm, UnwrapKey, WrapKey
from tokensmith.jose.jwa.rsa_signature import MIN_MODULUS_BITS
from tokensmith.jose.jwa.tables import PASSWORD_ALGORITHMS
from tokensmith.jose.jwk.arguments import octets, password_octets, text_or_none
from tokensmith.jose.jwk.export import public_half, write_private_members, write_public_members
from tokensmith.jose.jwk.generate import generate_key_object, random_kid
from tokensmith.jose.jwk.operations import prepare_operations
from tokensmith.jose.jwk.parse import KeyAlgorithm, KeyParts, parse_json_object, parse_jwk, parse_secret, requested
from tokensmith.jose.jwk.pem import parse_der, parse_pem, write_private, write_public
from tokensmith.jose.jwk.silent import Silent
from tokensmith.jose.jwk.thumbprint import thumbprint, thumbprint_uri
from tokensmith.jose.jwk.usage import public_operations
from tokensmith.jose.strict_json import JsonValue


@final
class Key(Silent):
    """One key for one algorithm; frozen, and silent about its private members.

    Made by `generate`, `from_jwk`, `from_pem`, `from_der`, `from_secret` and `from_password`. Everything is checked
    there, once: that the key fits the algorithm, is large enough, and is not meant for something else.
    """

    __slots__ = (
        "_algorithm",
        "_key_object",
        "alg",
        "can_sign",
        "enc",
        "is_for_encryption",
        "is_private",
        "key_ops",
        "kid",
        "kty",
        "sign_bytes",
        "unwrap_key",
        "use",
        "verify_bytes",
        "wrap_key",
    )

    alg: Final[str]
    """The one algorithm this key is used with."""
    enc: Final[str | None]
    """The one content encryption that a key of "dir" is for; None for all others."""
    is_for_encryption: Final[bool]
    """Whether its algorithm manages content keys of a JWE; else it is for signatures. No key is for both."""
    kid: Final[str | None]
    """The key's id, where it has one."""
    kty: Final[KeyType]
    """The key type of RFC 7518 §6.1: "RSA", "EC", "OKP", "AKP" or "oct"."""
    use: Final[str | None]
    """What the key's JWK says it is for: "sig", "enc" or nothing."""
    key_ops: Final[frozenset[str] | None]
    """The operations the key's JWK allows; None where it does not say."""
    is_private: Final[bool]
    """Whether it holds a secret: it is a private key or a shared secret."""
    can_sign: Final[bool]
    """Whether it makes signatures: its private half is here or knows who has it, and "key_ops" allow it."""
    sign_bytes: Final[SignBytes]
    """From the signing input to the raw JWS signature; or `KeyMaterialError` ("key_operation") if it may not sign."""
    verify_bytes: Final[VerifyBytes]
    """From raw signature and signing input to their match; or `KeyMaterialError` ("key_operation") if it may not."""
    wrap_key: Final[WrapKey]
    """From a content key to what a recipient gets; or `KeyMaterialError` ("key_operation") if it may not."""
    unwrap_key: Final[UnwrapKey]
    """From what a recipient gets to the content key; or `KeyMaterialError` ("key_operation") if it may not."""

    def __init__(self, parts: KeyParts) -> None:
        operations = prepare_operations(parts)
        self._algorithm: Final[KeyAlgorithm] = parts.algorithm
        self._key_object: Final[KeyObject] = parts.key_object
        self.alg = parts.algorithm.name
        self.enc = parts.enc
        self.is_for_encryption = isinstance(parts.algorithm, KeyManagementAlgorithm)
        self.kid = parts.kid
        self.kty = operations.key_type
        self.use = parts.use
        self.key_ops = parts.key_ops
        self.is_private = operations.is_private
        self.can_sign = operations.can_sign
        self.sign_bytes = operations.sign_bytes
        self.verify_bytes = operations.verify_bytes
        self.wrap_key = operations.wrap_key
        self.unwrap_key = operations.unwrap_key

    @classmethod
    def generate(
        cls, alg: str, *, kid: str | None = None, crv: str | None = None, rsa_bits: int = MIN_MODULUS_BITS
    ) -> "Key":
        """Make a new private key or secret, sized by its algorithm.

        Args:
            alg: An algorithm such as "ES256" or "ECDH-ES"; a name of a content encryption gives a key of "dir" for it,
                "dir" alone one for "A256GCM".
            kid: The key's id; without one it is the RFC 7638 thumbprint, for a secret a random one.
            crv: The curve, where *alg* works with several: "P-256" unless given for ECDH-ES, "Ed25519" for "EdDSA".
            rsa_bits: Size of an RSA modulus, 2048 to 16384.

        Raises:
            KeyMaterialError: *alg* is ML-DSA, which needs OpenSSL 3.5 behind `cryptography` ("unsupported_algorithm").
            ValueError: *alg* is no algorithm of ours, *crv* none of its curves, or *rsa_bits* outside its range.
        """
        algorithm = requested("A256GCM" if alg == "dir" else alg)
        key_object = generate_key_object(algorithm, crv=crv, rsa_bits=rsa_bits)
        if kid is None:
            kid = random_kid() if isinstance(key_object, bytes) else thumbprint(write_public_members(key_object))
        use = "sig" if isinstance(algorithm, SignatureAlgorithm) else "enc"
        return cls(KeyParts(key_object=key_object, algorithm=algorithm, kid=text_or_none(kid, "kid"), use=use))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object] | str | bytes, *, alg: str | None = None) -> "Key":
        """Take a key from a JWK, public or private (RFC 7517 §4).

        Args:
            jwk: The JSON object, or its text, which is then read strictly.
            alg: The algorithm, where neither "alg" nor the curve settles it; never other than the JWK's own "alg".

        Raises:
            KeyMaterialError: The JWK is malformed, contradicts itself or *alg*, is weak, or is of an unsupported kind.
            ValueError: *alg* is no algorithm of ours.
        """
        return cls(parse_jwk(parse_json_object(jwk), alg=alg))

    @classmethod
    def from_pem(
        cls, data: str | bytes, *, alg: str | None = None, password: str | bytes | None = None, kid: str | None = None
    ) -> "Key":
        """Take a key from PKCS#1, PKCS#8, SEC 1, SPKI or X.509 PEM, or an OpenSSH key.

        Args:
            data: The text, never a path; exactly one key in it. A certificate's dates and issuer are not looked at.
            alg: The algorithm; RSA keys need it, other keys follow their curve.
            password: Of an encrypted private key; an OpenSSH one is read where the package `bcrypt` is installed.
            kid: The key's id; without one the key answers for tokens of any kid.

        Raises:
            KeyMaterialError: The text holds no such key, the password is wrong or missing, or key and *alg* do not fit.
            ValueError: *alg* is no algorithm of ours.
        """
        return cls(
            parse_pem(octets(data, "data"), alg=alg, password=password_octets(password), kid=text_or_none(kid, "kid"))
        )

    @classmethod
    def from_der(
        cls, data: bytes, *, alg: str | None = None, password: str | bytes | None = None, kid: str | None = None
    ) -> "Key":
        """Take a key from PKCS#1, PKCS#8, SEC 1, SPKI or X.509 DER; arguments and errors as of `from_pem`."""
        return cls(
            parse_der(
                bytes(memoryview(data)), alg=alg, password=password_octets(password), kid=text_or_none(kid, "kid")
            )
        )

    @classmethod
    def from_secret(cls, secret: str | bytes, *, alg: str = "HS256", kid: str | None = None) -> "Key":
        """Take a shared secret; best made by ``Key.generate("HS256")``.

        Args:
            secret: For HMAC at least as many octets as the hash has (32, 48, 64), for encryption exactly as many as the
                algorithm's key; text counts as its UTF-8 octets.
            alg: "HS256", "HS384", "HS512", or one for encryption such as "A256KW"; passwords have `from_password`.
            kid: The key's id; without one the key answers for tokens of any kid.

        Raises:
            KeyMaterialError: The secret is too short or a known placeholder ("weak_key"; RFC 7518 §3.2), is a key in
                PEM, DER, SSH or JWK form ("public_key_as_secret"; RFC 8725 §2.1), or *alg* takes no such secret.
            ValueError: *alg* is no algorithm of ours, or one for passwords.
        """
        if alg in PASSWORD_ALGORITHMS:
            raise ValueError(f"A key for {alg} is made by Key.from_password.")
        return cls(parse_secret(octets(secret, "secret"), alg=alg, kid=text_or_none(kid, "kid")))

    @classmethod
    def from_password(cls, password: str | bytes, *, alg: str, kid: str | None = None) -> "Key":
        """Take a password that encrypts; anybody who holds a token can try others, offline (RFC 7518 §8.8).

        Args:
            password: At least 16 octets; text counts as its UTF-8 octets.
            alg: "PBES2-HS256+A128KW", "PBES2-HS384+A192KW" or "PBES2-HS512+A256KW".
            kid: The key's id; without one the key answers for tokens of any kid.

        Raises:
            KeyMaterialError: The password is too short or a known placeholder ("weak_key"), or is a key in PEM, DER,
                SSH or JWK form ("public_key_as_secret").
            ValueError: *alg* is not for passwords.
        """
        if alg not in PASSWORD_ALGORITHMS:
            raise ValueError(f"alg is one of {', '.join(PASSWORD_ALGORITHMS)}.")
        return cls(parse_secret(octets(password, "password"), alg=alg, kid=text_or_none(kid, "kid")))

    def with_signer(self, sign: SignBytes) -> "Key":
        """Give a public key that signs, its private half being elsewhere: in a PKCS#11 token, at a key service.

        Args:
            sign: Makes the raw JWS signature of a signing input (for ES256 r‖s, 64 bytes). What it raises goes through,
                and what it returns is not verified.

        Raises:
            ValueError: This is no public key for signatures.
        """
        if self.is_private or self.can_sign or self.is_for_encryption:
            raise ValueError("with_signer is for the public half of a key for signatures.")
        operations = None if self.key_ops is None else self.key_ops | {"sign"}
        return self._half(self._key_object, operations, sign)

    def public(self) -> "Key":
        """Give the public half, under the same kid.

        Raises:
            KeyMaterialError: A shared secret has none ("symmetric_key").
        """
        half = public_half(self._key_object)
        if not self.is_private and not self.can_sign:
            return self
        return self._half(half, public_operations(self.key_ops, algorithm=self._algorithm), None)

    def to_jwk(self, *, private: bool = False) -> dict[str, JsonValue]:
        """Spell the key as a JWK, without its private members unless *private* is true.

        Raises:
            KeyMaterialError: *private* is false for a shared secret ("symmetric_key"), or true for a public key
                ("not_private").
        """
        if private and not self.is_private:
            raise KeyMaterialError("The key has no private half.", code="not_private")
        if private:
            return self._spell(write_private_members(self._key_object))
        if self.is_private or self.can_sign:
            return self.public().to_jwk()
        return self._spell(write_public_members(self._key_object))

    def to_pem(self, *, private: bool = False, password: str | bytes | None = None) -> str:
        """Spell the key as PEM: SubjectPublicKeyInfo, or PKCS#8 where *private* is true.

        Raises:
            KeyMaterialError: The key is a shared secret ("symmetric_key"), or has no private half ("not_private").
            ValueError: A password is given for a public key, or is empty.
        """
        return self._write(Encoding.PEM, private=private, password=password).decode("ascii")

    def to_der(self, *, private: bool = False, password: str | bytes | None = None) -> bytes:
        """Spell the key as DER; arguments and errors as of `to_pem`."""
        return self._write(Encoding.DER, private=private, password=password)

    def thumbprint(self, *, hash_name: HashName = "sha-256") -> str:
        """Digest the key's required members, in base64url (RFC 7638); the same for both halves of a pair.

        A thumbprint of a shared secret helps whoever guesses it (RFC 7638 §7): keep it as secret as the key.
        """
        return thumbprint(self._required_members(), hash_name=hash_name)

    def thumbprint_uri(self, *, hash_name: HashName = "sha-256") -> str:
        """Name the key by its thumbprint, ``urn:ietf:params:oauth:jwk-thumbprint:sha-256:…`` (RFC 9278)."""
        return thumbprint_uri(self._required_members(), hash_name=hash_name)

    def _half(self, half: KeyObject, operations: frozenset[str] | None, signer: SignBytes | None) -> "Key":
        kid, use, algorithm = self.kid, self.use, self._algorithm
        return Key(KeyParts(key_object=half, algorithm=algorithm, kid=kid, use=use, key_ops=operations, signer=signer))

    def _write(self, encoding: Encoding, *, private: bool, password: str | bytes | None) -> bytes:
        if private:
            return write_private(self._key_object, encoding=encoding, password=password_octets(password))
        if password is not None:
            raise ValueError("A public key is not encrypted; password is for private=True.")
        return write_public(self._key_object, encoding=encoding)

    def _required_members(self) -> dict[str, str]:
        key = self._key_object
        return write_private_members(key) if isinstance(key, bytes) else write_public_members(key)

    def _spell(self, members: Mapping[str, str]) -> dict[str, JsonValue]:
        jwk: dict[str, JsonValue] = {**members, "alg": self.enc or self.alg}
        if self.kid is not None:
            jwk["kid"] = self.kid
        if self.use is not None:
            jwk["use"] = self.use
        if self.key_ops is not None:
            jwk["key_ops"] = sorted(self.key_ops)
        return jwk

    def __repr__(self) -> str:
        half = "private" if self.is_private else "signed elsewhere" if self.can_sign else "public"
        return f"<Key {self.alg} {half} kid={self.kid!r}>"
