"""FakeIssuer: what a service's own tests stand on."""

import pytest

from tokensmith.guard import FixedKeys, Guard, InsufficientScopeError, InvalidTokenError, Need, RequestFacts
from tokensmith.guard.testing import FakeIssuer
from tokensmith.outbound import FetchError, FetchRules


@pytest.mark.parametrize("alg", ["ES256", "RS256", "HS256", "Ed25519"])
def test_its_guard_admits_its_tokens(alg: str) -> None:
    issuer = FakeIssuer(alg=alg)
    facts = RequestFacts.from_headers(issuer.headers(sub="bob", scope="a b", roles=["x"]))
    caller = issuer.guard().authenticate_sync(facts, Need("a"))

    assert (caller.subject, caller.scopes, caller.claims["roles"]) == ("bob", {"a", "b"}, ("x",))


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ("expired", "expired"),
        ("wrong audience", "wrong_audience"),
        ("wrong issuer", "unknown_issuer"),
        ("wrong type", "wrong_type"),
        ("stranger's key", "invalid_signature"),
        ("alg none", "algorithm"),
        ("damaged", "invalid_signature"),
    ],
)
def test_a_flaw_is_exactly_that_flaw(flaw: str, code: str) -> None:
    """A test of a service must fail for the reason it names."""
    issuer = FakeIssuer()
    with pytest.raises(InvalidTokenError) as caught:
        issuer.guard().authenticate_sync(RequestFacts.from_headers(issuer.headers(flaw=flaw)))  # type: ignore[arg-type]

    assert caught.value.code == code


def test_a_scope_short_is_refused() -> None:
    issuer = FakeIssuer()
    with pytest.raises(InsufficientScopeError):
        issuer.guard().authenticate_sync(RequestFacts.from_headers(issuer.headers(scope="a")), Need("b"))


def test_a_revoked_token_is_refused_at_once_and_no_other() -> None:
    issuer = FakeIssuer()
    guard = issuer.guard()
    first, second = issuer.token(), issuer.token()
    for token in (first, second):
        guard.authenticate_sync(RequestFacts.from_headers({"Authorization": f"Bearer {token}"}))
    issuer.revoke(first)
    with pytest.raises(InvalidTokenError) as caught:
        guard.authenticate_sync(RequestFacts.from_headers({"Authorization": f"Bearer {first}"}))

    assert caught.value.code == "revoked"
    assert guard.authenticate_sync(RequestFacts.from_headers({"Authorization": f"Bearer {second}"})).subject == "ada"


def test_a_token_without_status_works_with_a_guard_of_ones_own() -> None:
    issuer = FakeIssuer()
    guard = Guard(issuer.issuer())
    facts = RequestFacts.from_headers(issuer.headers(status=None))

    assert guard.authenticate_sync(facts).subject == "ada"
    assert isinstance(issuer.issuer().keys, FixedKeys)


def test_what_has_no_status_cannot_be_revoked() -> None:
    issuer = FakeIssuer()
    with pytest.raises(ValueError, match="no status"):
        issuer.revoke(issuer.token(status=None))


def test_it_serves_its_list_and_nothing_else() -> None:
    issuer = FakeIssuer()
    with pytest.raises(FetchError):
        issuer.fetch(issuer.url, FetchRules(trusted_origin=issuer.url), {})
