"""The law: an encrypted token with any one byte changed is a refusal, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jose.jwe.tokens import DRAFT_TOKENS, DRAFTS, TOKENS
from tokensmith.jose import JoseError, Key, jwe

ALL = TOKENS | DRAFT_TOKENS
every = pytest.mark.parametrize(("key", "token"), ALL.values(), ids=ALL)


@every
@settings(max_examples=60)
@given(data=st.data())
def test_in_the_text(key: Key, token: str, data: st.DataObject) -> None:
    """Header, encrypted key, vector, ciphertext or tag; also where the change makes another valid character."""
    octets = bytearray(token.encode())
    place = data.draw(st.integers(0, len(octets) - 1))
    others = st.integers(0, 255) | st.sampled_from(b"AQgw048-_9")
    octets[place] = data.draw(others.filter(lambda value: value != octets[place]))

    with pytest.raises(JoseError):
        jwe.decrypt(bytes(octets), key, drafts=DRAFTS)


@every
@settings(max_examples=30)
@given(data=st.data())
def test_left_out_or_put_in(key: Key, token: str, data: st.DataObject) -> None:
    """A character less, or one more, anywhere."""
    place = data.draw(st.integers(0, len(token) - 1))
    more = data.draw(st.sampled_from("A.-=z"))

    for changed in (token[:place] + token[place + 1 :], token[:place] + more + token[place:]):
        with pytest.raises(JoseError):
            jwe.decrypt(changed, key, drafts=DRAFTS)
