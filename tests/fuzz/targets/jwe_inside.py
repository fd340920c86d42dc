"""jwe_inside: any header and any plaintext under a good tag: what a sender who keeps no rule can reach (D05, D06, D17).

The first line is the header, the rest the plaintext; a second attempt has the header of a compressed token.
"""

import contextlib
from collections.abc import Iterator

from tests.fuzz import vectors
from tokensmith.jose import JoseError, Key, base64url, jwe
from tokensmith.jose.jwa import content_encryption
from tokensmith.jose.jwe import compact

_SECRET = bytes(range(32))
_KEY = Key.from_secret(_SECRET, alg="A128CBC-HS256")
_DEFLATED = b'{"alg":"dir","enc":"A128CBC-HS256","zip":"DEF"}'


def seeds() -> Iterator[bytes]:
    """Good and bad compression, and the headers of the vectors."""
    yield from (
        b'{"alg":"dir","enc":"A128CBC-HS256"}\nplaintext',
        _DEFLATED + b"\n" + bytes.fromhex("4bcc49cc2d00"),
        b"\n" + bytes.fromhex("4bcc49cc2d00"),
        b"\n" + bytes.fromhex("010100feff61"),
        b"\n" + bytes.fromhex("4bcc49cc2d00") + b"more",
    )
    yield from (header + b"\nplaintext" for header in vectors.objects("alg", "enc"))


def attempt(data: bytes) -> None:
    """Encrypt it whatever it is, and decrypt."""
    header, _, plaintext = data.partition(b"\n")
    for each in (header, _DEFLATED):
        with contextlib.suppress(JoseError):
            assert len(jwe.decrypt(_encrypt(each, plaintext), _KEY, zips={"DEF"}).plaintext) <= 250_000


def _encrypt(header: bytes, plaintext: bytes) -> str:
    text = base64url.encode_bytes(header)
    algorithm = content_encryption("A128CBC-HS256")
    content = algorithm.encrypt(_SECRET, iv=bytes(range(16)), plaintext=plaintext, aad=text)
    return compact.join(compact.CompactParts(protected_text=text, encrypted_key=b"", content=content))
