"""One good token of every profile, all of one issuer and signed with one key: what could be mistaken for each other."""

from types import MappingProxyType
from typing import Final

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, NOW, StoppedClock, spell
from tokensmith.jose import Key, jwt
from tokensmith.jose.jwt import Profile
from tokensmith.jose.jwt.profiles import LOGOUT_EVENT

KEY: Final = Key.generate("ES256")
LIST_URL: Final = f"{ISSUER}/status/1"

_COMMON: Final = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": NOW, "exp": NOW + 300, "jti": "1"}

CLAIMS: Final = MappingProxyType(
    {
        jwt.ACCESS_TOKEN: {**_COMMON, "client_id": "web", "scope": "notes:read"},
        jwt.ID_TOKEN: {**_COMMON, "nonce": "n"},
        jwt.LOGOUT_TOKEN: {**_COMMON, "sid": "s", "events": {LOGOUT_EVENT: {}}},
        jwt.CLIENT_ASSERTION: {**_COMMON, "sub": ISSUER},
        jwt.DPOP_PROOF: {"jti": "1", "iat": NOW, "htm": "GET", "htu": "https://api.example/notes"},
        jwt.SECURITY_EVENT: {**_COMMON, "events": {"https://schemas.example/disabled": {}}},
        jwt.STATUS_LIST: {"sub": LIST_URL, "iat": NOW, "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}},
        jwt.JWT_SVID: {"sub": "spiffe://example.org/api", "aud": AUDIENCE, "exp": NOW + 300},
    }
)
PROFILES: Final = tuple(CLAIMS)


def header(profile: Profile, **changes: object) -> dict[str, object]:
    """Write the header that a token of this profile has; None leaves a parameter out."""
    needed: dict[str, object] = {"alg": KEY.alg, "typ": profile.types[0]}
    if "jwk" in profile.header_required:
        needed["jwk"] = KEY.to_jwk()
    return {name: value for name, value in {**needed, **changes}.items() if value is not None}


def token(profile: Profile, **claims: object) -> str:
    """Sign a good token of a profile, with claims changed; `...` leaves one out."""
    changed = {name: value for name, value in {**CLAIMS[profile], **claims}.items() if value is not ...}
    return spell(header(profile), changed, key=KEY)


def verifier(profile: Profile, **options: object) -> jwt.Verifier:
    """Make a verifier that asks for nothing but the profile, and our audience where the profile has one."""
    audience = AUDIENCE if "aud" in profile.required else jwt.ANY
    defaults: dict[str, object] = {"issuer": jwt.ANY, "audience": audience, "clock": StoppedClock()}
    return jwt.Verifier(KEY.public(), profile=profile, **{**defaults, **options})  # type: ignore[arg-type]


def codes(profile: Profile, text: str, **options: object) -> list[str]:
    """Tell with which codes a token is refused; none if it passes."""
    return [problem.code for problem in verifier(profile, **options).problems(text)]
