"""Profiles: no token is of two kinds (RFC 8725 §3.12)."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwt.kinds import CLAIMS, KEY, PROFILES, codes, header, token, verifier
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, StoppedClock, spell
from tokensmith.jose import JoseError, jwt
from tokensmith.jose.errors import UnacceptableTokenError
from tokensmith.jose.jwt import Profile, profiles
from tokensmith.jose.jwt.profiles import LOGOUT_EVENT


def named(profile: object) -> str:
    return profile.name if isinstance(profile, Profile) else ""


def test_every_row_is_tried_here() -> None:
    """A profile without a good token below would exclude nothing."""
    assert set(PROFILES) == {row for row in vars(profiles).values() if isinstance(row, Profile)}


@pytest.mark.parametrize("profile", PROFILES, ids=named)
def test_a_good_token_of_each_kind_passes(profile: Profile) -> None:
    assert verifier(profile).verify(token(profile)).claims == CLAIMS[profile]


@pytest.mark.parametrize(("made", "wanted"), list(permutations(PROFILES, 2)), ids=named)
def test_a_token_of_one_kind_is_none_of_another(made: Profile, wanted: Profile) -> None:
    """F01: same issuer, same key, same audience; RFC 8725 §2.8 and §3.12."""
    with pytest.raises(JoseError):
        verifier(wanted).verify(token(made))


@pytest.mark.parametrize(("one", "other"), list(combinations(PROFILES, 2)), ids=named)
def test_two_kinds_contradict_each_other(one: Profile, other: Profile) -> None:
    """F01: by type, by a claim one needs and the other forbids, or by whom "sub" names; whatever else a token says."""
    by_type = set(one.types).isdisjoint(other.types)
    by_claim = not set(one.required).isdisjoint(other.forbidden) or not set(other.required).isdisjoint(one.forbidden)
    by_subject = None not in {one.subject, other.subject} and one.subject is not other.subject

    assert by_type or by_claim or by_subject


@given(
    base=st.sampled_from(PROFILES),
    typ=st.sampled_from([None, *sorted({typ for profile in PROFILES for typ in profile.types})]),
    added=st.dictionaries(
        st.sampled_from(sorted({name for claims in CLAIMS.values() for name in claims})), st.sampled_from(PROFILES)
    ),
    with_key=st.booleans(),
)
def test_no_mixture_is_of_two_kinds(base: Profile, typ: str | None, added: dict[str, Profile], with_key: bool) -> None:
    """F01: claims of all kinds put together, under every type; at most one verifier takes it."""
    mixed = {**CLAIMS[base], **{name: CLAIMS[of][name] for name, of in added.items() if name in CLAIMS[of]}}
    text = spell(header(base, typ=typ, jwk=KEY.to_jwk() if with_key else None), mixed, key=KEY)

    assert sum(not codes(profile, text) for profile in PROFILES) <= 1


@pytest.mark.parametrize("profile", PROFILES, ids=named)
@pytest.mark.parametrize("typ", ["x+jwt", "application/x", ""])
def test_a_foreign_type_is_always_refused(profile: Profile, typ: str) -> None:
    """RFC 8725 §3.11: present and wrong is wrong, also where a type may be absent."""
    assert codes(profile, spell(header(profile, typ=typ), CLAIMS[profile], key=KEY)) == ["wrong_type"]


@pytest.mark.parametrize("profile", [jwt.ACCESS_TOKEN, jwt.DPOP_PROOF, jwt.SECURITY_EVENT, jwt.STATUS_LIST], ids=named)
@pytest.mark.parametrize("typ", [None, "JWT", "JOSE"])
def test_some_kinds_have_to_say_what_they_are(profile: Profile, typ: str | None) -> None:
    """RFC 9068 §4, RFC 9449 §4.3 step 4, RFC 8417 §2.3, Token Status List §5.1; "JWT" is no explicit type."""
    assert codes(profile, spell(header(profile, typ=typ), CLAIMS[profile], key=KEY)) == ["wrong_type"]


@pytest.mark.parametrize(
    ("profile", "typ"),
    [
        (jwt.ACCESS_TOKEN, "application/at+jwt"),
        (jwt.ID_TOKEN, None),
        (jwt.ID_TOKEN, "JWT"),
        (jwt.LOGOUT_TOKEN, None),
        (jwt.LOGOUT_TOKEN, "logout+jwt"),
        (jwt.LOGOUT_TOKEN, "JWT"),
        (jwt.CLIENT_ASSERTION, None),
        (jwt.CLIENT_ASSERTION, "JWT"),
        (jwt.CLIENT_ASSERTION, "client-authentication+jwt"),
        (jwt.JWT_SVID, None),
        (jwt.JWT_SVID, "JWT"),
        (jwt.JWT_SVID, "JOSE"),
    ],
)
def test_other_kinds_may_leave_it_out(profile: Profile, typ: str | None) -> None:
    """OpenID Connect Core knows no type, Back-Channel Logout §2.4 and RFC 7523bis recommend one, JWT-SVID §2.3."""
    assert codes(profile, spell(header(profile, typ=typ), CLAIMS[profile], key=KEY)) == []


@pytest.mark.parametrize(
    ("profile", "claim"), [(profile, claim) for profile in PROFILES for claim in profile.required], ids=named
)
def test_every_required_claim_is_asked_for(profile: Profile, claim: str) -> None:
    """F14: absent, and null, which is absent."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(profile).verify(token(profile, **{claim: ...}))

    assert (caught.value.code, caught.value.detail) == ("missing_claim", claim)
    assert codes(profile, token(profile, **{claim: None}))[0] == "missing_claim"


