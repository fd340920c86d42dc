"""Headers that go with every answer, whatever it is (RFC 6797, RFC 9700 §4.2.4 and §4.16, W3C CSP 3)."""

from typing import Final

# Nothing in a JSON answer is to be loaded, framed or guessed at, should a browser be talked into showing it.
JSON_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"

_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_NO_REFERRER: Final = (b"referrer-policy", b"no-referrer")
# With "no-referrer" browsers send "Origin: null" along with our own forms (Fetch §3.2), which says nothing.
_PAGE: Final = ((b"referrer-policy", b"same-origin"),)
# Without includeSubDomains: what runs under the hosts below ours is not ours to decide.
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
_PUBLIC: Final = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"etag"))
_PRIVATE: Final = ((b"cross-origin-resource-policy", b"same-origin"),)


def security_headers(
    *, https: bool, public: bool, policy: bytes | None = JSON_POLICY
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of one endpoint, in the form ASGI sends.

    Args:
        https: The issuer is https, so browsers are told to stay with it. Only then: RFC 6797 §7.2 forbids it over http.
        public: Pages of every origin may read it: discovery, key sets and status lists, which say nothing about who
            asks and for which no credentials count. Everything else is for its own origin.
        policy: The content security policy; None where each page brings its own.
    """
    hsts = (_HSTS,) if https else ()
    own = _PAGE if policy is None else (_NO_REFERRER, (b"content-security-policy", policy))
    return (*_ALWAYS, *own, *hsts, *(_PUBLIC if public else _PRIVATE))
