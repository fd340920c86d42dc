"""What every module checks of tokens and of the answers they come in, with PyJWT as a reader that is not our own."""

import base64
import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import jwt as pyjwt

# What an ID token may say that no scope and no `claims` asked for (Core §2, §3.1.3.6, Back-Channel Logout §2.1).
UNASKED: Final = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "jti", "sid"}
)
_SKEW_SECONDS: Final = 300
# RFC 6749 appendices A.7 and A.8.
_ERROR_TEXT: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
_TEXTS: Final = frozenset(
    {
        *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
        *("profile", "picture", "website", "email", "phone_number"),
        *("gender", "birthdate", "zoneinfo", "locale"),
    }
)
_FLAGS: Final = frozenset({"email_verified", "phone_number_verified"})
_BIRTHDATE: Final = re.compile(r"\d{4}(-\d{2}-\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadToken:
    """A token whose signature, issuer and audience are right."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


def read_token(token: str, keys: Mapping[str, Any], *, client_id: str, issuer: str) -> ReadToken:
    """Verify a token by the one key of the JWK Set that its "kid" names (Core §3.1.3.7, §10.1)."""
    header = pyjwt.get_unverified_header(token)
    (key,) = [key for key in keys["keys"] if key["kid"] == header["kid"]]
    assert key.get("use", "sig") == "sig"
    # Times are the world's, and not this machine's.
    options: Any = {"verify_exp": False, "verify_iat": False, "require": ["iss", "aud"]}
    claims = pyjwt.decode(
        token, pyjwt.PyJWK(key).key, algorithms=["RS256"], audience=client_id, issuer=issuer, options=options
    )
    return ReadToken(text=token, header=header, claims=claims)


def check_id_token(
    token: ReadToken, metadata: Mapping[str, Any], *, client_id: str, nonce: str | None, now: float
) -> None:
    """Check what is true of every ID token (Core §2, §3.1.3.7).

    Args:
        nonce: As the request had it; without one the token has none either.
        now: Seconds since 1970.
    """
    claims = token.claims
    assert token.header["alg"] in metadata["id_token_signing_alg_values_supported"]
    assert claims.get("azp", client_id) == client_id
    assert claims["aud"] in (client_id, [client_id]), "nobody else is meant"
    assert claims["exp"] > now
    assert now - _SKEW_SECONDS <= claims["iat"] <= now + _SKEW_SECONDS
    assert claims.get("auth_time", 0) <= now
    assert 1 <= len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    assert claims.get("nonce") == nonce
    assert "acr" not in claims, "no class of sign-in is told apart"
    check_standard_claims(claims)


def check_token_response(response: httpx2.Response) -> None:
    """Check the form of an answer with tokens (RFC 6749 §5.1, §10.10)."""
    tokens = response.json()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert tokens["token_type"] == "Bearer"
    assert isinstance(tokens["expires_in"], int)
    assert tokens["expires_in"] > 0
    for name in {"access_token", "refresh_token"} & tokens.keys():
        assert re.fullmatch(r"[\x20-\x7e]+", tokens[name])
        assert entropy_bits(tokens[name]) >= 128


def check_token_refusal(response: httpx2.Response, *, error: str) -> None:
    """Check that the token endpoint said no in the proper form (RFC 6749 §5.2, Core §3.1.3.4)."""
    refusal = response.json()
    assert (response.status_code, refusal["error"]) == (400, error)
    assert response.headers["content-type"] == "application/json"
    assert is_error_text(refusal.get("error_description", ""))


def check_standard_claims(claims: Mapping[str, Any]) -> None:
    """Check the types of what is told of a person (Core §5.1)."""
    for name, value in claims.items():
        if name in _TEXTS:
            assert isinstance(value, str), name
        elif name in _FLAGS:
            assert isinstance(value, bool), name
    assert all(isinstance(part, str) for part in claims.get("address", {}).values())
    assert isinstance(claims.get("updated_at", 0), int)
    assert _BIRTHDATE.fullmatch(claims.get("birthdate", "0000"))


def half_hash(text: str) -> str:
    """The left half of a text's SHA-256, as `at_hash` has it beside RS256 (Core §3.1.3.6)."""
    half = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def entropy_bits(text: str) -> float:
    """Shannon's measure of a text: how much it can hold at most, judged by its own letters."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -len(text) * sum(share * math.log2(share) for share in shares)


def is_error_text(text: str) -> bool:
    """Tell whether an `error_description` has only the characters that it may."""
    return _ERROR_TEXT.fullmatch(text) is not None
