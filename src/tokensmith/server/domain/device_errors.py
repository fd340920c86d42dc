"""What a device is told that asks for its tokens before there are any (RFC 8628 §3.5)."""

from tokensmith.server.domain.errors import OAuthError


class AuthorizationPendingError(OAuthError):
    """Nobody has answered yet; ask again after the interval."""

    code = "authorization_pending"
    error = "authorization_pending"


class SlowDownError(OAuthError):
    """Nobody has answered yet, and it asks too often; the interval is five seconds longer from now on."""

    code = "slow_down"
    error = "slow_down"


class ExpiredTokenError(OAuthError):
    """Nobody answered in time; begin again."""

    code = "expired_token"
    error = "expired_token"
