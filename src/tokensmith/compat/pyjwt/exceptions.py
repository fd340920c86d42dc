"""PyJWT's exceptions by name, and which of them a refusal of ours becomes.

    PyJWTError
    ├── InvalidTokenError
    │   ├── DecodeError
    │   │   └── InvalidSignatureError
    │   ├── ExpiredSignatureError
    │   ├── ImmatureSignatureError
    │   ├── InvalidAlgorithmError
    │   ├── InvalidAudienceError
    │   ├── InvalidIssuedAtError
    │   ├── InvalidIssuerError
    │   ├── InvalidJTIError
    │   ├── InvalidSubjectError
    │   └── MissingRequiredClaimError
    ├── InvalidKeyError
    ├── PyJWKError
    │   └── MissingCryptographyError
    ├── PyJWKSetError
    └── PyJWKClientError
        └── PyJWKClientConnectionError

The tree is PyJWT's, so that its `except` clauses go on catching what they caught. What `tokensmith.jose` refused is the
cause of such an exception, with its `code` and its `detail` for the log.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tokensmith.jose import JoseError
from tokensmith.jose.errors import KeyMaterialError


class PyJWTError(Exception):
    """The ancestor of all of them."""


class InvalidTokenError(PyJWTError):
    """This token is not good."""


class DecodeError(InvalidTokenError):
    """The token never was one, or a call does not say how to read it."""


class InvalidSignatureError(DecodeError):
    """Forged or damaged."""


class ExpiredSignatureError(InvalidTokenError):
    """Too late: "exp" has come."""


class ImmatureSignatureError(InvalidTokenError):
    """Too early: "nbf" or "iat" has not come."""


class InvalidAlgorithmError(InvalidTokenError):
    """The token's "alg" is not one of those that are allowed, or not its key's."""


class InvalidAudienceError(InvalidTokenError):
    """The token is for somebody else, or for somebody where nobody is expected."""


class InvalidIssuedAtError(InvalidTokenError):
    """The claim "iat" is no date."""


class InvalidIssuerError(InvalidTokenError):
    """The token is from somebody else."""


class InvalidJTIError(InvalidTokenError):
    """The claim "jti" is no string."""


class InvalidSubjectError(InvalidTokenError):
    """The claim "sub" is no string, or not the expected one."""


class MissingRequiredClaimError(InvalidTokenError):
    """A claim that has to be there is not, or is null.

    Attributes:
        claim: Its name.
    """

    def __init__(self, claim: str) -> None:
        super().__init__(claim)
        self.claim = claim

    def __str__(self) -> str:
        return f'The token has no claim "{self.claim}".'


class InvalidKeyError(PyJWTError):
    """The key is unusable, too weak, or not for this algorithm."""


class PyJWKError(PyJWTError):
    """A JWK names an algorithm that is not supported."""


class MissingCryptographyError(PyJWKError):
    """Never raised here, where `cryptography` is always installed."""


class PyJWKSetError(PyJWTError):
    """A JWK Set has no key that can be used."""


class PyJWKClientError(PyJWTError):
    """The key set that was fetched has no such key, or may not be fetched."""


class PyJWKClientConnectionError(PyJWKClientError):
    """The key set could not be fetched."""


class InsecureKeyLengthWarning(UserWarning):
    """Never issued here: a key that is too short is an `InvalidKeyError`."""


_CLASS_OF_CODE: Final[Mapping[str, type[PyJWTError]]] = MappingProxyType(
    {
        "malformed": DecodeError,
        "base64url": DecodeError,
        "json": DecodeError,
        "not_an_object": DecodeError,
        "duplicate_member": DecodeError,
        "too_large": DecodeError,
        "too_deep": DecodeError,
        "too_many_members": DecodeError,
        "malformed_header": DecodeError,
        "invalid_signature": InvalidSignatureError,
        "unsupported_algorithm": PyJWKError,
    }
)


def translated(error: JoseError) -> PyJWTError:
    """Make PyJWT's exception of ours, with our public text; a code that is not in the table stays a refusal."""
    other = InvalidKeyError if isinstance(error, KeyMaterialError) else InvalidTokenError
    return _CLASS_OF_CODE.get(error.code, other)(str(error))
