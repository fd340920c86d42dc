"""Verifier: the whole check of a token, from its bytes to its claims."""

import copy
import json
import pickle

import msgspec
import pytest

from tests.jose.jwt.tokens import KEY, code_of, good_claims, good_token, spell, verifier
from tokensmith.jose import Key, jwt
from tokensmith.jose.errors import (
    InvalidSignatureError,
    MalformedTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.limits import Limits

STRANGER = Key.generate("HS256")
HEADER = {"alg": "HS256"}


def test_a_good_token_passes() -> None:
    verified = verifier().verify(good_token(scope="notes:read"))

    assert verified.claims == good_claims(scope="notes:read")
    assert verified.claims.subject == "ada"
    assert verified.header == {"alg": "HS256", "typ": "JWT"}
    assert verified.key is KEY


def test_a_token_may_come_as_bytes() -> None:
    assert verifier().verify(good_token().encode()).claims == good_claims()


# --- bytes


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
def test_a_signed_token_has_three_parts(count: int) -> None:
    """Five parts are an encrypted token, which is no signature (RFC 8725bis §2.3)."""
    assert code_of(".".join(good_token().split(".")[:1] * count)) == "malformed"


@pytest.mark.parametrize("foreign", ['"', "{", " ", "\n", "=", "+", "/", "\t", "%"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_other_characters_are_refused_before_anything_is_decoded(part: int, foreign: str) -> None:
    """RFC 7515 §2, RFC 8725bis §3.14."""
    parts = good_token().split(".")
    parts[part] = parts[part][:8] + foreign + parts[part][8:]

    assert code_of(".".join(parts)) == "base64url"


def test_a_json_serialization_is_no_token() -> None:
    """RFC 7519 §1; a text that is both lets two parsers disagree (CVE-2022-39227)."""
    protected, payload, signature = good_token().split(".")
    both = json.dumps({"protected": protected, "payload": payload, "signature": signature})

    assert code_of(both) == "malformed"
    assert (
        code_of(f'{{"  ": "{protected}.{payload}.", "payload": "{payload}", "signature": "{signature}"}}')
        == "base64url"
    )


@pytest.mark.parametrize(
    "header", [b"", b"\xff", b"[]", b"null", b'"HS256"', b"{", b'{"alg":"HS256"}x', b"\xef\xbb\xbf{}"]
)
def test_a_header_that_is_no_json_object_is_refused(header: bytes) -> None:
    """RFC 7519 §7.2 steps 2 to 4."""
    with pytest.raises(MalformedTokenError):
        verifier().verify(spell(header, good_claims()))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "json"),
        (b"\xff", "json"),
        (b"text", "json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"sub":"a"} ', "missing_claim"),
        (b'{"sub":"a"}x', "json"),
        (b'{"sub":"a","sub":"b"}', "duplicate_member"),
        (b'{"sub":"a","x":{"y":1,"y":2}}', "duplicate_member"),
        (b'{"x":' + b"[" * 40 + b"]" * 40 + b"}", "too_deep"),
    ],
)
def test_a_payload_is_one_json_object_with_one_meaning(payload: bytes, code: str) -> None:
    """RFC 7519 §4 and §7.2 step 10."""
    assert code_of(spell(HEADER, payload)) == code


def test_a_token_with_an_unencoded_payload_is_refused() -> None:
    """RFC 7797 §7: not in a JWT, whether or not "crit" says so."""
    assert code_of(spell({**HEADER, "b64": False}, good_claims())) == "malformed_crit"
    assert code_of(spell({**HEADER, "b64": False, "crit": ["b64"]}, good_claims())) == "unsupported_crit"


def test_limits_are_the_verifiers() -> None:
    token = good_token()

    assert verifier(limits=Limits(max_token_bytes=len(token))).verify(token)
    assert code_of(token, limits=Limits(max_token_bytes=len(token) - 1)) == "too_large"
    assert code_of(token, limits=Limits(max_header_bytes=10)) == "too_large"
    assert code_of(token, limits=Limits(max_json_members=4)) == "too_many_members"


# --- signature


def test_a_forged_token_is_called_forged_whatever_it_says() -> None:
    """F09: Claims are examined after the signature: "expired" for a forgery would vouch for it (CVE-2024-51744)."""
    for claims in (good_claims(exp=1), good_claims(iss="x"), good_claims(sub=1), {}, b"no json", b'{"a":1,"a":1}'):
        with pytest.raises(InvalidSignatureError):
            verifier().verify(spell(HEADER, claims, key=STRANGER))


def test_no_claim_leaves_with_a_refusal() -> None:
    """RFC 7519 §7.2: "If any of the listed steps fail, then the JWT MUST be rejected"; all of it."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(audience="other").verify(good_token(sub="private"))

    error = caught.value
    assert "private" not in f"{error} {error.detail} {error.__dict__} {error.__cause__} {error.__context__}"


# --- results


class Access(msgspec.Struct, frozen=True):
    """What an API wants to know."""

    sub: str
    scope: str = ""


def test_claims_can_be_read_into_a_type_of_ones_own() -> None:
    assert verifier(claims_type=Access).verify(good_token(scope="a b")).claims == Access("ada", "a b")


@pytest.mark.parametrize("claims", [{"scope": 1}, {"scope": ["a"]}, {"scope": None}])
def test_claims_that_do_not_fit_the_type_are_refused(claims: dict[str, object]) -> None:
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(claims_type=Access).verify(good_token(**claims))

    assert caught.value.code == "claims_mismatch"


def test_a_type_does_not_loosen_the_reading() -> None:
    """A typed decoder skips what it does not know: duplicates and bad UTF-8 would pass in there."""
    claims = json.dumps(good_claims())[:-1]

    assert code_of(spell(HEADER, f'{claims},"x":1,"x":2}}'.encode()), claims_type=Access) == "duplicate_member"
    assert code_of(spell(HEADER, claims.encode() + b',"x":"\xff"}'), claims_type=Access) == "json"


@pytest.mark.parametrize("claims_type", [dict, object(), "Access", Access("a")])
def test_a_claims_type_is_a_struct(claims_type: object) -> None:
    with pytest.raises(TypeError, match="claims_type"):
        verifier(claims_type=claims_type)


def test_a_proof_is_frozen_and_has_one_maker() -> None:
    """Holding a VerifiedJwt means that every check was passed."""
    verified = verifier().verify(good_token())

    with pytest.raises(TypeError, match="Only a verification"):
        jwt.VerifiedJwt(verified.claims, verified.header, verified.key)
    with pytest.raises(AttributeError):
        verified.claims = jwt.Claims({})  # type: ignore[misc]
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(verified))
    assert copy.copy(verified).claims is verified.claims


def test_a_verifier_is_frozen() -> None:
    """What it expects cannot be loosened behind its back."""
    checking = verifier()

    with pytest.raises(AttributeError):
        checking._rules = None  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        del checking._rules
