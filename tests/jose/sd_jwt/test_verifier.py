"""Verifier: the whole check of an SD-JWT, from its bytes to its claims; the proof is in test_key_binding.py."""

import copy
import pickle

import pytest

from tests.jose.jwt.tokens import NOW, StoppedClock, spell
from tests.jose.sd_jwt.credentials import (
    HOLDER_KEY,
    ISSUER,
    KEY,
    TYPE,
    claims_of,
    digest,
    issuer,
    refusal,
    spell_sd_jwt,
    verifier,
    write,
)
from tokensmith.jose import JoseError, Key, KeySet, base64url, jwt, sd_jwt
from tokensmith.jose.errors import (
    InvalidSignatureError,
    KeyMaterialError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.limits import Limits

NAME = write("salt-1", "name", "Ada")
STRANGER = Key.generate("Ed25519", kid=KEY.kid)
SECRET = Key.generate("HS256")


def code_of(error: JoseError, kind: type[JoseError]) -> str:
    assert type(error) is kind
    return error.code


def test_a_good_token_passes() -> None:
    verified = verifier().verify(spell_sd_jwt({"sub": "ada", "_sd": [digest(NAME)]}, NAME))

    assert verified.claims == {"iss": ISSUER, "iat": NOW, "exp": NOW + 300, "sub": "ada", "name": "Ada"}
    assert verified.claims.subject == "ada"
    assert verified.header == {"alg": "Ed25519", "typ": TYPE}
    assert verified.key is KEY
    assert verified.disclosed == (("name",),)
    assert verified.key_binding is None


@pytest.mark.parametrize("keys", [KEY, KEY.public(), KeySet([KEY]), lambda _: KEY])
def test_keys_come_from_a_key_a_set_or_a_callable(keys: object) -> None:
    assert verifier(keys).verify(spell_sd_jwt({}))


def test_a_token_may_come_as_bytes() -> None:
    assert verifier().verify(spell_sd_jwt({"_sd": [digest(NAME)]}, NAME).encode()).claims["name"] == "Ada"


# --- RFC 9901 §7.1 steps 1 and 2


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "malformed_sd_jwt"),
        ("a.b.c", "malformed_sd_jwt"),
        ("~", "malformed"),
        ("a.b~", "malformed"),
        ("a.b.c.d.e~", "malformed"),
        ("{}~", "malformed"),
    ],
)
def test_an_sd_jwt_is_a_signed_token_and_tildes(token: str, code: str) -> None:
    """Step 1."""
    assert code_of(refusal(token), MalformedTokenError) == code


def test_a_token_without_its_last_tilde_is_refused() -> None:
    """§4: it is neither an SD-JWT nor one with a proof (J75)."""
    token = spell_sd_jwt({"_sd": [digest(NAME)]}, NAME)

    assert claims_of(token) == {"name": "Ada"}
    assert code_of(refusal(token[:-1]), MalformedTokenError) == "malformed_sd_jwt"


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES256"])
def test_the_algorithm_is_the_keys(alg: str) -> None:
    """Step 2.1: "The none algorithm MUST NOT be accepted"."""
    token = spell_sd_jwt({}, header={"alg": alg, "typ": TYPE})

    assert code_of(refusal(token), UnacceptableTokenError) == "algorithm_mismatch"


def test_a_shared_secret_verifies_nothing() -> None:
    """§4.1: whoever verifies could else issue; from whichever source the key comes."""
    token = spell_sd_jwt({}, key=SECRET)

    for keys in (SECRET, KeySet([SECRET]), lambda _: SECRET):
        with pytest.raises(KeyMaterialError) as caught:
            verifier(keys).verify(token)
        assert caught.value.code == "symmetric_key"


def test_a_forged_token_is_called_forged_whatever_it_says() -> None:
    """Step 2.2, before its disclosures are hashed and its claims are read."""
    for payload in ({}, {"exp": 1}, {"iss": "x"}, {"_sd_alg": "md5"}, {"_sd": 1}, {"_sd": [digest(NAME)] * 2}):
        token = spell_sd_jwt(payload, NAME, NAME, key=STRANGER)

        assert code_of(refusal(token), InvalidSignatureError) == "invalid_signature"


def test_the_issuer_is_one_we_trust() -> None:
    """Step 2.3."""
    assert code_of(refusal(spell_sd_jwt({"iss": "https://other.example"})), UnacceptableTokenError) == "wrong_issuer"
    assert code_of(refusal(spell_sd_jwt({}), keys=KeySet([])), UnknownKeyError) == "unknown_key"


@pytest.mark.parametrize("typ", [None, "JWT", "kb+jwt", "dc+sd-jwt"])
def test_the_type_is_the_expected_one(typ: str | None) -> None:
    """§9.11: no other token of the issuer is taken for one."""
    header: dict[str, object] = {"alg": KEY.alg} if typ is None else {"alg": KEY.alg, "typ": typ}

    assert code_of(refusal(spell_sd_jwt({}, header=header)), UnacceptableTokenError) == "wrong_type"


