"""The client behind a form: proven, and not given endless tries. (`/token` is one of the three that ask this way.)"""

import pytest

from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
async def test_every_endpoint_for_clients_asks_who_calls(served: Served, path: str) -> None:
    """RFC 6749 §3.2.1, RFC 7009 §2.1, RFC 7662 §2.1."""
    answer = await served.post_form(path, {"token": "x", "grant_type": "refresh_token"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_failures_are_counted_over_all_of_them(served: Served) -> None:
    """One secret, one count: three doors are not three times the tries."""
    served.client_failures.room = 2
    wrong = {"client_id": "robot", "client_secret": "wrong", "token": "x"}
    statuses = [(await served.post_form(path, wrong)).status_code for path in ("/token", "/revoke", "/introspect")]

    assert statuses == [401, 401, 429]


async def test_failures_are_counted_per_address(served: Served) -> None:
    """Somebody elsewhere who tries a client's name does not shut the client out."""
    served.client_failures.room = 0
    wrong = {"client_id": "robot", "client_secret": "wrong", "grant_type": "client_credentials"}
    async with served.http(peer="198.51.100.9") as elsewhere:
        assert (await elsewhere.post("/token", data=wrong)).status_code == 429
    right = await served.post_form("/token", {**wrong, **served.basic("robot")})

    assert right.status_code == 200


async def test_a_very_long_name_is_counted_under_its_beginning(served: Served) -> None:
    """What is counted is what is kept: it must not be as long as a caller likes."""
    await served.post_form("/token", {"client_id": "x" * 5000, "grant_type": "refresh_token"})

    assert max(map(len, served.client_failures.hits)) < 100


async def test_a_form_that_is_none_is_no_failure_of_a_client(served: Served) -> None:
    """Nothing was tried."""
    await served.post_form("/token", "client_id=robot&client_id=robot")

    assert served.client_failures.hits == {}
