"""Payloads beside the token, and payloads as they are."""

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jws.unencoded import fits_compact, represent, take_payload


def test_what_is_signed_is_the_text_or_the_payload_itself() -> None:
    """RFC 7797 §3, the table."""
    assert represent(b"$.02", unencoded=False) == b"JC4wMg"
    assert represent(b"$.02", unencoded=True) == b"$.02"


@pytest.mark.parametrize("payload", ["x", None, bytearray(b"x"), 5])
@pytest.mark.parametrize("unencoded", [True, False])
def test_a_payload_is_bytes(payload: object, unencoded: bool) -> None:
    """E14: a bytearray could change after it was verified; and text has no one encoding."""
    with pytest.raises(TypeError, match="bytes"):
        represent(payload, unencoded=unencoded)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("payload", "fits"),
    [
        (b"", True),
        (bytes(range(0x20, 0x2E)), True),
        (bytes(range(0x2F, 0x7F)), True),
        (b"\x1f", False),
        (b"\x7f", False),
        (b".", False),
        (b"a.b", False),
        (b"\n", False),
        (b"\0", False),
        (b"\x80", False),
        ("é".encode(), False),
    ],
)
def test_what_may_stand_inside_a_compact_token(payload: bytes, fits: bool) -> None:
    """C03: RFC 7797 §5.2, %x20-2D and %x2F-7E."""
    assert fits_compact(payload) is fits


@pytest.mark.parametrize(
    ("text", "detached", "unencoded", "octets", "signed_as"),
    [
        (b"eA", None, False, b"x", b"eA"),
        (b"eA", None, True, b"eA", b"eA"),
        (None, b"x", False, b"x", b"eA"),
        (None, b"x", True, b"x", b"x"),
        (b"", None, False, b"", b""),
        (None, b"", False, b"", b""),
    ],
)
def test_a_payload_is_taken_from_where_it_is(
    text: bytes | None, detached: bytes | None, unencoded: bool, octets: bytes, signed_as: bytes
) -> None:
    payload = take_payload(text, detached=detached, unencoded=unencoded)

    assert (payload.octets, payload.signed_as) == (octets, signed_as)


@pytest.mark.parametrize(("text", "detached"), [(None, None), (b"eA", b"x"), (b"", b"x"), (b"", b"")])
@pytest.mark.parametrize("unencoded", [True, False])
def test_a_payload_has_one_place(text: bytes | None, detached: bytes | None, unencoded: bool) -> None:
    """B10: two payloads are two answers to what was signed, also where they are equal; none is no answer."""
    with pytest.raises(MalformedTokenError) as caught:
        take_payload(text, detached=detached, unencoded=unencoded)

    assert caught.value.code == "payload_source"


def test_an_encoded_payload_is_base64url() -> None:
    with pytest.raises(MalformedTokenError) as caught:
        take_payload(b"e A", detached=None, unencoded=False)

    assert caught.value.code == "base64url"
