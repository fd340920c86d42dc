"""Is this request a page's, and of which origin (Fetch §3.2, Fetch Metadata §2; decision 13).

Browsers write `Origin` and `Sec-Fetch-Site` themselves; no script can leave them out or change them. So a request with
neither comes from a program, and one with either is let in only where it says that a page of our own sent it. What
stays with programs, a page does not get: tokens it could be tricked into handing on.
"""

from starlette.requests import Request

from tokensmith.server.domain.errors import ForbiddenOriginError
from tokensmith.server.web.request_headers import header_values


def is_from_own_page(request: Request, *, origin: str) -> bool:
    """Tell whether a page of *origin*, our own, sent the request; False for a program.

    Raises:
        ForbiddenOriginError: a page of another origin sent it, or one that does not say which ("null").
    """
    origins = header_values(request.scope, b"origin")
    sites = header_values(request.scope, b"sec-fetch-site")
    if not origins and not sites:
        return False
    if any(sent != origin for sent in origins) or any(site != "same-origin" for site in sites):
        sent = f"origin {origins} site {sites}"
        raise ForbiddenOriginError("Sign-in is for pages of this server's own origin.", detail=sent[:300])
    return True
