"""ID tokens: does this one answer the request that was made?"""

from datetime import timedelta

import pytest

from tests.jose.jwt.kinds import CLAIMS, KEY, header
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, NOW, StoppedClock, spell
from tokensmith.jose import JoseError, Key, jwt
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwt.id_token import IdTokenVerifier, half_hash
from tokensmith.jose.jwt.profiles import ID_TOKEN

OTHER = "https://other.example"
# The examples of OpenID Connect Core 1.0 Appendix A.4 and A.6: RS256, so the left half of SHA-256.
CODE, C_HASH = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk", "LDktKdoQak3Pk0cnXxCltA"
ACCESS_TOKEN, AT_HASH = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"


def token(**claims: object) -> str:
    changed = {name: value for name, value in {**CLAIMS[ID_TOKEN], **claims}.items() if value is not ...}
    return spell(header(ID_TOKEN), changed, key=KEY)


def verifier(**options: object) -> IdTokenVerifier:
    defaults: dict[str, object] = {"issuer": ISSUER, "client_id": AUDIENCE, "clock": StoppedClock()}
    return IdTokenVerifier(KEY.public(), **{**defaults, **options})  # type: ignore[arg-type]


def code_of(text: str, **expected: object) -> str:
    arguments: dict[str, object] = {"nonce": "n", **expected}
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(text, **arguments)  # type: ignore[arg-type]
    return caught.value.code


def test_the_answer_to_our_request_passes() -> None:
    verified = verifier().verify(token(), nonce="n")

    assert verified.claims == CLAIMS[ID_TOKEN]


@pytest.mark.parametrize(
    ("sent", "received"), [("n", "m"), ("n", "N"), ("n", "n "), ("n", ...), (None, "n"), (None, "")]
)
def test_the_nonce_is_the_one_that_was_sent(sent: str | None, received: object) -> None:
    """J70: §3.1.3.7 step 11; one where none was sent answers somebody else's request."""
    assert code_of(token(nonce=received), nonce=sent) == "wrong_nonce"


def test_without_a_nonce_sent_none_is_expected() -> None:
    assert verifier().verify(token(nonce=...), nonce=None)


def test_the_nonce_has_to_be_thought_of() -> None:
    """No default: the shortest call is not the one that leaves the check out."""
    with pytest.raises(TypeError, match="nonce"):
        verifier().verify(token())  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="nonce is"):
        verifier().verify(token(nonce=""), nonce="")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": OTHER}, "wrong_issuer"),
        ({"aud": OTHER}, "wrong_audience"),
        ({"aud": [AUDIENCE, OTHER]}, "untrusted_audience"),
        ({"azp": OTHER}, "untrusted_audience"),
        ({"exp": NOW}, "expired"),
        ({"events": {}}, "forbidden_claim"),
    ],
)
def test_it_is_an_id_token_for_us(claims: dict[str, object], code: str) -> None:
    """J70: §3.1.3.7 steps 2, 3, 5 and 9; what the profile asks for is asked for here."""
    with pytest.raises(JoseError) as caught:
        verifier().verify(token(**claims), nonce="n")

    assert caught.value.code == code


def test_trusted_audiences_may_stand_beside_us() -> None:
    """§3.1.3.7 step 3."""
    checking = verifier(trusted_audiences={OTHER})

    assert checking.verify(token(aud=[AUDIENCE, OTHER]), nonce="n")
    assert checking.verify(token(aud=[OTHER, AUDIENCE], azp=AUDIENCE), nonce="n")


