"""Key material: bound to one algorithm, or refused; what it is decides, never what a token says."""

from typing import Any

import pytest

from tests.compat.pyjwt.material import EC, ED448, RSA, RSA_TOO_SMALL, SECRET, SIGNING, b64, pem, verifying
from tokensmith.compat.pyjwt.exceptions import InvalidKeyError, PyJWKError
from tokensmith.compat.pyjwt.keys import bind_jwk, bind_key, key_object
from tokensmith.jose import JoseError, Key

ED448_JWK = Key.from_pem(pem(ED448.public_key()), alg="EdDSA").to_jwk() | {"alg": None}


@pytest.mark.parametrize("alg", SIGNING)
def test_both_halves_are_bound(alg: str) -> None:
    """As objects and as texts."""
    for key in (SIGNING[alg], verifying(alg)):
        for form in (key, key if isinstance(key, str) else pem(key)):
            bound = bind_key(form, alg=alg)

            assert (bound.alg, bound.kid, bound.is_private) == (alg, None, key is SIGNING[alg] or alg.startswith("HS"))


@pytest.mark.parametrize(
    ("key", "alg", "code"),
    [
        (SECRET[:31], "HS256", "weak_key"),
        (b"", "HS256", "weak_key"),
        pytest.param(pem(RSA.public_key()), "HS256", "public_key_as_secret", id="PEM as a secret"),
        (RSA.public_key(), "HS256", "algorithm_mismatch"),
        (RSA_TOO_SMALL, "RS256", "weak_key"),
        (EC["ES384"], "ES256", "algorithm_mismatch"),
        (EC["ES256"], "RS256", "algorithm_mismatch"),
        (SECRET, "RS256", "malformed_key"),
        (ED448, "Ed25519", "algorithm_mismatch"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(key: object, alg: str, code: str) -> None:
    """RFC 7518 §3.2 and §3.3, RFC 8725 §2.1; the code is in the cause."""
    with pytest.raises(InvalidKeyError) as refused:
        bind_key(key, alg=alg)

    assert isinstance(refused.value.__cause__, JoseError)
    assert refused.value.__cause__.code == code


@pytest.mark.parametrize("key", [None, 1, bytearray(SECRET, "ascii"), {"kty": "oct"}, Key.from_secret(SECRET)])
def test_what_is_no_key_material_is_a_type_error(key: object) -> None:
    """Neither text nor octets nor an object of cryptography."""
    with pytest.raises(TypeError):
        bind_key(key, alg="HS256")


@pytest.mark.parametrize(
    ("jwk", "algorithm", "bound"),
    [
        ({"kty": "oct", "k": b64(SECRET.encode())}, None, "HS256"),
        (Key.from_pem(pem(RSA), alg="RS256").to_jwk() | {"alg": ""}, None, "RS256"),
        (Key.from_pem(pem(RSA), alg="PS512").to_jwk(), None, "PS512"),
        (Key.from_pem(pem(RSA), alg="PS512").to_jwk(), "PS512", "PS512"),
        (Key.from_pem(pem(EC["ES384"])).to_jwk() | {"kid": 7}, None, "ES384"),
        (Key.from_pem(pem(SIGNING["EdDSA"]), alg="EdDSA").to_jwk(), None, "EdDSA"),
    ],
)
def test_a_jwk_is_bound_as_it_says_or_as_pyjwt_assumes(jwk: dict[str, Any], algorithm: str | None, bound: str) -> None:
    """The key id is left behind: it neither goes into tokens nor is compared."""
    members = {name: value for name, value in jwk.items() if value != ""}
    key = bind_jwk(members, algorithm=algorithm)

    assert (key.alg, key.kid) == (bound, None)


@pytest.mark.parametrize(
    ("jwk", "algorithm", "refusal"),
    [
        ([], None, InvalidKeyError),
        ({}, None, InvalidKeyError),
        ({"kty": "XYZ"}, None, InvalidKeyError),
        ({"kty": "EC", "crv": "P-192"}, None, InvalidKeyError),
        ({"kty": "EC", "crv": ["P-256"]}, None, InvalidKeyError),
        (ED448_JWK, None, InvalidKeyError),
        ({"kty": "oct", "k": "x"}, None, InvalidKeyError),
        ({"kty": "oct", "k": b64(SECRET.encode())}, "HS999", PyJWKError),
        ({"kty": "oct", "k": b64(SECRET.encode())}, "none", PyJWKError),
        ({"kty": "oct", "k": b64(SECRET.encode()), "alg": "none"}, None, PyJWKError),
        ({"kty": "oct", "k": b64(SECRET.encode()), "alg": ["HS256"]}, None, PyJWKError),
    ],
)
def test_a_jwk_that_is_no_key_is_refused(jwk: object, algorithm: str | None, refusal: type[Exception]) -> None:
    """And its members are not in the text."""
    with pytest.raises(refusal) as refused:
        bind_jwk(jwk, algorithm=algorithm)

    assert b64(SECRET.encode()) not in str(refused.value)


@pytest.mark.parametrize("alg", ["HS256", "RS256", "ES256", "EdDSA"])
def test_the_key_object_comes_out_again(alg: str) -> None:
    """A secret as octets, a pair as objects of cryptography, each half as itself."""
    for key in (SIGNING[alg], verifying(alg)):
        taken: Any = key_object(bind_key(key, alg=alg))

        assert (taken == SECRET.encode()) if alg == "HS256" else (pem(taken) == pem(key))
