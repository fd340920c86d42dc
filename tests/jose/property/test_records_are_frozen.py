"""What is given out cannot be changed, and what holds a content key does not show it."""

from dataclasses import is_dataclass
from typing import Any

import msgspec
import pytest

from tokensmith.jose import Key, jwe, jws, jwt, sd_jwt
from tokensmith.jose.jwa.key_management import WrappedKey
from tokensmith.jose.jwe.encrypt_json import _Addressed
from tokensmith.jose.jwk.keyset import SkippedKey
from tokensmith.jose.jwk.trust_anchors import TrustAnchors
from tokensmith.jose.jwt.status_list import StatusList

SECRET = bytes(range(16))
PUBLIC: list[type[Any]] = [
    jwe.Recipient,
    jws.RefusedSignature,
    jws.VerifiedSignature,
    jwt.UnverifiedJwt,
    sd_jwt.KeyBinding,
    SkippedKey,
    StatusList,
    TrustAnchors,
]


@pytest.mark.parametrize("record", PUBLIC, ids=lambda record: record.__name__)
def test_what_is_given_out_is_frozen(record: type[Any]) -> None:
    """A result that somebody changes would be believed by whoever reads it next."""
    if is_dataclass(record):
        assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert "__slots__" in vars(record)
    else:
        assert issubclass(record, msgspec.Struct)
        assert record.__struct_config__.frozen


def test_a_content_key_is_not_shown() -> None:
    """In a traceback or a log, say."""
    wrapped = WrappedKey(content_key=SECRET)
    addressed = _Addressed(content_key=SECRET, protected={}, recipients=())

    assert repr(SECRET) not in repr(wrapped)
    assert repr(SECRET) not in repr(addressed)
    assert str(SECRET.hex()) not in repr(Key.from_secret(SECRET, alg="A128KW"))
