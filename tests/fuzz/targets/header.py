"""header: a header in one piece or two; whatever passes has the types its readers rely on (C01, C08, C09).

Two pieces stand on two lines, the unprotected one below.
"""

import contextlib
from collections.abc import Iterator

from tests.fuzz import vectors
from tokensmith.jose import JoseError
from tokensmith.jose.header import Header, parse_header, parse_joint_header
from tokensmith.jose.strict_json import parse_object

_UNDERSTOOD = frozenset({"b64"})


def seeds() -> Iterator[bytes]:
    """Every member there is, "crit" in its good and bad forms, and the headers of the vectors."""
    yield from (
        b'{"alg":"HS256","kid":"k","typ":"JWT","cty":"JWT","b64":false,"crit":["b64"]}',
        b'{"alg":"HS256","crit":["exp"],"exp":1}\n{"kid":"k"}',
        b'{"alg":"dir","enc":"A128GCM","zip":"DEF","x5c":["MA=="],"x5t":"","jwk":{"kty":"oct"}}',
        b'{"enc":"A128GCM"}\n{"alg":"ECDH-ES","epk":{"kty":"EC"},"apu":"QQ"}',
        b'\n{"alg":"HS256"}',
    )
    yield from vectors.objects("alg")


def attempt(data: bytes) -> None:
    """Read it as one piece, and cut in two."""
    with contextlib.suppress(JoseError):
        _check(parse_header(data, understood=_UNDERSTOOD))
    protected, _, unprotected = data.partition(b"\n")
    for may_be_unprotected in (frozenset[str](), frozenset({"alg"})):
        with contextlib.suppress(JoseError):
            piece = parse_object(unprotected)
            joint = parse_joint_header(protected, piece, may_be_unprotected=may_be_unprotected, understood=_UNDERSTOOD)
            _check(joint.complete)
            assert joint.protected.keys().isdisjoint(joint.unprotected)
            assert joint.unprotected.keys().isdisjoint({"crit", "b64", "zip", "enc"})


def _check(header: Header) -> None:
    assert type(header.alg) is str
    assert all(value is None or type(value) is str for value in (header.kid, header.typ, header.cty))
    assert type(header.b64) is bool
    assert "crit" not in header or header["crit"] == ("b64",)
    assert header.b64 or "crit" in header
