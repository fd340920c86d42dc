"""tls_client_auth and self_signed_tls_client_auth."""

import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.jose.jwk.certificates import SERVER, at, der, issue, purposes, under, usage
from tests.server.client_certificates import AUTHORITIES, DAYS, ROBOT, certified, key, self_made
from tests.server.flows.world import NOTES, READ, World
from tokensmith.jose import Key
from tokensmith.jose.jwk import TrustAnchors
from tokensmith.server.domain.client_keys import jwks_of
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AuthMethod, Registration
from tokensmith.server.flows.check_certificate import CheckCertificate
from tokensmith.server.flows.manage_clients import NewClient

pytestmark = pytest.mark.anyio


async def make_client(world: World, **members: Any) -> None:
    new = NewClient(
        id="tls",
        name="TLS",
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
        confidential=True,
        audiences={NOTES: frozenset({READ})},
        registration=Registration(**members),
    )
    client, secret = await world.clients.create(new)
    assert (secret, client.is_public) == (None, False)


async def make_certified(world: World) -> None:
    await make_client(world, auth_method=AuthMethod.TLS, certificate_name=ROBOT)


async def make_self_signed(world: World, jwks: str) -> None:
    await make_client(world, auth_method=AuthMethod.SELF_SIGNED_TLS, jwks=jwks)


async def prove(world: World, certificate: bytes | None, *, authorities: TrustAnchors | None = AUTHORITIES) -> str:
    """The code of the refusal, "" for none."""
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("tls")))
    assert client is not None
    try:
        await CheckCertificate(store=world.store, authorities=authorities).run(client, certificate)
    except InvalidClientError as error:
        return error.code
    return ""


async def test_a_name_that_an_authority_certified_proves_a_client(world: World) -> None:
    """RFC 8705 §2.1; and the next certificate does, too, without a change here."""
    await make_certified(world)

    assert await prove(world, certified()) == ""
    assert await prove(world, certified(key=rsa.generate_private_key(65537, 2048))) == ""


async def test_nobody_writes_a_name_into_a_certificate_of_their_own(world: World) -> None:
    """RFC 8705 §7.4: a proxy that takes self-signed certificates passes every one on."""
    await make_certified(world)

    assert await prove(world, self_made("robot")) == "client_certificate_untrusted"
    forged = issue(
        "robot", key(), under(own := key()), purposes("1.3.6.1.5.5.7.3.2"), issuer="root", signer=own, days=DAYS
    )
    assert await prove(world, der(forged)) == "client_certificate_untrusted"


async def test_without_an_authority_no_name_counts(world: World) -> None:
    await make_certified(world)

    assert await prove(world, certified(), authorities=None) == "client_certificate_untrusted"


async def test_somebody_elses_certificate_proves_somebody_else(world: World) -> None:
    """RFC 8705 §2.1: the single expected subject."""
    await make_certified(world)

    assert await prove(world, certified("lathe")) == "client_certificate_name"
    assert await prove(world, certified("robot2")) == "client_certificate_name"


@pytest.mark.parametrize("method", [AuthMethod.TLS, AuthMethod.SELF_SIGNED_TLS])
async def test_without_a_certificate_nothing_is_proven(world: World, method: AuthMethod) -> None:
    """RFC 8705 §2."""
    if method is AuthMethod.TLS:
        await make_certified(world)
    else:
        await make_self_signed(world, jwks_of(self_made()))

    assert await prove(world, None) == "client_certificate_missing"


async def test_a_certificate_is_good_for_its_time(world: World) -> None:
    """RFC 5280 §4.1.2.5, by the database's clock; both sides of the last second."""
    await make_certified(world)
    certificate = certified()
    world.pass_time(at(days=DAYS) - world.now())
    assert await prove(world, certificate) == ""
    world.pass_time(1)

    assert await prove(world, certificate) == "client_certificate_untrusted"


@pytest.mark.parametrize("purpose", [SERVER, "2.5.29.37.0", None])
async def test_a_certificate_for_something_else_proves_no_client(world: World, purpose: str | None) -> None:
    """RFC 5280 §4.2.1.12: a web server's certificate is not for signing in with."""
    await make_certified(world)

    assert await prove(world, certified(purpose=purpose)) == "client_certificate_untrusted"


async def test_an_authority_is_no_client(world: World) -> None:
    await make_certified(world)
    as_authority = [x509.BasicConstraints(ca=True, path_length=None), usage(digital_signature=True)]

    assert await prove(world, certified("robot", *as_authority)) == "client_certificate_untrusted"


@pytest.mark.parametrize("method", [AuthMethod.TLS, AuthMethod.SELF_SIGNED_TLS])
@pytest.mark.parametrize("octets", [b"", b"x", self_made() + b"x"])
async def test_what_is_no_certificate_proves_nothing(world: World, method: AuthMethod, octets: bytes) -> None:
    if method is AuthMethod.TLS:
        await make_certified(world)
    else:
        await make_self_signed(world, jwks_of(self_made()))

    assert await prove(world, octets) in ("client_certificate_untrusted", "client_certificate_unregistered")


async def test_a_registered_certificate_proves_a_client_whoever_signed_it(world: World) -> None:
    """RFC 8705 §2.2: its chain is not looked at, nor its dates; it is the registered one or it is not."""
    certificate = self_made(days=1)
    await make_self_signed(world, jwks_of(certificate))

    assert await prove(world, certificate, authorities=None) == ""
    assert await prove(world, self_made(days=1)) == "client_certificate_unregistered"
    assert await prove(world, certified()) == "client_certificate_unregistered"


async def test_a_key_beside_its_certificate_stands_for_that_one_alone(world: World) -> None:
    """RFC 8705 §2.2.2: "x5c" is the certificate."""
    own = key()
    await make_self_signed(world, jwks_of(self_made(own=own)))

    assert await prove(world, self_made(own=own, days=2)) == "client_certificate_unregistered"


async def test_a_key_alone_stands_for_every_certificate_of_it(world: World) -> None:
    own = key()
    jwks = json.dumps({"keys": [dict(Key.from_der(self_made(own=own)).to_jwk())]})
    await make_self_signed(world, jwks)

    assert await prove(world, self_made(own=own)) == ""
    assert await prove(world, self_made(own=own, days=2)) == ""
    assert await prove(world, self_made()) == "client_certificate_unregistered"
