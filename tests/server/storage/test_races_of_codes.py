"""Codes, devices and sign-outs at once: of every race there is exactly one winner (P38)."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.server.storage.clocked import ClockedStore
from tests.server.storage.samples import APP, GRANT, NOTES, NOW, SESSION, add_grants, family
from tests.server.storage.test_authorization_codes import CODE
from tests.server.storage.test_device_requests import DEVICE
from tests.server.storage.test_pending_requests import REQUEST
from tests.server.storage.test_races import Race, race
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork

pytestmark = pytest.mark.anyio
__all__ = ["race"]


async def test_of_eight_who_redeem_a_code_one_wins(real_store: ClockedStore, race: Race[bool]) -> None:
    """And the losers have ended the grant, together with what the winner was given; ten rounds."""
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(10)]
    await add_grants(real_store, *grants)
    for grant in grants:
        code = replace(CODE, digest=grant.id.encode() * 8, grant_id=grant.id)
        await real_store.write(lambda uow, code=code: uow.authorization_codes.add(code))
        won = await race([lambda store, grant=grant: redeem(store, grant) for _ in range(8)])
        standing = await real_store.read(lambda uow, grant=grant: uow.grants.standing(grant.id))

        assert Counter(won) == {True: 1, False: 7}
        assert standing is not None
        assert standing.grant.ended_at_ms is not None
        assert standing.audiences[0].place is None


async def redeem(store: Store, grant: Grant) -> bool:
    async def unit(uow: UnitOfWork) -> bool:
        if not await uow.authorization_codes.consume(grant.id.encode() * 8):
            await uow.grants.end(grant.id)
            return False
        await uow.status_lists.take(grant.id, NOTES.id)
        await uow.refresh_tokens.add(family(grant))
        return True

    return await store.write(unit)


async def test_of_a_redemption_and_a_sign_out_no_token_is_left_over(
    real_store: ClockedStore,
    race: Race[object],
) -> None:
    """Whoever was first: in the end the grant has ended, and no bit of it is unset."""
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(12)]
    await add_grants(real_store, *grants)
    for grant in grants:
        code = replace(CODE, digest=grant.id.encode() * 8, grant_id=grant.id)
        await real_store.write(lambda uow, code=code: uow.authorization_codes.add(code))

    async def redeem_all(store: Store) -> int:
        done = 0
        for grant in grants:
            try:
                done += await redeem(store, grant)
            except InvalidGrantError:
                continue
        return done

    async def sign_out(store: Store) -> int:
        async def unit(uow: UnitOfWork) -> int:
            await uow.sessions.end(SESSION.id)
            return await uow.grants.end_of_session(SESSION.id)

        return await store.write(unit)

    await race([redeem_all, sign_out])

    for grant in grants:
        standing = await real_store.read(lambda uow, grant=grant: uow.grants.standing(grant.id))
        assert standing is not None
        assert standing.grant.ended_at_ms is not None
        assert standing.audiences[0].place is None


async def test_a_device_is_answered_by_one_and_fetched_by_one(
    real_store: ClockedStore,
    race: Race[bool],
) -> None:
    await add_grants(real_store, GRANT)
    await real_store.write(lambda uow: uow.device_requests.add(DEVICE))

    async def answer(store: Store) -> bool:
        return await store.write(
            lambda uow: uow.device_requests.answer(DEVICE.digest, grant_id=GRANT.id, resource_id=NOTES.id)
        )

    async def fetch(store: Store) -> bool:
        return await store.write(lambda uow: uow.device_requests.remove(DEVICE.digest))

    assert Counter(await race([answer] * 8)) == {True: 1, False: 7}
    assert Counter(await race([fetch] * 8)) == {True: 1, False: 7}


async def test_a_request_goes_to_one_browser_and_is_answered_once(
    real_store: ClockedStore,
    race: Race[bool],
) -> None:
    await add_grants(real_store)
    assert APP.id == REQUEST.client_id
    await real_store.write(lambda uow: uow.pending_requests.add(REQUEST))

    def claim(number: int) -> object:
        browser = bytes([number]) * 32
        return lambda store: store.write(
            lambda uow: uow.pending_requests.claim(REQUEST.digest, browser_digest=browser, until_ms=NOW + 60_000)
        )

    async def answer(store: Store) -> bool:
        return await store.write(lambda uow: uow.pending_requests.remove(REQUEST.digest))

    assert Counter(await race([claim(number) for number in range(8)])) == {True: 1, False: 7}  # type: ignore[misc]
    assert Counter(await race([answer] * 8)) == {True: 1, False: 7}
