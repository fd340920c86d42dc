"""Passwords are hashed in bounded memory and bounded time, for nobody as for somebody."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from argon2 import extract_parameters
from argon2.exceptions import HashingError
from argon2.low_level import Type

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.passwords import PasswordHasher
from tokensmith.server.gateways import argon2
from tokensmith.server.gateways.argon2 import STANDARD, STRONG, Argon2Hasher, Argon2Profile

pytestmark = pytest.mark.anyio

CHEAP = Argon2Profile(memory_kib=8, passes=1, lanes=1)
PASSWORD = "correct horse battery staple ✓"


class Watched:
    """Argon2 as it is, with what it was asked written down, or with something else in its place."""

    def __init__(self, hasher: Argon2Hasher, *, instead: Callable[[], str] | None = None) -> None:
        self.checked: list[str] = []
        self._instead = instead
        self._real, hasher._hasher = hasher._hasher, self  # type: ignore[assignment]

    def hash(self, password: str) -> str:
        return self._instead() if self._instead else self._real.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        self.checked.append(password_hash)
        return bool(self._instead()) if self._instead else self._real.verify(password_hash, password)


class Gate:
    """Work that waits until the test lets it go."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self) -> str:
        self.began.release()
        assert self.go.wait(30)
        return "done"

    async def wait_until_begun(self, times: int) -> None:
        for _ in range(times):
            assert await asyncio.to_thread(self.began.acquire, timeout=30)


@pytest.fixture
def hasher() -> Iterator[Argon2Hasher]:
    made = Argon2Hasher(CHEAP, threads=2, max_waiting=1)
    yield made
    made.close()


async def test_the_right_password_is_right_and_others_are_not(hasher: Argon2Hasher) -> None:
    """A hash is another one each time, and holds its parameters (PHC string)."""
    one, two = await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)

    assert one != two
    assert one.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await hasher.verify(PASSWORD, one) is True
    assert await hasher.verify(PASSWORD + " ", one) is False
    assert await hasher.verify("", one) is False


async def test_nobody_has_no_password(hasher: Argon2Hasher) -> None:
    """An unknown name costs one verification with today's parameters, as a known one does."""
    watched = Watched(hasher)

    assert await hasher.verify(PASSWORD, None) is False
    assert [extract_parameters(checked).memory_cost for checked in watched.checked] == [CHEAP.memory_kib]


@pytest.mark.parametrize("profile", [CHEAP, STANDARD, STRONG])
async def test_what_is_checked_for_nobody_is_as_much_work_as_a_hash(profile: Argon2Profile) -> None:
    """In every parameter of Argon2; and it is another one in each process."""
    first, second = Argon2Hasher(profile, threads=1), Argon2Hasher(profile, threads=1)
    real = await first.hash(PASSWORD)
    first.close()
    second.close()

    assert extract_parameters(first._of_nobody) == extract_parameters(real)
    assert first._of_nobody != second._of_nobody


@pytest.mark.parametrize("stored", ["not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA", "$2b$12$bcrypt"])
async def test_a_stored_value_that_is_no_hash_fits_no_password(hasher: Argon2Hasher, stored: str) -> None:
    """Nor does it say so by answering faster."""
    watched = Watched(hasher)

    assert await hasher.verify(PASSWORD, stored) is False
    assert watched.checked == [stored, hasher._of_nobody]


async def test_a_hash_of_other_parameters_is_due_for_renewal(hasher: Argon2Hasher) -> None:
    """After a change of profile, at the next sign-in; what is no hash is due too."""
    other = Argon2Hasher(Argon2Profile(memory_kib=16, passes=1, lanes=1), threads=1)
    old = await other.hash(PASSWORD)
    other.close()

    assert await hasher.verify(PASSWORD, old) is True
    assert hasher.needs_rehash(old) is True
    assert hasher.needs_rehash(await hasher.hash(PASSWORD)) is False
    assert hasher.needs_rehash("not a hash") is True


async def test_more_than_threads_and_queue_hold_is_refused(hasher: Argon2Hasher) -> None:
    """Two threads and one place to wait: the fourth is told to come again, and after the rush there is room."""
    gate = Gate()
    Watched(hasher, instead=gate)
    running = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(3)]
    await gate.wait_until_begun(2)
    with pytest.raises(UnavailableError) as refused:
        await hasher.verify(PASSWORD, None)
    gate.go.set()

    assert refused.value.code == "hashing_queue_full"
    assert refused.value.status == 503
    assert await asyncio.gather(*running) == ["done"] * 3
    assert await hasher.hash(PASSWORD) == "done"


async def test_who_stops_waiting_keeps_the_place_until_the_work_is_done(hasher: Argon2Hasher) -> None:
    """Otherwise a client that hangs up again and again would fill the threads past their bound."""
    gate = Gate()
    Watched(hasher, instead=gate)
    running = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(2)]
    await gate.wait_until_begun(2)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    third = asyncio.create_task(hasher.hash(PASSWORD))
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await hasher.hash(PASSWORD)
    gate.go.set()

    assert await third == "done"


async def test_no_memory_is_an_outage_and_not_a_wrong_password(hasher: Argon2Hasher) -> None:
    """A person must not be told that the right password is wrong."""

    def fail() -> str:
        raise HashingError("Memory allocation error")

    Watched(hasher, instead=fail)
    for work in (hasher.hash(PASSWORD), hasher.verify(PASSWORD, None)):
        with pytest.raises(UnavailableError) as refused:
            await work
        assert refused.value.code == "hashing_failed"


@pytest.mark.parametrize(("profile", "memory_mib"), [(STANDARD, 19), (STRONG, 64)])
async def test_the_profiles_are_those_of_the_texts(profile: Argon2Profile, memory_mib: int) -> None:
    """OWASP: 19 MiB, 2 passes, 1 lane. RFC 9106 §4: 64 MiB, 3 passes, 4 lanes. Salt 128 bits, tag 256 bits."""
    made = Argon2Hasher(profile, threads=1)
    parameters = extract_parameters(await made.hash(PASSWORD))
    made.close()

    assert parameters.type is Type.ID
    assert parameters.memory_cost == memory_mib * 1024
    assert (parameters.time_cost, parameters.parallelism) == ((2, 1) if profile is STANDARD else (3, 4))
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


async def test_it_is_what_the_domain_asks_for(hasher: Argon2Hasher) -> None:
    """Checked by mypy; here the name is used. Without a number of threads there is one per core."""
    as_asked: PasswordHasher = hasher
    many = Argon2Hasher(CHEAP)

    assert await as_asked.verify(PASSWORD, await many.hash(PASSWORD)) is True
    many.close()
    assert argon2.MAX_WAITING > 0
