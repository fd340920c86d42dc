"""The law: base64url has one spelling for each byte string, and every text that is read is it."""

from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError


@given(st.binary())
def test_what_we_write_we_read(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@given(st.text(alphabet='ABQgwEIMUYcko048-_=+/ \n"\\é', max_size=12) | st.text(max_size=12))
def test_what_we_read_is_what_we_would_write(text: str) -> None:
    """So two different texts are never the same signature."""
    try:
        data = base64url.decode(text)
    except MalformedTokenError:
        return

    assert base64url.encode(data) == text
