"""Redeeming authorization codes; through the pages, as codes come into being nowhere else."""

import asyncio
from dataclasses import replace

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, World
from tests.server.web.served import Served
from tests.server.web.visitor import APP, Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.jose import jwt
from tokensmith.server.domain.clients import GrantType, Lifetimes
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.domain.stored_secrets import digest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def visitor(world: World) -> Visitor:
    await world.make_web_client()
    await world.make_web_client("other")
    return Visitor(Served(world))


async def test_a_code_becomes_tokens(visitor: Visitor, world: World) -> None:
    """P47, P49, P63: RFC 6749 §5.1, Core §3.1.3.3: one audience, what was granted, and who it is."""
    answer = await visitor.redeem(await visitor.signed_in())
    tokens = answer.json()

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    access = await world.own.read(tokens["access_token"])
    assert access is not None
    assert (access.audience, access.claims["scope"], tokens["scope"]) == (NOTES, READ, READ)
    claims = jwt.read_unverified(tokens["id_token"]).unverified_claims
    assert claims["sub"] == access.claims["sub"]
    assert (claims["aud"], claims["iss"], claims["nonce"]) == ("web", ISSUER, "the nonce")
    assert claims["auth_time"] == access.claims["auth_time"]
    assert (await world.audited())[-1] == "code_redeemed"


async def test_its_id_token_passes_every_check_of_a_client(visitor: Visitor, world: World) -> None:
    """P60, P62, P63: RS256 unless the client registered another, its key by name, at_hash, a subject of 255 at most."""
    keys, clock = await world.ring.public_keys()
    for alg in ("RS256", "ES256"):
        registration = Registration(redirect_uris=(APP,), id_token_alg=alg)
        await world.change_client("web", registration=registration)
        tokens = (await visitor.redeem(await visitor.signed_in())).json()
        checks = jwt.IdTokenVerifier(keys, issuer=ISSUER, client_id="web", clock=clock)
        verified = checks.verify(tokens["id_token"], nonce="the nonce", access_token=tokens["access_token"])
        assert (verified.header["alg"], verified.header["kid"]) == (alg, verified.key.kid)
        assert "at_hash" in verified.claims
        assert len(verified.claims.subject or "") <= 255


async def test_a_second_redemption_ends_everything(visitor: Visitor, world: World) -> None:
    """P38: a replay that is otherwise valid; also of what was refreshed since."""
    code = await visitor.signed_in()
    first = (await visitor.redeem(code)).json()
    again = await visitor.redeem(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert visitor.served.refused("code_reused") == 1
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    refreshed = await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})
    assert refreshed.json()["error"] == "invalid_grant"
    access = await world.own.read(first["access_token"])
    assert access is not None
    assert await world.store.read(lambda uow: uow.status_lists.holder(access.place)) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_verifier": "w" * 43}, "code_verifier"),
        ({"code_verifier": None}, "code_verifier"),
        ({"code_verifier": "v" * 42}, "code_verifier"),
        ({"redirect_uri": "https://app.example/other"}, "code_redirect_uri"),
        ({"client_id": "other"}, "code_other_client"),
    ],
)
async def test_a_code_alone_is_worth_nothing(
    visitor: Visitor, world: World, changes: dict[str, str | None], code: str
) -> None:
    """P14, P39: neither before nor after its client has come, and it takes nothing away."""
    if "client_id" in changes:
        changes = {**changes, "client_secret": world.secrets["other"]}
    held = await visitor.signed_in()
    assert (await visitor.redeem(held, **changes)).json()["error"] == "invalid_grant"
    good = await visitor.redeem(held)
    assert good.status_code == 200
    assert (await visitor.redeem(held, **changes)).json()["error"] == "invalid_grant"
    assert visitor.served.refused(code) == 2
    access = await world.own.read(good.json()["access_token"])
    assert access is not None
    assert await world.store.read(lambda uow: uow.status_lists.holder(access.place)) is not None


async def test_a_verifier_without_a_challenge_is_refused(visitor: Visitor, world: World) -> None:
    """P15: somebody may have taken the challenge out of the request (RFC 9700 §4.8.2)."""
    await world.make_web_client("lax", requires_pkce=False)
    code = await visitor.signed_in(client_id="lax", code_challenge=None, code_challenge_method=None)
    own = {"client_id": "lax", "client_secret": world.secrets["lax"]}

    assert (await visitor.redeem(code, **own)).json()["error"] == "invalid_grant"
    # RFC 6749 §4.1.3: without PKCE, the redirect URI has to be said again.
    without = {**own, "code_verifier": None}
    assert (await visitor.redeem(code, redirect_uri=None, **without)).json()["error"] == "invalid_grant"
    assert (await visitor.redeem(code, **without)).status_code == 200


async def test_with_pkce_the_redirect_uri_need_not_be_said_again(visitor: Visitor) -> None:
    """OAuth 2.1 §4.1.3."""
    assert (await visitor.redeem(await visitor.signed_in(), redirect_uri=None)).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400)])
async def test_a_code_is_good_for_a_minute(visitor: Visitor, world: World, seconds: int, status: int) -> None:
    """P37."""
    code = await visitor.signed_in()
    world.pass_time(seconds)

    assert (await visitor.redeem(code)).status_code == status
    assert visitor.served.refused("code_expired") == (status == 400)


