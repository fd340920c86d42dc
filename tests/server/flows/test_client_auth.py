"""Which client is calling, and can it prove that (RFC 6749 §2.3)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.server.client_certificates import self_made
from tests.server.flows.world import World
from tokensmith.server.domain.client_keys import jwks_of
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.registrations import AuthMethod
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.flows.client_auth import PresentedClient

pytestmark = pytest.mark.anyio


async def refused(world: World, client_id: str, secret: str | None) -> str:
    with pytest.raises(InvalidClientError) as caught:
        await world.client_auth.run(PresentedClient(client_id=client_id, secret=secret, method="basic"))
    assert str(caught.value) == "The client did not prove who it is."
    return caught.value.code


async def test_a_confidential_client_proves_itself_with_its_secret(world: World) -> None:
    assert (await world.client("robot")).id == "robot"


async def test_a_public_client_needs_nothing(world: World) -> None:
    assert (await world.client("first-party")).is_public


@pytest.mark.parametrize("secret", [None, "", "tsc_wrong"])
async def test_a_confidential_client_without_its_secret_is_refused(world: World, secret: str | None) -> None:
    assert await refused(world, "robot", secret) == "client_secret_wrong"


@pytest.mark.parametrize("secret", ["", "anything"])
async def test_a_public_client_that_shows_a_secret_is_refused(world: World, secret: str) -> None:
    """A secret that nobody checks teaches that secrets are optional."""
    assert await refused(world, "first-party", secret) == "client_secret_unexpected"


@pytest.mark.parametrize("client_id", ["nobody", "Robot", "robot ", ""])
async def test_an_unknown_client_is_refused(world: World, client_id: str) -> None:
    """Client ids are compared exactly."""
    assert await refused(world, client_id, "x") == "client_unknown"


async def test_a_switched_off_client_is_refused_even_with_its_secret(world: World) -> None:
    await world.clients.set_disabled("robot", disabled=True)

    assert await refused(world, "robot", world.secrets["robot"]) == "client_disabled"


async def test_either_of_two_secrets_will_do(world: World) -> None:
    """An operator changes a secret without a moment in which neither works."""
    second = replace(
        await world.client("robot"),
        id="robot2",
        secret_digests=(digest("one"), digest("two")),  # type: ignore[arg-type]
    )
    await world.store.write(lambda uow: uow.clients.add(second, created_at_ms=0))

    for secret in ("one", "two"):
        presented = PresentedClient(client_id="robot2", secret=secret, method="post")
        assert (await world.client_auth.run(presented)).id == "robot2"


def test_the_repr_shows_no_secret() -> None:
    assert "hunter22" not in repr(PresentedClient(client_id="robot", secret="hunter22", method="basic"))


async def test_a_client_registered_for_certificates_needs_its_own(world: World) -> None:
    """RFC 8705 §2; which certificates are whose, is in test_check_certificate.py."""
    certificate = self_made()
    method = AuthMethod.SELF_SIGNED_TLS
    await world.make_web_client(auth_method=method, jwks=jwks_of(certificate))

    async def code(**shown: Any) -> str:
        given = {"client_id": "web", "secret": None, "method": "none", "certificate": certificate, **shown}
        try:
            await world.client_auth.run(PresentedClient(**given))
        except InvalidClientError as error:
            return error.code
        return ""

    assert await code() == ""
    assert await code(certificate=self_made()) == "client_certificate_unregistered"
    assert await code(certificate=None) == "client_certificate_missing"
    assert await code(secret="x") == "client_secret_unexpected"
    assert await code(assertion="x") == "client_assertion_unexpected"
    assert await code(client_id="robot") == "client_secret_wrong"


async def test_the_certificate_of_other_clients_is_not_looked_at(world: World) -> None:
    """Browsers and proxies send theirs to everybody who asks."""
    presented = PresentedClient(client_id="first-party", secret=None, method="none", certificate=b"anything")

    assert (await world.client_auth.run(presented)).is_public
