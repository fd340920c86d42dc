"""The client behind a form: proven, and not given endless tries. (`/token` is one of the three that ask this way.)"""

import base64

import pytest

from tests.server.client_certificates import AUTHORITIES, ROBOT, certified, self_made
from tests.server.flows.world import World
from tests.server.web.served import PEER, Served
from tokensmith.server.domain.registrations import AuthMethod

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


@pytest.fixture
async def behind_proxy(anyio_backend: str) -> Served:
    """Behind a proxy that asks for certificates; "web" proves itself by a certified one."""
    world = await World.built()
    await world.make_web_client(auth_method=AuthMethod.TLS, certificate_name=ROBOT)
    return Served(world, authorities=AUTHORITIES, trusted_proxies=(PEER,), client_certificate_header="Client-Cert")


def sent(certificate: bytes) -> dict[str, str]:
    return {"client-cert": f":{base64.b64encode(certificate).decode()}:"}


NAMED = {"client_id": "web", "token": "x", "grant_type": "refresh_token", "refresh_token": "x"}


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect", "/par", "/device_authorization"])
async def test_a_client_proves_itself_by_the_certificate_of_its_connection(behind_proxy: Served, path: str) -> None:
    """RFC 8705 §2, wherever clients prove themselves."""
    assert (await behind_proxy.post_form(path, NAMED, **sent(certified()))).status_code != 401
    for certificate, code in (
        (self_made(), "client_certificate_untrusted"),
        (certified("lathe"), "client_certificate_name"),
    ):
        answer = await behind_proxy.post_form(path, NAMED, **sent(certificate))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert behind_proxy.refused(code) == 1
    assert (await behind_proxy.post_form(path, NAMED)).status_code == 401
    assert behind_proxy.refused("client_certificate_missing") == 1


async def test_a_header_past_the_proxy_is_not_looked_at(behind_proxy: Served) -> None:
    """P98, RFC 9700 §4.13."""
    async with behind_proxy.http(peer="192.0.2.99") as stranger:
        answer = await stranger.post("/token", data=NAMED, headers=sent(certified()))

    assert answer.status_code == 401
    assert behind_proxy.refused("client_certificate_missing") == 1


@pytest.mark.parametrize(
    ("fields", "headers", "code"),
    [
        ({"client_secret": "x"}, {}, "client_secret_unexpected"),
        ({}, {"authorization": "Basic d2ViOng="}, "client_secret_unexpected"),
    ],
)
async def test_who_is_registered_for_certificates_shows_no_secret(
    behind_proxy: Served, fields: dict[str, str], headers: dict[str, str], code: str
) -> None:
    """One way, and no other: the weaker one would be the one that counts."""
    answer = await behind_proxy.post_form("/token", {**NAMED, **fields}, **sent(certified()), **headers)

    assert answer.status_code == 401
    assert behind_proxy.refused(code) == 1


async def test_other_clients_may_come_with_any_certificate(behind_proxy: Served) -> None:
    """Browsers and proxies send theirs unasked; a secret is still asked for, and still enough."""
    form = {"grant_type": "client_credentials", "client_id": "robot"}
    assert (await behind_proxy.post_form("/token", form, **sent(certified()))).status_code == 401
    secret = behind_proxy.basic("robot")

    assert (await behind_proxy.post_form("/token", {**form, **secret}, **sent(self_made()))).status_code == 200


async def test_a_certificate_that_cannot_be_read_is_nobodys(behind_proxy: Served) -> None:
    answer = await behind_proxy.post_form("/token", NAMED, **{"client-cert": "(null)"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert behind_proxy.refused("client_certificate_header") == 1
