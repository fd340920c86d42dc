"""Raw DEFLATE with a ceiling (RFC 7516 §4.1.3, RFC 1951)."""

import gzip
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwe.compression import MAX_PLAINTEXT_BYTES, compress, decompress

EXAMPLE = load("rfc7520-encryption.json")[8]
# Compresses to about a third: long enough, and far from being a bomb.
TEXT = base64url.encode(os.urandom(200_000)).encode().replace(b"A", b"AAAAAA")


def deflated(plaintext: bytes) -> bytes:
    stream = zlib.compressobj(9, wbits=-15)
    return stream.compress(plaintext) + stream.flush()


def code_of(compressed: bytes) -> str:
    with pytest.raises(MalformedTokenError) as refusal:
        decompress(compressed)
    return refusal.value.code


def test_the_example_of_the_cookbook() -> None:
    """RFC 7520 §5.9."""
    plaintext = EXAMPLE["input"]["plaintext"].encode()

    assert decompress(base64url.decode(EXAMPLE["generated"]["plaintext_c"])) == plaintext
    assert decompress(compress(plaintext)) == plaintext


@given(st.binary(max_size=2000))
def test_what_is_compressed_is_decompressed(plaintext: bytes) -> None:
    assert decompress(compress(plaintext)) == plaintext


@pytest.mark.parametrize(("octets", "passes"), [(MAX_PLAINTEXT_BYTES, True), (MAX_PLAINTEXT_BYTES + 1, False)])
def test_no_more_than_250_000_octets_come_out(octets: int, passes: bool) -> None:
    """Threat D05 (CVE-2024-28102)."""
    plaintext = TEXT[:octets]
    assert len(plaintext) == octets
    if passes:
        assert decompress(compress(plaintext)) == plaintext
        return

    assert code_of(deflated(plaintext)) == "too_large"
    with pytest.raises(ValueError, match="too long"):
        compress(plaintext)


@pytest.mark.parametrize(("octets", "passes"), [(10_000, True), (10_001, False), (100_000, False), (90_000_000, False)])
def test_little_does_not_become_much(octets: int, passes: bool) -> None:
    """Threat D05: a ratio that no text has; what is short may have it."""
    plaintext = bytes(octets)
    if passes:
        assert decompress(compress(plaintext)) == plaintext
        return

    assert code_of(deflated(plaintext)) == "too_large"
    with pytest.raises(ValueError, match="too monotonous"):
        compress(plaintext)


def test_a_bomb_is_not_unfolded_beyond_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat D05: the ceiling is given to the decoder; looking at the length afterwards is too late."""
    asked: list[int] = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, **options: int) -> None:
            self.inner = real(**options)
            self.eof, self.unused_data = False, b""

        def decompress(self, data: bytes, max_length: int) -> bytes:
            asked.append(max_length)
            return self.inner.decompress(data, max_length)

    monkeypatch.setattr(zlib, "decompressobj", Watched)

    assert code_of(deflated(bytes(50_000_000))) == "too_large"
    assert asked == [MAX_PLAINTEXT_BYTES + 1]


def test_a_stream_cut_short_is_refused() -> None:
    """Threat D06: several libraries give what came so far."""
    whole = deflated(b"You can trust us to stick with you")

    assert {code_of(whole[:length]) for length in range(len(whole))} == {"malformed_compression"}


@pytest.mark.parametrize("more", [b"\0", b"garbage", deflated(b"more")])
def test_nothing_follows_the_stream(more: bytes) -> None:
    """Threat D06."""
    assert code_of(deflated(b"text") + more) == "malformed_compression"


@pytest.mark.parametrize("framed", [zlib.compress(b"text"), gzip.compress(b"text", mtime=0), b"", b"\xff" * 20])
def test_another_framing_is_refused(framed: bytes) -> None:
    """Threat D06: raw, neither zlib's nor gzip's."""
    assert code_of(framed) == "malformed_compression"
