"""Bodies end: in bytes, in time, and in one media type."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from tests.server.web.requests import make_request, make_scope
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.request_body import FORM, MAX_BODY_BYTES, ClientGoneError, read_body

pytestmark = pytest.mark.anyio


async def test_chunks_are_joined() -> None:
    """However the network cut them."""
    assert await read_body(make_request({}, b"a=", b"1"), media_type=FORM) == b"a=1"


@pytest.mark.parametrize(
    "media_type",
    [FORM, FORM.upper(), f"{FORM}; charset=UTF-8", f'{FORM};charset="utf-8"', f"{FORM} ;", f" {FORM}"],
)
async def test_one_media_type_is_taken_in_any_spelling(media_type: str) -> None:
    """RFC 9110 §8.3.1: case and spaces say nothing; UTF-8 is what we read anyway (RFC 6749 appendix B)."""
    assert await read_body(make_request({}, b"x", media_type=media_type), media_type=FORM) == b"x"


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "application/json",
        "text/plain",
        f"{FORM}; charset=latin-1",
        f"{FORM}, {FORM}",
        "multipart/form-data",
        f"{FORM}x",
    ],
)
async def test_every_other_media_type_is_refused(media_type: str | None) -> None:
    """text/plain is what a page of another site can send without asking (Fetch §2.2.2)."""
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(make_request({}, b"x", media_type=media_type), media_type=FORM)

    assert refused.value.code == "content_type"


async def test_two_content_types_are_refused() -> None:
    """One for the proxy, one for us."""
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(make_request({"content-type": FORM}, b"x"), media_type=FORM)

    assert refused.value.code == "repeated_header"


async def test_a_compressed_body_is_refused() -> None:
    """A few bytes may unpack to gigabytes."""
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(make_request({"content-encoding": "gzip"}, b"x"), media_type=FORM)

    assert refused.value.code == "content_encoding"


@pytest.mark.parametrize("in_chunks", [True, False])
async def test_the_longest_body_is_taken_and_one_byte_more_is_not(in_chunks: bool) -> None:
    """Counted as it arrives: a length that was announced need not be true."""

    def request(size: int) -> Request:
        body = b"x" * size
        return make_request({}, *([body[:1000], body[1000:]] if in_chunks else [body]))

    assert len(await read_body(request(MAX_BODY_BYTES), media_type=FORM)) == MAX_BODY_BYTES
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(request(MAX_BODY_BYTES + 1), media_type=FORM)
    assert refused.value.code == "body_too_large"


async def test_an_announced_length_beyond_the_limit_is_refused_before_reading() -> None:
    """Nothing of it need arrive."""

    async def receive() -> Message:
        raise AssertionError("was read")

    scope = make_scope({"content-type": FORM, "content-length": str(MAX_BODY_BYTES + 1)})
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(Request(scope, receive), media_type=FORM)

    assert refused.value.code == "body_too_large"


@pytest.mark.parametrize("length", ["x", "-1", "²", ""])
async def test_a_length_that_is_no_number_is_left_to_the_count(length: str) -> None:
    """The server in front of us refuses it; we do not trip over it."""
    assert await read_body(make_request({"content-length": length}, b"x"), media_type=FORM) == b"x"


async def test_a_length_of_thousands_of_digits_is_not_converted() -> None:
    """That alone can take seconds, or raise (CVE-2020-10735)."""
    with pytest.raises(InvalidRequestError) as refused:
        await read_body(make_request({"content-length": "9" * 5000}, b"x"), media_type=FORM)

    assert refused.value.code == "body_too_large"


async def test_a_body_that_never_ends_is_given_up() -> None:
    """A thousand half-sent requests would hold a thousand tasks."""

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(InvalidRequestError) as refused:
        await read_body(Request(make_scope({"content-type": FORM}), receive), media_type=FORM, seconds=0)

    assert refused.value.code == "body_too_slow"


async def test_a_caller_who_leaves_is_not_answered() -> None:
    """There is nobody there."""
    with pytest.raises(ClientGoneError):
        await read_body(make_request({}, b"a=", hangs_up=True), media_type=FORM)
