"""Verification: is it an access token, for us, now?"""

from typing import Any

import pytest

from tests.guard.minting import (
    AUDIENCE,
    ISSUER,
    KEY,
    LIST_URL,
    NOW,
    STRANGER,
    access_token,
    list_answer,
    status_claim,
)
from tests.guard.service import Service
from tokensmith.guard import (
    Issuer,
)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_an_access_token_says_that_it_is_one(service: Service, typ: str) -> None:
    """RFC 9068 §4, RFC 7515 §4.1.9."""
    assert service.admit(access_token(typ=typ)).subject == "ada"


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "dpop+jwt", "secevent+jwt", "logout+jwt", "statuslist+jwt", "at", "jwt+at"]
)
def test_a_token_of_another_type_is_refused(service: Service, typ: str) -> None:
    """J68: RFC 9068 §4: "reject tokens carrying any other value"; RFC 8725 §3.12."""
    assert service.refusal(access_token(typ=typ)) == "wrong_type"


def test_an_id_token_is_no_access_token(service: Service) -> None:
    """RFC 9068 §5: same issuer, same key, same person; even one made out to the API."""
    id_token = access_token(typ="JWT", nonce="n", client_id=None, jti=None, scope=None)

    assert service.refusal(id_token) == "wrong_type"


def test_a_status_list_token_is_no_access_token(service: Service) -> None:
    body = list_answer(iss=ISSUER, aud=AUDIENCE, client_id="web", jti="1", exp=NOW + 300).body

    assert service.refusal(body.decode()) == "wrong_type"


@pytest.mark.parametrize("claim", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_every_claim_of_the_profile_is_there(service: Service, claim: str) -> None:
    """J68: RFC 9068 §2.2."""
    code = service.refusal(access_token(**{claim: None}))

    assert code == ("unknown_issuer" if claim == "iss" else "missing_claim")


@pytest.mark.parametrize(
    "audience", ["https://other-api.test", f"{AUDIENCE}/", AUDIENCE.upper(), [], ["x", "y"], ISSUER]
)
def test_a_token_for_a_neighbour_is_refused(service: Service, audience: Any) -> None:
    """RFC 9068 §4, RFC 8725 §3.9."""
    assert service.refusal(access_token(aud=audience)) == "wrong_audience"


def test_being_one_of_several_audiences_is_enough(service: Service) -> None:
    assert service.admit(access_token(aud=["https://other-api.test", AUDIENCE])).subject == "ada"


@pytest.mark.parametrize(
    ("leeway", "after", "good"), [(0, 299, True), (0, 300, False), (10, 309, True), (10, 310, False)]
)
def test_a_token_ends_with_its_exp(leeway: int, after: int, good: bool) -> None:
    """RFC 7519 §4.1.4."""
    service = Service(leeway=leeway)
    service.outside.seconds += after
    if good:
        assert service.admit(access_token()).subject == "ada"
    else:
        assert service.refusal(access_token()) == "expired"


def test_an_expired_forgery_is_called_a_forgery(service: Service) -> None:
    """CVE-2024-51744: what an unproven claim says decides nothing."""
    assert service.refusal(access_token(STRANGER, exp=NOW - 1)) == "invalid_signature"


def test_an_expired_token_is_not_worth_a_look_at_its_status(service: Service) -> None:
    """Token Status List §8.3: the token's own checks come first, fetches included."""
    assert service.refusal(access_token(exp=NOW, status=status_claim())) == "expired"
    assert LIST_URL not in service.outside.fetched


def test_an_issuer_without_the_profile_is_taken_by_its_own_type() -> None:
    """Providers older than RFC 9068 say "JWT", or nothing."""
    service = Service(Issuer(ISSUER, audience=AUDIENCE, typ="JWT", keys=KEY.public()))

    assert service.admit(access_token(typ="JWT", client_id=None, jti=None)).client_id is None
    assert service.refusal(access_token()) == "wrong_type"
