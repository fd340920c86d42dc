"""NestedVerifier: what is encrypted is read, and what is signed inside is checked."""

import copy
import json
import pickle

import pytest

from tests.jose.jwt.nesting import PUBLIC, RECIPIENT, envelope, nested, nested_verifier, passes, refusal
from tests.jose.jwt.tokens import ISSUER, KEY, NOW, code_of, good_claims, good_token, spell, verifier
from tokensmith.jose import Key, KeySet, base64url, jwe, jwt
from tokensmith.jose.errors import (
    DecryptionError,
    ExpiredTokenError,
    InvalidSignatureError,
    JoseError,
    KeyMaterialError,
    MalformedTokenError,
    NotYetValidTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.limits import Limits

PASSWORD = Key.from_password("correct horse battery staple", alg="PBES2-HS256+A128KW")
SHARED = Key.generate("A256KW")
STRANGER = Key.generate("HS256")


def test_a_nested_token_passes() -> None:
    verified = nested_verifier().verify(nested(scope="notes:read"))

    assert verified.inner.claims == good_claims(scope="notes:read")
    assert verified.inner.key is KEY
    assert verified.inner.header == {"alg": "HS256", "typ": "JWT"}
    assert verified.outer_key is RECIPIENT
    assert verified.outer_header.cty == "JWT"


def test_a_nested_token_may_come_as_bytes() -> None:
    assert nested_verifier().verify(nested().encode()).inner.claims.subject == "ada"


# --- two layers, never one or three


def test_a_token_that_is_signed_alone_is_refused() -> None:
    """J03 (RFC 8725bis §3.3): the kinds are told apart."""
    assert refusal(good_token()) == (MalformedTokenError, "malformed")


@pytest.mark.parametrize("cty", [None, "", "application/json", "text/jwt", "at+jwt", "JWT ", "jose"])
def test_content_that_is_not_said_to_be_a_token_is_refused(cty: str | None) -> None:
    """J54 (RFC 7519 §5.2): "cty" "MUST be present" and "MUST be "JWT""."""
    assert refusal(envelope(good_token(), cty=cty)) == (UnacceptableTokenError, "not_nested")


@pytest.mark.parametrize("cty", ["JWT", "jwt", "application/jwt", "Application/JWT"])
def test_cty_is_a_media_type(cty: str) -> None:
    """RFC 7519 §5.2: "media type names are not case sensitive"; RFC 7515 §4.1.10 for the prefix."""
    assert passes(envelope(good_token(), cty=cty))


@pytest.mark.parametrize("spaces", [b"", b" \r\n\t"])
@pytest.mark.parametrize("key", [RECIPIENT.public(), SHARED, PASSWORD], ids=lambda key: key.alg)
def test_encrypted_claims_are_nobodys_word(key: Key, spaces: bytes) -> None:
    """D18 (RFC 8725 §2.3): decryption is not authentication, with a public key or a password least of all."""
    token = envelope(spaces + json.dumps(good_claims()).encode(), key=key)
    keys = RECIPIENT if key.kty == "EC" else key

    assert refusal(token, keys=keys) == (MalformedTokenError, "unsigned_claims")


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "HS256"])
def test_an_unsecured_token_inside_is_refused(alg: str) -> None:
    """A04 (CVE-2026-29000): an empty signature is none, whatever the header names."""
    parts = [base64url.encode(json.dumps(part).encode()) for part in ({"alg": alg}, good_claims())]
    unsecured = ".".join([*parts, ""])

    assert refusal(envelope(unsecured)) == (MalformedTokenError, "unsecured_token")
    assert refusal(envelope(unsecured), verifier(KeySet([KEY]))) == (MalformedTokenError, "unsecured_token")


@pytest.mark.parametrize("alg", ["none", "HS512", "RS256"])
def test_the_algorithm_inside_is_the_inner_keys(alg: str) -> None:
    """RFC 8725 §3.3: inner operations are validated "using the keys and algorithms supplied by the application"."""
    token = envelope(spell({"alg": alg}, good_claims()))

    assert refusal(token) == (UnacceptableTokenError, "algorithm_mismatch")


