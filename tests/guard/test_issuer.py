"""Whom we trust is settled when it is written down, not at the first request."""

import dataclasses

import pytest

from tokensmith.guard import FixedKeys, Issuer
from tokensmith.guard.issuer import ASYMMETRIC_ALGORITHMS
from tokensmith.jose import Key, KeySet

URL = "https://id.example"


@pytest.mark.parametrize(
    "url",
    [URL, f"{URL}/tenant/1", f"{URL}:8443/", "http://localhost:8000", "http://127.0.0.1", "http://[::1]:1"],
)
def test_https_or_this_machine(url: str) -> None:
    """RFC 8414 §2; plain http on this machine is for development."""
    assert Issuer(url, audience="a").url == url


@pytest.mark.parametrize(
    "url", ["", "id.example", "http://id.example", "http://10.0.0.1", f"{URL}?x=1", f"{URL}#x", "ftp://id.example", "https://u@id.example"]
)  # fmt: skip
def test_anything_else_is_refused(url: str) -> None:
    """RFC 8414 §2: https, no query, no fragment."""
    with pytest.raises(ValueError):  # noqa: PT011  # one class, many texts
        Issuer(url, audience="a")


def test_the_default_algorithms_are_the_asymmetric_ones() -> None:
    """Who can check an HMAC can make one; "EdDSA" is deprecated (RFC 9864 §2.2)."""
    assert Issuer(URL, audience="a").algorithms == ASYMMETRIC_ALGORITHMS
    assert {"ES256", "RS256", "PS256", "Ed25519"} <= ASYMMETRIC_ALGORITHMS
    assert ASYMMETRIC_ALGORITHMS.isdisjoint({"HS256", "HS384", "HS512", "EdDSA", "none"})


@pytest.mark.parametrize(
    "algorithms", [(), "ES256", ["none"], ["es256"], ["ES256", "nonsense"], ["HS256"], ["ES256", "HS256"]]
)
def test_other_algorithms_are_refused(algorithms: object) -> None:
    """Neither an empty list nor one that a published key set could never serve."""
    with pytest.raises(ValueError):  # noqa: PT011
        Issuer(URL, audience="a", algorithms=algorithms)  # type: ignore[arg-type]


def test_hmac_is_for_fixed_keys() -> None:
    key = Key.generate("HS256")

    assert Issuer(URL, audience="a", algorithms={"HS256"}, keys=key).algorithms == {"HS256"}


@pytest.mark.parametrize("audience", ["", (), [""], ["a", ""]])
def test_an_audience_is_named(audience: object) -> None:
    """RFC 9068 §4: without one, a token for any neighbour would do."""
    with pytest.raises(ValueError, match="audience"):
        Issuer(URL, audience=audience)  # type: ignore[arg-type]


def test_several_audiences_are_a_set() -> None:
    assert Issuer(URL, audience=["a", "b"]).audience == {"a", "b"}
    assert Issuer(URL, audience="a").audience == "a"


@pytest.mark.parametrize(("leeway", "good"), [(-1, False), (0, True), (600, True), (601, False)])
def test_leeway_is_bounded(leeway: int, good: bool) -> None:
    """Ten minutes of difference is a broken clock."""
    if good:
        assert Issuer(URL, audience="a", leeway=leeway).leeway == leeway
    else:
        with pytest.raises(ValueError, match="leeway"):
            Issuer(URL, audience="a", leeway=leeway)


def test_leeway_is_ten_seconds_by_default() -> None:
    assert Issuer(URL, audience="a").leeway == 10


def test_keys_may_be_given_in_every_form() -> None:
    key = Key.generate("ES256").public()
    source = FixedKeys(key)

    assert isinstance(Issuer(URL, audience="a", keys=key).keys, FixedKeys)
    assert isinstance(Issuer(URL, audience="a", keys=KeySet([key])).keys, FixedKeys)
    assert Issuer(URL, audience="a", keys=source).keys is source
    assert Issuer(URL, audience="a").keys is None


def test_keys_and_where_they_are_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="two answers"):
        Issuer(URL, audience="a", keys=Key.generate("ES256"), jwks_uri=f"{URL}/keys")


@pytest.mark.parametrize(
    ("poll", "stale", "good"), [(2, 60, True), (2, 5, True), (0, 0, True), (3, 2, False), (-1, 5, False)]
)
def test_ages_must_be_in_order(poll: float, stale: float, good: bool) -> None:
    if good:
        assert Issuer(URL, audience="a", poll_interval=poll, max_stale=stale).max_stale == stale
    else:
        with pytest.raises(ValueError, match="max_stale"):
            Issuer(URL, audience="a", poll_interval=poll, max_stale=stale)


def test_a_misspelt_promise_is_refused() -> None:
    """It would mean the weaker of the two."""
    with pytest.raises(ValueError, match="promised"):
        Issuer(URL, audience="a", status="promise")  # type: ignore[arg-type]


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Issuer(URL, audience="a").leeway = 60  # type: ignore[misc]


def test_its_origin_is_what_may_be_talked_to() -> None:
    assert Issuer("https://ID.example:443/tenant", audience="a").origin == "https://id.example"
