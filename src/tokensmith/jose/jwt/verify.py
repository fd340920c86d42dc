"""The whole check of one token in one call (RFC 7519 §7.2)."""

from collections.abc import Callable, Iterable

from tokensmith.jose.jws.verify import KeySource
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration
from tokensmith.jose.jwt.profiles import Profile
from tokensmith.jose.jwt.rules import Expected
from tokensmith.jose.jwt.verifier import ClaimsT, VerifiedJwt, Verifier
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits


def verify(
    token: str | bytes,
    keys: KeySource,
    *,
    issuer: Expected,
    audience: Expected,
    typ: str | None = None,
    profile: Profile | None = None,
    leeway: Duration = 0,
    max_age: Duration | None = None,
    required: Iterable[str] = (),
    require_exp: bool = True,
    claims_type: type[ClaimsT] | None = None,
    checks: Iterable[Callable[[ClaimsT], object]] = (),
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedJwt[ClaimsT]:
    """Check one token; arguments and errors are those of `Verifier`, which is the quicker choice for many tokens."""
    verifier = Verifier(
        keys,
        issuer=issuer,
        audience=audience,
        typ=typ,
        profile=profile,
        leeway=leeway,
        max_age=max_age,
        required=required,
        require_exp=require_exp,
        claims_type=claims_type,
        checks=checks,
        clock=clock,
        limits=limits,
    )
    return verifier.verify(token)
