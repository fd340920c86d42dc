"""status_list: any claim, and any compressed octets; what comes out has a ceiling (F17).

An octet string is taken both as the claim's JSON and as what its "lst" encodes.
"""

import contextlib
import zlib
from collections.abc import Iterator

from tests.fuzz import vectors
from tokensmith.jose import JoseError, base64url, strict_json
from tokensmith.jose.jwt import StatusList

_MAX_OCTETS = 4096


def seeds() -> Iterator[bytes]:
    """Good lists, one that is cut short, one with more behind it, and one that grows a thousandfold."""
    yield from vectors.objects("bits", "lst")
    good = zlib.compress(bytes(range(16)))
    yield from (good, good[:-1], good + b"x", zlib.compress(bytes(1_000_000), 9), zlib.compress(b""))


def attempt(data: bytes) -> None:
    """Read it, ask it, and write it again."""
    with contextlib.suppress(JoseError):
        _check(strict_json.parse_object(data))
    for bits in (1, 2, 4, 8):
        _check({"bits": bits, "lst": base64url.encode(data)})


def _check(claim: strict_json.JsonValue) -> None:
    with contextlib.suppress(JoseError):
        statuses = StatusList.from_claim(claim, max_bytes=_MAX_OCTETS)
        assert len(statuses.data) <= _MAX_OCTETS
        assert all(0 <= statuses[index] < 1 << statuses.bits for index in range(min(64, len(statuses))))
        assert StatusList.from_claim(statuses.to_claim(), max_bytes=_MAX_OCTETS) == statuses
        statuses[len(statuses)]
