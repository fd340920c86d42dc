"""From key objects to JWK members: the public ones alone, unless asked for all."""

import pytest

from tests.jose.jwk.key_files import KEYS
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.export import public_half, write_private_members, write_public_members

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k", "priv"}


@pytest.mark.parametrize("alg", KEYS)
def test_public_members_are_the_same_for_both_halves(alg: str) -> None:
    members = write_public_members(KEYS[alg])

    assert PRIVATE_MEMBERS.isdisjoint(members)
    assert members == write_public_members(KEYS[alg].public_key())


@pytest.mark.parametrize("alg", KEYS)
def test_private_members_are_the_public_ones_and_the_secret(alg: str) -> None:
    public, private = write_public_members(KEYS[alg]), write_private_members(KEYS[alg])

    assert private.items() > public.items()
    assert private.keys() - public.keys() <= PRIVATE_MEMBERS


def test_a_public_key_is_its_own_public_half() -> None:
    half = KEYS["ES256"].public_key()

    assert public_half(half) is half


def test_a_secret_has_nothing_to_show() -> None:
    for show in (public_half, write_public_members):
        with pytest.raises(KeyMaterialError) as refusal:
            show(b"secret")

        assert refusal.value.code == "symmetric_key"
    assert write_private_members(b"secret") == {"kty": "oct", "k": "c2VjcmV0"}
