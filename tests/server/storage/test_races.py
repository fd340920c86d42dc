"""Many at once: of every race there is exactly one winner, and what must be counted is counted.

On PostgreSQL the racers are tasks on eight connections; on SQLite they are threads, each with an event loop and a store
of its own on the one file, as two processes would be.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.server.storage.clocked import CLOCK_SQL, ClockedStore
from tests.server.storage.samples import ADA, GRANT, NOTES, READ, SESSION, add_grants, advanced, family
from tokensmith.server.domain.errors import ConflictError, InvalidGrantError
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.ids import GrantId, SessionId, UserId
from tokensmith.server.domain.refresh_tokens import Family
from tokensmith.server.domain.sign_in_attempts import NAME_ALONE, NAME_AND_SOURCE, Reserved, attempt_keys
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.storage.sealing_source import GivenSealing
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.store import SqlStore

pytestmark = pytest.mark.anyio
T = TypeVar("T")

Racer = Callable[[Store], Awaitable[T]]
Race = Callable[[list[Racer[T]]], Awaitable[list[T]]]


@pytest.fixture
def race(request: pytest.FixtureRequest, real_store: ClockedStore) -> Race[T]:
    """Run racers against the store's database at once; returns their results in order."""

    async def with_tasks(racers: list[Racer[T]]) -> list[T]:
        return list(await asyncio.gather(*(racer(real_store) for racer in racers)))

    async def with_threads(racers: list[Racer[T]]) -> list[T]:
        path: Path = request.getfixturevalue("sqlite_path")
        return list(await asyncio.gather(*(asyncio.to_thread(run, path, racer) for racer in racers)))

    def run(path: Path, racer: Racer[T]) -> T:
        async def with_its_own_store() -> T:
            store = SqlStore(SqliteEngine(path, now_sql=CLOCK_SQL), GivenSealing(real_store.sealing.held))
            await store.start()
            try:
                return await racer(store)
            finally:
                await store.close()

        return asyncio.run(with_its_own_store())

    on_sqlite = request.node.callspec.params["real_store"] == "sqlite"
    return with_threads if on_sqlite else with_tasks


async def test_of_eight_who_advance_a_family_one_wins(real_store: ClockedStore, race: Race[bool]) -> None:
    """RFC 9700 §4.14.2: a refresh token has one successor. The winner's row stands, whole; ten rounds."""
    await add_grants(real_store, GRANT)
    row = family()
    await real_store.write(lambda uow: uow.refresh_tokens.add(row))
    for _ in range(10):
        before = row
        rows = [advanced(before, by=f" {number}") for number in range(8)]

        def advance(new: Family, before: Family = before) -> Racer[bool]:
            return lambda store: store.write(
                lambda uow: uow.refresh_tokens.advance(
                    new, from_generation=before.generation, from_digest=before.secret_digest
                )
            )

        won = await race([advance(new) for new in rows])
        found = await real_store.read(lambda uow, key=row.family: uow.refresh_tokens.find(key))

        assert Counter(won) == {True: 1, False: 7}
        assert found is not None
        row = found[0]
        assert row == rows[won.index(True)]


async def refresh_each(store: Store, rows: list[Family]) -> list[StatusPlace | None]:
    """Advance families and take places, as refreshes do; None where an ending was there first."""

    async def unit(uow: UnitOfWork, row: Family) -> StatusPlace | None:
        if not await uow.refresh_tokens.advance(advanced(row), from_generation=0, from_digest=row.secret_digest):
            return None
        return await uow.status_lists.take(row.grant_id, NOTES.id)

    places: list[StatusPlace | None] = []
    for row in rows:
        with contextlib.suppress(InvalidGrantError):
            places.append(await store.write(lambda uow, row=row: unit(uow, row)))
    return places


