"""From a JWK to what a Key is made of: key object, algorithm, and what it is for (RFC 7517 §4).

The key type settles the family of algorithms, the curve mostly the algorithm itself; "alg" may only agree. Nothing is
taken from a token.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tokensmith.jose import strict_json
from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError
from tokensmith.jose.jwa.descriptor import KeyObject, SignatureAlgorithm, SignBytes
from tokensmith.jose.jwa.direct import DIR, DIR_OF_ENC, settle
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS, SIGNATURE_OF_CURVE, key_algorithm
from tokensmith.jose.jwk.akp_members import read_akp
from tokensmith.jose.jwk.certificate_members import check_certificates
from tokensmith.jose.jwk.ec_members import read_ec
from tokensmith.jose.jwk.members import Jwk, malformed, read_optional_text, read_text
from tokensmith.jose.jwk.oct_members import read_oct
from tokensmith.jose.jwk.okp_members import read_okp
from tokensmith.jose.jwk.rsa_members import read_rsa
from tokensmith.jose.jwk.secret_check import check_secret
from tokensmith.jose.jwk.usage import read_operations
from tokensmith.jose.limits import Limits

KeyAlgorithm = SignatureAlgorithm | KeyManagementAlgorithm
"""What a key is bound to."""

_READERS: Final[Mapping[str, Callable[[Jwk], KeyObject]]] = MappingProxyType(
    {"AKP": read_akp, "EC": read_ec, "OKP": read_okp, "RSA": read_rsa, "oct": read_oct}
)
# A set of many keys with their certificates is larger than any token.
_MAX_OCTETS: Final = 1_048_576
_LIMITS: Final = Limits(max_json_members=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyParts:
    """What was read of one key; a `Key` checks that the parts fit."""

    key_object: KeyObject = field(repr=False)
    algorithm: KeyAlgorithm
    kid: str | None = None
    use: str | None = None
    key_ops: frozenset[str] | None = None
    signer: SignBytes | None = field(default=None, repr=False)
    """Signs for a public key whose private half is elsewhere."""

    @property
    def enc(self) -> str | None:
        """The one content encryption that a key of "dir" is for."""
        if isinstance(self.algorithm, SignatureAlgorithm) or self.algorithm.content_encryption is None:
            return None
        return self.algorithm.content_encryption.name


def parse_json_object(source: Mapping[str, object] | str | bytes) -> Mapping[str, object]:
    """Take a JSON object as it is, or from its text by the strict rules of `strict_json`.

    Raises:
        KeyMaterialError: The text is not one strict JSON object ("malformed_key").
        TypeError: *source* is neither a mapping nor text.
    """
    if isinstance(source, Mapping):
        return source
    if not isinstance(source, str | bytes):
        raise TypeError("A JWK or JWK Set is a mapping, or its JSON text.")
    try:
        octets = source.encode() if isinstance(source, str) else source
        return strict_json.parse_object(octets, max_bytes=_MAX_OCTETS, limits=_LIMITS)
    except (MalformedTokenError, UnicodeEncodeError):
        raise malformed("The text is not a JSON object.") from None


def parse_jwk(jwk: Jwk, *, alg: str | None = None) -> KeyParts:
    """Read one JWK.

    Args:
        jwk: The members as they were read; unknown ones are ignored (RFC 7517 §4).
        alg: The algorithm to bind the key to, where the caller knows it; it has to agree with the JWK's "alg".

    Raises:
        KeyMaterialError: A member is missing, malformed or contradicts another; the key type, curve or algorithm is not
            supported; or no algorithm follows from the JWK and none was named.
        ValueError: *alg* is no algorithm of ours.
    """
    reader = _READERS.get(read_text(jwk, "kty"))
    if reader is None:
        raise KeyMaterialError("The key type is not supported.", code="unsupported_key")
    key_object = reader(jwk)
    check_certificates(jwk, key_object)
    algorithm = _choose_algorithm(jwk, None if alg is None else requested(alg))
    return KeyParts(
        key_object=key_object,
        algorithm=settle(algorithm, key_object),
        kid=read_optional_text(jwk, "kid"),
        use=read_optional_text(jwk, "use"),
        key_ops=read_operations(jwk),
    )


def parse_secret(secret: bytes, *, alg: str, kid: str | None) -> KeyParts:
    """Take a shared secret or a password.

    Raises:
        KeyMaterialError: It is public, or the secret of "dir" does not say its content encryption by its size.
        ValueError: *alg* is no algorithm of ours.
    """
    check_secret(secret)
    return KeyParts(key_object=secret, algorithm=settle(requested(alg), secret), kid=kid)


def requested(alg: str) -> KeyAlgorithm:
    """Look up the algorithm that a program asks for.

    Raises:
        TypeError: *alg* is not a string.
        ValueError: There is no such algorithm; the mistake is in the program, not in the key.
    """
    if not isinstance(alg, str):
        raise TypeError("alg is a string.")
    if alg not in KEY_ALGORITHMS:
        raise ValueError(f"alg is one of {', '.join(KEY_ALGORITHMS)}.")
    return KEY_ALGORITHMS[alg]


def algorithm_of_curve(curve: str | None) -> SignatureAlgorithm:
    """Choose the algorithm that a curve settles; raises `KeyMaterialError` where none does, as for RSA and secrets."""
    follows = None if curve is None else SIGNATURE_OF_CURVE.get(curve)
    if follows is None:
        raise algorithm_required()
    return follows


def algorithm_required() -> KeyMaterialError:
    """Build the error for a key that several algorithms could use, and nobody said which."""
    return KeyMaterialError("The key does not say its algorithm; name it with alg=.", code="algorithm_required")


def _choose_algorithm(jwk: Jwk, wanted: KeyAlgorithm | None) -> KeyAlgorithm:
    stated = read_optional_text(jwk, "alg")
    if wanted is not None:
        return _agree(wanted, stated)
    if stated == "EdDSA":
        # RFC 9864 §2.2 deprecates the name; whoever needs it says so.
        raise KeyMaterialError(
            'The name "EdDSA" is used only where alg="EdDSA" asks for it.', code="algorithm_required"
        )
    if stated is not None:
        return key_algorithm(stated)
    if jwk.get("use") == "enc":
        raise algorithm_required()
    return algorithm_of_curve(read_text(jwk, "crv") if "crv" in jwk else None)


def _agree(wanted: KeyAlgorithm, stated: str | None) -> KeyAlgorithm:
    if stated is None or stated == wanted.name:
        return wanted
    # RFC 7520 §5.6.1: the "alg" of a key for "dir" is the content encryption it is for.
    direct = DIR_OF_ENC.get(stated)
    if direct is not None and wanted in (DIR, direct):
        return direct
    # One key, one algorithm (RFC 8725 §3.1): the caller may fill a gap, not overrule the key.
    raise KeyMaterialError('The JWK\'s "alg" is not the one asked for.', code="algorithm_mismatch")
