"""A back end for front ends (RFC 10017 §6.1): pages in browsers, and their tokens here.

    bff = Bff(
        Client("https://id.example", SecretClient("web", secret)),
        public_url="https://app.example",
        secret=key,
        scope="openid offline_access notes:read",
    )

A page sends the browser to /bff/login, asks /bff/session who is there, and signs out by POST to /bff/logout. The views
that it calls get `bff.headers(…)` for the services behind them. The adapters are in `bff.starlette` (and FastAPI),
`bff.flask` and `bff.django`.
"""

from tokensmith.integrations.bff.bff import Bff
from tokensmith.integrations.bff.refusals import BffError
from tokensmith.integrations.bff.sessions import MemorySessions, Session, SessionStore

__all__ = ["Bff", "BffError", "MemorySessions", "Session", "SessionStore"]
