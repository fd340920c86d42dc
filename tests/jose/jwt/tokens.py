"""What the tests of tokens share: a clock that stands still, keys, and tokens that no signer of ours would make."""

import json
from dataclasses import dataclass

import pytest

from tokensmith.jose import JoseError, Key, base64url, jwt

NOW = 1_700_000_000
ISSUER = "https://id.example"
AUDIENCE = "https://api.example"
KEY = Key.from_secret(bytes(range(32)), alg="HS256", kid="k")


@dataclass(frozen=True)
class StoppedClock:
    """Says the same time for ever."""

    seconds: float = NOW

    def now(self) -> float:
        return self.seconds


def spell(header: object, claims: object, *, key: Key = KEY) -> str:
    """Sign anything at all: objects become JSON, bytes stay as they are; no rule is kept."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    signing_input = b".".join(base64url.encode_bytes(part) for part in parts)
    return f"{signing_input.decode()}.{base64url.encode(key.sign_bytes(signing_input))}"


def good_claims(**changes: object) -> dict[str, object]:
    """Claims that the tests' verifier accepts, with changes."""
    claims: dict[str, object] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": NOW, "exp": NOW + 300}
    return {**claims, **changes}


def good_token(**changes: object) -> str:
    """Sign `good_claims`."""
    return spell({"alg": "HS256", "typ": "JWT"}, good_claims(**changes))


def verifier(keys: object = KEY, **options: object) -> jwt.Verifier:
    """Make a verifier for `good_token`, with options changed."""
    defaults: dict[str, object] = {"issuer": ISSUER, "audience": AUDIENCE, "clock": StoppedClock()}
    return jwt.Verifier(keys, **{**defaults, **options})  # type: ignore[arg-type]


def code_of(token: str | bytes, **options: object) -> str:
    """Verify a token that has to be refused, and tell with which code."""
    with pytest.raises(JoseError) as caught:
        verifier(**options).verify(token)
    return caught.value.code


def passes(token: str, **options: object) -> bool:
    """Verify a token that has to pass; anything else raises."""
    return verifier(**options).verify(token).claims is not None
