"""The whole verification, from a request to a principal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guard.minting import (
    AUDIENCE,
    ISSUER,
    KEY,
    KEYS_URL,
    LIST_URL,
    METADATA_URL,
    NOW,
    STRANGER,
    access_token,
    list_answer,
    status_claim,
)
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tests.guard.service import Service
from tokensmith.guard import (
    DeniedError,
    InsufficientScopeError,
    Issuer,
    MissingTokenError,
    RequestFacts,
)
from tokensmith.guard.verify import TrustedIssuers


@pytest.fixture
def service() -> Service:
    return Service()


def test_a_good_token_lets_its_bearer_in(service: Service) -> None:
    """Discovery, keys and status list included."""
    caller = service.admit(access_token(status=status_claim()), "notes:read")

    assert (caller.subject, caller.scopes) == ("ada", {"notes:read"})
    assert service.outside.fetched == [METADATA_URL, KEYS_URL, LIST_URL]


def test_the_second_request_asks_nobody(service: Service) -> None:
    token = access_token(status=status_claim())
    service.admit(token)
    service.outside.fetched.clear()
    service.admit(token)

    assert service.outside.fetched == []


def test_a_scope_short_is_a_403(service: Service) -> None:
    """RFC 6750 §3.1."""
    with pytest.raises(InsufficientScopeError) as caught:
        service.admit(access_token(), "notes:write")

    assert (caught.value.status, caught.value.scopes) == (403, {"notes:write"})


def test_permission_is_looked_at_last(service: Service) -> None:
    """A revoked token is told so, whatever it would have been allowed."""
    service.outside.documents[LIST_URL] = list_answer({7})

    assert service.refusal(access_token(status=status_claim()), "notes:write") == "revoked"


def test_no_token_is_a_bare_401(service: Service) -> None:
    with pytest.raises(MissingTokenError):
        service.decide(RequestFacts.from_headers({}))

    assert service.outside.fetched == []


@pytest.mark.parametrize(
    "issuer", [f"{ISSUER}/", ISSUER.upper(), "https://id.test.evil.test", "", 7, [ISSUER], {"a": 1}]
)
def test_an_issuer_is_compared_exactly_and_before_any_fetch(service: Service, issuer: Any) -> None:
    """RFC 8725 §3.8: no keys are looked for on behalf of a stranger."""
    assert service.refusal(access_token(iss=issuer)) == "unknown_issuer"
    assert service.outside.fetched == []


def test_promised_status_is_demanded() -> None:
    service = Service(Issuer(ISSUER, audience=AUDIENCE, keys=KEY.public(), status="promised"))

    assert service.refusal(access_token()) == "status_missing"
    assert service.admit(access_token(status=status_claim())).subject == "ada"


def test_one_issuer_at_least_and_each_once() -> None:
    issuer = Issuer(ISSUER, audience=AUDIENCE)
    for issuers in ((), (issuer, issuer)):
        with pytest.raises(ValueError, match="at least one issuer"):
            TrustedIssuers(*issuers, clock=ScriptedClock(ScriptedOutside()))


def test_a_header_seen_before_proves_nothing(service: Service) -> None:
    """What is remembered of a genuine token saves reading the next one twice, and no check."""
    service.admit(access_token())
    forged = access_token().split(".")[0] + "." + ".".join(access_token(STRANGER).split(".")[1:])

    assert service.refusal(forged) == "invalid_signature"
    assert service.refusal(access_token(iss="https://evil.test")) == "wrong_issuer"
    assert service.refusal(access_token(exp=NOW)) == "expired"
    assert service.refusal(f"{access_token().split('.')[0]}.!.!") == "malformed"


def test_what_is_remembered_is_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokensmith.guard.verify._MAX_KNOWN_HEADERS", 2)
    for typ in ("at+jwt", "AT+jwt", "At+jwt", "aT+jwt", "at+JWT"):
        service.admit(access_token(typ=typ))

    assert len(service.trusted._known) <= 2


def test_a_stranger_leaves_nothing_to_remember(service: Service) -> None:
    service.refusal(access_token(STRANGER))

    assert service.trusted._known == {}


@given(value=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(b"Bearer ".__add__)))
def test_any_header_value_at_all_is_denied(value: bytes) -> None:
    """No bytes make the guard fail in another way, and none get in."""
    service = Service()
    with pytest.raises(DeniedError):
        service.decide(RequestFacts(method="GET", url="", headers=[(b"authorization", value)]))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "client_id", "scope", "status", "cnf"]


@given(name=st.sampled_from(CLAIMS), value=JSON)
def test_any_signed_claim_is_admitted_or_denied(name: str, value: Any) -> None:
    """What a genuine issuer may say by mistake is refused as orderly as a forgery."""
    service = Service()
    try:
        service.admit(access_token(**{name: value}))
    except DeniedError:
        return
