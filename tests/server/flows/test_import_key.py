"""The key of another server, brought along."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, World
from tokensmith.jose import Key, jwt
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, SigningKey, Stage
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.flows.import_key import MAX_KID_CHARACTERS, MAX_VERIFY_SECONDS, ImportKey
from tokensmith.server.flows.key_ring import FixedClock, KeyRing
from tokensmith.server.flows.own_id_tokens import OwnIdTokens

pytestmark = pytest.mark.anyio

OLD = Key.generate("ES256", kid="old-server")
OLD_RSA = Key.generate("RS256", kid="old-rsa")
DAY = 24 * 3600


@pytest.fixture
def imports(world: World) -> ImportKey:
    return ImportKey(store=world.store, sealers=world.sealing)


async def refusal(imports: ImportKey, key: Key, *, verify: bool = False, **options: object) -> str:
    with pytest.raises(ConflictError) as caught:
        await (imports.to_verify if verify else imports.to_sign)(key, **options)
    return caught.value.code


async def stage(world: World, kid: str) -> Stage | None:
    keys, now_ms = await world.keys.all()
    return next((key.stage(now_ms=now_ms) for key in keys if key.kid == kid), None)


async def public(world: World) -> dict[str | None, Key]:
    world.ring.forget()
    keys, _ = await world.ring.public_keys()
    return {key.kid: key for key in keys}


def opened(world: World, key: SigningKey) -> Key:
    place = {"table": "signing_keys", "column": "sealed_private_jwk", "row": key.kid}
    return Key.from_jwk(parse_object(world.sealing.held.open(key.sealed_private_jwk, **place)))


@pytest.mark.parametrize("key", [OLD, OLD_RSA], ids=["ES256", "RS256"])
async def test_it_is_published_for_a_jwk_sets_lifetime_and_signs_then(
    world: World, imports: ImportKey, key: Key
) -> None:
    """As every new key of its algorithm, and under the kid that it had."""
    before = (await world.ring.signing_key(key.alg)).kid
    await imports.to_sign(key)
    world.pass_time(JWKS_MAX_AGE_SECONDS - 0.001)
    assert key.kid in await public(world)
    assert (await world.ring.signing_key(key.alg)).kid == before
    world.pass_time(0.001)

    assert (await world.ring.signing_key(key.alg)).kid == key.kid
    assert (await stage(world, str(before))) is Stage.VERIFY_ONLY


async def test_as_the_first_key_of_its_algorithm_it_signs_at_once() -> None:
    """Whoever imports before the first start changes no key at all: services hold it already."""
    world = World()
    await ImportKey(store=world.store, sealers=world.sealing).to_sign(OLD)
    await world.keys.ensure()

    assert (await world.ring.signing_key("ES256")).kid == "old-server"
    assert (await world.ring.signing_key("RS256")).kid != "old-rsa"


async def test_tokens_of_the_old_server_verify_from_the_moment_it_is_here(world: World, imports: ImportKey) -> None:
    """The same issuer, the same key: an ID token that is brought back as a hint is known."""
    token = jwt.sign({"sub": "ada", "sid": "s"}, OLD, issuer=ISSUER, audience="web", clock=FixedClock(world.now()))
    ids = OwnIdTokens(issuer=ISSUER, ring=world.ring)
    assert await ids.read(token) is None
    await imports.to_sign(OLD)
    world.ring.forget()
    found = await ids.read(token)

    assert found is not None
    assert found.subject == "ada"


async def test_a_token_it_signs_here_is_one_of_ours(world: World, imports: ImportKey) -> None:
    await imports.to_sign(OLD)
    world.pass_time(JWKS_MAX_AGE_SECONDS)
    answer = await world.sign_in()

    assert jwt.read_unverified(answer.access_token).unverified_header["kid"] == "old-server"
    assert (await world.read(answer)).audience == NOTES


async def test_it_is_replaced_in_its_time_as_our_own_are(world: World, imports: ImportKey) -> None:
    await imports.to_sign(OLD)
    world.pass_time(JWKS_MAX_AGE_SECONDS)
    await world.keys.rotate("ES256")
    world.pass_time(JWKS_MAX_AGE_SECONDS)

    assert await stage(world, "old-server") is Stage.VERIFY_ONLY


async def test_its_private_half_is_stored_sealed_and_opens_in_another_process(world: World, imports: ImportKey) -> None:
    stored = await imports.to_sign(OLD)
    world.pass_time(JWKS_MAX_AGE_SECONDS)
    other = KeyRing(world.store, world.sealing, monotonic=lambda: world.seconds)

    assert stored.sealed_private_jwk is not None
    assert b'"d"' not in stored.sealed_private_jwk
    assert '"d"' not in stored.public_jwk
    assert opened(world, stored).thumbprint() == OLD.thumbprint()
    assert (await other.signing_key("ES256")).thumbprint() == OLD.thumbprint()


async def test_a_key_without_an_id_gets_the_one_given_or_its_thumbprint(world: World, imports: ImportKey) -> None:
    """PEM has none; what the old server called it is known to the operator."""
    nameless = [Key.from_pem(Key.generate(alg).to_pem(private=True), alg=alg) for alg in ("ES256", "RS256")]

    assert (await imports.to_sign(nameless[0], kid="2025-11")).kid == "2025-11"
    assert (await imports.to_sign(nameless[1])).kid == nameless[1].thumbprint()


async def test_an_id_given_for_a_key_that_has_another_is_refused(world: World, imports: ImportKey) -> None:
    """One of the two is a slip; tokens would name a key that nobody has."""
    assert await refusal(imports, OLD, kid="another") == "key_id_malformed"
    assert (await imports.to_sign(OLD, kid="old-server")).kid == "old-server"


@pytest.mark.parametrize(
    ("kid", "good"),
    [
        ("k" * MAX_KID_CHARACTERS, True),
        ("k" * (MAX_KID_CHARACTERS + 1), False),
        ("", False),
        ("a\nb", False),
        ("a\x00b", False),
        ("\x1b[2J", False),
        ("https://old.example/keys/1", True),
    ],
)
async def test_an_id_is_short_and_printable(world: World, imports: ImportKey, kid: str, good: bool) -> None:
    """It stands in every token, in logs and on terminals."""
    nameless = Key.from_pem(OLD.to_pem(private=True))
    if good:
        assert (await imports.to_sign(nameless, kid=kid)).kid == kid
    else:
        assert await refusal(imports, nameless, kid=kid) == "key_id_malformed"


async def test_what_the_jwk_says_beyond_the_key_is_left_behind(world: World, imports: ImportKey) -> None:
    """A JWK Set of ours shows every key in the same way."""
    jwk = {**OLD.to_jwk(private=True), "key_ops": ["sign", "verify"], "x5t": "A" * 27, "old": True}
    del jwk["use"]
    await imports.to_sign(Key.from_jwk(jwk))

    shown = (await public(world))["old-server"].to_jwk()
    assert shown == {**OLD.to_jwk(), "use": "sig"}


@pytest.mark.parametrize("verify", [False, True])
async def test_a_shared_secret_is_refused(world: World, imports: ImportKey, verify: bool) -> None:
    """In a JWK Set everybody could read it, and sign."""
    assert await refusal(imports, Key.generate("HS256"), verify=verify) == "key_symmetric"


@pytest.mark.parametrize("alg", ["PS256", "ES384", "Ed25519", "RS512"])
async def test_the_server_signs_with_its_own_algorithms_only(world: World, imports: ImportKey, alg: str) -> None:
    """Metadata promises those; and tokens of the old server may be verified all the same."""
    key = Key.generate(alg)
    assert await refusal(imports, key) == "unknown_algorithm"
    await imports.to_verify(key)

    assert (await public(world))[key.kid].alg == alg


async def test_a_key_under_the_older_name_of_its_algorithm_verifies(world: World, imports: ImportKey) -> None:
    """Most servers sign with Ed25519 as "EdDSA"; the ring has to read it back."""
    key = Key.generate("EdDSA")
    await imports.to_verify(key)
    token = jwt.sign({"sub": "ada"}, key, issuer=ISSUER, audience="web", clock=FixedClock(world.now()))

    assert key.kid in await public(world)
    assert await OwnIdTokens(issuer=ISSUER, ring=world.ring).read(token) is not None


@pytest.mark.parametrize("verify", [False, True])
async def test_a_key_for_encryption_is_refused(world: World, imports: ImportKey, verify: bool) -> None:
    """Also where it could sign, as an RSA key could."""
    assert await refusal(imports, Key.generate("RSA-OAEP-256"), verify=verify) == "unknown_algorithm"


async def test_without_its_private_half_a_key_signs_nothing(world: World, imports: ImportKey) -> None:
    assert await refusal(imports, OLD.public()) == "key_cannot_sign"
    jwk = {**OLD.to_jwk(private=True), "key_ops": ["verify"]}
    del jwk["use"]
    only_verifies = Key.from_jwk(jwk)
    assert await refusal(imports, only_verifies) == "key_cannot_sign"


async def test_a_key_comes_in_once(world: World, imports: ImportKey) -> None:
    """Not the same id with another key, not the same key with another id, and not our own."""
    await imports.to_sign(OLD)
    renamed = Key.from_pem(OLD.to_pem(private=True), kid="renamed")
    ours = (await world.ring.signing_key("RS256")).kid

    for verify in (False, True):
        assert await refusal(imports, OLD, verify=verify) == "key_exists"
        assert await refusal(imports, renamed, verify=verify) == "key_exists"
        assert await refusal(imports, Key.generate("RS256", kid=ours), verify=verify) == "key_exists"


async def test_a_key_that_left_as_compromised_does_not_come_back(world: World, imports: ImportKey) -> None:
    """Not under another name, and not when the list of compromised keys has forgotten it."""
    stored = await imports.to_sign(OLD)
    await world.keys.retire_compromised(stored.kid)
    world.pass_time(30 * DAY)

    assert await refusal(imports, OLD) == "key_exists"
    assert await refusal(imports, Key.from_pem(OLD.to_pem(), kid="renamed"), verify=True) == "key_exists"


async def test_a_successor_on_its_way_is_waited_for(world: World, imports: ImportKey) -> None:
    """Of its own algorithm; a key that only verifies is in nobody's way."""
    await world.keys.rotate("ES256")

    assert await refusal(imports, OLD) == "rotation_pending"
    await imports.to_sign(OLD_RSA)
    await imports.to_verify(OLD)


