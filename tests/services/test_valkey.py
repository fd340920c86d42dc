"""The Valkey a test is given."""

import pytest
import valkey


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_it_empty(valkey_url: str, turn: int) -> None:
    """Whichever turn is first, the second does not see its key."""
    with valkey.Valkey.from_url(valkey_url) as client:
        before = client.get("key")
        client.set("key", turn)

    assert before is None
