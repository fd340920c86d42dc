"""The law: a token with any one bit changed is no token of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import JoseError, Key, jws, jwt

KEYS = [Key.generate(alg) for alg in ("HS256", "ES256", "Ed25519", "RS256", "ML-DSA-44")]
TOKENS = [(key, jwt.sign({"sub": "ada"}, key)) for key in KEYS]


@pytest.mark.parametrize(("key", "token"), TOKENS, ids=lambda value: getattr(value, "alg", ""))
@given(data=st.data())
def test_in_the_text(key: Key, token: str, data: st.DataObject) -> None:
    """Header, payload or signature; also where the change makes another valid character."""
    octets = bytearray(token.encode())
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(JoseError):
        jws.verify(bytes(octets), key)


@pytest.mark.parametrize(("key", "token"), TOKENS, ids=lambda value: getattr(value, "alg", ""))
@given(data=st.data())
def test_left_out_or_put_in(key: Key, token: str, data: st.DataObject) -> None:
    """A character less, or one more, anywhere."""
    place = data.draw(st.integers(0, len(token) - 1))
    more = data.draw(st.sampled_from("A.-=z"))

    for changed in (token[:place] + token[place + 1 :], token[:place] + more + token[place:]):
        with pytest.raises(JoseError):
            jws.verify(changed, key)
