"""Basic OP and Form Post OP: when a person is asked to sign in, and when not."""

import secrets

import pytest

from tests.server.conformance.relying_party import BASIC_AND_FORM_POST, RelyingParty, SignIn

pytestmark = [pytest.mark.anyio, BASIC_AND_FORM_POST]


async def sign_in_unasked(party: RelyingParty, **changes: str) -> SignIn:
    """Sign in once more, with nobody asked anything."""
    request = party.request(**changes)
    await party.ask(request)
    assert party.page_shown is None
    return await party.complete(request)


async def sign_in_once_more(party: RelyingParty, **changes: str) -> SignIn:
    """Sign in once more, with the person asked to."""
    request = party.request(**changes)
    await party.ask(request)
    assert await party.person_answers() == ["sign-in"]
    return await party.complete(request)


def check_same(first: SignIn, second: SignIn) -> None:
    """Two answers from one sign-in."""
    assert first.claims["auth_time"] == second.claims["auth_time"]
    assert first.claims["sub"] == second.claims["sub"]


async def test_oidcc_prompt_login(party: RelyingParty) -> None:
    """A person who is signed in is asked to sign in, and the ID token says when that was."""
    first = await party.sign_in()
    party.served.world.pass_time(1)
    second = await sign_in_once_more(party, prompt="login")

    assert second.claims["auth_time"] > first.claims["auth_time"]


async def test_oidcc_prompt_none_not_logged_in(party: RelyingParty) -> None:
    """An error that says that a page was needed, and no page; a long state comes back whole."""
    assert await party.nobody_is_signed_in()


async def test_oidcc_prompt_none_logged_in(party: RelyingParty) -> None:
    """No page for who is signed in."""
    first = await party.sign_in()
    party.served.world.pass_time(1)
    second = await sign_in_unasked(party, prompt="none")

    check_same(first, second)


async def test_oidcc_max_age_1(party: RelyingParty) -> None:
    """A sign-in of two seconds ago is too old, and the new one is said to be new."""
    first = await party.sign_in()
    party.served.world.pass_time(2)
    second = await sign_in_once_more(party, max_age="1")

    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert party.served.world.now() - second.claims["auth_time"] <= 1


async def test_oidcc_max_age_10000(party: RelyingParty) -> None:
    """A sign-in of just now is young enough, and both ID tokens say when it was."""
    first = await party.sign_in(max_age="15000")
    party.served.world.pass_time(1)
    second = await sign_in_unasked(party, max_age="10000")

    check_same(first, second)


async def test_oidcc_id_token_hint(party: RelyingParty) -> None:
    """An ID token as a hint that names who is signed in: no page."""
    first = await party.sign_in()
    second = await sign_in_unasked(party, prompt="none", id_token_hint=first.id_token.text)

    check_same(first, second)


async def test_oidcc_login_hint(party: RelyingParty) -> None:
    """A hint that names nobody does no harm."""
    request = party.request(login_hint=f"buffy-{secrets.token_hex(4)}@id.example")
    await party.ask(request)
    assert party.page_shown == "sign-in"
    await party.person_answers()

    await party.complete(request)
