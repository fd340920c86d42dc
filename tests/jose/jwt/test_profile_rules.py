"""What follows from the facts of a profile."""

import pytest

from tests.jose.jwt.kinds import CLAIMS, KEY, codes, header, token, verifier
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, StoppedClock, spell
from tokensmith.jose import Key, jwt
from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwt import Profile
from tokensmith.jose.jwt.profile_rules import is_spiffe_id
from tokensmith.jose.jwt.profiles import LOGOUT_EVENT


def refusal(profile: Profile, text: str, **options: object) -> tuple[type[JoseError], str]:
    with pytest.raises(JoseError) as caught:
        verifier(profile, **options).verify(text)
    return type(caught.value), caught.value.code


@pytest.mark.parametrize(
    ("profile", "claims"),
    [
        (jwt.LOGOUT_TOKEN, {"nonce": "n"}),
        (jwt.LOGOUT_TOKEN, {"nonce": ""}),
        (jwt.LOGOUT_TOKEN, {"nonce": None}),
        (jwt.ID_TOKEN, {"events": {LOGOUT_EVENT: {}}}),
        (jwt.ID_TOKEN, {"events": {}}),
        (jwt.CLIENT_ASSERTION, {"events": {"urn:x": {}}}),
        (jwt.JWT_SVID, {"events": {"urn:x": {}}}),
    ],
)
def test_a_forbidden_claim_is_not_there_in_any_form(profile: Profile, claims: dict[str, object]) -> None:
    """J71, F01: Back-Channel Logout §2.4, "A nonce Claim MUST NOT be present"; RFC 8417 §4.3 for "events"."""
    assert refusal(profile, token(profile, **claims)) == (UnacceptableTokenError, "forbidden_claim")


@pytest.mark.parametrize("events", [{}, {"urn:x": {}}, {LOGOUT_EVENT + "/": {}}])
def test_a_logout_token_reports_a_logout(events: dict[str, object]) -> None:
    """J71: Back-Channel Logout §2.6 step 6."""
    code = codes(jwt.LOGOUT_TOKEN, token(jwt.LOGOUT_TOKEN, events=events))[-1]

    assert code == "wrong_event"
    assert codes(jwt.LOGOUT_TOKEN, token(jwt.LOGOUT_TOKEN, events={"urn:x": {}, LOGOUT_EVENT: {}})) == []


@pytest.mark.parametrize(
    ("profile", "sub"),
    [
        (jwt.CLIENT_ASSERTION, "ada"),
        (jwt.CLIENT_ASSERTION, ISSUER + "/"),
        (jwt.ID_TOKEN, ISSUER),
        (jwt.ID_TOKEN, "spiffe://example.org/api"),
        (jwt.ID_TOKEN, "spiffe:"),
        (jwt.JWT_SVID, "ada"),
        (jwt.JWT_SVID, "spiffe://"),
        (jwt.JWT_SVID, "https://example.org/api"),
    ],
)
def test_each_kind_is_about_somebody_of_its_own(profile: Profile, sub: str) -> None:
    """F01: a client speaks for itself (RFC 7523 §3 step 2B), a workload is named by SPIFFE, a person is neither."""
    assert refusal(profile, token(profile, sub=sub)) == (UnacceptableTokenError, "wrong_subject")


def test_a_workload_that_issues_for_itself_is_a_client() -> None:
    """F01: with "iss" equal to "sub" it is the assertion of a client that goes by its SPIFFE ID."""
    identity = "spiffe://example.org/api"

    assert codes(jwt.JWT_SVID, token(jwt.JWT_SVID, iss=identity)) == ["wrong_subject"]
    assert codes(jwt.CLIENT_ASSERTION, token(jwt.CLIENT_ASSERTION, iss=identity, sub=identity)) == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("spiffe://example.org", True),
        ("spiffe://example.org/api", True),
        ("spiffe://example.org/ns/Prod_1/sa/api-2.x", True),
        ("spiffe://x.org/X", True),
        ("spiffe://X.org/x", False),
        ("spiffe://" + "a" * 255, True),
        ("spiffe://" + "a" * 256, False),
        ("spiffe://d/" + "a" * 2037, True),
        ("spiffe://d/" + "a" * 2038, False),
        ("spiffe://Example.org/api", False),
        ("SPIFFE://example.org/api", False),
        ("spiffe://example.org/", False),
        ("spiffe://example.org//api", False),
        ("spiffe://example.org/./api", False),
        ("spiffe://example.org/../api", False),
        ("spiffe://example.org:443/api", False),
        ("spiffe://user@example.org/api", False),
        ("spiffe://example.org/api?x", False),
        ("spiffe://example.org/api#x", False),
        ("spiffe://example.org/%61pi", False),
        ("spiffe://example.org/ä", False),
        ("spiffe:///api", False),
        ("spiffe:example.org", False),
        ("", False),
    ],
)
def test_a_spiffe_id_has_one_spelling(text: str, valid: bool) -> None:
    """SPIFFE-ID §2: lower-case trust domain, no port, user, query, fragment, empty or dotted segment; 2048 bytes."""
    assert is_spiffe_id(text) is valid


