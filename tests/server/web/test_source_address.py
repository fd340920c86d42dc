"""Where a request came from, believed only as far as it can be."""

import pytest

from tests.server.web.requests import make_scope
from tokensmith.server.web.source_address import MAX_HOPS, Sources, parse_networks

DIRECT = Sources(())
BEHIND_PROXIES = Sources(parse_networks(["10.0.0.0/8", "2001:db8:f::/48"]))


@pytest.mark.parametrize(
    ("peer", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1:2:3", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_source_is_the_peer(peer: str | None, source: str) -> None:
    """A household has all of one /64, and must not have 2^64 tries; a dual-stack socket shows IPv4 in IPv6."""
    assert DIRECT.of(make_scope(peer=peer)) == source


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [("10.1.2.3", True), ("2001:db8:f::1", True), ("192.0.2.1", False), ("testclient", False), (None, False)],
)
def test_a_proxy_is_one_that_we_were_told_of(peer: str | None, trusted: bool) -> None:
    """Whatever it forwards."""
    scope = make_scope({"x-forwarded-for": "10.0.0.1"}, peer=peer)

    assert BEHIND_PROXIES.is_proxy(scope) is trusted
    assert DIRECT.is_proxy(scope) is False


def test_a_stranger_cannot_say_where_it_comes_from() -> None:
    """CWE-348: X-Forwarded-For from anybody is what anybody likes."""
    scope = make_scope({"x-forwarded-for": "198.51.100.9"}, peer="192.0.2.1")

    assert DIRECT.of(scope) == "192.0.2.1"
    assert BEHIND_PROXIES.of(scope) == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "source"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("203.0.113.5, 198.51.100.9", "198.51.100.9"),
        ("203.0.113.5, 198.51.100.9, 10.1.1.1", "198.51.100.9"),
        ("198.51.100.9:4711", "198.51.100.9"),
        ("[2001:db8:1::9]:4711", "2001:db8:1::/64"),
        ("2001:db8:1::9", "2001:db8:1::/64"),
        ("", "10.0.0.1"),
        ("garbage", "10.0.0.1"),
        ("198.51.100.9, garbage", "10.0.0.1"),
        ("garbage, 10.1.1.1", "10.1.1.1"),
        ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
        (" , 198.51.100.9 ,", "198.51.100.9"),
    ],
)
def test_trusted_proxies_are_believed_from_the_right(forwarded: str, source: str) -> None:
    """Each vouches for the entry it appended; everything further left was written by the caller."""
    assert BEHIND_PROXIES.of(make_scope({"x-forwarded-for": forwarded}, peer="10.0.0.1")) == source


def test_several_header_lines_are_one_list() -> None:
    """RFC 9110 §5.3."""
    lines = [("x-forwarded-for", "203.0.113.5"), ("x-forwarded-for", "198.51.100.9")]

    assert BEHIND_PROXIES.of(make_scope(lines, peer="10.0.0.1")) == "198.51.100.9"


def test_a_list_without_end_is_read_to_a_bound() -> None:
    """Kilobytes of commas cost little."""
    forwarded = ",".join(["198.51.100.9", *["10.0.0.1"] * MAX_HOPS])

    assert BEHIND_PROXIES.of(make_scope({"x-forwarded-for": forwarded}, peer="10.0.0.1")) == "10.0.0.1"


LOOPBACK = parse_networks(["127.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    ("peer", "headers", "inside"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("192.0.2.1", {}, False),
        (None, {}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=192.0.2.1"}, False),
        ("127.0.0.1", {"x-real-ip": "192.0.2.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        ("192.0.2.1", {"x-forwarded-for": "127.0.0.1"}, False),
    ],
)
def test_a_network_is_entered_by_the_caller_itself(peer: str | None, headers: dict[str, str], inside: bool) -> None:
    """A proxy on this machine that we were not told of makes everybody look local; its header gives it away."""
    assert DIRECT.is_from(make_scope(headers, peer=peer), LOOPBACK) is inside


@pytest.mark.parametrize(("forwarded", "inside"), [("127.0.0.1", True), ("198.51.100.9", False)])
def test_a_trusted_proxy_says_who_is_inside(forwarded: str, inside: bool) -> None:
    """It was told to be believed."""
    scope = make_scope({"x-forwarded-for": forwarded}, peer="10.0.0.1")

    assert BEHIND_PROXIES.is_from(scope, LOOPBACK) is inside
