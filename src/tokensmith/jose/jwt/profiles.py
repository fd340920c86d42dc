"""Profiles: what makes a token an access token, an ID token, a logout token (RFC 8725 §3.11 and §3.12).

One issuer signs tokens of many kinds with the same keys, so a verifier of one kind has to refuse all the others. Where
a standard demands a "typ" of its own, that does it. Where it does not, the claims have to: "events", and whom "sub"
names. No two rows of this file accept the same token; a test proves it for every pair.
"""

from enum import Enum
from math import inf
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwt.claims import NumericDate, RegisteredClaims

LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class Subject(Enum):
    """Whom a token's "sub" names; each excludes the others."""

    ISSUER = "the issuer itself"
    WORKLOAD = "a SPIFFE ID"
    OTHER = "neither the issuer nor a SPIFFE ID"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one kind of token; what follows from them is in `rules`.

    Attributes:
        name: What people call such a token.
        types: The accepted "typ" values, in lower case and without "application/"; "jwt" stands for absence too.
        required: Claims that must be there and not null.
        one_of: Claims of which at least one must be there; empty where there is no such choice.
        forbidden: Claims that must not be there, not even as null.
        shape: The types of its claims, where they are there.
        subject: Whom "sub" names; None where nothing follows from it.
        event: What "events" has to report; None where nothing certain.
        algorithms: The accepted "alg" values; None leaves them to the key.
        header_required: Header parameters that must be there.
        header_allowed: The only header parameters there may be; None allows all.
    """

    name: str
    types: tuple[str, ...]
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    shape: type[RegisteredClaims] = RegisteredClaims
    subject: Subject | None = None
    event: str | None = None
    algorithms: frozenset[str] | None = None
    header_required: tuple[str, ...] = ()
    header_allowed: frozenset[str] | None = None


# --- shapes: a claim that is there has this type; whether it must be there, the rows below say


Events: TypeAlias = Annotated[dict[str, dict[str, Any]], msgspec.Meta(min_length=1)]


class AccessTokenClaims(RegisteredClaims, frozen=True, gc=False):
    """RFC 9068 §2.2."""

    client_id: str = ""
    scope: str = ""
    auth_time: NumericDate = inf
    acr: str = ""
    amr: tuple[str, ...] = ()


class IdTokenClaims(RegisteredClaims, frozen=True, gc=False):
    """OpenID Connect Core 1.0 §2, §3.1.3.6, §3.3.2.11; "sub" has 255 characters at most.

    With this shape "aud" and "azp" may name nobody but the verifier's audiences (§3.1.3.7 steps 3 and 5).
    """

    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = ""
    nonce: str = ""
    azp: str | msgspec.UnsetType = msgspec.UNSET
    auth_time: NumericDate = inf
    acr: str = ""
    amr: tuple[str, ...] = ()
    at_hash: str = ""
    c_hash: str = ""


class EventClaims(RegisteredClaims, frozen=True, gc=False):
    """RFC 8417 §2.2: at least one event, and each is an object."""

    events: Events = msgspec.field(default_factory=dict)
    sid: str = ""
    txn: str = ""
    toe: NumericDate = 0


class ClientAssertionClaims(RegisteredClaims, frozen=True, gc=False):
    """RFC 7523bis §4: the audience is one name, so an array is none, however short."""

    aud: str = ""


class ProofClaims(RegisteredClaims, frozen=True, gc=False):
    """RFC 9449 §4.2."""

    htm: str = ""
    htu: str = ""
    ath: str = ""
    nonce: str = ""


class StatusListClaims(RegisteredClaims, frozen=True, gc=False):
    """Token Status List §5.1."""

    status_list: dict[str, Any] = msgspec.field(default_factory=dict)
    ttl: Annotated[float, msgspec.Meta(gt=0)] = inf


# --- the rows

_ASYMMETRIC: Final = frozenset(name for name, each in SIGNATURE_ALGORITHMS.items() if each.key_type != "oct")

ACCESS_TOKEN: Final = Profile(
    name="access token",  # RFC 9068 §2.1, §2.2, §4
    types=("at+jwt",),
    required=("iss", "exp", "aud", "sub", "client_id", "iat", "jti"),
    shape=AccessTokenClaims,
)
ID_TOKEN: Final = Profile(
    name="ID token",  # OpenID Connect Core 1.0 §2, §3.1.3.7, which knows no "typ"; RFC 8417 §4.1 for "events"
    types=("jwt",),
    required=("iss", "sub", "aud", "exp", "iat"),
    forbidden=("events",),
    shape=IdTokenClaims,
    subject=Subject.OTHER,
)
LOGOUT_TOKEN: Final = Profile(
    name="logout token",  # OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6, which recommends its "typ" only
    types=("logout+jwt", "jwt"),
    required=("iss", "aud", "iat", "exp", "jti", "events"),
    one_of=("sub", "sid"),
    forbidden=("nonce",),
    shape=EventClaims,
    event=LOGOUT_EVENT,
)
CLIENT_ASSERTION: Final = Profile(
    name="client assertion",  # RFC 7523 §3, RFC 7523bis §4 with its optional "typ", OpenID Connect Core 1.0 §9
    types=("client-authentication+jwt", "jwt"),
    required=("iss", "sub", "aud", "exp", "jti"),
    forbidden=("events",),
    shape=ClientAssertionClaims,
    subject=Subject.ISSUER,
)
DPOP_PROOF: Final = Profile(
    name="DPoP proof",  # RFC 9449 §4.2, §4.3; it has no "exp", so give its verifier a max_age
    types=("dpop+jwt",),
    required=("jti", "htm", "htu", "iat"),
    shape=ProofClaims,
    algorithms=_ASYMMETRIC,
    header_required=("jwk",),
)
SECURITY_EVENT: Final = Profile(
    name="security event token",  # RFC 8417 §2.2, §2.3, §4; "exp" is not for events, which have happened for good
    types=("secevent+jwt",),
    required=("iss", "iat", "jti", "events"),
    shape=EventClaims,
)
STATUS_LIST: Final = Profile(
    name="status list token",  # Token Status List §5.1
    types=("statuslist+jwt",),
    required=("sub", "iat", "status_list"),
    shape=StatusListClaims,
)
JWT_SVID: Final = Profile(
    name="JWT-SVID",  # SPIFFE JWT-SVID §2, §3
    types=("jwt", "jose"),
    required=("sub", "aud", "exp"),
    forbidden=("events",),
    subject=Subject.WORKLOAD,
    algorithms=frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"}),
    header_allowed=frozenset({"alg", "kid", "typ"}),
)
