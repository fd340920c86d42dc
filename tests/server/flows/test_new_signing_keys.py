"""How a signing key comes in; what that means for rotation and import is tested there."""

from tests.server.storage.test_signing_keys import KEY
from tokensmith.jose import Key
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.flows.new_signing_keys import NewSigningKey, is_pending
from tokensmith.server.storage.sealing import Sealing


def test_a_new_key_is_sealed_for_its_row() -> None:
    """Under its id; moved to another row it does not open."""
    key, sealing = Key.generate("ES256", kid="one"), Sealing.generate()
    new = NewSigningKey.sealed(key, kid=KeyId("one"), sealer=sealing)
    assert new.sealed_private_jwk is not None
    private = sealing.open(new.sealed_private_jwk, table="signing_keys", column="sealed_private_jwk", row="one")

    assert parse_object(private) == key.to_jwk(private=True)
    assert parse_object(new.public_jwk.encode()) == key.to_jwk()


def test_its_life_is_written_once() -> None:
    """Not yet ended, unless that was said."""
    new = NewSigningKey(kid=KEY.kid, alg="ES256", public_jwk="{}", sealed_private_jwk=None)

    life = new.living(published_at_ms=1, active_at_ms=2)
    assert (life.published_at_ms, life.active_at_ms, life.retired_at_ms, life.gone_at_ms) == (1, 2, None, None)
    assert life.compromised is False
    assert new.living(published_at_ms=1, active_at_ms=2, retired_at_ms=3, gone_at_ms=4).gone_at_ms == 4


def test_a_successor_is_pending_until_it_signs() -> None:
    """Of its own algorithm."""
    moment = KEY.active_at_ms

    assert is_pending((KEY,), "ES256", now_ms=moment - 1)
    assert not is_pending((KEY,), "ES256", now_ms=moment)
    assert not is_pending((KEY,), "RS256", now_ms=moment - 1)