async def test_a_key_that_only_verifies_never_signs_and_ends_by_itself(world: World, imports: ImportKey) -> None:
    """A day, which is the longest life of a token here, where nothing else was said."""
    before = (await world.ring.signing_key("ES256")).kid
    stored = await imports.to_verify(OLD)
    assert await stage(world, "old-server") is Stage.VERIFY_ONLY
    world.pass_time(LONGEST_TOKEN_SECONDS - 0.001)
    assert (await world.ring.signing_key("ES256")).kid == before
    assert "old-server" in await public(world)
    world.pass_time(0.001)

    assert "old-server" not in await public(world)
    assert stored.ever_signs is False


async def test_a_key_that_only_verifies_hurries_nothing(world: World, imports: ImportKey) -> None:
    """It is no successor: the server's own keys go on as they would have."""
    await imports.to_verify(OLD)

    assert await world.keys.ensure() == ()
    assert (await world.keys.rotate("ES256")).alg == "ES256"


async def test_of_a_key_that_only_verifies_the_private_half_is_not_kept(world: World, imports: ImportKey) -> None:
    """Nobody needs it here; what is not stored cannot be stolen."""
    stored = await imports.to_verify(OLD)

    assert stored.sealed_private_jwk is None
    assert '"d"' not in stored.public_jwk
    assert (await public(world))["old-server"].is_private is False


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, False), (1, True), (MAX_VERIFY_SECONDS, True), (MAX_VERIFY_SECONDS + 1, False)]
)
async def test_a_second_door_stays_open_for_a_year_at_most(
    world: World, imports: ImportKey, seconds: int, good: bool
) -> None:
    if not good:
        assert await refusal(imports, OLD, verify=True, seconds=seconds) == "key_lifetime"
        return
    await imports.to_verify(OLD, seconds=seconds)
    world.pass_time(seconds - 0.001)
    assert "old-server" in await public(world)
    world.pass_time(0.001)
    assert "old-server" not in await public(world)


async def test_a_key_that_only_verifies_can_be_retired_as_compromised(world: World, imports: ImportKey) -> None:
    """Nothing succeeds it: the server does not sign with its algorithm, or has a key that signs."""
    for key in (OLD, Key.generate("ES384")):
        stored = await imports.to_verify(key)
        assert await world.keys.retire_compromised(stored.kid) is None
        assert key.kid not in await public(world)

    assert {key.alg for key in (await world.keys.all())[0]} == {"ES256", "RS256", "ES384"}


async def test_bringing_a_key_along_is_audited(world: World, imports: ImportKey) -> None:
    await imports.to_sign(OLD)
    await imports.to_verify(OLD_RSA)
    rows = await world.store.read(lambda uow: uow.audit.latest(limit=2))

    assert [(row.event.name.value, row.event.details) for row in reversed(rows)] == [
        ("key_imported", {"kid": "old-server", "alg": "ES256", "use": "sign"}),
        ("key_imported", {"kid": "old-rsa", "alg": "RS256", "use": "verify"}),
    ]
