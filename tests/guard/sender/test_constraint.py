"""What a service asks of senders, said once and checked at once."""

import pytest

from tokensmith.guard import SenderConstraint


@pytest.mark.parametrize("said", [{"policy": "required"}, {"policy": ""}, {"nonce_secret": bytes(31)}])
def test_a_misspelt_constraint_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"policy|32 bytes"):
        SenderConstraint(**said)  # type: ignore[arg-type]


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(SenderConstraint(nonce_secret=b"secret" * 6))
