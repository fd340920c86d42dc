"""Which pictures are taken."""

import hashlib

import pytest

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.logos import MAX_BYTES, read_logo

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPrest", "image/webp"),
        (PNG.ljust(MAX_BYTES, b"x"), "image/png"),
    ],
)
def test_a_picture_is_told_by_its_first_bytes_and_named_by_all_of_them(body: bytes, media_type: str) -> None:
    logo = read_logo(body)

    assert (logo.media_type, logo.body) == (media_type, body)
    assert logo.digest == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a",
        b"RIFF\x10\x00\x00\x00WAVE",
        b"<html>\x89PNG\r\n\x1a\n",
        PNG.ljust(MAX_BYTES + 1, b"x"),
    ],
)
def test_what_may_hold_a_script_or_is_too_large_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_logo(body)

    assert caught.value.code == "bad_logo"
