"""Arguments of a program: one type, or a `TypeError`."""

from typing import Any

import pytest

from tokensmith.jose.jwk.arguments import octets, password_octets, text_or_none


@pytest.mark.parametrize("value", ["\u00e9", b"\xc3\xa9", bytearray(b"\xc3\xa9")])
def test_text_counts_as_its_utf_8_octets(value: Any) -> None:
    assert octets(value, "secret") == b"\xc3\xa9"


def test_half_a_character_is_bad_material_and_no_bug_of_the_caller() -> None:
    assert octets("\ud800", "secret") == b"\xed\xa0\x80"


@pytest.mark.parametrize("value", [None, 1, ["secret"], ...], ids=repr)
def test_anything_else_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="secret is str or bytes"):
        octets(value, "secret")


def test_a_password_may_be_left_out() -> None:
    assert password_octets(None) is None
    assert password_octets("open") == b"open"


def test_a_kid_is_a_string_or_nothing() -> None:
    assert text_or_none(None, "kid") is None
    assert text_or_none("a", "kid") == "a"
    with pytest.raises(TypeError, match="kid is a string"):
        text_or_none(1, "kid")  # type: ignore[arg-type]
