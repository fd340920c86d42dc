"""What the authorization endpoint refuses, besides what every endpoint does (RFC 6749 §4.1.2.1, Core §3.1.2.6, §6).

Whether a refusal may travel to the client is not a property of the error: it is sent there once the redirect URI is
proven, and shown on a page before (see `flows/authorization_request.py`).
"""

from tokensmith.server.domain.errors import OAuthError


class AccessDeniedError(OAuthError):
    """The person said no."""

    code = "access_denied"
    error = "access_denied"


class UnsupportedResponseTypeError(OAuthError):
    """Something other than a code was asked for (RFC 9700 §2.1.2)."""

    code = "unsupported_response_type"
    error = "unsupported_response_type"


class LoginRequiredError(OAuthError):
    """Nobody is signed in, and nobody was to be asked (Core §3.1.2.6)."""

    code = "login_required"
    error = "login_required"


class ConsentRequiredError(OAuthError):
    """The person has not allowed it yet, and was not to be asked (Core §3.1.2.6)."""

    code = "consent_required"
    error = "consent_required"


class UnmetRequirementsError(OAuthError):
    """The person cannot be signed in the way the client insists on (OpenID unmet_authentication_requirements §2)."""

    code = "unmet_authentication_requirements"
    error = "unmet_authentication_requirements"


class RequestNotSupportedError(OAuthError):
    """The request came as an object that is not signed, or of a client that has no keys here (Core §3.1.2.6)."""

    code = "request_not_supported"
    error = "request_not_supported"


class InvalidRequestObjectError(OAuthError):
    """The request came as an object that is not good here (RFC 9101 §7)."""

    code = "invalid_request_object"
    error = "invalid_request_object"


class RequestUriNotSupportedError(OAuthError):
    """The request is somewhere else, and nothing is fetched from there (Core §3.1.2.6)."""

    code = "request_uri_not_supported"
    error = "request_uri_not_supported"


class InvalidRequestUriError(OAuthError):
    """The pushed request is not known (any more), or is another client's (RFC 9126 §4)."""

    code = "invalid_request_uri"
    error = "invalid_request_uri"
