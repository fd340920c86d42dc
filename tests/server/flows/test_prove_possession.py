"""Who asks for tokens holds a key."""

from collections.abc import Callable

import pytest

from tests.guard.sender.proofs import HOLDER, proof
from tests.server.flows.world import ISSUER, World
from tokensmith.guard.sender import DpopVerifier
from tokensmith.server.domain.errors import InvalidDpopProofError
from tokensmith.server.flows.prove_possession import ProvePossession

pytestmark = pytest.mark.anyio


class SlowClock:
    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> float:
        return self._world.now() - 100


@pytest.fixture
def flow(world: World) -> ProvePossession:
    return ProvePossession(store=world.store, issuer=ISSUER, verifier=DpopVerifier(clock=world))


def for_token_endpoint(world: World, **claims: object) -> bytes:
    usual = {"htm": "POST", "htu": f"{ISSUER}/token", "iat": int(world.now())}
    return proof(**{**usual, **claims}).encode()


async def refused(flow: ProvePossession, *proofs: bytes) -> str:
    with pytest.raises(InvalidDpopProofError) as caught:
        await flow.run(proofs, path="/token")
    assert (caught.value.status, caught.value.error) == (400, "invalid_dpop_proof")
    return caught.value.code


async def test_a_good_proof_names_its_key(world: World, flow: ProvePossession) -> None:
    """RFC 9449 §5."""
    assert await flow.run([for_token_endpoint(world)], path="/token") == HOLDER.thumbprint()


async def test_no_proof_is_asked_of_anybody(world: World, flow: ProvePossession) -> None:
    """And nothing is written down for its absence."""
    written = world.store.writes

    assert await flow.run([], path="/token") is None
    assert world.store.writes == written


async def test_a_proof_is_good_once(world: World, flow: ProvePossession) -> None:
    """RFC 9449 §11.1, by any process: what remembers it is the database."""
    made = for_token_endpoint(world)
    await flow.run([made], path="/token")
    elsewhere = ProvePossession(store=world.store, issuer=ISSUER, verifier=DpopVerifier(clock=world))

    assert await refused(flow, made) == "dpop_proof_replayed"
    assert await refused(elsewhere, made) == "dpop_proof_replayed"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda world: [for_token_endpoint(world)] * 2, "dpop_proof_repeated"),
        (lambda world: [for_token_endpoint(world, htu=f"{ISSUER}/revoke")], "dpop_proof_uri"),
        (lambda world: [for_token_endpoint(world, htm="GET")], "dpop_proof_method"),
        (lambda world: [for_token_endpoint(world, iat=int(world.now()) - 70)], "dpop_proof_too_old"),
        (lambda world: [for_token_endpoint(world, jti=None)], "missing_claim"),
        (lambda world: [b"nonsense"], "malformed"),
    ],
)
async def test_a_bad_proof_is_refused_and_not_ignored(
    world: World, flow: ProvePossession, make: Callable[[World], list[bytes]], code: str
) -> None:
    """RFC 9449 §5: whoever sends one wants a bound token."""
    assert await refused(flow, *make(world)) == code


async def test_the_databases_clock_has_the_last_word(world: World) -> None:
    """A process whose clock is slow must not take a proof that the database has forgotten."""
    flow = ProvePossession(store=world.store, issuer=ISSUER, verifier=DpopVerifier(clock=SlowClock(world)))

    assert await refused(flow, for_token_endpoint(world, iat=int(world.now()) - 100)) == "dpop_proof_too_old"


async def test_a_proof_names_the_endpoint_where_it_is_or_where_certificates_are_asked_for(world: World) -> None:
    """RFC 8705 §5: the same endpoint under two URLs; a proof is good once, at both together."""
    alias = "https://mtls.id.example"
    flow = ProvePossession(store=world.store, issuer=ISSUER, alias=alias, verifier=DpopVerifier(clock=world))
    for htu in (f"{ISSUER}/token", f"{alias}/token"):
        made = for_token_endpoint(world, htu=htu, jti=htu)
        assert await flow.run([made], path="/token") == HOLDER.thumbprint()
        assert await refused(flow, made) == "dpop_proof_replayed"
    for htu in (f"{alias}/revoke", "https://other.example/token"):
        assert await refused(flow, for_token_endpoint(world, htu=htu)) == "dpop_proof_uri"
    assert await refused(flow, for_token_endpoint(world, htu=f"{alias}/token", htm="GET")) == "dpop_proof_method"


async def test_without_such_a_place_there_is_one_url(world: World, flow: ProvePossession) -> None:
    """And an empty alias is no relative one: the log names the one URL that was expected."""
    for htu in ("/token", "https://mtls.id.example/token"):
        with pytest.raises(InvalidDpopProofError) as caught:
            await flow.run([for_token_endpoint(world, htu=htu)], path="/token")
        assert caught.value.code == "dpop_proof_uri"
        assert f"expected='{ISSUER}/token'" in caught.value.detail
