"""A change of the sealing key that is broken off, or made by several at once, loses nothing and can be repeated."""

import asyncio
import contextlib
import multiprocessing
import signal
from typing import Final

import pytest

from tests.server.storage.dying import DiedError, DyingEngine, Fate, reseal_and_die, strike_in_process
from tests.server.storage.resealing import Sealed
from tokensmith.server.storage.reseal import reseal
from tokensmith.server.storage.sealing import key_id_of
from tokensmith.server.storage.sealing_source import SealingFile

pytestmark = pytest.mark.anyio

# Two private keys and the check value.
SEALED_AT_FIRST: Final = 3


async def test_commands_at_once_come_one_after_the_other(sealed: Sealed) -> None:
    """Whichever new key each of them makes or finds: what it drops, another has made current, and nothing is lost."""
    results = await asyncio.gather(*(sealed.reseal() for _ in range(3)))
    moves = {done.dropped[0]: done.key_id for done in results if done.dropped}
    last = (await sealed.values()).popitem()[1]

    key_id = sealed.old.current_key_id
    while key_id in moves:
        key_id = moves.pop(key_id)
    assert moves == {}
    assert key_id == key_id_of(last) != sealed.old.current_key_id
    await sealed.check_nothing_is_lost()


async def test_broken_off_before_any_statement_nothing_is_lost(sealed: Sealed) -> None:
    """Also between the last statement and the commit, and between the two transactions; then it is run again."""
    done, had_moved = None, []
    while done is None:
        engine = DyingEngine(sealed.engine(), Fate(len(had_moved) + 1, strike_in_process))
        await engine.start()
        with contextlib.suppress(DiedError):
            done = await reseal(engine, sealed.ready)
        await engine.close()
        await sealed.check_nothing_is_lost()
        had_moved.append(len(await sealed.values()) > SEALED_AT_FIRST)

    # It died again and again before the commit of the move, and once behind it.
    assert had_moved.count(False) > 10
    assert had_moved[-2:] == [True, True]
    assert {key_id_of(value) for value in (await sealed.values()).values()} == {done.key_id}


async def test_a_move_that_was_broken_off_goes_on_with_the_same_new_key(sealed: Sealed) -> None:
    """Backed up by then, perhaps; and no old key is left over in the file."""
    source = sealed.ready
    first_new = source.successor(sealed.old.current_key_id).current_key_id
    done = await sealed.reseal()

    assert done.key_id == first_new
    assert done.dropped == sealed.old.key_ids


async def test_killed_anywhere_nothing_is_lost(sealed: Sealed) -> None:
    """SIGKILL, in processes of their own: nobody tidies up, neither in the database nor beside it."""
    keys = str(sealed.file) if sealed.file else sealed.new.before(sealed.old).secret_text()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.server.storage.dying"])
    statement, ended = 0, -signal.SIGKILL
    while ended == -signal.SIGKILL:
        statement += 3
        process = processes.Process(target=reseal_and_die, args=(sealed.url, keys, statement))
        process.start()
        await asyncio.to_thread(process.join)
        ended = process.exitcode or 0
        await sealed.check_nothing_is_lost()

    assert ended == 0
    assert statement > 9
    current = {key_id_of(value) for value in (await sealed.values()).values()}
    assert len(current) == 1
    if sealed.file:
        file = SealingFile(sealed.file).load()
        assert file is not None
        assert set(file.key_ids) == current
