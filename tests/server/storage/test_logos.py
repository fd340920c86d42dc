"""Pictures of programs."""

import pytest

from tests.server.domain.test_logos import PNG
from tests.server.storage.conftest import AnyStore
from tokensmith.server.domain.logos import read_logo

pytestmark = pytest.mark.anyio


async def test_a_picture_is_kept_once_and_comes_back_as_it_was(store: AnyStore) -> None:
    logo = read_logo(PNG)
    for _ in range(2):
        await store.write(lambda uow: uow.logos.add(logo))

    assert await store.read(lambda uow: uow.logos.find(logo.digest)) == logo
    assert await store.read(lambda uow: uow.logos.find("none")) is None
