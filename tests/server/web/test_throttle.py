"""Attempts and failures per source."""

import pytest

from tokensmith.server.domain.errors import TooManyAttemptsError
from tokensmith.server.web.throttle import MAX_REMEMBERED, FailureThrottle, count_attempt

pytestmark = pytest.mark.anyio


class TwoHits:
    """Lets two through, then asks for 30 seconds."""

    def __init__(self) -> None:
        self.hits: dict[str, int] = {}

    async def hit(self, source: str) -> int:
        self.hits[source] = self.hits.get(source, 0) + 1
        return 30 if self.hits[source] > 2 else 0


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_one_attempt_too_many_is_refused_with_a_time_to_wait() -> None:
    """RFC 6585 §4."""
    limit = TwoHits()
    await count_attempt(limit, "a")
    await count_attempt(limit, "a")
    await count_attempt(limit, "b")

    with pytest.raises(TooManyAttemptsError) as refused:
        await count_attempt(limit, "a")
    assert refused.value.code == "source_limited"
    assert refused.value.retry_after_seconds == 30


async def test_whoever_failed_too_often_is_out_before_anything_is_looked_at() -> None:
    """A right secret after too many wrong ones is refused, too: otherwise the limit would limit nothing."""
    watch = Watch()
    throttle = FailureThrottle(TwoHits(), monotonic=watch)
    throttle.check("a")
    await throttle.count_failure("a")
    await throttle.count_failure("a")
    throttle.check("a")
    with pytest.raises(TooManyAttemptsError):
        await throttle.count_failure("a")

    with pytest.raises(TooManyAttemptsError) as refused:
        throttle.check("a")
    assert refused.value.retry_after_seconds == 30
    throttle.check("b")


@pytest.mark.parametrize(
    ("later", "out", "wait"), [(29.5, True, 1), (29.0, True, 1), (28.9, True, 2), (30.0, False, 0), (31.0, False, 0)]
)
async def test_being_out_ends(later: float, out: bool, wait: int) -> None:
    """After exactly the seconds that were told."""
    watch = Watch()
    throttle = FailureThrottle(TwoHits(), monotonic=watch)
    for _ in range(2):
        await throttle.count_failure("a")
    with pytest.raises(TooManyAttemptsError):
        await throttle.count_failure("a")
    watch.now += later

    if out:
        with pytest.raises(TooManyAttemptsError) as refused:
            throttle.check("a")
        assert refused.value.retry_after_seconds == wait
    else:
        throttle.check("a")
        throttle.check("a")


async def test_what_is_remembered_is_bounded() -> None:
    """An attacker with many addresses must not fill our memory."""

    class Never:
        async def hit(self, source: str) -> int:
            return 30

    throttle = FailureThrottle(Never())
    for number in range(MAX_REMEMBERED + 1):
        with pytest.raises(TooManyAttemptsError):
            await throttle.count_failure(str(number))

    throttle.check("0")
    with pytest.raises(TooManyAttemptsError):
        throttle.check(str(MAX_REMEMBERED))
