"""How long a client that does not answer is tried."""

from tokensmith.server.domain.logout_notices import MAX_ATTEMPTS, wait_ms


def test_it_is_tried_less_and_less_often() -> None:
    """For nine hours in all; an access token is over long before."""
    waits = [wait_ms(attempt) for attempt in range(1, MAX_ATTEMPTS)]

    assert waits[:3] == [10_000, 30_000, 90_000]
    assert 3 * 3_600_000 < sum(waits) < 12 * 3_600_000
