"""Issuer: marked claims become an SD-JWT that our own verifier takes."""

import json
from typing import Any

import pytest

from tests.jose.jwt.tokens import NOW
from tests.jose.jwt.tokens import verifier as jwt_verifier
from tests.jose.sd_jwt.credentials import HOLDER_KEY, ISSUER, KEY, TYPE, claims_of, issuer, verifier
from tokensmith.jose import JoseError, Key, base64url, sd_jwt
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.sd_jwt import Disclosable, Padded
from tokensmith.jose.sd_jwt.issuer import ALWAYS_VISIBLE

SECRET = Key.generate("HS256")


def payload_of(token: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(base64url.decode(token.split(".")[1]))
    return payload


def test_a_token_passes_our_own_verifier() -> None:
    token = issuer().issue({"sub": "ada", "name": Disclosable("Ada"), "list": [Disclosable("DE"), "FR"]})
    verified = verifier().verify(token)

    assert claims_of(token) == {"sub": "ada", "name": "Ada", "list": ["DE", "FR"]}
    assert verified.disclosed == (("list", 0), ("name",))
    assert verified.header == {"alg": "Ed25519", "kid": KEY.kid, "typ": TYPE}


def test_what_is_hidden_is_not_in_the_signed_part() -> None:
    payload = payload_of(issuer().issue({"sub": "ada", "name": Disclosable("Lovelace")}))

    assert payload.keys() == {"iss", "iat", "exp", "jti", "sub", "_sd", "_sd_alg"}
    assert "Lovelace" not in json.dumps(payload)


def test_the_registered_claims_are_filled_in() -> None:
    """As a `jwt.Signer` does; the caller's own are kept."""
    payload = payload_of(issuer(audience=["a", "b"]).issue({"jti": "j"}))

    assert (payload["iss"], payload["aud"], payload["iat"], payload["exp"]) == (ISSUER, ["a", "b"], NOW, NOW + 3600)
    assert payload["jti"] == "j"


def test_a_token_ends_with_a_tilde_also_without_disclosures() -> None:
    """RFC 9901 §4."""
    token = issuer().issue({"sub": "ada"})

    assert token.count("~") == 1
    assert token.endswith("~")


def test_the_holders_public_half_is_confirmed() -> None:
    """RFC 9901 §4.1.2; the private half stays where it is."""
    for half in (HOLDER_KEY, HOLDER_KEY.public()):
        assert payload_of(issuer().issue({}, holder=half))["cnf"] == {"jwk": HOLDER_KEY.public().to_jwk()}


def test_the_claims_as_a_whole_can_be_padded() -> None:
    """RFC 9901 §4.2.5."""
    token = issuer().issue(Padded({"sub": "ada", "name": Disclosable("Ada")}, digests=10))

    assert len(payload_of(token)["_sd"]) == 10
    assert claims_of(token) == {"sub": "ada", "name": "Ada"}


@pytest.mark.parametrize(
    ("alg", "hash_name"),
    [("ES256", "sha-256"), ("ES384", "sha-384"), ("PS512", "sha-512"), ("Ed25519", "sha-512"), ("Ed448", "sha-512")],
)
def test_the_hash_is_as_strong_as_the_signature(alg: str, hash_name: str) -> None:
    """RFC 9901 §9.4: its collision resistance "SHOULD match"; the name is always said."""
    key = Key.generate(alg)
    token = issuer(key).issue({"name": Disclosable("Ada")})

    assert payload_of(token)["_sd_alg"] == hash_name
    assert verifier(key).verify(token).claims["name"] == "Ada"


def test_the_hash_can_be_chosen() -> None:
    """RFC 9901 §4.1.1: sha-256 is the one that everybody has."""
    token = issuer(hash_name="sha-256").issue({"name": Disclosable("Ada")})

    assert payload_of(token)["_sd_alg"] == "sha-256"
    assert claims_of(token) == {"name": "Ada"}


@pytest.mark.parametrize("hash_name", ["md5", "sha256", "SHA-256", "sha-256-32", ""])
def test_other_hashes_are_not_used(hash_name: str) -> None:
    """RFC 9901 §9.4: the registry has "heavily truncated digests"."""
    with pytest.raises(ValueError, match="hash_name"):
        issuer(hash_name=hash_name)


# --- RFC 9901 §9.7


@pytest.mark.parametrize("name", sorted(ALWAYS_VISIBLE))
def test_what_verifiers_judge_by_cannot_be_hidden(name: str) -> None:
    """A holder could else take the expiry, or the key he has to prove, out of his token; nor a part of it."""
    for value in (Disclosable("x"), [Disclosable("x")], {"a": Disclosable("x")}, Padded([], digests=1)):
        for claims in ({name: value}, Padded({name: value}, digests=3)):
            with pytest.raises(ValueError, match=f"'{name}' cannot be disclosable"):
                issuer().issue(claims)


def test_names_are_kept_visible_at_the_top_alone() -> None:
    """Deeper they are names like any other."""
    claims = {"trip": {"exp": Disclosable("2030"), "iss": Disclosable("x")}}

    assert claims_of(issuer().issue(claims)) == {"trip": {"exp": "2030", "iss": "x"}}


# --- mistakes


@pytest.mark.parametrize("claims", [{"sub": 1}, {"sub": Disclosable(1)}, {"sub": Disclosable(None)}, {"exp": "1"}])
def test_what_no_verifier_takes_is_not_issued(claims: dict[str, object]) -> None:
    """RFC 7519 §4.1, hidden or not."""
    with pytest.raises(ValueError, match="registered claim"):
        issuer().issue(claims)


def test_the_subject_can_be_hidden() -> None:
    assert claims_of(issuer().issue({"sub": Disclosable("ada")})) == {"sub": "ada"}


@pytest.mark.parametrize("claims", [[], "text", Padded([], digests=1), None])
def test_claims_are_a_mapping(claims: object) -> None:
    with pytest.raises(TypeError, match="mapping"):
        issuer().issue(claims)


def test_a_holder_is_named_once() -> None:
    with pytest.raises(ValueError, match="cnf"):
        issuer().issue({"cnf": {"jkt": "x"}}, holder=HOLDER_KEY)


def test_a_shared_secret_issues_nothing() -> None:
    """RFC 9901 §4.1: "the Issuer's private key"; and no holder is told by a secret that he shares."""
    with pytest.raises(KeyMaterialError) as caught:
        issuer(SECRET)
    assert caught.value.code == "symmetric_key"

    with pytest.raises(KeyMaterialError) as caught:
        issuer().issue({}, holder=SECRET)
    assert caught.value.code == "symmetric_key"


@pytest.mark.parametrize("key", [KEY.public(), Key.generate("ECDH-ES")])
def test_a_key_that_cannot_sign_makes_no_issuer(key: Key) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        issuer(key)

    assert caught.value.code == "key_operation"


@pytest.mark.parametrize("option", ["typ", "lifetime"])
def test_type_and_lifetime_have_no_default(option: str) -> None:
    """RFC 9901 §9.11; and a credential lives for as long as its issuer says."""
    options: dict[str, Any] = {"typ": TYPE, "lifetime": 60}
    del options[option]

    with pytest.raises(TypeError, match=option):
        sd_jwt.Issuer(KEY, **options)


def test_a_verifier_of_ordinary_tokens_takes_none() -> None:
    """RFC 9901 §9.11, RFC 8725 §3.11: the type tells them apart."""
    issuer_signed = issuer().issue({"aud": "https://api.example"}).split("~")[0]

    with pytest.raises(JoseError) as caught:
        jwt_verifier(KEY, issuer=ISSUER).verify(issuer_signed)
    assert caught.value.code == "wrong_type"


def test_an_issuer_is_frozen() -> None:
    making = issuer()

    with pytest.raises(AttributeError):
        making._hash_name = "md5"
    with pytest.raises(AttributeError):
        del making._signer


def test_what_is_always_visible_is_written_out() -> None:
    """RFC 9901 §9.7; a name that fell out of the list would fall out of the tests that walk it, too."""
    listed = {"iss", "aud", "exp", "nbf", "iat", "jti", "cnf", "status", "vct", "vct#integrity"}

    assert listed == ALWAYS_VISIBLE
