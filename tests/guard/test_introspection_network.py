"""The guard asks real token servers about tokens.

Npm's provider issues some that say nothing themselves. Ours issues none, so that there the part that asks is given
tokens of the other kind.
"""

import time
from collections.abc import Iterator

import pytest

from tests.client.notes import JOB, Notes, job, signed_in, tool
from tests.guard.scripted import run
from tests.server.web.live import Live, one_server
from tests.services.npm_provider import NOTES, SECRET, NpmProvider
from tokensmith.client import Client, ClientCredentials, ProofKey, RefreshToken, SecretClient
from tokensmith.guard import Guard, Introspection, InvalidTokenError, Issuer, Need, RequestFacts, UnavailableError
from tokensmith.guard.introspection import Introspector
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound.doors import BlockingOutside
from tokensmith.outbound.with_urllib import BlockingFetcher

OUTSIDE = BlockingOutside(BlockingFetcher(), time.monotonic, SYSTEM_CLOCK)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with one_server(tmp_path_factory.mktemp("server")) as live:
        yield live


def asking(live: Live, *, secret: str | None = None) -> Introspector:
    identity = SecretClient(JOB, secret or live.demo["clients"][JOB])
    settings = Introspection(identity=identity, keep=0)
    audience = Notes(live).url
    return Introspector(settings, issuer=live.issuer, audience=audience, leeway=10, max_stale=0, origin=live.issuer)


def test_a_token_is_good_until_it_is_given_up(live: Live) -> None:
    """RFC 7662 §2.2, RFC 7009 §2.1: the server's answer passes for the claims of a token."""
    introspector, client = asking(live), job(live)
    token = client.tokens().get_sync().access_token
    claims = run(introspector.claims_of(token, OUTSIDE))
    assert (claims["client_id"], claims["scope"], claims["iss"]) == (JOB, "notes:read", live.issuer)
    client.revoke_sync(token)

    with pytest.raises(InvalidTokenError) as caught:
        run(introspector.claims_of(token, OUTSIDE))
    assert caught.value.code == "inactive"


def test_somebody_elses_token_is_none(live: Live) -> None:
    """Whoever asks is told of what is meant for them, and of refresh tokens nothing that would pass."""
    token = signed_in(live)
    access = tool(live).ask_sync(RefreshToken(token)).access_token

    for each in (token, access, "made-up"):
        with pytest.raises(InvalidTokenError):
            run(asking(live).claims_of(each, OUTSIDE))


def test_a_wrong_secret_of_ours_is_no_verdict(live: Live) -> None:
    with pytest.raises(UnavailableError):
        run(asking(live, secret="wrong").claims_of("a-token", OUTSIDE))


def test_a_token_that_says_nothing_itself_is_let_in_until_it_is_given_up(npm_provider: NpmProvider) -> None:
    """RFC 7662, RFC 7009: somebody else's server, the whole guard, and a token bound to a key beside it."""
    robot = SecretClient("robot", SECRET)
    opaque = Introspection(identity=robot, keep=0)
    guard = Guard(Issuer(npm_provider.issuer, audience=NOTES, introspection=opaque, max_stale=60), public_url=NOTES)
    grant = ClientCredentials(resource=NOTES, scope="notes:read")
    plain, bound = Client(npm_provider.issuer, robot), Client(npm_provider.issuer, robot, proof_key=ProofKey())

    for client in (plain, bound):
        headers = client.tokens(grant).headers_sync("GET", f"{NOTES}/notes")
        facts = RequestFacts.from_headers(headers, url=f"{NOTES}/notes")
        principal = guard.authenticate_sync(facts, Need("notes:read"))
        assert (principal.client_id, principal.key_thumbprint is None) == ("robot", client is plain)
        client.revoke_sync(headers["Authorization"].partition(" ")[2])
        again = RequestFacts.from_headers({"Authorization": headers["Authorization"]}, url=f"{NOTES}/notes")
        with pytest.raises(InvalidTokenError) as caught:
            guard.authenticate_sync(again)
        assert caught.value.code == "inactive"
