"""Grants that a sign-in through a browser makes: their own evidence, their own end."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import GRANT, NOW, SESSION, add_grants, family
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId

pytestmark = pytest.mark.anyio
PROVEN = replace(GRANT, id=GrantId("proven"), signed_in_at_ms=NOW - 5, amr=("hwk", "user"))
OFFLINE = replace(GRANT, id=GrantId("offline"), offline=True)
SHORT = replace(GRANT, id=GrantId("short"), expires_at_ms=NOW + 60_000)


async def running(store: AnyStore, grant: Grant) -> bool:
    standing = await store.read(lambda uow: uow.grants.standing(grant.id))
    assert standing is not None
    return standing.grant.ended_at_ms is None


async def test_a_grant_tells_of_the_proof_it_was_made_on(store: AnyStore) -> None:
    """Core §12.2: not of a later one that its session has seen. Without one of its own, the session's is meant."""
    await add_grants(store, PROVEN, OFFLINE)
    own = await store.read(lambda uow: uow.grants.standing(PROVEN.id))
    of_session = await store.read(lambda uow: uow.grants.standing(OFFLINE.id))

    assert own is not None
    assert of_session is not None
    assert (own.grant, own.signed_in_at_ms, own.amr) == (PROVEN, NOW - 5, ("hwk", "user"))
    assert (of_session.signed_in_at_ms, of_session.amr) == (SESSION.signed_in_at_ms, SESSION.amr)


async def test_an_offline_grant_outlives_its_session(store: AnyStore) -> None:
    """Back-Channel Logout §2.7; but not its person."""
    await add_grants(store, GRANT, OFFLINE)

    assert await store.write(lambda uow: uow.grants.end_of_session(SESSION.id)) == 1
    assert (await running(store, GRANT), await running(store, OFFLINE)) == (False, True)
    assert await store.write(lambda uow: uow.grants.end_of_user(SESSION.user_id)) == 1
    assert not await running(store, OFFLINE)


async def test_a_grant_that_no_family_keeps_ends_by_itself(store: AnyStore) -> None:
    """Not a moment earlier, and once."""
    await add_grants(store, SHORT, GRANT)
    store.advance(59_999)
    assert await store.write(lambda uow: uow.grants.end_expired(limit=9)) == 0

    store.advance(1)
    assert await store.write(lambda uow: uow.grants.end_expired(limit=9)) == 1
    assert await store.write(lambda uow: uow.grants.end_expired(limit=9)) == 0
    assert (await running(store, SHORT), await running(store, GRANT)) == (False, True)


async def test_how_long_a_grant_lasts_can_change(store: AnyStore) -> None:
    """A refresh family takes over."""
    await add_grants(store, SHORT)
    await store.write(lambda uow: uow.refresh_tokens.add(family(SHORT)))
    await store.write(lambda uow: uow.grants.lasts(SHORT.id, until_ms=None))
    store.advance(60_000)

    assert await store.write(lambda uow: uow.grants.end_expired(limit=9)) == 0
    await store.write(lambda uow: uow.grants.lasts(SHORT.id, until_ms=NOW))
    assert await store.write(lambda uow: uow.grants.end_expired(limit=9)) == 1


async def test_both_kinds_share_the_limit(store: AnyStore) -> None:
    await add_grants(store, SHORT, replace(SHORT, id=GrantId("second")), GRANT)
    await store.write(lambda uow: uow.refresh_tokens.add(family()))
    store.advance(86_400_000)

    assert [await store.write(lambda uow: uow.grants.end_expired(limit=2)) for _ in range(3)] == [2, 1, 0]
