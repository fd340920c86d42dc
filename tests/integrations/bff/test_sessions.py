"""Sessions, and their store in one process."""

from collections.abc import Callable

import pytest

from tests.guard.scripted import run
from tests.integrations.bff.store_contract import StoreContract, Wait
from tokensmith.client import TokenAnswer
from tokensmith.integrations.bff import MemorySessions, Session
from tokensmith.integrations.bff.sessions import name_of
from tokensmith.jose import strict_json

ANSWER = TokenAnswer(access_token="a", token_type="Bearer", expires_in=105, refresh_token="r", id_token="i", scope="x")


class Moment:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class TestMemorySessions(StoreContract):
    @pytest.fixture
    def moment(self) -> Moment:
        return Moment()

    @pytest.fixture
    def store(self, moment: Moment) -> MemorySessions:
        return MemorySessions(monotonic=moment)

    @pytest.fixture
    def wait(self) -> Wait:
        return run  # type: ignore[return-value]  # a coroutine is what it is given

    @pytest.fixture
    def after(self, moment: Moment) -> Callable[[], None]:
        def pass_() -> None:
            moment.seconds += 0.2

        return pass_


def test_a_memory_has_bounded_room() -> None:
    """What is over goes first, then whoever came first."""
    moment = Moment()
    store = MemorySessions(capacity=2, monotonic=moment)
    run(store.save("long", "1", seconds=60))
    run(store.save("short", "2", seconds=1))
    moment.seconds = 2
    run(store.save("third", "3", seconds=60))
    assert [run(store.load(name)) for name in ("long", "short", "third")] == ["1", None, "3"]
    run(store.save("third", "still", seconds=60))
    run(store.save("fourth", "4", seconds=60))

    assert [run(store.load(name)) for name in ("long", "third", "fourth")] == [None, "still", "4"]


@pytest.mark.parametrize(
    ("expires_in", "renew_at", "good_until"), [(105, 1080, 1100), (8, 1003.2, 1004), (None, 1044, 1055)]
)
def test_tokens_are_renewed_before_they_end(expires_in: float | None, renew_at: float, good_until: float) -> None:
    answer = TokenAnswer(access_token="a", token_type="Bearer", expires_in=expires_in)
    session = Session.begun(answer, now=1000, ends_at=9000, claims={})

    assert (session.renew_at, session.good_until, session.ends_at) == (pytest.approx(renew_at), good_until, 9000)


def test_what_does_not_come_anew_stays() -> None:
    """RFC 6749 §6: the old refresh token goes on where no other came."""
    session = Session.begun(ANSWER, now=1000, ends_at=9000, claims={"sub": "ada"})
    same = session.renewed(TokenAnswer(access_token="b", token_type="Bearer"), now=2000)
    other = session.renewed(TokenAnswer(access_token="b", token_type="Bearer", refresh_token="r2", scope="y"), now=2000)

    assert (same.answer.access_token, same.answer.refresh_token) == ("b", "r")
    assert (same.answer.id_token, same.answer.scope) == ("i", "x")
    assert (other.answer.refresh_token, other.answer.scope, other.answer.id_token) == ("r2", "y", "i")
    assert (same.claims, same.ends_at) == ({"sub": "ada"}, 9000)


def test_a_session_is_written_and_read() -> None:
    session = Session.begun(ANSWER, now=1000, ends_at=9000, claims={"sub": "ada", "amr": ["pwd"]})
    written = strict_json.parse_object(strict_json.encode(session.to_json()))

    assert Session.from_json(written) == session
    assert "'r'" not in repr(session)


def test_the_name_in_a_store_is_no_key_to_a_session() -> None:
    """Whoever reads the store has neither the number nor what is in it."""
    assert name_of("secret") != name_of("secret ")
    assert "secret" not in name_of("secret")
