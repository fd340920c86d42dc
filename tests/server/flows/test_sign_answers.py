"""Signed answers pass for no token."""

import pytest

from tests.server.flows.world import ISSUER, World
from tokensmith.jose import JoseError, jwt
from tokensmith.server.flows.sign_answers import SignAnswers

pytestmark = pytest.mark.anyio
PROFILES = [jwt.ID_TOKEN, jwt.ACCESS_TOKEN, jwt.LOGOUT_TOKEN, jwt.CLIENT_ASSERTION]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
async def test_no_reader_of_tokens_takes_one(world: World, profile: jwt.Profile) -> None:
    """RFC 8725 §2.8: a signed UserInfo answer has the issuer, audience and subject of an ID token."""
    answers = SignAnswers(issuer=ISSUER, ring=world.ring)
    client = await world.client("watcher")
    keys, clock = await world.ring.public_keys()
    verifier = jwt.Verifier(keys, issuer=ISSUER, audience="watcher", profile=profile, clock=clock)
    for text in (
        await answers.user_info(client, {"sub": "ada"}, alg="RS256"),
        await answers.introspection(client, {"active": True, "sub": "ada"}),
    ):
        with pytest.raises(JoseError):
            verifier.verify(text)
