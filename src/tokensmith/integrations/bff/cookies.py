"""The cookies of the back end for front ends (RFC 10017 §6.1.3.2, RFC 6265bis §4.1.3).

`__Host-Http-` has browsers take them from this host alone, over a secure connection, and keep them from scripts; older
browsers read it as `__Host-`. The session's cookie is sent to nobody who comes from another site. The cookie of a
sign-in under way has to be: the browser comes back from the authorization server with it.
"""

import hashlib
from typing import Final

from tokensmith.guard import RequestFacts
from tokensmith.jose import base64url

SESSION_COOKIE: Final = "__Host-Http-tokensmith-session"
_SIGN_IN_COOKIE: Final = "__Host-Http-tokensmith-sign-in-"


def sign_in_cookie(state: str) -> str:
    """Return the name of the cookie of one sign-in: two that are under way in two tabs do not meet."""
    return _SIGN_IN_COOKIE + base64url.encode(hashlib.sha256(state.encode()).digest()[:9])


def set_cookie(name: str, value: str, *, seconds: int, same_site: str) -> tuple[str, str]:
    """Write the header that gives a cookie; with 0 seconds, the one that takes it away."""
    text = f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={same_site}"
    return "set-cookie", text


def find_cookie(facts: RequestFacts, name: str) -> str | None:
    """Return a cookie's value; None where it is not there, or there twice and one of them was planted."""
    wanted = name.encode()
    found = [
        value
        for header in facts.values(b"cookie")
        for key, _, value in (pair.strip(b" ").partition(b"=") for pair in header.split(b";"))
        if key == wanted
    ]
    return found[0].decode("latin-1") if len(found) == 1 and found[0] else None
