"""Which addresses may be connected to."""

import pytest

from tokensmith.outbound.addresses import is_public, permitted_addresses
from tokensmith.outbound.fetch import FetchError, FetchRules
from tokensmith.outbound.target import parse_target

RULES = FetchRules(trusted_origin="https://id.internal")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.170",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:224.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_inner_or_roundabout_address_is_not_public(address: str) -> None:
    """Private, link-local (cloud metadata), multicast, and IPv6 forms that carry an IPv4 address inside."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(address)


def test_the_operators_own_origin_may_be_private() -> None:
    """An issuer inside a company's network is named by the operator, not by a document."""
    target = parse_target("https://id.internal/keys")

    assert permitted_addresses(["10.0.0.1"], target=target, rules=RULES) == ["10.0.0.1"]


@pytest.mark.parametrize("url", ["https://other.internal/keys", "https://id.internal:8443/keys"])
def test_another_origin_must_be_public(url: str) -> None:
    """A document must not send us to a neighbour, nor to another port of the trusted host."""
    with pytest.raises(FetchError) as caught:
        permitted_addresses(["10.0.0.1"], target=parse_target(url), rules=RULES)

    assert caught.value.code == "address_refused"


def test_private_addresses_among_public_ones_are_left_out() -> None:
    """DNS rebinding answers with both and hopes for the second."""
    target = parse_target("https://cdn.example/keys")

    assert permitted_addresses(["10.0.0.1", "1.1.1.1"], target=target, rules=RULES) == ["1.1.1.1"]


def test_plain_http_stays_on_this_machine() -> None:
    """A hosts file that points localhost elsewhere does not make http leave the machine."""
    rules = FetchRules(trusted_origin="http://localhost:8000")
    target = parse_target("http://localhost:8000/keys")

    assert permitted_addresses(["10.0.0.1", "::1", "127.0.0.1"], target=target, rules=rules) == ["::1", "127.0.0.1"]