def test_a_token_encrypted_twice_is_refused() -> None:
    """J54: the depth is capped, so nobody makes us open boxes in boxes."""
    assert refusal(envelope(nested())) == (MalformedTokenError, "nested_too_deep")


def test_a_token_signed_twice_is_refused() -> None:
    """J54: the inner token has claims, no token of its own."""
    inside = spell({"alg": "HS256", "cty": "JWT"}, good_token().encode())

    assert refusal(envelope(inside)) == (UnacceptableTokenError, "nested_token")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (b"", "malformed"),
        (b".", "malformed"),
        (b"..", "unsecured_token"),
        (b"\xff\xfe", "malformed"),
        (b"[1]", "malformed"),
        (b"a.b.c.d", "malformed"),
        (b"....", "nested_too_deep"),
        (good_token().encode() + b"\n", "base64url"),
        (b"Bearer " + good_token().encode(), "base64url"),
    ],
)
def test_whatever_is_inside_it_is_a_signed_token_or_refused(inside: bytes, code: str) -> None:
    """RFC 7519 §7.2, step 9: no white space or other characters."""
    assert refusal(envelope(inside)) == (MalformedTokenError, code)


# --- the inner verifier checks everything


def test_a_forgery_inside_is_refused() -> None:
    """RFC 8725 §3.3: "the entire JWT MUST be rejected if any of them fail to validate"."""
    forged = envelope(spell({"alg": "HS256"}, good_claims(), key=STRANGER))

    assert refusal(forged) == (InvalidSignatureError, "invalid_signature")


def test_a_token_that_was_meant_for_another_service_cannot_be_passed_on() -> None:
    """Its reader may encrypt it anew for us, with its good signature; the audience inside tells."""
    assert refusal(nested(aud="https://other.example")) == (UnacceptableTokenError, "wrong_audience")


@pytest.mark.parametrize(
    ("claims", "kind", "code"),
    [
        ({"iss": "https://other.example"}, UnacceptableTokenError, "wrong_issuer"),
        ({"exp": NOW}, ExpiredTokenError, "expired"),
        ({"nbf": NOW + 1}, NotYetValidTokenError, "not_yet_valid"),
        ({"exp": None}, UnacceptableTokenError, "missing_claim"),
        ({"sub": 1}, MalformedTokenError, "malformed_claim"),
    ],
)
def test_the_claims_are_checked(claims: dict[str, object], kind: type[JoseError], code: str) -> None:
    assert refusal(nested(**claims)) == (kind, code)


def test_the_inner_token_has_the_explicit_type() -> None:
    """J54 (RFC 8725 §3.11): it "MUST be present in the inner JWT"; the outer one cannot stand in for it."""
    typed = spell({"alg": "HS256", "typ": "at+jwt"}, good_claims())
    expecting = verifier(typ="at+jwt")

    assert passes(envelope(typed), expecting)
    assert passes(envelope(typed, typ="at+jwt"), expecting)
    assert refusal(envelope(good_token(), typ="at+jwt"), expecting) == (UnacceptableTokenError, "wrong_type")
    assert refusal(envelope(typed)) == (UnacceptableTokenError, "wrong_type")


def test_an_inner_profile_is_kept() -> None:
    inner = verifier(profile=jwt.ACCESS_TOKEN)

    assert refusal(nested(), inner) == (UnacceptableTokenError, "wrong_type")


# --- the outer layer


def test_the_outer_token_is_checked_as_any_other() -> None:
    """RFC 8725 §3.3: the outer operation, too."""
    head, *rest = nested().split(".")
    other = Key.generate("ECDH-ES+A256KW", kid="r")

    assert refusal(".".join([head, *rest[:-1], "A" * 22])) == (DecryptionError, "decryption_failed")
    assert refusal(nested(), keys=other) == (DecryptionError, "decryption_failed")
    assert refusal(nested(), keys=KeySet([SHARED])) == (UnknownKeyError, "unknown_key")
    assert refusal(nested(), keys=KEY) == (KeyMaterialError, "key_operation")
    assert refusal(nested(), keys=PUBLIC) == (KeyMaterialError, "key_operation")