@pytest.mark.parametrize("aud", [[AUDIENCE, "https://other.example"], ["https://other.example", AUDIENCE]])
def test_an_id_token_names_only_audiences_we_trust(aud: list[str]) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7 step 3: reject it "if it contains additional audiences not trusted"."""
    text = token(jwt.ID_TOKEN, aud=aud)

    assert refusal(jwt.ID_TOKEN, text) == (UnacceptableTokenError, "untrusted_audience")
    assert codes(jwt.ID_TOKEN, text, audience={AUDIENCE, "https://other.example"}) == []
    assert codes(jwt.ID_TOKEN, text, audience=jwt.ANY) == []


def test_the_authorized_party_is_one_of_us() -> None:
    """OpenID Connect Core 1.0 §3.1.3.7 step 5."""
    assert codes(jwt.ID_TOKEN, token(jwt.ID_TOKEN, azp=AUDIENCE)) == []
    assert codes(jwt.ID_TOKEN, token(jwt.ID_TOKEN, azp="another-client")) == ["untrusted_audience"]
    assert codes(jwt.ID_TOKEN, token(jwt.ID_TOKEN, azp="")) == ["untrusted_audience"]


def test_an_audience_of_other_kinds_may_have_neighbours() -> None:
    """RFC 7519 §4.1.3."""
    assert codes(jwt.ACCESS_TOKEN, token(jwt.ACCESS_TOKEN, aud=[AUDIENCE, "https://other.example"])) == []


def test_some_kinds_are_never_signed_with_a_shared_secret() -> None:
    """RFC 9449 §4.3 step 5, JWT-SVID §2.1: who can check such a token can make one."""
    secret = Key.generate("HS256", kid="k")
    for profile in (jwt.DPOP_PROOF, jwt.JWT_SVID):
        text = spell({**header(profile), "alg": "HS256"}, CLAIMS[profile], key=secret)
        checking = jwt.Verifier(secret, issuer=jwt.ANY, audience=jwt.ANY, profile=profile, clock=StoppedClock())
        with pytest.raises(UnacceptableTokenError) as caught:
            checking.verify(text)

        assert caught.value.code == "forbidden_algorithm"


@pytest.mark.parametrize("alg", ["Ed25519", "EdDSA"])
def test_a_workload_signs_with_the_algorithms_of_its_standard(alg: str) -> None:
    """JWT-SVID §2.1: RSA and ECDSA only; a proof may also be signed by an Edwards curve."""
    key = Key.generate(alg)
    for profile, accepted in ((jwt.JWT_SVID, False), (jwt.DPOP_PROOF, True)):
        text = spell({**header(profile), "alg": alg}, CLAIMS[profile], key=key)
        checking = jwt.Verifier(key.public(), issuer=jwt.ANY, audience=jwt.ANY, profile=profile, clock=StoppedClock())

        assert (checking.problems(text) == ()) is accepted


def test_a_proof_brings_its_key() -> None:
    """RFC 9449 §4.2."""
    text = spell(header(jwt.DPOP_PROOF, jwk=None), CLAIMS[jwt.DPOP_PROOF], key=KEY)

    assert refusal(jwt.DPOP_PROOF, text) == (MalformedTokenError, "malformed_header")


@pytest.mark.parametrize("extra", ["jku", "x5u", "jwk", "custom"])
def test_a_workload_says_nothing_else_in_its_header(extra: str) -> None:
    """JWT-SVID §2: "Any header not described here, registered or private, MUST NOT be included"."""
    value = KEY.to_jwk() if extra == "jwk" else "x"
    text = spell(header(jwt.JWT_SVID, **{extra: value}), CLAIMS[jwt.JWT_SVID], key=KEY)

    assert refusal(jwt.JWT_SVID, text) == (UnacceptableTokenError, "forbidden_header")
    assert codes(jwt.JWT_SVID, spell(header(jwt.JWT_SVID, kid=KEY.kid), CLAIMS[jwt.JWT_SVID], key=KEY)) == []