def test_the_type_is_a_media_type() -> None:
    """§9.11: "application/" may be left out."""
    token = spell_sd_jwt({}, header={"alg": KEY.alg, "typ": f"application/{TYPE.upper()}"})

    assert verifier().verify(token)


def test_a_payload_that_is_not_encoded_is_refused() -> None:
    """RFC 7797 §7: not in a JWT; in here a tilde could stand in the payload, where it parts nothing."""
    token = spell_sd_jwt({}, header={"alg": KEY.alg, "typ": TYPE, "b64": False, "crit": ["b64"]})

    assert code_of(refusal(token), UnacceptableTokenError) == "unsupported_crit"


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"[]", "not_an_object"), (b"\xff", "json"), (b'{"_sd":[],"_sd":[]}', "duplicate_member")],
)
def test_the_payload_is_one_json_object_with_one_meaning(payload: bytes, code: str) -> None:
    token = spell({"alg": KEY.alg, "typ": TYPE}, payload, key=KEY) + "~"

    assert code_of(refusal(token), MalformedTokenError) == code


# --- ceilings


def test_limits_are_the_verifiers() -> None:
    token = spell_sd_jwt({"_sd": [digest(NAME)]}, NAME)

    assert verifier(limits=Limits(max_token_bytes=len(token), max_disclosures=1)).verify(token)
    for limits, code in (
        (Limits(max_token_bytes=len(token) - 1), "too_large"),
        (Limits(max_header_bytes=10), "too_large"),
        (Limits(max_json_members=3), "too_many_members"),
        (Limits(max_json_depth=1), "too_deep"),
    ):
        assert code_of(refusal(token, limits=limits), MalformedTokenError) == code


def test_a_verifier_takes_256_disclosures() -> None:
    many = [write(f"salt-{number}", f"claim-{number}", number) for number in range(257)]
    payload: dict[str, object] = {"_sd": [digest(each) for each in many]}

    assert len(verifier().verify(spell_sd_jwt(payload, *many[:256])).disclosed) == 256
    assert code_of(refusal(spell_sd_jwt(payload, *many)), MalformedTokenError) == "too_many_disclosures"


# --- results and options


def test_a_proof_is_frozen_and_has_one_maker() -> None:
    """Holding a VerifiedSdJwt means that every check was passed."""
    verified = verifier().verify(spell_sd_jwt({"list": [{"a": 1}]}))

    with pytest.raises(TypeError, match="Only a verification"):
        sd_jwt.VerifiedSdJwt(verified.claims, verified.header, verified.key, (), None)
    with pytest.raises(AttributeError):
        verified.claims = jwt.Claims({})
    with pytest.raises(TypeError):
        verified.claims["list"][0]["a"] = 2
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(verified))
    assert copy.copy(verified).claims is verified.claims


def test_no_claim_leaves_with_a_refusal() -> None:
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(audience="other").verify(spell_sd_jwt({"sub": "private", "_sd": [digest(NAME)]}, NAME))

    error = caught.value
    assert "private" not in f"{error} {error.detail} {error.__dict__} {error.__cause__} {error.__context__}"


@pytest.mark.parametrize("keys", [None, "key", {}, KEY.public().to_jwk()])
def test_keys_are_keys(keys: object) -> None:
    with pytest.raises(TypeError, match="keys"):
        verifier(keys)


@pytest.mark.parametrize("option", ["issuer", "audience", "typ", "key_binding"])
def test_what_decides_has_no_default(option: str) -> None:
    """Saying nothing is not allowed to mean that anything will do."""
    options: dict[str, object] = {
        "issuer": ISSUER,
        "audience": jwt.ANY,
        "typ": TYPE,
        "key_binding": sd_jwt.NOT_REQUIRED,
    }
    del options[option]

    with pytest.raises(TypeError, match=option):
        sd_jwt.Verifier(KEY, **options)


def test_a_verifier_is_frozen() -> None:
    """What it expects cannot be loosened behind its back."""
    checking = verifier(key_binding=sd_jwt.KeyBinding(audience="a", max_age=1))

    with pytest.raises(AttributeError):
        checking._proof_check = None
    with pytest.raises(AttributeError):
        del checking._proof_check


def test_the_system_clock_is_the_default() -> None:
    token = sd_jwt.Issuer(KEY, typ=TYPE, lifetime=60).issue({}, holder=HOLDER_KEY)
    shown = sd_jwt.Holder(HOLDER_KEY).present(token, disclose=[], audience="a", nonce="n")
    checking = sd_jwt.Verifier(
        KEY,
        issuer=jwt.ANY,
        audience=jwt.ANY,
        typ=TYPE,
        key_binding=sd_jwt.KeyBinding(audience="a", max_age=60),
    )

    assert checking.verify(shown, nonce="n")
    with pytest.raises(JoseError):
        verifier(clock=StoppedClock(0)).verify(base64url.encode(token.encode()))
    assert issuer().issue({})
