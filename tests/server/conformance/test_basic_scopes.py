"""Basic OP and Form Post OP: what UserInfo tells of a person who is known by every claim there is."""

import json
from typing import Any, Final

import pytest

from tests.server.conformance.relying_party import BASIC_AND_FORM_POST, RelyingParty
from tests.server.conformance.token_checks import check_standard_claims
from tests.server.web.served import Served

pytestmark = [pytest.mark.anyio, BASIC_AND_FORM_POST]

PROFILE: Final = {
    "name": "Ada King",
    "given_name": "Ada",
    "family_name": "King",
    "middle_name": "Augusta",
    "nickname": "A.A.L.",
    "profile": "https://ada.example/",
    "picture": "https://ada.example/ada.png",
    "website": "https://ada.example/notes",
    "gender": "female",
    "birthdate": "1815-12-10",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
}
OF_SCOPE: Final = {
    "profile": {*PROFILE, "preferred_username", "updated_at"},
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


@pytest.fixture(autouse=True)
async def _known(served: Served) -> None:
    """Ada, as the plan asks for somebody about whom everything is known."""
    await served.world.users.describe(
        "ada",
        {
            **PROFILE,
            "email": "ada@example.org",
            "email_verified": "true",
            "address": "St James's Square, London",
            "phone_number": "+44 20 7946 0000",
            "phone_number_verified": "false",
        },
    )


async def told_for(party: RelyingParty, scope: str) -> dict[str, Any]:
    """What UserInfo tells, less `sub`, which is that of the ID token."""
    assert set(scope.split()) <= set(party.metadata["scopes_supported"])
    signed_in = await party.sign_in(scope=scope)
    answer = await party.user_info(signed_in.tokens["access_token"])
    told: dict[str, Any] = answer.json()
    check_standard_claims(told)
    assert told.get("updated_at", 0) <= party.served.world.now()
    assert told.pop("sub") == signed_in.claims["sub"]
    return told


async def test_oidcc_scope_profile(party: RelyingParty) -> None:
    """Everything of the scope profile, and nothing else."""
    told = await told_for(party, "openid profile")

    assert told.keys() == OF_SCOPE["profile"]
    assert told["birthdate"] == "1815-12-10"


async def test_oidcc_scope_email(party: RelyingParty) -> None:
    """The address for mail, and whether it is proven."""
    assert await told_for(party, "openid email") == {"email": "ada@example.org", "email_verified": True}


async def test_oidcc_scope_address(party: RelyingParty) -> None:
    """The address, as an object."""
    assert await told_for(party, "openid address") == {"address": {"formatted": "St James's Square, London"}}


async def test_oidcc_scope_phone(party: RelyingParty) -> None:
    """The number, and whether it is proven."""
    told = await told_for(party, "openid phone")

    assert told == {"phone_number": "+44 20 7946 0000", "phone_number_verified": False}


async def test_oidcc_scope_all(party: RelyingParty) -> None:
    """All four scopes at once."""
    told = await told_for(party, "openid profile email address phone")

    assert told.keys() == set().union(*OF_SCOPE.values())


async def test_oidcc_claims_essential(party: RelyingParty) -> None:
    """One claim by its name, without the scope that it belongs to."""
    claims = json.dumps({"userinfo": {"name": {"essential": True}}})
    signed_in = await party.sign_in(claims=claims)
    told = (await party.user_info(signed_in.tokens["access_token"])).json()

    check_standard_claims(told)
    assert (told["sub"], told["name"]) == (signed_in.claims["sub"], "Ada King")
