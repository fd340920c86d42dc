"""The class says what the caller does next."""

import pytest

from tokensmith.client import (
    ClientError,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    UnusableAnswerError,
)


@pytest.mark.parametrize("class_", [RefusedError, SignInAgainError, ServerUnavailableError, UnusableAnswerError])
def test_one_class_catches_them_all(class_: type[ClientError]) -> None:
    assert issubclass(class_, ClientError)


def test_whoever_changes_the_request_need_not_know_of_sign_in() -> None:
    """A refusal is a refusal; asking the person is one way to change it."""
    assert issubclass(SignInAgainError, RefusedError)
    assert not issubclass(ServerUnavailableError, RefusedError)
