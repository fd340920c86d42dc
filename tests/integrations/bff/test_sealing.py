"""What a browser keeps for us: it opens where it was sealed, for what it was sealed, and unchanged."""

import pytest

from tokensmith.integrations.bff.sealing import Sealer

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def test_what_was_sealed_opens() -> None:
    sealer = Sealer([ONE], purpose="a")
    sealed = sealer.seal({"number": "n", "list": [1]})
    opened = sealer.open(sealed)

    assert opened is not None
    assert opened.to_dict() == {"number": "n", "list": [1]}
    assert sealer.seal({"number": "n", "list": [1]}) != sealed
    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_what_was_sealed_for_something_else_does_not_open() -> None:
    """A cookie of a sign-in is none of a session."""
    sealed = Sealer([ONE], purpose="a").seal({"number": "n"})

    assert Sealer([ONE], purpose="b").open(sealed) is None
    assert Sealer([TWO], purpose="a").open(sealed) is None


def test_a_former_secret_still_opens_and_seals_no_more() -> None:
    former, now, changed = (Sealer(secrets, purpose="a") for secrets in ([ONE], [TWO], [TWO, ONE]))

    assert changed.open(former.seal({"a": 1})) is not None
    assert now.open(changed.seal({"a": 1})) is not None
    assert former.open(changed.seal({"a": 1})) is None


def test_any_change_is_noticed() -> None:
    sealer = Sealer([ONE], purpose="a")
    sealed = sealer.seal({"number": "n"})
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        assert sealer.open(sealed[:place] + other + sealed[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "a", "a.b.c.d.e", "....", "é", "." * 9000])
def test_nonsense_is_nothing(text: str) -> None:
    assert Sealer([ONE], purpose="a").open(text) is None


@pytest.mark.parametrize("secrets", [[], [bytes(31)], [ONE, b""]])
def test_a_secret_is_long_enough(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(secrets, purpose="a")
