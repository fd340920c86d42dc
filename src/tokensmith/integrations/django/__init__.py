"""Django: a middleware that knows the caller, and `require` for what a view needs.

    TOKENSMITH_GUARD = Guard(Issuer("https://id.example", audience="https://api.example"))     # in the settings
    MIDDLEWARE = [..., "tokensmith.integrations.django.AuthMiddleware"]

    @require("notes:read")
    async def notes(request): request.principal.subject ...

Both work in synchronous and in asynchronous projects, and each without the other.
"""

from tokensmith.integrations.django.middleware import AuthMiddleware, TokenRequiredMiddleware
from tokensmith.integrations.django.user import NoUser, TokenUser
from tokensmith.integrations.django.views import require

__all__ = ["AuthMiddleware", "NoUser", "TokenRequiredMiddleware", "TokenUser", "require"]
