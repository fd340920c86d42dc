"""`GET /status/{list}` and the list of lists (Token Status List §8, §9)."""

import pytest

from tests.server.flows.world import ISSUER
from tests.server.web.served import Served
from tokensmith.jose import KeySet, jwt

pytestmark = pytest.mark.anyio


async def path_of_list(served: Served) -> str:
    """Where the list of a fresh token is."""
    token = await served.world.read(await served.world.sign_in())
    return f"/status/{token.place.list_id}"


async def test_a_list_is_a_signed_token_about_itself(served: Served) -> None:
    """Token Status List §5.1, §8.2: media type, typ, sub = the URI it was fetched from."""
    path = await path_of_list(served)
    answer = await served.get(path, accept="application/statuslist+jwt")
    keys = KeySet.from_jwks((await served.get("/.well-known/jwks.json")).json())

    assert answer.headers["content-type"] == "application/statuslist+jwt"
    _, clock = await served.world.ring.public_keys()
    verified = jwt.verify(answer.text, keys, issuer=ISSUER, audience=jwt.ANY, typ="statuslist+jwt", clock=clock)
    assert verified.claims["sub"] == ISSUER + path


async def test_a_guard_that_polls_is_told_nothing_has_changed(served: Served) -> None:
    """304 with the tag, until a bit changes."""
    path = await path_of_list(served)
    answer = await served.get(path)
    held = {"if-none-match": answer.headers["etag"]}
    unchanged = await served.get(path, **held)
    signed_in = await served.world.sign_in()
    await served.world.sign_out.run(signed_in.refresh_token or "", source="192.0.2.1")
    changed = await served.get(path, **held)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["cache-control"] == answer.headers["cache-control"] == "public, max-age=2"
    assert changed.status_code == 200
    assert changed.headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("name", ["999999", "x", "-1", "1x", "²", "1" * 13, "1" * 5000, "%00"])
async def test_an_unknown_list_is_not_found(served: Served, name: str) -> None:
    """Whatever stands in the URL."""
    answer = await served.get(f"/status/{name}")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_the_past_is_not_kept(served: Served) -> None:
    """Token Status List §8.4: 501 where `time` is not supported, rather than an answer about another moment."""
    answer = await served.get(f"{await path_of_list(served)}?time=1686925000")

    assert (answer.status_code, answer.json()["error"]) == (501, "not_implemented")
    assert served.refused("status_history") == 1


async def test_the_list_of_lists_names_them_all(served: Served) -> None:
    """Token Status List §9.3."""
    path = await path_of_list(served)
    answer = await served.get("/status")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"status_lists": [ISSUER + path]}


async def test_a_build_is_counted_once_per_version(served: Served) -> None:
    """Two guards that ask for the same version cost one signature."""
    path = await path_of_list(served)
    await served.get(path)
    await served.get(path)

    assert served.metrics.registry.get_sample_value("tokensmith_status_lists_built_total") == 1


async def test_pages_of_every_origin_may_read_them(served: Served) -> None:
    """Token Status List §8.1: SHOULD support CORS; a conditional request asks first (Fetch §4.8)."""
    path = await path_of_list(served)
    async with served.http() as client:
        asked = await client.options(
            path,
            headers={
                "origin": "https://app.example",
                "access-control-request-method": "GET",
                "access-control-request-headers": "if-none-match",
            },
        )

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert asked.headers["access-control-allow-headers"] == "if-none-match"
