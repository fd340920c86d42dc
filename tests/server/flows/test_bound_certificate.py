"""To which certificate a client's tokens are bound."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.possession import name_certificate
from tokensmith.server.flows.bound_certificate import bound_certificate

pytestmark = pytest.mark.anyio


async def robot(world: World, **members: Any) -> Client:
    client = await world.client("robot")
    return replace(client, registration=msgspec.structs.replace(client.registration, **members))


async def test_a_client_that_asked_for_it_gets_tokens_for_its_connection(world: World) -> None:
    """RFC 8705 §3; whichever way it proves itself."""
    client = await robot(world, binds_to_certificate=True)

    assert bound_certificate(client, b"certificate") == name_certificate(b"certificate")


async def test_it_gets_none_that_are_good_without(world: World) -> None:
    """RFC 8705 §3.4 leaves that to us."""
    client = await robot(world, binds_to_certificate=True)
    with pytest.raises(InvalidRequestError) as caught:
        bound_certificate(client, None)

    assert (caught.value.code, caught.value.error) == ("binding_certificate_missing", "invalid_request")


async def test_nobody_elses_tokens_are_bound(world: World) -> None:
    """Browsers and proxies send certificates that nobody asked them for."""
    assert bound_certificate(await robot(world), b"certificate") is None


async def test_who_asked_for_proofs_as_well_needs_a_proof(world: World) -> None:
    """RFC 9449 §5.2: a certificate is none."""
    client = await robot(world, binds_to_certificate=True, binds_tokens=True)

    assert bound_certificate(client, b"certificate") is None
    assert bound_certificate(client, None) is None
