"""Clients: public or confidential, and their spans of time."""

from dataclasses import replace

from tokensmith.server.domain.clients import Client, GrantType, Lifetimes
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import Registration


def client(*digests: bytes) -> Client:
    return Client(
        id=ClientId("one"),
        name="One",
        grant_types=frozenset({GrantType.REFRESH_TOKEN}),
        secret_digests=digests,
        default_resource_id=None,
        lifetimes=Lifetimes(),
        signing_alg="ES256",
        disabled=False,
    )


def test_a_client_without_a_secret_is_public() -> None:
    """RFC 6749 §2.1."""
    assert client().is_public
    assert not client(b"d" * 32).is_public


def test_a_client_refreshes_where_it_was_given_the_grant() -> None:
    assert client().refreshes
    assert not replace(client(), grant_types=frozenset(GrantType) - {GrantType.REFRESH_TOKEN}).refreshes


def test_people_are_shown_whose_word_a_name_is() -> None:
    """A document can call itself anything; its host is its own."""
    known = replace(client(), id=ClientId("https://tool.example/c.json"))
    document = Registration(document_read_at_ms=1)

    assert known.shown_name == "One"
    assert replace(known, registration=document).shown_name == "One (tool.example)"


def test_windows_are_told_in_the_databases_unit() -> None:
    lifetimes = Lifetimes(reuse_window=10, lost_answer=60)

    assert (lifetimes.reuse_window_ms, lifetimes.lost_answer_ms) == (10_000, 60_000)