def test_a_logout_token_names_a_subject_or_a_session() -> None:
    """Back-Channel Logout §2.6 step 5: "sub", "sid", or both."""
    assert codes(jwt.LOGOUT_TOKEN, token(jwt.LOGOUT_TOKEN, sub=...)) == []
    assert codes(jwt.LOGOUT_TOKEN, token(jwt.LOGOUT_TOKEN, sid=...)) == []
    assert codes(jwt.LOGOUT_TOKEN, token(jwt.LOGOUT_TOKEN, sub=..., sid=...)) == ["missing_claim"]


@pytest.mark.parametrize(
    ("profile", "claims"),
    [
        (jwt.ACCESS_TOKEN, {"client_id": 7}),
        (jwt.ACCESS_TOKEN, {"scope": ["a"]}),
        (jwt.ACCESS_TOKEN, {"auth_time": "1700000000"}),
        (jwt.ID_TOKEN, {"sub": ""}),
        (jwt.ID_TOKEN, {"sub": "a" * 256}),
        (jwt.ID_TOKEN, {"nonce": 1}),
        (jwt.ID_TOKEN, {"amr": "pwd"}),
        (jwt.ID_TOKEN, {"azp": ["web"]}),
        (jwt.LOGOUT_TOKEN, {"events": [LOGOUT_EVENT]}),
        (jwt.LOGOUT_TOKEN, {"events": {LOGOUT_EVENT: None}}),
        (jwt.LOGOUT_TOKEN, {"events": {LOGOUT_EVENT: "{}"}}),
        (jwt.LOGOUT_TOKEN, {"sid": 1}),
        (jwt.CLIENT_ASSERTION, {"aud": [AUDIENCE]}),
        (jwt.CLIENT_ASSERTION, {"aud": [AUDIENCE, "https://other.example"]}),
        (jwt.DPOP_PROOF, {"htm": 1}),
        (jwt.DPOP_PROOF, {"ath": 1.5}),
        (jwt.SECURITY_EVENT, {"events": {}}),
        (jwt.SECURITY_EVENT, {"events": {"urn:x": []}}),
        (jwt.SECURITY_EVENT, {"toe": "now"}),
        (jwt.STATUS_LIST, {"status_list": "eNrbuRgAAhcBXQ"}),
        (jwt.STATUS_LIST, {"ttl": 0}),
        (jwt.STATUS_LIST, {"ttl": "60"}),
    ],
)
def test_every_claim_of_a_profile_has_its_type(profile: Profile, claims: dict[str, object]) -> None:
    """Present and malformed is refused. F08 with them: the audience of a client assertion is one name, no array."""
    assert codes(profile, token(profile, **claims))[0] == "malformed_claim"


def test_the_subject_of_an_id_token_has_255_characters_at_most() -> None:
    """OpenID Connect Core 1.0 §2."""
    assert codes(jwt.ID_TOKEN, token(jwt.ID_TOKEN, sub="a" * 255)) == []


def test_a_client_assertion_is_for_its_reader_alone() -> None:
    """F08: RFC 7523bis §4, "reject any JWT that does not contain its issuer identifier as its sole audience value"."""
    endpoint = f"{AUDIENCE}/token"

    assert codes(jwt.CLIENT_ASSERTION, token(jwt.CLIENT_ASSERTION, aud=endpoint)) == ["wrong_audience"]


def test_a_profile_says_type_and_expiry_itself() -> None:
    options: dict[str, object] = {"issuer": jwt.ANY, "audience": jwt.ANY}

    for contradiction in ({"typ": "at+jwt"}, {"require_exp": False}):
        with pytest.raises(ValueError, match="A profile says itself"):
            jwt.Verifier(KEY.public(), profile=jwt.ID_TOKEN, **{**options, **contradiction})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="profile is"):
        jwt.Verifier(KEY.public(), profile="ID_TOKEN", **options)  # type: ignore[arg-type]


def test_more_can_be_required_than_the_profile_does() -> None:
    assert codes(jwt.ID_TOKEN, token(jwt.ID_TOKEN), required=["auth_time"]) == ["missing_claim"]


def test_one_call_takes_a_profile() -> None:
    verified = jwt.verify(
        token(jwt.ID_TOKEN),
        KEY.public(),
        issuer=ISSUER,
        audience=AUDIENCE,
        profile=jwt.ID_TOKEN,
        clock=StoppedClock(),
    )

    assert verified.claims.subject == "ada"


def test_names_of_the_standards_are_written_out() -> None:
    """OpenID Connect Back-Channel Logout §2.4; SPIFFE JWT-SVID §2, its table of algorithms."""
    allowed = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"}

    assert profiles.LOGOUT_EVENT == "http://schemas.openid.net/event/backchannel-logout"
    assert profiles.JWT_SVID.algorithms == allowed