async def test_of_refreshes_and_an_ending_no_token_is_left_over(real_store: ClockedStore, race: Race[object]) -> None:
    """A new password beside refreshes: whoever was first, in the end every family is ended and every bit set."""
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(12)]
    rows = [family(grant) for grant in grants]
    await add_grants(real_store, *grants)
    for row in rows:
        await real_store.write(lambda uow, row=row: uow.refresh_tokens.add(row))

    taken, ended = await race(
        [lambda store: refresh_each(store, rows), lambda store: store.write(lambda uow: uow.grants.end_of_user(ADA.id))]
    )

    assert isinstance(taken, list)
    assert ended == len(grants)
    for place in filter(None, taken):
        assert await real_store.read(lambda uow, place=place: uow.status_lists.holder(place)) is None
    families = [await real_store.read(lambda uow, row=row: uow.refresh_tokens.find(row.family)) for row in rows]
    assert [found for found in families if found is None or found[0].ended_at_ms is None] == []


async def test_no_sign_in_outlives_the_account(real_store: ClockedStore, race: Race[object]) -> None:
    """An account is switched off beside sign-ins that were right a moment ago: in the end none of its grants runs."""
    await add_grants(real_store)
    numbers = itertools.count()

    async def sign_in(uow: UnitOfWork, number: int) -> None:
        grant = replace(GRANT, id=GrantId(f"g{number}"), session_id=SessionId(f"s{number}"))
        await uow.sessions.add(replace(SESSION, id=SessionId(f"s{number}")))
        await uow.grants.add(grant, audiences={NOTES.id: READ})
        await uow.status_lists.take(grant.id, NOTES.id)
        standing = await uow.grants.standing(grant.id)
        if standing is None or standing.user is None or standing.user.disabled:
            raise LookupError

    async def sign_in_often(store: Store) -> None:
        with contextlib.suppress(LookupError):
            for _ in range(200):
                number = next(numbers)
                await store.write(lambda uow, number=number: sign_in(uow, number))

    async def switch_off(store: Store) -> None:
        async def unit(uow: UnitOfWork) -> None:
            await uow.users.set_disabled(ADA.id, disabled=True)
            await uow.grants.end_of_user(ADA.id)

        for _ in range(20):  # the others get going
            await store.read(lambda uow: uow.now_ms())
        await store.write(unit)

    await race([sign_in_often, sign_in_often, sign_in_often, sign_in_often, switch_off])

    assert await real_store.write(lambda uow: uow.grants.end_of_user(ADA.id)) == 0
    assert next(numbers) > 1


async def test_two_who_take_a_place_get_the_same_one(real_store: ClockedStore, race: Race[StatusPlace]) -> None:
    """A second place would be a bit that nobody sets when the grant ends. The first list is made once, too."""
    await add_grants(real_store, GRANT)

    def take(store: Store) -> Awaitable[StatusPlace]:
        return store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))

    places = await race([take] * 8)

    assert len(set(places)) == 1
    assert await real_store.read(lambda uow: uow.status_lists.list_ids()) == (1,)
    assert await real_store.read(lambda uow: uow.status_lists.holder(places[0])) == GRANT.id


async def test_many_grants_at_once_never_share_an_index(
    real_store: ClockedStore, race: Race[StatusPlace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where they all draw from ten numbers."""
    draw = secrets.randbelow
    monkeypatch.setattr("secrets.randbelow", lambda _: draw(10))
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(16)]
    await add_grants(real_store, *grants)

    def take(grant_id: GrantId) -> Racer[StatusPlace]:
        return lambda store: store.write(lambda uow: uow.status_lists.take(grant_id, NOTES.id))

    places = await race([take(grant.id) for grant in grants])

    assert len(set(places)) == 16


async def test_an_expiry_beside_takers_leaves_no_place_behind(real_store: ClockedStore, race: Race[object]) -> None:
    """Every place that was ever taken is either the audience's own or has its bit set."""
    await add_grants(real_store, GRANT)

    async def take(store: Store) -> list[StatusPlace]:
        return [await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id)) for _ in range(12)]

    async def expire(store: Store) -> list[StatusPlace]:
        for _ in range(12):
            await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
            await store.write(lambda uow: uow.grants.expire_tokens_of_user(ADA.id, resource_id=NOTES.id))
        return []

    results = await race([take, take, expire, expire])
    taken = {place for places in results if isinstance(places, list) for place in places}
    standing = await real_store.read(lambda uow: uow.grants.standing(GRANT.id))
    assert isinstance(standing, Standing)
    own = standing.audiences[0].place
    for place in taken:
        holder = await real_store.read(lambda uow, place=place: uow.status_lists.holder(place))
        assert holder == (GRANT.id if place == own else None)


