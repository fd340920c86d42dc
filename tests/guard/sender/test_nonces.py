"""Nonces that nobody remembers."""

import re

import pytest

from tests.guard.scripted import EPOCH, ScriptedClock, ScriptedOutside
from tokensmith.guard.sender import Nonces

SECRET = bytes(range(32))
# The first second of a slot.
START = -EPOCH % 60


def nonces(*, at: float, secret: bytes = SECRET) -> Nonces:
    return Nonces(secret, clock=ScriptedClock(ScriptedOutside(seconds=START + at)))


@pytest.mark.parametrize(
    ("later", "good"),
    [(0, True), (59, True), (60, True), (119, True), (120, False), (-1, True), (-60, True), (-61, False)],
)
def test_a_nonce_is_good_for_its_minute_and_the_next(later: float, good: bool) -> None:
    """RFC 9449 §8: "a window of recent nonces"; a clock that is behind by up to a minute sees one of the future."""
    made = nonces(at=600).current()

    assert nonces(at=600 + later).is_good(made) is good


def test_processes_with_one_secret_agree_and_nobody_else() -> None:
    """RFC 9449 §8: "unpredictable"."""
    assert nonces(at=0).is_good(nonces(at=30).current())
    assert not nonces(at=0).is_good(nonces(at=0, secret=bytes(32)).current())


def test_each_minute_has_another() -> None:
    assert nonces(at=0).current() != nonces(at=60).current()


def test_its_characters_are_those_of_the_standard() -> None:
    """RFC 9449 §8.1, RFC 6749 Appendix A: NQCHAR."""
    assert re.fullmatch(r"[!#-\[\]-~]+", nonces(at=0).current())


@pytest.mark.parametrize("nonce", [None, 7, "", "x", "é", ["x"], True])
def test_anything_else_is_no_nonce(nonce: object) -> None:
    assert not nonces(at=0).is_good(nonce)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        nonces(at=0, secret=bytes(31))
    assert nonces(at=0, secret=bytes(32)).current()
