"""Keys that an operator fixed."""

import pytest

from tests.guard.scripted import ScriptedOutside, run
from tokensmith.guard.keys import FixedKeys
from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import UnknownKeyError

KEY = Key.generate("ES256", kid="1")


@pytest.mark.parametrize("keys", [KEY, KeySet([KEY])])
def test_fixed_keys_answer_without_asking_anybody(keys: Key | KeySet) -> None:
    outside = ScriptedOutside()

    assert run(FixedKeys(keys).find({"alg": "ES256", "kid": "1"}, outside)) is KEY
    assert outside.fetched == []


def test_they_neither_grow_nor_age() -> None:
    keys = FixedKeys(KEY)
    keys.expire()

    assert keys.age(1000.0) is None
    assert not keys.promises_status
    assert keys.status_feed is None
    with pytest.raises(UnknownKeyError):
        run(keys.find({"alg": "ES256", "kid": "2"}, ScriptedOutside()))
