"""What holds secrets: frozen, and silent (RFC 7517 §9.2); what it means for keys is in test_key."""

import copy
import pickle

import pytest

from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jwk.silent import Silent

KEY = Key.generate("ES256")
HOLDERS = [KEY, KeySet([KEY])]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: type(each).__name__)
def test_a_slot_is_filled_once(holder: Silent) -> None:
    for name in (*holder.__slots__, "new"):
        with pytest.raises(AttributeError):
            setattr(holder, name, None)
        with pytest.raises(AttributeError):
            delattr(holder, name)


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: type(each).__name__)
def test_a_copy_is_the_thing_itself(holder: Silent) -> None:
    assert copy.copy(holder) is holder
    assert copy.deepcopy([holder])[0] is holder


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: type(each).__name__)
def test_state_is_not_handed_out(holder: Silent) -> None:
    for hand_out in (pickle.dumps, lambda each: each.__getstate__(), lambda each: each.__reduce__()):
        with pytest.raises(TypeError):
            hand_out(holder)
