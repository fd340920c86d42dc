"""Issuer: whom we trust, for which audience, and under which rules (RFC 9068 §4, RFC 8725 §3.8 to §3.11).

There is no default for the audience. A service that takes any audience takes tokens that were given to its neighbours,
and every one of its neighbours can then act as its user.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tokensmith.guard.introspection import Introspection
from tokensmith.guard.keys import FixedKeys, KeySource
from tokensmith.jose import Key, KeySet
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.outbound.target import Target, parse_target

# No HMAC: who can check such a token can make one. Not the deprecated name "EdDSA" either (RFC 9864 §2.2).
ASYMMETRIC_ALGORITHMS: Final = frozenset(
    name for name, fact in SIGNATURE_ALGORITHMS.items() if fact.key_type != "oct" and name != "EdDSA"
)
MAX_LEEWAY_SECONDS: Final = 600
StatusPromise = Literal["promised", "if_present"]


@dataclass(frozen=True, slots=True, init=False)
class Issuer:
    """One issuer of access tokens; frozen.

    Args:
        url: Its identifier, exactly as its tokens spell it in "iss": a slash at the end makes another issuer. https, or
            http on localhost, 127.0.0.1 or [::1].
        audience: What its tokens must have in "aud" for this service: one string or several.
        algorithms: The signature algorithms its tokens may use; by default every asymmetric one.
        typ: The token type; "at+jwt" is the access-token profile of RFC 9068 and is checked whole. "JWT" is for issuers
            without it, whose ID tokens then differ from access tokens by their audience alone.
        leeway: Seconds of clock difference to forgive, 0 to 600.
        keys: Fixed keys, or a source of them; by default the issuer's metadata says where they are.
        jwks_uri: Where the keys are, for issuers without metadata.
        rsa_alg: What RSA keys are for that do not say.
        status: "promised" refuses a token without a status list entry; "if_present" does so as well once the issuer's
            metadata names a "status_list_aggregation_endpoint" (Token Status List §9.1).
        poll_interval: Seconds after which a status list in use is asked for again, in the background; one two and a
            half times as old is not used before it was asked for again. So 2 gives a bound of 5 seconds while the
            issuer answers.
        max_stale: Seconds a status list may be old while the issuer does not answer; then requests get a 503. As small
            as the bound, it is strict.
        introspection: How to ask about tokens that say nothing themselves (RFC 7662); by default they are refused.

    Raises:
        ValueError: An argument is out of its range or contradicts another.
    """

    url: str
    audience: str | frozenset[str]
    algorithms: frozenset[str]
    typ: str
    leeway: int
    keys: KeySource | None
    jwks_uri: str | None
    rsa_alg: str
    status: StatusPromise
    poll_interval: float
    max_stale: float
    introspection: Introspection | None

    def __init__(
        self,
        url: str,
        *,
        audience: str | Collection[str],
        algorithms: Collection[str] = ASYMMETRIC_ALGORITHMS,
        typ: str = "at+jwt",
        leeway: int = 10,
        keys: KeySource | Key | KeySet | None = None,
        jwks_uri: str | None = None,
        rsa_alg: str = "RS256",
        status: StatusPromise = "if_present",
        poll_interval: float = 2,
        max_stale: float = 60,
        introspection: Introspection | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "url", _checked_url(url))
        put(self, "audience", _checked_audience(audience))
        put(self, "algorithms", _checked_algorithms(algorithms, fixed=keys is not None))
        put(self, "typ", typ)
        put(self, "leeway", _checked_leeway(leeway))
        put(self, "keys", FixedKeys(keys) if isinstance(keys, Key | KeySet) else keys)
        put(self, "jwks_uri", jwks_uri)
        put(self, "rsa_alg", rsa_alg)
        put(self, "status", _checked_promise(status))
        put(self, "poll_interval", poll_interval)
        put(self, "max_stale", max_stale)
        put(self, "introspection", introspection)
        if not 0 <= poll_interval <= max_stale:
            raise ValueError("0 <= poll_interval <= max_stale must hold")
        if keys is not None and jwks_uri is not None:
            raise ValueError("keys= and jwks_uri= are two answers to one question")

    @property
    def origin(self) -> str:
        """Scheme, host and port: what the operator trusts us to talk to."""
        return parse_target(self.url).origin


def _checked_url(url: str) -> str:
    target: Target = parse_target(url)
    if target.scheme != "https" and not target.is_loopback:
        raise ValueError("an issuer is reached over https, or on this machine")
    if "?" in url:
        raise ValueError("an issuer's URL has no query (RFC 8414 §2)")
    return url


def _checked_audience(audience: str | Collection[str]) -> str | frozenset[str]:
    chosen = audience if isinstance(audience, str) else frozenset(audience)
    if not chosen or "" in ({chosen} if isinstance(chosen, str) else chosen):
        raise ValueError("an audience must be named")
    return chosen


def _checked_algorithms(algorithms: Collection[str], *, fixed: bool) -> frozenset[str]:
    if isinstance(algorithms, str) or not algorithms:
        raise ValueError('algorithms is a collection of names, such as {"ES256"}')
    unknown = [name for name in algorithms if name not in SIGNATURE_ALGORITHMS]
    if unknown:
        raise ValueError(f"unknown signature algorithm {unknown[0]!r}")
    if not fixed and any(SIGNATURE_ALGORITHMS[name].key_type == "oct" for name in algorithms):
        raise ValueError("a shared secret cannot be published: HMAC needs keys=")
    return frozenset(algorithms)


def _checked_leeway(leeway: int) -> int:
    if not 0 <= leeway <= MAX_LEEWAY_SECONDS:
        raise ValueError("leeway is 0 to 600 seconds")
    return leeway


def _checked_promise(status: StatusPromise) -> StatusPromise:
    # A misspelt "promised" would otherwise mean the weaker of the two.
    if status not in get_args(StatusPromise):
        raise ValueError('status is "promised" or "if_present"')
    return status
