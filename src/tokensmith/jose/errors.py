"""Everything the JOSE room can refuse, as one tree.

    JoseError
    ├── RefusedTokenError               this token is not good
    │   ├── MalformedTokenError         it never was a token of this kind
    │   ├── UnknownKeyError             no key for it here; newer keys may help
    │   ├── InvalidSignatureError       forged or damaged
    │   ├── DecryptionError             forged, damaged, or for another key
    │   ├── ExpiredTokenError           only the time is wrong: too late
    │   ├── NotYetValidTokenError       only the time is wrong: too early
    │   └── UnacceptableTokenError      genuine, but not meant for this verifier
    └── KeyMaterialError                a key is unusable, or may not do this

The class says what the caller does next, `code` says what happened, and `detail` is for the log alone: it may hold
values read from a token. No other exception leaves the room because of what a token or a key contains; a mistake in
calling it is a `TypeError` or a `ValueError`.
"""


class JoseError(Exception):
    """A token or a key was refused.

    Attributes:
        code: What happened, in stable snake_case; `docs/errors.md` has a row for each.
        detail: More for whoever reads the log; never show it to the one who sent the token.
    """

    code: str = "jose"

    def __init__(self, message: str, *, code: str | None = None, detail: str = "") -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.detail = detail


class RefusedTokenError(JoseError):
    """This token is not good; asking again with the same token will not help."""

    code = "refused"


class MalformedTokenError(RefusedTokenError):
    """The input never was a token of this kind: its bytes, its JSON or its members break the rules."""

    code = "malformed"


class UnknownKeyError(RefusedTokenError):
    """No key here is for this token; fetching newer keys may help."""

    code = "unknown_key"


class InvalidSignatureError(RefusedTokenError):
    """The signature does not belong to these bytes and this key: forged or damaged."""

    code = "invalid_signature"


class DecryptionError(RefusedTokenError):
    """The token cannot be decrypted with this key: forged, damaged, or meant for another. It never says which."""

    code = "decryption_failed"


class ExpiredTokenError(RefusedTokenError):
    """Refused only because of the time; a fresh token may pass."""

    code = "expired"


class NotYetValidTokenError(RefusedTokenError):
    """Refused only because of the time; the same token may pass later."""

    code = "not_yet_valid"


class UnacceptableTokenError(RefusedTokenError):
    """A genuine token that is not meant for this verifier: its issuer, audience, type or claims are not asked for."""

    code = "unacceptable"


class KeyMaterialError(JoseError):
    """A key is unusable, or may not do what was asked of it; fix the key."""

    code = "key_material"
