"""Objects that nobody can change, at any depth."""

import copy
import pickle

import pytest

from tokensmith.jose.frozen_json import FrozenObject, adopt, freeze, thaw

MEMBERS = {"a": 1, "list": [1, [2]], "object": {"x": {"y": [1]}}}


def test_a_frozen_object_is_a_mapping() -> None:
    frozen = FrozenObject({"a": 1, "b": None})

    assert dict(frozen) == {"a": 1, "b": None}
    assert (len(frozen), "b" in frozen, frozen.get("c")) == (2, True, None)
    assert frozen == {"a": 1, "b": None}
    assert repr(frozen) == "FrozenObject({'a': 1, 'b': None})"


@pytest.mark.parametrize("frozen", [FrozenObject(MEMBERS), adopt(FrozenObject, copy.deepcopy(MEMBERS))])
def test_nothing_inside_can_change(frozen: FrozenObject) -> None:
    """A list that is reached through a read-only mapping must be read-only too."""
    assert frozen["list"] == (1, (2,))
    with pytest.raises(TypeError):
        frozen["a"] = 2  # type: ignore[index]
    with pytest.raises(TypeError):
        frozen["object"]["x"]["y"] = 2  # type: ignore[index, call-overload]
    with pytest.raises(AttributeError):
        frozen._members = {}
    with pytest.raises(AttributeError):
        del frozen._members


def test_what_the_maker_does_later_does_not_reach_inside() -> None:
    """The object is a copy, not a view."""
    members = {"a": [1]}
    frozen = FrozenObject(members)
    members["a"].append(2)

    assert frozen["a"] == (1,)


def test_a_copy_for_the_caller_is_his_own() -> None:
    """`to_dict` hands out dicts and lists that change nothing here."""
    frozen = FrozenObject(MEMBERS)
    copied = frozen.to_dict()
    copied["list"].append(3)

    assert frozen.to_dict() == MEMBERS


def test_copies_are_the_thing_itself_and_pickles_are_equal() -> None:
    """What cannot change need not be copied."""
    frozen = FrozenObject(MEMBERS)

    assert copy.copy(frozen) is frozen
    assert copy.deepcopy(frozen) is frozen
    assert pickle.loads(pickle.dumps(frozen)) == frozen


def test_freezing_and_thawing_are_inverse() -> None:
    assert thaw(freeze(MEMBERS)) == MEMBERS
    assert freeze("text") == thaw("text") == "text"
