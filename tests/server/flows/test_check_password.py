"""A password is checked once for every way in; what the first-party sign-in shows of it is in test_sign_in.py."""

from dataclasses import replace

import pytest

from tests.server.flows.world import PASSWORD, World
from tokensmith.server.domain.errors import InvalidCredentialsError, TooManyAttemptsError

pytestmark = pytest.mark.anyio


async def test_a_person_is_who_knows_the_password(world: World) -> None:
    checked = await world.passwords.run("ADA", PASSWORD, source="192.0.2.1")

    assert (checked.user.name, checked.new_hash) == ("ada", None)
    assert PASSWORD not in repr(checked)


async def test_a_change_meanwhile_is_noticed(world: World) -> None:
    """Switched off, given another password, or gone."""
    checked = await world.passwords.run("ada", PASSWORD, source="192.0.2.1")
    checked.check_unchanged(checked.user)
    for now in (None, replace(checked.user, disabled=True), replace(checked.user, password_hash="new$other")):
        with pytest.raises(InvalidCredentialsError):
            checked.check_unchanged(now)


async def test_an_old_hash_is_renewed(world: World) -> None:
    user = (await world.passwords.run("ada", PASSWORD, source="192.0.2.1")).user
    old = f"old${PASSWORD}"
    await world.store.write(lambda uow: uow.users.replace_password_hash(user.id, password_hash=old))
    checked = await world.passwords.run("ada", PASSWORD, source="192.0.2.1")
    await world.store.write(checked.settle)
    found = await world.store.read(lambda uow: uow.users.find(user.id))

    assert checked.new_hash == f"new${PASSWORD}"
    assert found is not None
    assert found.password_hash == checked.new_hash
    checked.check_unchanged(found)


async def test_failures_are_forgotten_when_they_are_settled_and_not_before(world: World) -> None:
    """Attempts count until the transaction that acts on the right password has committed."""
    for _ in range(4):
        with pytest.raises(InvalidCredentialsError):
            await world.passwords.run("ada", "wrong", source="192.0.2.1")
    checked = await world.passwords.run("ada", PASSWORD, source="192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        await world.passwords.run("ada", PASSWORD, source="192.0.2.1")
    await world.store.write(checked.settle)

    await world.passwords.run("ada", PASSWORD, source="192.0.2.1")
