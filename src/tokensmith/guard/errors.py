"""Why a request was not let in: the class is what the adapter answers, the code is what happened.

GuardError                       never raised itself; what an adapter catches
├── DeniedError                  the request is at fault
│   ├── MissingTokenError        401, a bare challenge: nothing was presented that we could judge
│   ├── MalformedRequestError    400 invalid_request: credentials sent twice
│   ├── InvalidTokenError        401 invalid_token: get another token and try again
│   ├── InvalidProofError        401 invalid_dpop_proof: make another proof and try again
│   │   └── NonceNeededError     401 use_dpop_nonce: and with this nonce in it
│   ├── CrossSiteRequestError    403 cross_site_request: no page of ours sent this
│   ├── InsufficientScopeError   403 insufficient_scope: a good token, for less than this
│   └── InsufficientAuthenticationError
│                                401 insufficient_user_authentication: sign in again, or in another way
└── UnavailableError             503: we could not find out; the token may be perfectly good

`str(error)` may be shown to anybody. `detail` may quote the token's claims and belongs in the log. A token is never
refused because we have a problem: a 401 would make a good client throw its token away.
"""

from collections.abc import Iterable
from typing import ClassVar, Literal

Scheme = Literal["Bearer", "DPoP"]
"""How a token was sent, and which challenge tells what was wrong with it (RFC 9449 §7.2)."""


class GuardError(Exception):
    """The request is not let in.

    Attributes:
        status: The HTTP status to answer with.
        error: The error code of RFC 6750 §3.1 and of the body; None where a bare challenge is due.
        code: What happened, stable; every code is explained in docs/errors.md.
        detail: For the log only.
        scheme: How the token was sent that this is about.
    """

    status: ClassVar[int]
    error: ClassVar[str | None]

    def __init__(self, message: str, *, code: str, detail: str = "") -> None:
        super().__init__(message)
        self.scheme: Scheme = "Bearer"
        self.code = code
        self.detail = detail


class DeniedError(GuardError):
    """The request is at fault."""


class MissingTokenError(DeniedError):
    """No access token was presented, or credentials of another scheme were."""

    status = 401
    error = None


class MalformedRequestError(DeniedError):
    """The request cannot be understood: which of its credentials are meant?"""

    status = 400
    error = "invalid_request"


class InvalidTokenError(DeniedError):
    """The token is not good here; a new one may be."""

    status = 401
    error = "invalid_token"


class InvalidProofError(DeniedError):
    """The proof that came with the token is missing, not good, or not for this request (RFC 9449 §7.1)."""

    status = 401
    error = "invalid_dpop_proof"


class NonceNeededError(InvalidProofError):
    """The proof is good, and has no nonce of this service's, or an old one (RFC 9449 §9).

    Attributes:
        nonce: The one to use.
    """

    error = "use_dpop_nonce"

    def __init__(self, *, nonce: str) -> None:
        super().__init__("The DPoP proof needs the nonce of this answer.", code="dpop_nonce_needed")
        self.nonce = nonce


class CrossSiteRequestError(DeniedError):
    """The token came in a cookie, and whether a page of ours sent the request is not shown. No token would help."""

    status = 403
    error = "cross_site_request"


class InsufficientScopeError(DeniedError):
    """The token is good and does not reach this far.

    Attributes:
        scopes: What the route asks for, all of it (RFC 6750 §3, "scope"); empty where no scope would help.
    """

    status = 403
    error = "insufficient_scope"

    def __init__(
        self, message: str, *, scopes: Iterable[str], code: str = "insufficient_scope", detail: str = ""
    ) -> None:
        super().__init__(message, code=code, detail=detail)
        self.scopes = frozenset(scopes)


class InsufficientAuthenticationError(DeniedError):
    """The token is good, and its person has to sign in again, or in another way (RFC 9470 §3).

    Attributes:
        max_age: Seconds since the sign-in, at most; None where its age is not the question.
        acr: The ways of signing in that would do, the preferred one first.
    """

    status = 401
    error = "insufficient_user_authentication"

    def __init__(self, message: str, *, code: str, max_age: int | None, acr: tuple[str, ...], detail: str = "") -> None:
        super().__init__(message, code=code, detail=detail)
        self.max_age = max_age
        self.acr = acr


class UnavailableError(GuardError):
    """What is needed to judge the token could not be had.

    Attributes:
        retry_after: Whole seconds after which trying again makes sense.
    """

    status = 503
    error = "temporarily_unavailable"

    def __init__(self, message: str, *, code: str, detail: str = "", retry_after: int = 2) -> None:
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after
