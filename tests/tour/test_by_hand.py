"""The verification in another language, if that language were Python."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from tests.tour.stand_in import StandIn, standing_in
from tokensmith.jose import Key
from tokensmith.tour import by_hand
from tokensmith.tour.forgery import one_character_changed, unsigned


@pytest.fixture
def services() -> Iterator[StandIn]:
    with standing_in() as running:
        yield running


def verify(services: StandIn, token: str) -> dict[str, object]:
    now = services.time.now()
    return by_hand.verify(token, issuer=services.issuer, audience=services.notes, now=now)


def test_it_uses_nothing_of_ours() -> None:
    """Else it would prove nothing."""
    tree = ast.parse(Path(by_hand.__file__).read_text())
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert imported
    assert [name for name in imported if name.startswith("tokensmith")] == []


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_a_good_token_gives_its_claims(services: StandIn, alg: str) -> None:
    """With either of the two algorithms the server has keys for from its first start."""
    services.key = Key.generate(alg)

    assert verify(services, services.token(family=0, lifetime=60))["scope"] == "notes:read"


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_a_changed_one_is_refused(services: StandIn, alg: str) -> None:
    """By the library, not by us."""
    services.key = Key.generate(alg)

    with pytest.raises(InvalidSignature):
        verify(services, one_character_changed(services.token(family=0, lifetime=60)))


def test_the_key_says_which_algorithm_is_right(services: StandIn) -> None:
    """RFC 8725 §3.1: a token that could say it would say "none"."""
    with pytest.raises(LookupError, match="no such key"):
        verify(services, unsigned(services.token(family=0, lifetime=60)))


def test_a_longer_signature_is_another_one(services: StandIn) -> None:
    """RFC 7518 §3.4: 64 bytes; a longer second number must not be read as the same one."""
    head, _, signature = services.token(family=0, lifetime=60).rpartition(".")

    with pytest.raises(ValueError, match="32 bytes each"):
        verify(services, f"{head}.{signature}AAAA")


def test_an_algorithm_it_does_not_know_is_refused(services: StandIn) -> None:
    """It is short, and says so."""
    services.key = Key.generate("Ed25519")

    with pytest.raises(LookupError, match="two algorithms"):
        verify(services, services.token(family=0, lifetime=60))


@pytest.mark.parametrize("flaw", ["other audience", "other type"])
def test_a_genuine_token_for_somebody_else_is_refused(flaw: str) -> None:
    """A good signature is not enough."""
    with standing_in(flaw) as services, pytest.raises(ValueError, match="not for us"):
        verify(services, services.token(family=0, lifetime=60))


@pytest.mark.parametrize(("passed", "good"), [(59, True), (60, False)])
def test_expiry_is_exclusive(services: StandIn, passed: float, good: bool) -> None:
    """RFC 7519 §4.1.4: not accepted "on or after" exp."""
    token = services.token(family=0, lifetime=60)
    services.time.sleep(passed)

    if good:
        assert verify(services, token)
    else:
        with pytest.raises(ValueError, match="not any more"):
            verify(services, token)


def test_an_issuer_that_is_not_there_is_an_error() -> None:
    """And not a good token."""
    with pytest.raises(OSError, match="refused"):
        by_hand.verify("e30.e30.AA", issuer="http://127.0.0.1:1", audience="a", now=0)
