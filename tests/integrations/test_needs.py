"""What a route asks for, as people write it."""

from typing import Any

import pytest

from tokensmith.guard import Need
from tokensmith.integrations.needs import need_of


def test_names_are_scopes() -> None:
    assert need_of("a", "b") == Need("a", "b")
    assert need_of() == Need()


def test_the_same_names_are_made_into_a_need_once() -> None:
    """Some frameworks ask with them at each request."""
    assert need_of("a", "b") is need_of("a", "b")


def test_a_need_made_beforehand_is_taken_as_it_is() -> None:
    """Whatever else it asks for beside scopes is kept."""
    need = Need("a")

    assert need_of(need) is need


@pytest.mark.parametrize("wanted", [(Need("a"), "b"), ("b", Need("a")), (Need("a"), Need("b")), (7,), (["a"],)])
def test_anything_else_is_a_mistake(wanted: tuple[Any, ...]) -> None:
    """Two needs would have to be joined by somebody, and a list taken for one scope would never be held."""
    with pytest.raises(TypeError, match="one Need and nothing else"):
        need_of(*wanted)


def test_a_name_that_is_no_scope_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="not one scope"):
        need_of("a b")
