"""The algorithm "dir": the shared secret is the content key (RFC 7518 §4.5)."""

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS, content_encryption, key_management, signature
from tokensmith.jose.jwa.direct import DIR, DIR_OF_ENC, settle
from tokensmith.jose.jwa.key_management import Parameters


def test_there_is_one_for_each_content_encryption() -> None:
    assert {name: each.content_encryption for name, each in DIR_OF_ENC.items()} == dict(CONTENT_ENCRYPTIONS)
    assert {each.name for each in DIR_OF_ENC.values()} == {DIR.name} == {"dir"}


@pytest.mark.parametrize(
    ("octets", "enc"), [(16, "A128GCM"), (24, "A192GCM"), (48, "A192CBC-HS384"), (64, "A256CBC-HS512")]
)
def test_the_size_settles_the_content_encryption(octets: int, enc: str) -> None:
    assert settle(DIR, bytes(octets)) is DIR_OF_ENC[enc]


def test_32_octets_settle_nothing() -> None:
    """RFC 8725 §3.1: one key, one algorithm; A256GCM and A128CBC-HS256 have keys of one size."""
    with pytest.raises(KeyMaterialError) as refusal:
        settle(DIR, bytes(32))

    assert refusal.value.code == "algorithm_required"
    assert "A256GCM or A128CBC-HS256" in str(refusal.value)


@pytest.mark.parametrize("octets", [0, 15, 17, 40, 65])
def test_another_size_is_no_content_key(octets: int) -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        settle(DIR, bytes(octets))

    assert refusal.value.code == "algorithm_mismatch"


def test_other_algorithms_are_settled_already() -> None:
    for algorithm in (key_management("A256KW"), signature("HS256"), DIR_OF_ENC["A256GCM"]):
        assert settle(algorithm, bytes(32)) is algorithm


def test_the_name_alone_takes_no_key() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        DIR.prepare(DIR, bytes(16))

    assert refusal.value.code == "algorithm_mismatch"


def test_a_key_serves_one_content_encryption() -> None:
    """Threat A12: 32 octets for A256GCM are none for A128CBC-HS256, though they would fit."""
    algorithm = DIR_OF_ENC["A256GCM"]
    ready = algorithm.prepare(algorithm, bytes(32))
    other = content_encryption("A128CBC-HS256")

    for use in (ready.wrap, ready.unwrap):
        with pytest.raises(KeyMaterialError) as refusal:
            use(bytes(32), other, Parameters())  # type: ignore[misc]
        assert refusal.value.code == "algorithm_mismatch"
