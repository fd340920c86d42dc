"""Key binding: every step of RFC 9901 §7.3, as a verifier that requires it takes it."""

from datetime import timedelta

import pytest

from tests.jose.jwt.tokens import NOW
from tests.jose.sd_jwt.credentials import (
    AUDIENCE,
    BINDING,
    HOLDER_KEY,
    NONCE,
    bound_token,
    digest,
    prove,
    refusal,
    spell_sd_jwt,
    verifier,
    write,
)
from tokensmith.jose import JoseError, Key, sd_jwt
from tokensmith.jose.errors import (
    ExpiredTokenError,
    InvalidSignatureError,
    MalformedTokenError,
    NotYetValidTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)

NAME = write("salt-1", "name", "Ada")
CITY = write("salt-2", "city", "London")
STRANGER = Key.generate("ES256")
PUBLIC = HOLDER_KEY.public().to_jwk()


def code_of(token: str, kind: type[JoseError], *, binding: sd_jwt.KeyBinding = BINDING, **options: object) -> str:
    """Refuse a token where a proof is required."""
    error = refusal(token, nonce=NONCE, key_binding=binding, **options)
    assert type(error) is kind
    return error.code


def passes(token: str, **options: object) -> bool:
    return verifier(**{"key_binding": BINDING, **options}).verify(token, nonce=NONCE).key_binding is not None


def test_a_proof_passes_and_is_handed_on() -> None:
    verified = verifier(key_binding=BINDING).verify(prove(bound_token(NAME), extra="x"), nonce=NONCE)

    assert verified.claims["name"] == "Ada"
    assert verified.key_binding is not None
    assert verified.key_binding.claims["extra"] == "x"
    assert verified.key_binding.key.thumbprint() == HOLDER_KEY.thumbprint()


# --- step 2


def test_a_token_whose_proof_was_taken_off_is_refused() -> None:
    """F15: Step 2, §9.5: the policy does not follow what the presenter sends (J75)."""
    token = prove(bound_token(NAME))
    stripped = token[: token.rindex("~") + 1]

    assert passes(token)
    assert code_of(stripped, UnacceptableTokenError) == "key_binding_missing"
    assert code_of("a.b.c~", UnacceptableTokenError) == "key_binding_missing"


def test_a_proof_that_nobody_checks_is_refused() -> None:
    """§4: who expects an SD-JWT "MUST verify that the final tilde-separated component is empty"."""
    error = refusal(prove(bound_token(NAME)))

    assert (type(error), error.code) == (UnacceptableTokenError, "key_binding_unexpected")


# --- step 5.1


@pytest.mark.parametrize(
    "confirmation",
    [
        None,
        "text",
        [],
        {},
        {"jwk": None},
        {"jwk": "text"},
        {"kid": HOLDER_KEY.kid},
        {"jkt": HOLDER_KEY.thumbprint()},
        {"jwk": {}},
        {"jwk": {"kty": "EC"}},
        {"jwk": {**PUBLIC, "alg": "none"}},
        {"jwk": {**PUBLIC, "use": "enc"}},
        {"jwk": {**PUBLIC, "y": PUBLIC["x"]}},
        {"jwk": HOLDER_KEY.to_jwk(private=True)},
        {"jwk": {"kty": "oct", "k": "A" * 43, "alg": "HS256"}},
    ],
)
def test_a_token_without_a_usable_key_of_its_holder_is_refused(confirmation: object) -> None:
    """Step 5.1: a secret that is there for everybody proves nothing, and a shared one signs nothing (§4.3)."""
    token = bound_token(NAME, cnf=confirmation)

    assert code_of(prove(token), UnacceptableTokenError) == "holder_key"


def test_a_token_without_confirmation_is_refused() -> None:
    assert code_of(prove(spell_sd_jwt({})), UnacceptableTokenError) == "holder_key"


# --- steps 5.2 to 5.4


def test_the_proof_is_signed_with_the_holders_key() -> None:
    """Step 5.3, §4.3.2."""
    assert code_of(prove(bound_token(NAME), key=STRANGER), InvalidSignatureError) == "invalid_signature"


@pytest.mark.parametrize("alg", ["none", "ES384", "HS256", "EdDSA"])
def test_the_proof_is_signed_with_the_algorithm_of_that_key(alg: str) -> None:
    """Step 5.2; "none" is no algorithm."""
    token = prove(bound_token(NAME), header={"alg": alg, "typ": "kb+jwt"})

    assert code_of(token, UnacceptableTokenError) == "algorithm_mismatch"


def test_the_proof_may_not_name_another_key() -> None:
    token = prove(bound_token(NAME), header={"alg": "ES256", "typ": "kb+jwt", "kid": "other"})

    assert code_of(token, UnknownKeyError) == "unknown_key"


@pytest.mark.parametrize("typ", [None, "JWT", "kb-jwt", "dpop+jwt", "example+sd-jwt"])
def test_the_proof_is_typed(typ: str | None) -> None:
    """Step 5.4: no other token the holder signed is taken for one."""
    header: dict[str, object] = {"alg": "ES256"} if typ is None else {"alg": "ES256", "typ": typ}

    assert code_of(prove(bound_token(NAME), header=header), UnacceptableTokenError) == "wrong_type"


# --- step 5.5


@pytest.mark.parametrize(("age", "good"), [(0, True), (60, True), (60.001, False), (61, False)])
def test_the_proof_was_made_a_short_while_ago(age: float, good: bool) -> None:
    """Step 5.5; the window's end is inside."""
    token = prove(bound_token(NAME), iat=NOW - age)

    if good:
        assert passes(token)
    else:
        assert code_of(token, ExpiredTokenError) == "too_old"


