"""A fake issuer in the place of the one that a service trusts."""

import pytest

from tokensmith.guard import Guard, Issuer, RequestFacts, SenderConstraint, TokenCookie, UnavailableError
from tokensmith.guard.testing import FakeIssuer, acting_as, stand_in

NOBODY = RequestFacts.from_headers({})


def test_a_guard_is_itself_again_afterwards() -> None:
    """Also after a test that failed."""
    guard = Guard(
        Issuer("https://id.test", audience=["https://b.test", "https://a.test"], keys=FakeIssuer().key.public())
    )
    before = dict(vars(guard))

    def fails() -> None:
        with acting_as(guard, sub="ada") as fake:
            assert guard.authenticate_sync(NOBODY).subject == "ada"
            assert (fake.url, fake.audience) == ("https://id.test", "https://a.test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert vars(guard) == before


def test_a_stranger_is_no_friend_of_the_stand_in() -> None:
    """The real issuer's keys are not asked for, and another fake's tokens are not taken."""
    guard = Guard(Issuer("https://id.invalid", audience="https://api.test"))
    with stand_in(guard) as fake:
        facts = RequestFacts.from_headers(fake.headers(sub="bob"))
        assert guard.authenticate_sync(facts).subject == "bob"
    with pytest.raises(UnavailableError):
        guard.authenticate_sync(facts)


def test_somebodys_own_credentials_come_first() -> None:
    guard = Guard(Issuer("https://id.test", audience="https://api.test"))
    with acting_as(guard, sub="ada") as fake:
        facts = RequestFacts.from_headers(fake.headers(sub="bob"))
        assert guard.authenticate_sync(facts).subject == "bob"


def test_a_service_that_wants_more_of_its_senders_can_be_tested() -> None:
    guard = Guard(
        Issuer("https://id.test", audience="https://api.test"),
        public_url="https://api.test",
        sender=SenderConstraint(policy="require"),
        cookie=TokenCookie(),
    )
    with acting_as(guard, sub="ada"):
        assert guard.authenticate_sync(NOBODY).subject == "ada"
