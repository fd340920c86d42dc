"""`GET /.well-known/jwks.json`."""

import pytest

from tests.server.web.served import Served

pytestmark = pytest.mark.anyio
PATH = "/.well-known/jwks.json"


async def test_only_public_keys_are_shown_each_under_its_own_name(served: Served) -> None:
    """P67: RFC 7517 §4.5, §9.2: no private member, distinct kids."""
    answer = await served.get(PATH)
    keys = answer.json()["keys"]

    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not any({"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys() for key in keys)


async def test_the_set_may_be_kept_for_as_long_as_a_new_key_waits(served: Served) -> None:
    """Decision 8: published for a JWK Set's lifetime before it signs."""
    answer = await served.get(PATH)
    again = await served.get(PATH, **{"if-none-match": answer.headers["etag"]})

    assert answer.headers["cache-control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")


async def test_a_rotation_keeps_the_old_key(served: Served) -> None:
    """P67: OpenID Connect Core §10.1.1: what it signed must still verify."""
    before = await served.get(PATH)
    await served.world.keys.rotate("ES256")
    served.wiring.ring.forget()
    after = await served.get(PATH, **{"if-none-match": before.headers["etag"]})

    kids = {key["kid"] for key in after.json()["keys"]}
    assert {key["kid"] for key in before.json()["keys"]} < kids
    assert len(kids) == 3


async def test_pages_of_every_origin_may_read_it(served: Served) -> None:
    """It is public, and no credentials count."""
    assert (await served.get(PATH, origin="https://app.example")).headers["access-control-allow-origin"] == "*"
