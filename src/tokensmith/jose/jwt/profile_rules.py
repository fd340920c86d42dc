"""What follows from a profile's facts, for every profile alike (RFC 8725 §3.12)."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from string import ascii_letters, ascii_lowercase, digits
from typing import Final

import msgspec

from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.header import Header
from tokensmith.jose.jwt.claims import RegisteredClaims
from tokensmith.jose.jwt.profiles import EventClaims, IdTokenClaims, Profile, Subject
from tokensmith.jose.strict_json import JsonValue

MAX_SPIFFE_ID_BYTES: Final = 2048
_TRUST_DOMAIN: Final = frozenset(ascii_lowercase + digits + ".-_")
_PATH_SEGMENT: Final = frozenset(ascii_letters + digits + ".-_")


def header_problems(profile: Profile, header: Header) -> Iterator[JoseError]:
    """Find what a profile does not want in a header.

    The codes are `forbidden_algorithm`, `malformed_header` and `forbidden_header`.
    """
    if profile.algorithms is not None and header.alg not in profile.algorithms:
        yield UnacceptableTokenError(
            f"The algorithm is not allowed for this {profile.name}.", code="forbidden_algorithm"
        )
    for name in profile.header_required:
        if name not in header:
            yield MalformedTokenError(f'The header parameter "{name}" is missing.', code="malformed_header")
    if profile.header_allowed is not None and (others := header.keys() - profile.header_allowed):
        yield UnacceptableTokenError(
            f"This {profile.name} has a header parameter it must not have.",
            code="forbidden_header",
            detail=f"{sorted(others)!r:.256}",
        )


def claims_problems(
    profile: Profile,
    claims: Mapping[str, JsonValue],
    named: RegisteredClaims,
    *,
    audiences: AbstractSet[str] | None,
) -> Iterator[JoseError]:
    """Find what a profile does not want in claims whose types are right; *audiences* are ours, None where any will do.

    The codes are `missing_claim`, `forbidden_claim`, `wrong_subject`, `untrusted_audience` and `wrong_event`.
    """
    if profile.one_of and all(claims.get(name) is None for name in profile.one_of):
        yield UnacceptableTokenError("A required claim is missing.", code="missing_claim", detail=_or(profile.one_of))
    for name in profile.forbidden:
        if name in claims:
            yield UnacceptableTokenError(
                f'This {profile.name} has the claim "{name}", which it must not have.', code="forbidden_claim"
            )
    if profile.subject is not None and not _is_about(profile.subject, named):
        yield UnacceptableTokenError(
            f"This {profile.name} is about somebody it must not be about.",
            code="wrong_subject",
            detail=f"sub={named.sub!r:.256}, expected {profile.subject.value}",
        )
    if isinstance(named, IdTokenClaims) and audiences is not None and not _trusts_all(audiences, named):
        yield UnacceptableTokenError(
            f"This {profile.name} is also for somebody who is not trusted.",
            code="untrusted_audience",
            detail=f"aud={named.aud!r:.256}, azp={named.azp!r:.256}",
        )
    if isinstance(named, EventClaims) and profile.event is not None and profile.event not in named.events:
        yield UnacceptableTokenError(
            f"This {profile.name} reports another event.", code="wrong_event", detail=f"{sorted(named.events)!r:.256}"
        )


def _trusts_all(audiences: AbstractSet[str], named: IdTokenClaims) -> bool:
    """Tell whether *audiences* has everybody an ID token names (OpenID Connect Core 1.0 §3.1.3.7 steps 3 and 5)."""
    aud = [named.aud] if isinstance(named.aud, str) else named.aud
    return audiences >= frozenset(aud) and (named.azp is msgspec.UNSET or named.azp in audiences)


def _is_about(subject: Subject, named: RegisteredClaims) -> bool:
    if subject is Subject.ISSUER:
        return named.sub == named.iss
    if named.sub == named.iss:
        return False
    return is_spiffe_id(named.sub) if subject is Subject.WORKLOAD else not named.sub.startswith("spiffe:")


def is_spiffe_id(text: str) -> bool:
    """Tell whether *text* is spelled as a SPIFFE ID: spiffe://trust-domain/path, at most 2048 bytes (SPIFFE-ID §2)."""
    scheme, _, rest = text.partition("://")
    trust_domain, *path = rest.split("/")
    return (
        scheme == "spiffe"
        and len(text) <= MAX_SPIFFE_ID_BYTES
        and 0 < len(trust_domain) <= 255
        and _TRUST_DOMAIN.issuperset(trust_domain)
        and all(segment not in {"", ".", ".."} and _PATH_SEGMENT.issuperset(segment) for segment in path)
    )


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names)
