"""Proofs cannot be called into existence."""

import msgspec
import pytest

from tokensmith.jose.sealed import Sealed, make_sealed


class Proof(msgspec.Struct, frozen=True, metaclass=Sealed):
    """Stands for any verified thing."""

    value: int


def test_a_sealed_class_cannot_be_called() -> None:
    """A verified thing without a verification would be worth nothing."""
    with pytest.raises(TypeError, match="Only a verification makes a Proof"):
        Proof(1)


def test_the_verifier_can_make_one() -> None:
    assert make_sealed(Proof, 1).value == 1


def test_a_sealed_object_is_frozen() -> None:
    with pytest.raises(AttributeError):
        make_sealed(Proof, 1).value = 2