@pytest.mark.parametrize("claims", [{"aud": OTHER}, {"aud": [OTHER]}, {"aud": [AUDIENCE, OTHER], "azp": OTHER}])
def test_trusted_audiences_do_not_stand_for_us(claims: dict[str, object]) -> None:
    """F01: another client's token is not ours for our trusting that client."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(trusted_audiences={OTHER}).verify(token(**claims), nonce="n")

    assert caught.value.code == "wrong_party"


def test_the_access_token_is_the_one_it_came_with() -> None:
    """§3.2.2.9; where "at_hash" is optional, its absence says nothing (§3.1.3.8)."""
    bound = token(at_hash=AT_HASH)

    assert verifier().verify(bound, nonce="n", access_token=ACCESS_TOKEN)
    assert verifier().verify(token(), nonce="n", access_token=ACCESS_TOKEN)
    assert code_of(bound, access_token=ACCESS_TOKEN + "x") == "wrong_hash"
    assert code_of(token(at_hash=""), access_token=ACCESS_TOKEN) == "wrong_hash"
    assert code_of(bound, access_token="\ud800") == "wrong_hash"


def test_the_code_is_the_one_it_came_with() -> None:
    """§3.3.2.10, and §3.3.2.11: "c_hash" is required from the authorization endpoint."""
    bound = token(c_hash=C_HASH)

    assert verifier().verify(bound, nonce="n", code=CODE)
    assert code_of(bound, code=CODE[:-1]) == "wrong_hash"
    assert code_of(token(), code=CODE) == "wrong_hash"


def test_the_examples_of_the_standard() -> None:
    """OpenID Connect Core 1.0 Appendix A.4, A.6."""
    key = Key.generate("RS256")

    assert half_hash(CODE, key=key) == C_HASH
    assert half_hash(ACCESS_TOKEN, key=key) == AT_HASH


@pytest.mark.parametrize("alg", ["RS256", "ES384", "Ed25519", "HS512"])
def test_a_maker_of_id_tokens_gets_the_hash_that_is_compared(alg: str) -> None:
    """§3.2.2.10: with either half of the pair."""
    key = Key.generate(alg)
    signer = jwt.Signer(key, issuer=ISSUER, audience=AUDIENCE, clock=StoppedClock())
    made = signer.sign({"sub": "ada", "nonce": "n", "at_hash": jwt.half_hash(ACCESS_TOKEN, key=key)})
    verifying = key if alg == "HS512" else key.public()

    assert IdTokenVerifier(verifying, issuer=ISSUER, client_id=AUDIENCE, clock=StoppedClock()).verify(
        made, nonce="n", access_token=ACCESS_TOKEN
    )
    assert jwt.half_hash(ACCESS_TOKEN, key=verifying) == jwt.half_hash(ACCESS_TOKEN, key=key)


@pytest.mark.parametrize(
    ("alg", "octets"),
    [("ES256", 16), ("PS384", 24), ("HS512", 32), ("Ed25519", 32), ("EdDSA", 32), ("Ed448", 57)],
)
def test_each_algorithm_has_its_hash(alg: str, octets: int) -> None:
    """F10: half of the hash the signature itself is made with."""
    assert len(half_hash("x", key=Key.generate(alg))) == -(-octets * 4 // 3)


def test_edwards_curves_hash_as_they_do_themselves() -> None:
    """F10: Ed25519 by SHA-512 (RFC 8032 §5.1), Ed448 by SHAKE256 of 114 octets (§5.2)."""
    assert half_hash("abc", key=Key.generate("Ed25519")) == "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o"
    assert half_hash("abc", key=Key.generate("EdDSA")) == half_hash("abc", key=Key.generate("Ed25519"))
    assert half_hash("abc", key=Key.generate("Ed448"))[:22] == "SDNmYBNgqHccaGMIDMQRTY"


@pytest.mark.parametrize(("auth_time", "good"), [(NOW - 60, True), (NOW - 61, False), (NOW, True), (NOW + 1, False)])
@pytest.mark.parametrize("max_age", [60, timedelta(minutes=1)])
def test_the_sign_in_is_recent_enough(max_age: timedelta | int, auth_time: int, good: bool) -> None:
    """§3.1.3.7 step 13."""
    text = token(auth_time=auth_time)

    if good:
        assert verifier().verify(text, nonce="n", max_age=max_age)
    else:
        assert code_of(text, max_age=max_age) == "wrong_auth_time"


def test_a_recent_sign_in_has_to_be_said() -> None:
    """§2: with "max_age" asked for, "auth_time" is required."""
    assert code_of(token(), max_age=60) == "missing_claim"
    with pytest.raises(MalformedTokenError):
        verifier().verify(token(auth_time=True), nonce="n", max_age=60)


def test_leeway_counts_for_the_sign_in_too() -> None:
    checking = verifier(leeway=5)

    for auth_time in (NOW - 65, NOW + 5):
        assert checking.verify(token(auth_time=auth_time), nonce="n", max_age=60)
    for auth_time in (NOW - 66, NOW + 6):
        with pytest.raises(UnacceptableTokenError):
            checking.verify(token(auth_time=auth_time), nonce="n", max_age=60)


def test_the_sign_in_is_of_the_kind_that_was_asked_for() -> None:
    """§3.1.3.7 step 12."""
    assert verifier().verify(token(acr="phr"), nonce="n", acr={"phr", "phrh"})
    assert code_of(token(acr="0"), acr={"phr"}) == "wrong_acr"
    assert code_of(token(acr="ph"), acr={"phr"}) == "wrong_acr"
    assert code_of(token(), acr={"phr"}) == "wrong_acr"
    with pytest.raises(ValueError, match="acr a set"):
        verifier().verify(token(acr="p"), nonce="n", acr="phr")  # type: ignore[arg-type]


def test_a_key_may_be_given() -> None:
    checking = IdTokenVerifier(None, issuer=ISSUER, client_id=AUDIENCE, clock=StoppedClock())

    assert checking.verify(token(), nonce="n", key=KEY.public())


@pytest.mark.parametrize("options", [{"issuer": ""}, {"client_id": ""}, {"leeway": 601}, {"trusted_audiences": {""}}])
def test_options_have_to_make_sense(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is empty|leeway is"):
        verifier(**options)


def test_the_profile_alone_leaves_the_request_to_the_caller() -> None:
    """A plain verifier of the profile cannot know the nonce; that is what this one is for."""
    plain = jwt.Verifier(KEY.public(), issuer=ISSUER, audience=AUDIENCE, profile=ID_TOKEN, clock=StoppedClock())

    assert plain.verify(token())
    assert code_of(token(), nonce="another") == "wrong_nonce"


@pytest.mark.parametrize("alg", ["A128KW", "ECDH-ES"])
def test_an_algorithm_without_a_hash_lets_nothing_pass(alg: str) -> None:
    """F10: for an unknown algorithm the check fails; it is not left out (CVE-2026-28498)."""
    with pytest.raises(UnacceptableTokenError) as caught:
        half_hash("x", key=Key.generate(alg))

    assert caught.value.code == "unknown_hash"