async def test_fifty_attempts_at_once_never_exceed_the_limit(real_store: ClockedStore, race: Race[object]) -> None:
    """A hundred guesses sent together are a hundred counted guesses, on the pair and on the name."""
    same = attempt_keys(secret=b"s" * 32, name_key="ada", source="one")

    def reserve(store: Store) -> Awaitable[object]:
        return store.write(lambda uow: uow.sign_in_attempts.reserve(same))

    results = await race([reserve] * 50)

    assert results.count(Reserved()) == NAME_AND_SOURCE.limit


async def test_attempts_from_many_sources_at_once_never_exceed_the_names_limit(
    real_store: ClockedStore, race: Race[int]
) -> None:
    """Five racers with thirty sources each, against a limit of a hundred."""

    def reserve(racer: int) -> Racer[int]:
        async def run(store: Store) -> int:
            made = 0
            for number in range(30):
                keys = attempt_keys(secret=b"s" * 32, name_key="ada", source=f"{racer} {number}")
                made += await store.write(lambda uow, keys=keys: uow.sign_in_attempts.reserve(keys)) == Reserved()
            return made

        return run

    assert sum(await race([reserve(racer) for racer in range(5)])) == NAME_ALONE.limit


async def test_of_forty_who_use_one_proof_one_is_first(real_store: ClockedStore, race: Race[bool]) -> None:
    """RFC 9449 §11.1: a captured proof is sent at the very moment of the owner's."""
    claims: list[Racer[bool]] = [
        lambda store: store.write(lambda uow: uow.used_proofs.claim(b"p" * 32, until_ms=2**60)) for _ in range(40)
    ]

    assert Counter(await race(claims)) == {True: 1, False: 39}


async def test_a_name_is_taken_by_one_of_many(real_store: ClockedStore, race: Race[str]) -> None:
    """The others hear that it is taken, and not of a database error."""

    def add(number: int) -> Racer[str]:
        async def run(store: Store) -> str:
            try:
                user = replace(ADA, id=UserId(f"u{number}"))
                await store.write(lambda uow: uow.users.add(user, key="ada"))
            except ConflictError as error:
                return error.code
            return "added"

        return run

    results = await race([add(number) for number in range(8)])

    assert Counter(results) == {"added": 1, "user_exists": 7}


async def test_scopes_that_two_administrators_add_are_both_there(real_store: ClockedStore, race: Race[None]) -> None:
    """Neither undoes the other, and neither waits for the other for ever, whatever the order."""
    await add_grants(real_store)
    names = [f"s{number}" for number in range(20)]

    def allow(chosen: list[str]) -> Racer[None]:
        return lambda store: store.write(lambda uow: uow.users.allow(ADA.id, NOTES.id, scopes=frozenset(chosen)))

    await race([allow(names[:15]), allow(names[5:]), allow(list(reversed(names)))])

    scopes = await real_store.read(lambda uow: uow.users.scopes(ADA.id))
    assert scopes == {NOTES.id: frozenset(names)}


async def test_keys_are_changed_by_one_at_a_time(real_store: ClockedStore, race: Race[int]) -> None:
    """Whoever holds the lock sees what the one before has written: no two successors of one key."""

    async def add_if_none(uow: UnitOfWork) -> int:
        await uow.signing_keys.lock()
        if await uow.clients.scopes(GRANT.client_id):
            return 0
        await uow.clients.allow(GRANT.client_id, NOTES.id, scopes=READ)
        return 1

    await add_grants(real_store)

    assert sum(await race([lambda store: store.write(add_if_none)] * 8)) == 1
