"""Access tokens in a cookie, for pages in browsers, and why a request that carries one was meant (CSRF).

A browser sends cookies along whoever started the request. So a request that changes something has to show that a page
of ours did: by what browsers say themselves (Fetch Metadata, Origin; no script can forge either), or by a header that
only a script of ours can write, since it alone could read the value.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tokensmith.guard.errors import CrossSiteRequestError, MalformedRequestError
from tokensmith.guard.facts import RequestFacts
from tokensmith.jose import base64url
from tokensmith.outbound.target import parse_target

Protection = Literal["origin", "double-submit"]
# RFC 9110 §9.2.1; TRACE no browser sends.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# The names that users of flask-jwt-extended know.
CSRF_COOKIE: Final = "csrf_access_token"
CSRF_HEADER: Final = "X-CSRF-TOKEN"
_CSRF_HEADER: Final = CSRF_HEADER.lower().encode()
_CSRF_PURPOSE: Final = b"tokensmith csrf "


@dataclass(frozen=True, slots=True, init=False)
class TokenCookie:
    """A cookie that access tokens are taken from, where a request has no Authorization header.

    Args:
        name: Begins with "__Host-", so that no other host, however near, can plant it; the default is the name that
            Tokensmith's server uses. Another name is taken for a service on this machine only.
        protection: What shows that a request which may change something, or opens a WebSocket, was meant: "origin",
            that browsers say it comes from one of our pages; or "double-submit", the header X-CSRF-TOKEN with the value
            of `csrf_value`.
        origins: Other origins whose pages may send requests, such as "https://app.example"; for "origin" alone.

    Raises:
        TypeError: *origins* is one string.
        ValueError: The protection is neither, an origin is none, or there are some where none is looked at.
    """

    name: str
    protection: Protection
    origins: frozenset[str]

    def __init__(
        self,
        name: str = "__Host-tokensmith-access",
        *,
        protection: Protection = "origin",
        origins: Collection[str] = (),
    ) -> None:
        if protection not in get_args(Protection):
            raise ValueError('protection is "origin" or "double-submit"')
        if isinstance(origins, str):
            raise TypeError("origins is a collection of origins")
        if origins and protection != "origin":
            raise ValueError("origins are not looked at where the header counts")
        if bad := [each for each in origins if parse_target(each).origin != each]:
            raise ValueError(f"{bad[0]!r:.64} is no origin: scheme and host, without a slash at the end")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "protection", protection)
        object.__setattr__(self, "origins", frozenset(origins))

    def check_name(self, public_url: str) -> None:
        """Refuse a name that other hosts could plant, unless the service is on this machine.

        Raises:
            ValueError: It does not begin with "__Host-".
        """
        if not self.name.startswith("__Host-") and not parse_target(public_url).is_loopback:
            raise ValueError('the name of a token cookie begins with "__Host-"')

    def find(self, facts: RequestFacts) -> bytes | None:
        """Return the cookie's value; None where it is not there.

        Raises:
            MalformedRequestError: It is there twice, and one of them was planted; code `repeated_credentials`.
        """
        name, found = self.name.encode(), None
        for header in facts.values(b"cookie"):
            for pair in header.split(b";"):
                key, _, value = pair.strip(b" ").partition(b"=")
                if key != name:
                    continue
                if found is not None:
                    raise MalformedRequestError("The request has a token twice.", code="repeated_credentials")
                found = value
        return found or None

    def check_meant(self, facts: RequestFacts, token: str, *, own_origin: str) -> None:
        """Check that a page of ours sent a request that carries *token* in this cookie.

        Raises:
            CrossSiteRequestError: It may have been another site's; code `cross_site_request`, or `csrf_header` for the
                header.
        """
        if facts.method in _SAFE and not _opens_a_websocket(facts):
            return
        if self.protection == "double-submit":
            _check_header(facts, token)
        elif not self._is_ours(facts, own_origin):
            raise CrossSiteRequestError("The request was started by another site.", code="cross_site_request")

    def _is_ours(self, facts: RequestFacts, own_origin: str) -> bool:
        origins = facts.values(b"origin")
        # What browsers say of the two sites; "none" is a person at the address bar, and no page at all.
        sites = facts.values(b"sec-fetch-site")
        if sites in ([b"same-origin"], [b"none"]):
            return True
        trusted = self.origins if sites else self.origins | {own_origin}
        return len(origins) == 1 and origins[0].decode("latin-1") in trusted


def csrf_value(token: str) -> str:
    """Return what the header X-CSRF-TOKEN has to hold beside *token*; give it to your pages in a cookie they can read.

    It is made of the token, which no script can read, so there is nothing to remember and nothing to plant.
    """
    return base64url.encode(hashlib.sha256(_CSRF_PURPOSE + token.encode()).digest())


def _check_header(facts: RequestFacts, token: str) -> None:
    values = facts.values(_CSRF_HEADER)
    if len(values) != 1 or not hmac.compare_digest(values[0], csrf_value(token).encode()):
        raise CrossSiteRequestError(f"The header {CSRF_HEADER} is missing or not this token's.", code="csrf_header")


def _opens_a_websocket(facts: RequestFacts) -> bool:
    # A GET by its method; but what goes over the connection afterwards is asked by nobody (RFC 6455 §10.2).
    return bool(facts.values(b"sec-websocket-version") or facts.values(b"upgrade"))
