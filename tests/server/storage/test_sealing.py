"""Sealed values open in their place, under their key, unchanged, and nowhere else."""

import pytest

from tokensmith.server.domain.errors import SealError
from tokensmith.server.domain.rotation_keys import RotationKeys
from tokensmith.server.domain.signing_keys import Sealer
from tokensmith.server.storage.sealing import Sealing, key_id_of

PLACE = {"table": "signing_keys", "column": "sealed_private_jwk", "row": "k1"}
SECRET = b"a private key"


def test_what_is_sealed_opens_in_its_place() -> None:
    """The value does not contain the plaintext."""
    sealing = Sealing.generate()
    sealed = sealing.seal(SECRET, **PLACE)

    assert SECRET not in sealed
    assert sealing.open(sealed, **PLACE) == SECRET


def test_the_same_secret_is_never_sealed_alike() -> None:
    """NIST SP 800-38D §8.2: a nonce that repeats under a key gives the key stream away."""
    sealing = Sealing.generate()

    assert len({sealing.seal(SECRET, **PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("part", ["table", "column", "row"])
def test_a_value_moved_to_another_place_is_refused(part: str) -> None:
    """Whoever may write to the database but holds no key cannot give one row another's secret."""
    sealing = Sealing.generate()
    sealed = sealing.seal(SECRET, **PLACE)

    with pytest.raises(SealError) as refused:
        sealing.open(sealed, **PLACE | {part: "other"})

    assert refused.value.code == "sealed_value_refused"


def test_the_parts_of_a_place_do_not_run_into_each_other() -> None:
    """A place "ab", "c" is another than "a", "bc"."""
    sealing = Sealing.generate()
    sealed = sealing.seal(SECRET, table="ab", column="c", row="d")

    with pytest.raises(SealError):
        sealing.open(sealed, table="a", column="bc", row="d")


def test_one_changed_byte_anywhere_is_refused() -> None:
    """Format, key id, nonce, ciphertext and tag alike."""
    sealing = Sealing.generate()
    sealed = sealing.seal(SECRET, **PLACE)

    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SealError):
            sealing.open(changed, **PLACE)


def test_a_value_cut_short_is_refused() -> None:
    """At every length, also before the nonce or the tag is whole."""
    sealing = Sealing.generate()
    sealed = sealing.seal(b"", **PLACE)

    for length in range(len(sealed)):
        with pytest.raises(SealError):
            sealing.open(sealed[:length], **PLACE)


def test_another_key_does_not_open_it() -> None:
    """The refusal names the key that is missing."""
    sealed = Sealing.generate().seal(SECRET, **PLACE)

    with pytest.raises(SealError) as refused:
        Sealing.generate().open(sealed, **PLACE)

    assert refused.value.code == "sealing_key_unknown"


def test_an_older_key_still_opens_and_the_first_one_seals() -> None:
    """A key is changed by putting the new one in front."""
    old, new = Sealing.generate(), Sealing.generate()
    both = Sealing.parse(new.secret_text() + old.secret_text())

    assert both.key_ids == (*new.key_ids, *old.key_ids)
    assert both.open(old.seal(SECRET, **PLACE), **PLACE) == SECRET
    assert new.open(both.seal(SECRET, **PLACE), **PLACE) == SECRET


def test_keys_survive_being_written_down() -> None:
    """The text an operator keeps, with commas, blank lines and comments."""
    one, two = Sealing.generate(), Sealing.generate()
    text = f"# made yesterday\n\n  {one.secret_text().strip()},{two.secret_text()}"

    assert Sealing.parse(text).secret_text() == one.secret_text() + two.secret_text()


@pytest.mark.parametrize(
    "text", ["", "\n# tsk_nothing\n", "tsk_", "tsk_!!!!", "hunter2", "tsk_" + "A" * 42, "tsk_" + "A" * 44]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """Nothing of it is repeated: it may be a key with a slip in it."""
    with pytest.raises(SealError) as refused:
        Sealing.parse(text)

    assert refused.value.code == "sealing_key_malformed"
    assert "hunter" not in str(refused.value) + refused.value.detail


def test_a_key_has_one_spelling() -> None:
    """Spare bits in the last character would give one key several names."""
    word = Sealing.generate().secret_text().strip()
    others = [word[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    read = []
    for other in others:
        try:
            read.append(Sealing.parse(other).secret_text().strip())
        except SealError:
            continue

    assert len(read) == 16
    assert set(read) <= set(others)


@pytest.mark.parametrize("keys", [(), (b"short",), (b"k" * 33,)])
def test_keys_have_32_bytes(keys: tuple[bytes, ...]) -> None:
    """Misuse by the programmer is a ValueError, at construction."""
    with pytest.raises(ValueError, match="32 bytes"):
        Sealing(keys)


def test_each_purpose_has_a_key_of_its_own() -> None:
    """What chains refresh tokens, or hides names, seals nothing, and none of them is the sealing key itself."""
    sealing = Sealing((b"k" * 32,))
    derived = {sealing.rotation_key(sealing.current_key_id), sealing.attempts_secret}

    assert len(derived) == 2
    assert b"k" * 32 not in derived
    assert all(len(key) == 32 for key in derived)


def test_derived_keys_stay_the_same_from_one_start_to_the_next() -> None:
    """Refresh families outlive the process that made them; changing this breaks every session."""
    sealing = Sealing((bytes(range(32)),))

    assert sealing.current_key_id == "4dylw66u3rtzekms"
    assert (
        sealing.rotation_key(sealing.current_key_id).hex()
        == "21b494b60f85b286b99b815126d9e2dea6be1027afa079f6ca47400b5a126841"
    )
    assert sealing.attempts_secret.hex() == "5813ee35bef83fba5be34c69e27b6ab05cc750ef9371c2e730de8beb57c54b2c"


def test_a_rotation_key_that_is_gone_is_named() -> None:
    """Families born under it cannot be refreshed any more."""
    with pytest.raises(SealError) as refused:
        Sealing.generate().rotation_key("gone")

    assert (refused.value.code, refused.value.detail) == ("sealing_key_unknown", "gone")


def test_a_key_does_not_show_itself() -> None:
    """Neither in a log line nor in a traceback."""
    sealing = Sealing.generate()

    assert sealing.secret_text().strip()[4:] not in repr(sealing)
    assert sealing.current_key_id in repr(sealing)


def test_it_is_what_the_domain_asks_for() -> None:
    """Checked by mypy; here the names are used."""
    sealer: Sealer = Sealing.generate()
    rotation_keys: RotationKeys = Sealing.generate()

    assert sealer.open(sealer.seal(SECRET, **PLACE), **PLACE) == SECRET
    assert len(rotation_keys.rotation_key(rotation_keys.current_key_id)) == 32


def test_another_key_can_be_made_the_current_one() -> None:
    """The same keys, in another order; each still opens what it sealed."""
    first, second = Sealing.generate(), Sealing.generate()
    both = first.before(second)
    turned = both.led_by(second.current_key_id)

    assert both.key_ids == (first.current_key_id, second.current_key_id)
    assert turned.key_ids == (second.current_key_id, first.current_key_id)
    assert key_id_of(turned.seal(SECRET, **PLACE)) == second.current_key_id
    assert turned.open(first.seal(SECRET, **PLACE), **PLACE) == SECRET
    assert both.alone(second.current_key_id).secret_text() == second.secret_text()


def test_of_a_dropped_key_the_rotation_key_can_be_known_and_opens_nothing() -> None:
    """It proves refresh tokens, for which it was kept."""
    old, new = Sealing.generate(), Sealing.generate()
    old_id = old.current_key_id
    knowing = new.knowing({old_id: old.rotation_key(old_id)})

    assert knowing.key_ids == new.key_ids
    assert knowing.rotation_key(old_id) == old.rotation_key(old_id)
    assert knowing.led_by(new.current_key_id).rotation_key_ids == {old_id, new.current_key_id}
    with pytest.raises(SealError) as refused:
        knowing.open(old.seal(SECRET, **PLACE), **PLACE)
    assert refused.value.code == "sealing_key_unknown"


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01\xff\xfe", b"x" * 100])
def test_what_is_no_sealed_value_names_a_key_that_nobody_has(value: bytes) -> None:
    """Text it is, whatever the bytes."""
    assert key_id_of(value) not in Sealing.generate().key_ids
