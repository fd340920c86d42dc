"""What the server refuses, and with which words (RFC 6749 §5.2, RFC 6750 §3.1, RFC 8707 §2).

    ServerError
    ├── OAuthError                    answered to the caller
    │   ├── InvalidRequestError       400  the request is not what the endpoint takes
    │   ├── InvalidClientError        401  the client did not prove who it is
    │   ├── InvalidDpopProofError     400  the proof of possession is not good; make another
    │   ├── UseDpopNonceError         400  the proof of possession lacks our nonce; make another with it
    │   ├── InvalidGrantError         400  the code or token is not good any more; sign in again
    │   ├── UnauthorizedClientError   400  this client may not do this
    │   ├── UnsupportedGrantTypeError 400  no such grant type here
    │   ├── InvalidScopeError         400  none of the scopes asked for can be had
    │   ├── InvalidTargetError        400  no such resource, or not for this caller
    │   ├── InvalidCredentialsError   401  user name or password is wrong; says no more than that
    │   ├── ForbiddenOriginError      403  a page of another origin asked for a sign-in
    │   ├── NotFoundError             404  nothing is served under this name
    │   ├── TooManyAttemptsError      429  wait; `retry_after_seconds` says how long
    │   └── UnavailableError          503  our side is in trouble; try again
    ├── ConflictError                 an operator's command met something that is already there, or not there
    ├── DeclarationError              an operator's file says what cannot be; correct the file
    └── SealError                     a secret at rest cannot be opened; the operator has to bring the right key

`error` is the word on the wire, `code` is ours and finer (the log's word), `detail` may quote what was sent and is for
the log only. `str(error)` is safe to show.
"""

from typing import ClassVar


class ServerError(Exception):
    """Something the server will not do; `code` says which, `detail` is private."""

    code: str = "server_error"

    def __init__(self, message: str, *, code: str | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.detail = detail


class ConflictError(ServerError):
    """An operator asked for something that does not fit what is stored; nothing was changed."""

    code = "conflict"


class DeclarationError(ServerError):
    """An operator's file says what cannot be, by itself or with what is stored; nothing was changed.

    The text begins with the table and names the member.
    """

    code = "bad_declaration"


class SealError(ServerError):
    """A sealing key is missing, wrong or exposed, or a sealed value was changed or moved; the operator has to help."""

    code = "sealed_value_refused"


class OAuthError(ServerError):
    """A refusal with its place in RFC 6749: `error` on the wire and the HTTP status."""

    error: ClassVar[str]
    status: ClassVar[int] = 400

    retry_after_seconds: int | None = None


class InvalidRequestError(OAuthError):
    """The request is not one this endpoint takes (RFC 6749 §5.2)."""

    code = "invalid_request"
    error = "invalid_request"


class InvalidClientError(OAuthError):
    """The client is unknown or did not prove itself (RFC 6749 §5.2)."""

    code = "invalid_client"
    error = "invalid_client"
    status = 401


class InvalidDpopProofError(OAuthError):
    """The proof of possession that came with the request is not good (RFC 9449 §5)."""

    code = "invalid_dpop_proof"
    error = "invalid_dpop_proof"


class UseDpopNonceError(OAuthError):
    """The proof is good but for its nonce; make another with this *nonce* (RFC 9449 §8)."""

    code = "use_dpop_nonce"
    error = "use_dpop_nonce"

    def __init__(self, *, nonce: str) -> None:
        super().__init__("The DPoP proof needs the nonce of this answer.")
        self.nonce = nonce


class InvalidGrantError(OAuthError):
    """The refresh token or code is not good (any more); only a new sign-in helps (RFC 6749 §5.2)."""

    code = "invalid_grant"
    error = "invalid_grant"


class UnauthorizedClientError(OAuthError):
    """The client proved itself and may not use this grant type (RFC 6749 §5.2)."""

    code = "unauthorized_client"
    error = "unauthorized_client"


class UnsupportedGrantTypeError(OAuthError):
    """No such grant type here (RFC 6749 §5.2)."""

    code = "unsupported_grant_type"
    error = "unsupported_grant_type"


class InvalidScopeError(OAuthError):
    """Malformed, or nothing of what was asked can be had (RFC 6749 §5.2)."""

    code = "invalid_scope"
    error = "invalid_scope"


class InvalidTargetError(OAuthError):
    """No such resource, or not for this caller (RFC 8707 §2)."""

    code = "invalid_target"
    error = "invalid_target"


class InvalidCredentialsError(OAuthError):
    """User name or password is wrong; the answer is the same for both, and for an unknown name."""

    code = "invalid_credentials"
    error = "invalid_credentials"
    status = 401


class ForbiddenOriginError(OAuthError):
    """A page of another origin sent the request (cross-site request forgery)."""

    code = "forbidden_origin"
    error = "forbidden_origin"
    status = 403


class NotFoundError(OAuthError):
    """Nothing is served under this name."""

    code = "not_found"
    error = "not_found"
    status = 404


class TooManyAttemptsError(OAuthError):
    """Too many attempts; `retry_after_seconds` (1 or more) says when the next may pass (RFC 6585 §4)."""

    code = "too_many_attempts"
    error = "too_many_attempts"
    status = 429

    def __init__(self, message: str, *, retry_after_seconds: int, code: str | None = None, detail: str = "") -> None:
        super().__init__(message, code=code, detail=detail)
        self.retry_after_seconds = max(1, retry_after_seconds)


class UnavailableError(OAuthError):
    """The server cannot answer now, through no fault of the caller; nothing was half-written."""

    code = "temporarily_unavailable"
    error = "temporarily_unavailable"
    status = 503
    retry_after_seconds = 1
