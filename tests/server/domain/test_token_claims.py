"""What goes into an access token (RFC 9068 §2.2)."""

import pytest

from tests.server.domain.standings import standing
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.token_claims import access_token_claims, status_list_uri

ISSUER = "https://id.example"
PLACE = StatusPlace(list_id=3, index=77)


def test_a_persons_token_says_who_when_and_how() -> None:
    claims = access_token_claims(
        standing(), scopes=frozenset({"write", "read"}), place=PLACE, issuer=ISSUER, key_thumbprint=None, details=()
    )

    assert claims == {
        "sub": "u1",
        "client_id": "app",
        "scope": "read write",
        "auth_time": 5,
        "amr": ["pwd"],
        "sid": "s1",
        "status": {"status_list": {"idx": 77, "uri": "https://id.example/status/3"}},
    }


def test_a_bound_token_names_its_key() -> None:
    """RFC 9449 §6.1."""
    claims = access_token_claims(
        standing(), scopes=frozenset({"read"}), place=PLACE, issuer=ISSUER, details=(), key_thumbprint="thumb"
    )

    assert claims["cnf"] == {"jkt": "thumb"}


def test_a_clients_own_token_has_a_subject_no_person_can_have() -> None:
    """P48: RFC 9700 §4.15: a client must not be able to pass for a person; ids of people have no colon."""
    claims = access_token_claims(
        standing(user_scopes=None),
        scopes=frozenset({"read"}),
        place=PLACE,
        issuer=ISSUER,
        key_thumbprint=None,
        details=(),
    )

    assert claims["sub"] == "client:app"
    assert not {"auth_time", "amr", "sid"} & set(claims)


@pytest.mark.parametrize("issuer", ["https://id.example/tenant", "https://id.example/tenant/"])
def test_lists_are_published_below_the_issuer(issuer: str) -> None:
    assert status_list_uri(issuer, 3) == "https://id.example/tenant/status/3"
