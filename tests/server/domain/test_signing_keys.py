"""The life of a signing key: published, active, verify-only, gone."""

from dataclasses import replace

import pytest

from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SigningKey, Stage, active_key

KEY = SigningKey(
    kid=KeyId("one"),
    alg="ES256",
    public_jwk="{}",
    sealed_private_jwk=b"sealed-bytes",
    provider_key_id=None,
    published_at_ms=100,
    active_at_ms=200,
    retired_at_ms=300,
    gone_at_ms=400,
    compromised=False,
)


@pytest.mark.parametrize(
    ("now_ms", "stage"),
    [
        (100, Stage.PUBLISHED),
        (199, Stage.PUBLISHED),
        (200, Stage.ACTIVE),
        (299, Stage.ACTIVE),
        (300, Stage.VERIFY_ONLY),
        (399, Stage.VERIFY_ONLY),
        (400, Stage.GONE),
    ],
)
def test_the_stage_follows_from_the_time(now_ms: int, stage: Stage) -> None:
    assert KEY.stage(now_ms=now_ms) is stage


def test_a_key_without_a_successor_stays_active() -> None:
    assert replace(KEY, retired_at_ms=None, gone_at_ms=None).stage(now_ms=10**15) is Stage.ACTIVE


def test_a_compromised_key_is_gone_at_once() -> None:
    assert replace(KEY, compromised=True).stage(now_ms=200) is Stage.GONE


def test_the_predecessor_signs_until_its_successor_does_and_verifies_what_it_signed() -> None:
    """No moment without a key that signs, and no token that outlives the key it was signed with."""
    ended = replace(KEY, retired_at_ms=None, gone_at_ms=None).succeeded_at(500, longest_token_ms=50)

    assert [ended.stage(now_ms=now_ms) for now_ms in (499, 500, 549, 550)] == [
        Stage.ACTIVE,
        Stage.VERIFY_ONLY,
        Stage.VERIFY_ONLY,
        Stage.GONE,
    ]


def test_of_several_active_keys_of_an_algorithm_the_youngest_signs() -> None:
    younger = replace(KEY, kid=KeyId("two"), active_at_ms=250)
    other = replace(KEY, kid=KeyId("three"), alg="RS256", active_at_ms=260)

    assert active_key((KEY, younger, other), alg="ES256", now_ms=270) is younger
    assert active_key((KEY, younger, other), alg="ES256", now_ms=249) is KEY
    assert active_key((KEY,), alg="RS256", now_ms=270) is None


def test_the_repr_shows_nothing_sealed() -> None:
    assert "sealed-bytes" not in repr(KEY)


@pytest.mark.parametrize(("active", "retired", "signs"), [(200, None, True), (200, 201, True), (200, 200, False)])
def test_a_key_that_is_retired_before_it_is_active_never_signs(active: int, retired: int | None, signs: bool) -> None:
    """It is another server's, and verifies what was signed there."""
    key = replace(KEY, active_at_ms=active, retired_at_ms=retired)

    assert key.ever_signs is signs
    assert (key.stage(now_ms=200) is Stage.ACTIVE) is signs


def test_a_private_half_is_sealed_or_with_a_provider_or_with_nobody() -> None:
    assert KEY.has_private_half
    assert replace(KEY, sealed_private_jwk=None, provider_key_id="1").has_private_half
    assert not replace(KEY, sealed_private_jwk=None).has_private_half
