"""decode: the algorithm is one of the caller's, the key is built for it, and nothing is believed before that."""

from typing import Any

import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import EC, NOW, RSA, SECRET, SECRETS, SIGNING, b64, pem, sealed, token, verifying
from tokensmith.jose import JoseError

RSA_JWK = {**ours.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "1"}


def test_a_public_key_is_never_a_secret() -> None:
    """RFC 8725 §2.1: whoever has the public key signs with it, and the token says HS256."""
    public = pem(RSA.public_key())
    forged = token({"sub": "eve"}, secret=public)

    with pytest.raises(ours.InvalidKeyError) as refused:
        ours.decode(forged, public, algorithms=["RS256", "HS256"])
    assert isinstance(refused.value.__cause__, JoseError)
    assert refused.value.__cause__.code == "public_key_as_secret"


def test_only_listed_algorithms_are_looked_at() -> None:
    """RFC 8725 §3.1: the key would fit and the signature would hold."""
    made = ours.encode({}, SECRETS["HS512"], algorithm="HS512")

    assert ours.decode(made, SECRETS["HS512"], algorithms=["HS512"]) == {}
    with pytest.raises(ours.InvalidAlgorithmError):
        ours.decode(made, SECRETS["HS512"], algorithms=["HS256", "HS384"])


@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
def test_an_unsecured_token_is_never_verified(alg: str) -> None:
    """RFC 8725 §3.2: not even if "none" is asked for, with a key or without."""
    unsecured = f"{b64({'alg': alg})}.{b64({'sub': 'eve'})}."

    for key in ("", SECRET):
        with pytest.raises(ours.InvalidAlgorithmError):
            ours.decode(unsecured, key, algorithms=[alg, "HS256"])


def test_an_unsecured_token_can_be_looked_at() -> None:
    """`verify_signature` false is PyJWT's documented way, and the only one."""
    unsecured = f"{b64({'alg': 'none'})}.{b64({'sub': 'eve'})}."

    assert ours.decode(unsecured, options={"verify_signature": False}) == {"sub": "eve"}


def test_a_jwk_decides_with_its_own_algorithm() -> None:
    """CVE-2026-48523: that a name is on the list does not make the key one for it."""
    made = ours.encode({}, RSA, algorithm="PS256")

    assert ours.decode(made, ours.PyJWK(RSA_JWK, "PS256")) == {}
    for algorithms in (None, ["PS256"], ["RS256", "PS256"]):
        with pytest.raises(ours.InvalidAlgorithmError):
            ours.decode(made, ours.PyJWK(RSA_JWK), algorithms=algorithms)


def test_an_empty_list_allows_nothing_even_with_a_jwk() -> None:
    """Only silence leaves it to the key."""
    made = ours.encode({}, RSA, algorithm="RS256")

    with pytest.raises(ours.InvalidAlgorithmError):
        ours.decode(made, ours.PyJWK(RSA_JWK), algorithms=[])


def test_a_key_chosen_by_the_program_reads_tokens_of_any_key_id() -> None:
    """As in PyJWT: the program has chosen, the token's "kid" is a hint it may have used."""
    made = ours.encode({}, RSA, algorithm="RS256", headers={"kid": "2"})

    assert ours.decode(made, ours.PyJWK(RSA_JWK)) == {}


def test_a_forged_token_is_called_forged_whatever_it_says() -> None:
    """RFC 7519 §7.2: claims count after the signature, and so does the form of the payload."""
    for claims in ({"exp": NOW - 60}, {"aud": "you"}, [1], b"{"):
        with pytest.raises(ours.InvalidSignatureError):
            ours.decode(token(claims, secret=SECRETS["HS512"]), SECRET, algorithms=["HS256"])


@pytest.mark.parametrize("alg", [*SECRETS, "RS256", "PS384", *EC, "EdDSA"])
def test_a_changed_octet_is_found(alg: str) -> None:
    """In the payload and in the signature."""
    head, payload, signature = ours.encode({"sub": "ada"}, SIGNING[alg], algorithm=alg).split(".")
    other = "A" if signature[0] != "A" else "B"

    for changed in (f"{head}.{b64({'sub': 'eve'})}.{signature}", f"{head}.{payload}.{other}{signature[1:]}"):
        with pytest.raises(ours.InvalidSignatureError):
            ours.decode(changed, verifying(alg), algorithms=[alg])


def test_the_cause_keeps_what_the_log_wants() -> None:
    """Code and detail are ours, the class is PyJWT's."""
    with pytest.raises(ours.DecodeError) as refused:
        ours.decode("a.b", SECRET, algorithms=["HS256"])

    assert isinstance(refused.value.__cause__, JoseError)
    assert refused.value.__cause__.code == "malformed"
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("payload", [b"[1]", b"{", b'{"a":1,"a":2}'])
def test_a_signed_payload_is_read_strictly(payload: bytes) -> None:
    """The signature does not make JSON of it; nor does turning it off."""
    for options in ({}, {"verify_signature": False}):
        with pytest.raises(ours.DecodeError):
            ours.decode(token(payload), SECRET, algorithms=["HS256"], options=options)


@pytest.mark.parametrize(
    "header", [{"crit": ["b64"], "b64": False}, {"b64": False}, {"b64": True}, {"crit": ["x"], "x": 1}]
)
@pytest.mark.parametrize("call", ["decode", "decode_complete", "get_unverified_header"])
def test_no_extension_is_taken(call: str, header: dict[str, Any]) -> None:
    """RFC 7515 §4.1.11, RFC 7797 §7."""
    arguments = {} if call == "get_unverified_header" else {"options": {"verify_signature": False}}

    with pytest.raises(ours.InvalidTokenError):
        getattr(ours, call)(sealed(b64({"alg": "HS256", **header}), b64({})), **arguments)