@pytest.mark.parametrize(("ahead", "good"), [(0, True), (1, False)])
def test_the_proof_was_not_made_in_the_future(ahead: int, good: bool) -> None:
    """Step 5.5: the window has two ends, or a proof could be made in store."""
    token = prove(bound_token(NAME), iat=NOW + ahead)

    if good:
        assert passes(token)
    else:
        assert code_of(token, NotYetValidTokenError) == "issued_in_the_future"


def test_the_leeway_widens_the_window_at_both_ends() -> None:
    assert passes(prove(bound_token(NAME), iat=NOW - 65), leeway=5)
    assert passes(prove(bound_token(NAME), iat=NOW + 5), leeway=5)
    assert code_of(prove(bound_token(NAME), iat=NOW - 66), ExpiredTokenError, leeway=5) == "too_old"
    assert code_of(prove(bound_token(NAME), iat=NOW + 6), NotYetValidTokenError, leeway=5) == "issued_in_the_future"


# --- step 5.6


def test_the_proof_is_for_this_verifier() -> None:
    """F15: Step 5.6: one that was made for another cannot be passed on to us."""
    assert code_of(prove(bound_token(NAME), aud="https://other.example"), UnacceptableTokenError) == "wrong_audience"


def test_the_audience_may_go_by_several_names() -> None:
    binding = sd_jwt.KeyBinding(audience={AUDIENCE, "https://old.example"}, max_age=timedelta(minutes=1))

    assert passes(prove(bound_token(NAME), aud="https://old.example"), key_binding=binding)


@pytest.mark.parametrize("audience", [[AUDIENCE], [AUDIENCE, "https://other.example"]])
def test_the_audience_of_the_proof_is_one_string(audience: object) -> None:
    """§4.3: "The value MUST be a single string"."""
    assert code_of(prove(bound_token(NAME), aud=audience), MalformedTokenError) == "malformed_claim"


@pytest.mark.parametrize("nonce", ["other", NONCE.lower(), NONCE + "x", "", 1, [NONCE]])
def test_the_proof_is_for_this_transaction(nonce: object) -> None:
    """F15: Step 5.6: else it could be replayed; compared exactly."""
    assert code_of(prove(bound_token(NAME), nonce=nonce), UnacceptableTokenError) == "wrong_nonce"


# --- step 5.7


def test_no_disclosure_is_added_or_taken_away() -> None:
    """F15: Step 5.7, §9.10: the proof is for exactly what the holder chose."""
    both = bound_token(NAME, CITY)
    name_alone = both.replace(CITY + "~", "")
    proof = prove(name_alone).removeprefix(name_alone)

    assert passes(name_alone + proof)
    assert code_of(both + proof, UnacceptableTokenError) == "wrong_sd_hash"
    assert code_of(both.replace(NAME + "~", "") + proof, UnacceptableTokenError) == "wrong_sd_hash"


def test_the_order_of_disclosures_is_the_holders() -> None:
    """§4.3.1: the digest is over the text as it was sent."""
    token = bound_token(NAME, CITY)
    proof = prove(token).removeprefix(token)
    turned = token.replace(f"{NAME}~{CITY}", f"{CITY}~{NAME}")

    assert code_of(turned + proof, UnacceptableTokenError) == "wrong_sd_hash"


def test_a_proof_is_not_moved_to_another_token() -> None:
    """§4.3.1: two tokens of one holder."""
    first, second = bound_token(NAME), bound_token(NAME, sub="other")
    proof = prove(first).removeprefix(first)

    assert code_of(second + proof, UnacceptableTokenError) == "wrong_sd_hash"


@pytest.mark.parametrize("hash_name", ["sha-384", "sha-512"])
def test_the_hash_is_that_of_the_digests(hash_name: str) -> None:
    """§4.3.1: "The same hash algorithm as for the Disclosures MUST be used"."""
    token = bound_token(_sd_alg=hash_name)

    assert passes(prove(token, sd_hash=digest(token, hash_name=hash_name)))
    assert code_of(prove(token), UnacceptableTokenError) == "wrong_sd_hash"


# --- step 5.8


@pytest.mark.parametrize(
    ("claim", "code"),
    [("iat", "missing_claim"), ("aud", "wrong_audience"), ("nonce", "wrong_nonce"), ("sd_hash", "wrong_sd_hash")],
)
def test_every_claim_of_a_proof_has_to_be_there(claim: str, code: str) -> None:
    """§4.3: all four are REQUIRED; one that is absent equals nothing."""
    assert code_of(prove(bound_token(NAME), **{claim: None}), UnacceptableTokenError) == code


def test_a_proof_is_a_valid_token_in_all_other_respects() -> None:
    """Step 5.8."""
    token = bound_token(NAME)

    assert code_of(prove(token, exp=NOW), ExpiredTokenError) == "expired"
    assert code_of(prove(token, nbf=NOW + 1), NotYetValidTokenError) == "not_yet_valid"
    assert code_of(prove(token, iat="now"), MalformedTokenError) == "malformed_claim"
    assert code_of(token + "a.b", MalformedTokenError) == "malformed"
    assert code_of(token + "a.b.c.d.e", MalformedTokenError) == "malformed"


def test_the_token_itself_is_judged_first() -> None:
    """Step 4: a good proof does not help a bad token."""
    assert code_of(prove(bound_token(NAME, exp=NOW)), ExpiredTokenError) == "expired"
    assert code_of(prove(bound_token(NAME, iss="other")), UnacceptableTokenError) == "wrong_issuer"