async def test_nonsense_is_no_code(visitor: Visitor) -> None:
    for text in ("x", "x" * 43, "\u00e4"):
        assert (await visitor.redeem(text)).json()["error"] == "invalid_grant"
    assert visitor.served.refused("code_unknown") == 3


async def test_a_code_may_be_bound_to_a_key(visitor: Visitor, world: World) -> None:
    """P39, P82: RFC 9449 §10: worth nothing without a proof of it, and then its tokens are bound, too."""
    key, other = ProofKey(clock=world), ProofKey(clock=world)
    code = await visitor.signed_in(dpop_jkt=key.thumbprint)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43}
    form |= visitor.served.basic("web")

    async def redeem(**headers: str) -> dict[str, object]:
        answer: dict[str, object] = (await visitor.served.post_form("/token", form, **headers)).json()
        return answer

    url = f"{ISSUER}/token"
    assert (await redeem())["error"] == "invalid_grant"
    assert (await redeem(dpop=other.proof("POST", url)))["error"] == "invalid_grant"
    assert visitor.served.refused("code_other_key") == 2
    answer = await redeem(dpop=key.proof("POST", url))
    assert answer["token_type"] == "DPoP"
    access = await world.own.read(str(answer["access_token"]))
    assert access is not None
    assert access.claims["cnf"] == {"jkt": key.thumbprint}


async def test_a_client_may_take_bound_tokens_alone(visitor: Visitor, world: World) -> None:
    """P83: RFC 9449 §5.2; the code stays good."""
    await world.change_client("web", registration=Registration(redirect_uris=(APP,), binds_tokens=True))
    code = await visitor.signed_in()

    refused = await visitor.redeem(code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")


async def test_one_of_eight_wins(visitor: Visitor) -> None:
    """P38: and the seven others are replays, so that the winner's tokens end, too."""
    code = await visitor.signed_in()
    answers = await asyncio.gather(*(visitor.redeem(code) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_a_sign_out_takes_the_code_along(visitor: Visitor, world: World) -> None:
    """One that was not redeemed yet; unless the person allowed more (Core §11)."""
    session = "__Host-tokensmith-session"
    code, offline = await visitor.signed_in(), await visitor.signed_in(scope="openid offline_access")
    found = await world.store.read(lambda uow: uow.sessions.find_by_secret(digest(visitor.http.cookies[session])))
    assert found is not None
    await world.store.write(lambda uow: uow.sessions.end(found.id))

    assert (await visitor.redeem(code)).json()["error"] == "invalid_grant"
    assert visitor.served.refused("code_signed_out") == 1
    assert (await visitor.redeem(offline)).status_code == 200


async def test_a_grant_that_ended_gives_nothing(visitor: Visitor, world: World) -> None:
    """An account that is switched off between page and redemption."""
    code = await visitor.signed_in()
    await world.users.set_disabled("ada", disabled=True)

    assert (await visitor.redeem(code)).json()["error"] == "invalid_grant"


async def test_a_resource_may_be_chosen_among_those_allowed(visitor: Visitor, world: World) -> None:
    """RFC 8707 §2.2: each token for one; another one is refused and the code stays good."""
    code = await visitor.signed_in()
    assert (await visitor.redeem(code, resource="https://other.example")).json()["error"] == "invalid_target"
    answer = (await visitor.redeem(code, resource=ISSUER)).json()

    access = await world.own.read(answer["access_token"])
    assert access is not None
    assert (access.audience, answer["scope"]) == (ISSUER, "openid profile")


async def test_a_client_that_may_not_refresh_gets_no_refresh_token(visitor: Visitor, world: World) -> None:
    """And its grant is over with its access token."""
    await world.change_client("web", grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))
    answer = (await visitor.redeem(await visitor.signed_in(scope="openid offline_access"))).json()
    assert "refresh_token" not in answer
    assert answer["scope"] == "openid"
    world.pass_time(899)
    assert await world.store.write(lambda uow: uow.grants.end_expired(limit=9)) == 0
    world.pass_time(1)
    assert await world.store.write(lambda uow: uow.grants.end_expired(limit=9)) == 1


async def test_a_code_that_nobody_redeems_leaves_nothing(visitor: Visitor, world: World) -> None:
    await visitor.signed_in()
    world.pass_time(60)

    assert await world.store.write(lambda uow: uow.grants.end_expired(limit=9)) == 1


async def test_a_refreshed_id_token_tells_of_the_same_sign_in(visitor: Visitor, world: World) -> None:
    """P57: same iss, sub, aud and auth_time, new iat, no nonce; also after a later proof in the same session."""
    first = (await visitor.redeem(await visitor.signed_in())).json()
    before = jwt.read_unverified(first["id_token"]).unverified_claims
    world.pass_time(60)
    await visitor.authorize(prompt="login")
    await visitor.sign_in()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})).json()
    after = jwt.read_unverified(second["id_token"]).unverified_claims

    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")
    }
    assert after["iat"] == int(before["iat"]) + 60  # type: ignore[arg-type]
    assert "nonce" not in after


async def test_the_clients_lifetimes_hold(visitor: Visitor, world: World) -> None:
    await world.set_lifetimes("web", replace(Lifetimes(), access=30))

    assert (await visitor.redeem(await visitor.signed_in())).json()["expires_in"] == 30
