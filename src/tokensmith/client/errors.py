"""Why there is no token: the class is what the caller does next, the code is what happened.

ClientError                   never raised itself
├── RefusedError              the server says no, and will again: change the request, or the client's settings
│   └── SignInAgainError      what stood for a person's consent is over: ask the person
├── ServerUnavailableError    try again in `retry_after` seconds
└── UnusableAnswerError       the server broke a rule of the standards: tell whoever runs it

`str(error)` is for whoever runs the service; `detail` may quote the server and belongs in the log. Neither holds a
secret.
"""


class ClientError(Exception):
    """No token was had.

    Attributes:
        code: What happened, stable; every code is explained in docs/errors.md.
        detail: For the log only.
    """

    def __init__(self, message: str, *, code: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail


class RefusedError(ClientError):
    """The server refused (RFC 6749 §5.2).

    Attributes:
        error: Its own code, such as "invalid_scope".
    """

    def __init__(self, message: str, *, code: str, error: str, detail: str = "") -> None:
        super().__init__(message, code=code, detail=detail)
        self.error = error


class SignInAgainError(RefusedError):
    """A refresh token, device code or subject token is used up, expired or revoked, or the person said no."""


class ServerUnavailableError(ClientError):
    """The server cannot be reached, is overloaded, or is at fault.

    Attributes:
        retry_after: Whole seconds after which trying again makes sense.
    """

    def __init__(self, message: str, *, code: str, detail: str = "", retry_after: int = 2) -> None:
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after


class UnusableAnswerError(ClientError):
    """What came is no answer to what was asked."""
