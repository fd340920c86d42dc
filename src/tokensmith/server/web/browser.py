"""The two cookies of a browser at the pages, and the token that its forms carry (ASVS 3.3, 3.5; RFC 6749 §10.12).

One says which browser this is, from its first page on, and who waits for what; the other says who is signed in at it.
`Lax`: a browser that another site sends here to sign in has to bring them, and a form that another site posts must not.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.jose import base64url
from tokensmith.server.domain.errors import ForbiddenOriginError, InvalidRequestError
from tokensmith.server.domain.stored_secrets import SECRET_BYTES
from tokensmith.server.web.parameters import Form
from tokensmith.server.web.request_headers import header_values
from tokensmith.server.web.same_origin import is_from_own_page

FORM_TOKEN: Final = "form_token"
_SECRET_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_SECRET_LENGTH: Final = 43
_BROWSER_SECONDS: Final = 400 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What a browser has shown; *is_new* where its secret was made just now and has to be given to it."""

    secret: str
    session: str | None
    is_new: bool

    def __repr__(self) -> str:
        return "<Browser>"

    @property
    def form_token(self) -> str:
        """What its forms carry: only a page that this very browser was given, for this very sign-in, can know it."""
        message = f"form {self.session or ''}".encode()
        return base64url.encode(hmac.digest(self.secret.encode(), message, hashlib.sha256))

    def check_form(self, request: Request, form: Form, *, origin: str) -> None:
        """Refuse a form that comes from no page of ours.

        Raises:
            ForbiddenOriginError: another origin's (`forbidden_origin`), or without the token (`form_token`).
        """
        is_from_own_page(request, origin=origin)
        if not hmac.compare_digest(form.values.get(FORM_TOKEN, "").encode(), self.form_token.encode()):
            raise ForbiddenOriginError("This page is out of date.", code="form_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserCookies:
    """Reads and writes them. *https*: the issuer is; only then browsers take the prefix that binds them to one host."""

    https: bool

    @property
    def browser_name(self) -> str:
        """The cookie that tells browsers apart."""
        return "__Host-tokensmith-browser" if self.https else "tokensmith-browser"

    @property
    def session_name(self) -> str:
        """The cookie that tells who is signed in."""
        return "__Host-tokensmith-session" if self.https else "tokensmith-session"

    def read(self, request: Request) -> Browser:
        """Return what the browser shows; a new one gets a new secret.

        Raises:
            InvalidRequestError: a cookie came twice with different values (`repeated_cookie`); one was planted.
        """
        found = _cookies(request, names=(self.browser_name, self.session_name))
        secret, session = found.get(self.browser_name), found.get(self.session_name)
        return Browser(secret=secret or secrets.token_urlsafe(SECRET_BYTES), session=session, is_new=secret is None)

    def give(self, response: Response, browser: Browser) -> None:
        """Give a browser its secret, if it is new."""
        if browser.is_new:
            self._set(response, self.browser_name, browser.secret, seconds=_BROWSER_SECONDS)

    def sign_in(self, response: Response, secret: str, *, seconds: int) -> None:
        """Give a browser the secret of its session."""
        self._set(response, self.session_name, secret, seconds=seconds)

    def sign_out(self, response: Response) -> None:
        """Take it away."""
        self._set(response, self.session_name, "", seconds=0)

    def _set(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.https, httponly=True, samesite="lax")


def _cookies(request: Request, *, names: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in header_values(request.scope, b"cookie"):
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name not in names or len(value) != _SECRET_LENGTH or not _SECRET_CHARACTERS.issuperset(value):
                continue
            if found.setdefault(name, value) != value:
                raise InvalidRequestError("A cookie was sent twice.", code="repeated_cookie")
    return found