def test_the_outer_algorithm_is_the_keys() -> None:
    """RFC 8725 §3.1: what the header names chooses nothing."""
    assert refusal(nested(), keys=Key.generate("RSA-OAEP")) == (UnacceptableTokenError, "algorithm_mismatch")


@pytest.mark.parametrize("enc", ["A128GCM", "A256CBC-HS512"])
def test_content_encryptions_have_a_list_of_their_own(enc: str) -> None:
    """RFC 8725 §3.1."""
    token = envelope(good_token(), enc=enc)

    assert passes(token)
    assert passes(token, encs={enc})
    assert refusal(token, encs={"A256GCM"}) == (UnacceptableTokenError, "unsupported_algorithm")


def test_nothing_is_decompressed() -> None:
    """D05: RFC 8725bis §3.15."""
    assert refusal(envelope(good_token(), zip="DEF")) == (UnacceptableTokenError, "unsupported_compression")


def test_keys_may_be_a_set_or_a_function_of_the_outer_header() -> None:
    assert passes(nested(), keys=KeySet([SHARED, RECIPIENT]))
    assert passes(envelope(good_token(), iss=ISSUER), keys=lambda header: {ISSUER: RECIPIENT}[header["iss"]])


def test_each_layer_has_its_own_limits() -> None:
    token = nested()

    assert passes(token, limits=Limits(max_token_bytes=len(token)))
    assert refusal(token, limits=Limits(max_token_bytes=len(token) - 1)) == (MalformedTokenError, "too_large")
    assert refusal(token, verifier(limits=Limits(max_json_members=4))) == (MalformedTokenError, "too_many_members")


# --- options and results


@pytest.mark.parametrize("inner", [None, KEY, jwt.Verifier, lambda token: token])
def test_the_inner_verifier_is_one(inner: object) -> None:
    """Also not a function, which might check nothing."""
    with pytest.raises(TypeError, match="verifier"):
        jwt.NestedVerifier(inner, RECIPIENT)  # type: ignore[arg-type]


@pytest.mark.parametrize("keys", [None, "secret", b"", [RECIPIENT]])
def test_keys_are_a_source_of_keys(keys: object) -> None:
    with pytest.raises(TypeError, match="keys"):
        nested_verifier(keys=keys)


@pytest.mark.parametrize(
    ("encs", "error"),
    [
        ("A256GCM", TypeError),
        ("", TypeError),
        ([], ValueError),
        ({"A256GCM", "none"}, ValueError),
        ({"RSA-OAEP"}, ValueError),
    ],
)
def test_content_encryptions_are_names_of_ours(encs: object, error: type[Exception]) -> None:
    """A misspelled one would accept nothing, and no list everything."""
    with pytest.raises(error, match="encs"):
        nested_verifier(encs=encs)


def test_a_list_that_changes_later_changes_nothing() -> None:
    encs = ["A128GCM"]
    opening = nested_verifier(encs=encs)
    encs.append("A256GCM")

    with pytest.raises(UnacceptableTokenError):
        opening.verify(nested())


def test_a_verifier_is_frozen() -> None:
    opening = nested_verifier()

    with pytest.raises(AttributeError):
        opening._encs = frozenset()
    with pytest.raises(AttributeError):
        del opening._encs


def test_a_proof_is_frozen_and_has_one_maker() -> None:
    """Holding a VerifiedNestedJwt means that every check of both layers was passed."""
    verified = nested_verifier().verify(nested())

    with pytest.raises(TypeError, match="Only a verification"):
        jwt.VerifiedNestedJwt(verified.inner, verified.outer_header, verified.outer_key)
    with pytest.raises(AttributeError):
        verified.inner = None  # type: ignore[misc, assignment]
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(verified))
    assert copy.copy(verified).inner is verified.inner
    assert not isinstance(verified, jwt.VerifiedJwt | jwe.DecryptedJwe)


def test_a_plain_verifier_still_refuses_a_nested_token() -> None:
    """J03."""
    assert code_of(nested()) == "malformed"
