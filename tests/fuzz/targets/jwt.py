"""jwt: any token, and any header and claims under a good signature; every profile, and every problem told (E09, F02).

Header and claims stand on two lines. What `verify` accepts has no problems; what it refuses has some.
"""

import functools
from collections.abc import Iterator

from tests.fuzz import vectors
from tests.fuzz.target import both_types
from tests.jose.jwt.tokens import KEY, StoppedClock, good_token, spell
from tokensmith.jose import JoseError, jwt
from tokensmith.jose.jwt import profiles

_PROFILES = (
    profiles.ACCESS_TOKEN,
    profiles.CLIENT_ASSERTION,
    profiles.DPOP_PROOF,
    profiles.ID_TOKEN,
    profiles.JWT_SVID,
    profiles.LOGOUT_TOKEN,
    profiles.SECURITY_EVENT,
    profiles.STATUS_LIST,
)


@functools.cache
def _verifiers() -> tuple[jwt.Verifier, ...]:
    clock = StoppedClock()
    anyone = {"issuer": jwt.ANY, "audience": jwt.ANY, "clock": clock}
    return (
        jwt.Verifier(KEY, issuer="https://id.example", audience="https://api.example", clock=clock, cache_size=2),
        jwt.Verifier(KEY, **anyone, require_exp=False, max_age=60, leeway=600),
        *(jwt.Verifier(KEY, **anyone, profile=profile) for profile in _PROFILES),
    )


def seeds() -> Iterator[bytes]:
    """A token of each kind, with everything its profile looks at."""
    yield good_token().encode()
    yield from (text.encode() for text in vectors.texts() if text.count(".") == 2)
    common = b'{"iss":"https://id.example","aud":"https://api.example","iat":1700000000,"exp":1700000300,"sub":"ada"'
    for typ, more in (
        (b"JWT", b""),
        (b"at+jwt", b',"client_id":"c","jti":"1","scope":"a b"'),
        (b"JWT", b',"nonce":"n","azp":"c","at_hash":"QQ","auth_time":1,"aud":["a"]'),
        (b"logout+jwt", b',"jti":"1","events":{"http://schemas.openid.net/event/backchannel-logout":{}}'),
        (b"secevent+jwt", b',"jti":"1","events":{"urn:a":{}}'),
        (b"dpop+jwt", b',"jti":"1","htm":"GET","htu":"https://api.example/","ath":"QQ"'),
        (b"client-authentication+jwt", b',"jti":"1"'),
        (b"statuslist+jwt", b',"ttl":60,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}'),
    ):
        yield b'{"alg":"HS256","typ":"' + typ + b'"}\n' + common + more + b"}"


def attempt(data: bytes) -> None:
    """Verify it as it is, and as what our own key signs."""
    header, _, claims = data.partition(b"\n")
    # A token whose signature does not hold is the same to all of them.
    strange = [(token, _verifiers()[:1]) for token in both_types(data)]
    for token, verifiers in (*strange, (spell(header, claims), _verifiers())):
        for verifier in verifiers:
            problems = verifier.problems(token)
            try:
                verifier.verify(token)
            except JoseError:
                assert problems
            else:
                assert problems == ()
        try:
            jwt.read_unverified(token)
        except JoseError:
            continue
