"""Signer: claims become a token that our own verifier takes."""

import json
from datetime import timedelta
from types import MappingProxyType

import pytest

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, KEY, NOW, StoppedClock, verifier
from tokensmith.jose import Key, base64url, jwt
from tokensmith.jose.errors import KeyMaterialError

OPTIONS = {"issuer": ISSUER, "audience": AUDIENCE, "clock": StoppedClock()}


def signer(key: Key = KEY, **options: object) -> jwt.Signer:
    return jwt.Signer(key, **{**OPTIONS, **options})  # type: ignore[arg-type]


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(base64url.decode(token.split(".")[1]))
    return claims


def test_a_token_passes_our_own_verifier() -> None:
    verified = verifier().verify(signer().sign({"sub": "ada", "scope": "a b"}))

    assert verified.claims["scope"] == "a b"
    assert verified.header == {"alg": "HS256", "kid": "k", "typ": "JWT"}


def test_the_registered_claims_are_filled_in() -> None:
    claims = claims_of(signer().sign({"sub": "ada"}))
    jti = claims.pop("jti")

    assert claims == {"iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 900, "sub": "ada"}
    assert isinstance(jti, str)
    assert len(base64url.decode(jti)) == 16


def test_every_token_has_an_id_of_its_own() -> None:
    """RFC 7519 §4.1.7."""
    making = signer()

    assert len({claims_of(making.sign({}))["jti"] for _ in range(100)}) == 100


def test_what_the_caller_says_is_kept() -> None:
    own = {"iss": "i", "aud": ["a"], "iat": 1, "exp": 2, "jti": "j"}

    assert claims_of(signer().sign(own)) == own


def test_the_callers_claims_stay_as_they_are() -> None:
    claims = {"sub": "ada"}
    signer().sign(claims)
    signer().sign(MappingProxyType(claims))

    assert claims == {"sub": "ada"}


def test_without_issuer_and_audience_neither_is_named() -> None:
    assert claims_of(jwt.sign({}, KEY, clock=StoppedClock())).keys() == {"iat", "exp", "jti"}


@pytest.mark.parametrize("audience", [["a", "b"], ("a", "b")])
def test_an_audience_may_be_several(audience: object) -> None:
    assert claims_of(signer(audience=audience).sign({}))["aud"] == ["a", "b"]


@pytest.mark.parametrize("lifetime", [60, timedelta(minutes=1)])
def test_the_lifetime_is_set(lifetime: object) -> None:
    assert claims_of(signer(lifetime=lifetime).sign({}))["exp"] == NOW + 60


def test_times_are_whole_seconds_rounded_down() -> None:
    """Rounded up, a token would be from the future for the verifier beside it."""
    claims = claims_of(signer(clock=StoppedClock(NOW + 0.9)).sign({}))

    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 900)


def test_a_second_is_a_lifetime() -> None:
    assert claims_of(signer(lifetime=1).sign({}))["exp"] == NOW + 1


@pytest.mark.parametrize("lifetime", [0, -1, timedelta(0), timedelta(milliseconds=1500), timedelta(seconds=-1)])
def test_a_lifetime_is_whole_seconds(lifetime: object) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        signer(lifetime=lifetime)


def test_the_type_is_set() -> None:
    token = signer(typ="at+jwt").sign({})

    assert verifier(typ="at+jwt").verify(token).header.typ == "at+jwt"


def test_claims_of_a_verified_token_can_be_signed_again() -> None:
    claims = verifier().verify(signer().sign({"cnf": {"jkt": "x"}, "roles": ["a"]})).claims

    assert verifier().verify(signer().sign(claims)).claims == claims


@pytest.mark.parametrize("claims", [{"exp": "1"}, {"exp": True}, {"nbf": -1}, {"sub": 1}, {"sub": None}, {"aud": [1]}])
def test_what_no_verifier_takes_is_not_signed(claims: dict[str, object]) -> None:
    """RFC 7519 §4.1."""
    with pytest.raises(ValueError, match="registered claim"):
        signer().sign(claims)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claims", "error"), [({"x": b""}, TypeError), ({"x": {1}}, TypeError), ({"x": float("nan")}, ValueError)]
)
def test_claims_that_are_no_json_are_the_callers_mistake(claims: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error, match="'x'"):
        signer().sign(claims)  # type: ignore[arg-type]


@pytest.mark.parametrize(("option", "value"), [("issuer", 1), ("audience", [1]), ("audience", 1.5)])
def test_issuer_and_audience_are_text(option: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        signer(**{option: value})


@pytest.mark.parametrize(("option", "value"), [("issuer", ""), ("audience", ""), ("audience", [])])
def test_an_empty_issuer_or_audience_is_none(option: str, value: object) -> None:
    """An unset environment variable must not become the name of nobody."""
    with pytest.raises(ValueError, match="empty"):
        signer(**{option: value})


def test_a_type_is_text() -> None:
    with pytest.raises(ValueError, match="typ"):
        signer(typ=1)


@pytest.mark.parametrize(
    "key",
    [
        Key.generate("ES256").public(),
        Key.generate("ECDH-ES", crv="P-256"),
        Key.generate("A128KW"),
        Key.from_jwk({**Key.generate("ES256").to_jwk(private=True), "key_ops": ["verify"]}),
    ],
    ids=["public", "for agreement", "for wrapping", "for verifying"],
)
def test_a_key_that_cannot_sign_makes_no_signer(key: Key) -> None:
    """A12: the mistake shows when the program starts, not with the first token."""
    with pytest.raises(KeyMaterialError) as caught:
        signer(key)

    assert caught.value.code == "key_operation"


def test_a_signer_is_frozen() -> None:
    making = signer()

    with pytest.raises(AttributeError):
        making._header = b""
    with pytest.raises(AttributeError):
        del making._header
