"""What the tests of selective disclosure share: keys, marks put on by path, and tokens that no issuer of ours makes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.jose.jwt.tokens import NOW, StoppedClock, spell
from tokensmith.jose import JoseError, Key, base64url, jwt, sd_jwt
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.sd_jwt.disclosure import digest_of

VECTORS = Path(__file__).parent.parent / "vectors/sd-jwt"
TYPE = "example+sd-jwt"
ISSUER = "https://id.example"
AUDIENCE = "https://shop.example"
NONCE = "n-0S6_WzA2Mj"
KEY = Key.generate("Ed25519")
HOLDER_KEY = Key.generate("ES256")
BINDING = sd_jwt.KeyBinding(audience=AUDIENCE, max_age=60)


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


def mark(claims: Any, hidden: Sequence[Sequence[str | int]], *, at: tuple[str | int, ...] = ()) -> Any:
    """Put `Disclosable` around what the paths lead to."""
    marked: Any = claims
    if isinstance(claims, dict):
        marked = {name: mark(value, hidden, at=(*at, name)) for name, value in claims.items()}
    elif isinstance(claims, list):
        marked = [mark(value, hidden, at=(*at, place)) for place, value in enumerate(claims)]
    return sd_jwt.Disclosable(marked) if list(at) in [list(path) for path in hidden] else marked


def issuer(key: Key = KEY, **options: object) -> sd_jwt.Issuer:
    defaults: dict[str, object] = {"typ": TYPE, "issuer": ISSUER, "lifetime": 3600, "clock": StoppedClock()}
    return sd_jwt.Issuer(key, **{**defaults, **options})


def verifier(keys: object = KEY, **options: object) -> sd_jwt.Verifier:
    """Make a verifier that asks for no proof, with options changed."""
    defaults: dict[str, object] = {
        "issuer": ISSUER,
        "audience": jwt.ANY,
        "typ": TYPE,
        "key_binding": sd_jwt.NOT_REQUIRED,
        "clock": StoppedClock(),
    }
    return sd_jwt.Verifier(keys, **{**defaults, **options})


def holder(key: Key = HOLDER_KEY, *, now: float = NOW) -> sd_jwt.Holder:
    return sd_jwt.Holder(key, clock=StoppedClock(now))


def write(*contents: object) -> str:
    """Write any JSON as the text of a Disclosure."""
    return base64url.encode(json.dumps(contents).encode())


def digest(disclosure: str, *, hash_name: str = "sha-256") -> str:
    return digest_of(disclosure.encode(), hashed_with=NAMED_HASHES[hash_name])


def spell_sd_jwt(
    payload: dict[str, object], *disclosures: str, key: Key = KEY, header: dict[str, object] | None = None
) -> str:
    """Sign any payload, times and issuer filled in, with any Disclosures after it; no rule is kept."""
    claims = {"iss": ISSUER, "iat": NOW, "exp": NOW + 300, **payload}
    return "~".join((spell(header or {"alg": key.alg, "typ": TYPE}, claims, key=key), *disclosures, ""))


def refusal(token: str | bytes, *, nonce: str | None = None, **options: object) -> JoseError:
    """Verify a token that has to be refused."""
    with pytest.raises(JoseError) as caught:
        verifier(**options).verify(token, nonce=nonce)
    return caught.value


def claims_of(token: str | bytes, **options: object) -> dict[str, Any]:
    """Verify a token that has to pass; its claims without those that every token has."""
    claims = verifier(**options).verify(token).claims.to_dict()
    return {name: value for name, value in claims.items() if name not in {"iss", "iat", "exp", "jti"}}


def prove(presented: str, *, key: Key = HOLDER_KEY, header: dict[str, object] | None = None, **changes: object) -> str:
    """Append a Key Binding JWT to an SD-JWT, with claims changed; None takes one out."""
    claims: dict[str, object] = {"aud": AUDIENCE, "nonce": NONCE, "iat": NOW, "sd_hash": digest(presented), **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return presented + spell(header or {"alg": key.alg, "typ": "kb+jwt"}, kept, key=key)


def bound_token(*disclosures: str, **payload: object) -> str:
    """Sign a token that is bound to the holder's key."""
    digests = [digest(each) for each in disclosures]
    return spell_sd_jwt({"cnf": {"jwk": HOLDER_KEY.public().to_jwk()}, "_sd": digests, **payload}, *disclosures)
