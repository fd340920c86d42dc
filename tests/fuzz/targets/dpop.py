"""dpop: any proof, and any claims and key under a good signature; a proof proves the key that made it (F16).

Two lines: the key and what else is in the header, and the claims. The key has to be ours for the signature to be good.
"""

import contextlib
import functools
from collections.abc import Iterator

from tests.fuzz import vectors
from tests.jose.jwt.tokens import NOW, StoppedClock, spell
from tokensmith.guard.errors import InvalidProofError
from tokensmith.guard.sender.dpop import DpopVerifier
from tokensmith.guard.sender.target_uri import normal_form
from tokensmith.jose import strict_json

_URI = "https://api.example/notes"
_KEY = vectors.private_keys()["Ed25519"]
_VERIFIER = DpopVerifier(clock=StoppedClock())


@functools.cache
def _header() -> bytes:
    return strict_json.encode({"alg": "Ed25519", "typ": "dpop+jwt", "jwk": _KEY.to_jwk()})


def seeds() -> Iterator[bytes]:
    """A good proof's parts and the whole of it, and targets in several spellings."""
    for target in (_URI, "HTTPS://API.example:443/./notes?q#f", "http://[::1]:80/%7Enotes", "//", "https://é.example"):
        claims = strict_json.encode({"jti": "1", "htm": "GET", "htu": target, "iat": NOW, "ath": "x", "nonce": "n"})
        yield _header() + b"\n" + claims
        yield b"\n" + claims
        yield spell(_header(), claims, key=_KEY).encode()
        yield target.encode()


def attempt(data: bytes) -> None:
    """Check it as it is, and as what the key signs; then read it as a target."""
    header, _, claims = data.partition(b"\n")
    proofs = (data, *(spell(each, claims, key=_KEY).encode() for each in (header, _header())))
    for proof, token in ((proofs[0], None), (proofs[1], None), (proofs[2], None), (proofs[2], "a-token")):
        with contextlib.suppress(InvalidProofError):
            proven = _VERIFIER.verify([proof], method="GET", uri=_URI, access_token=token)
            assert proven.thumbprint == _KEY.thumbprint(), "somebody else's proof"
    with contextlib.suppress(ValueError):
        target = normal_form(data.decode())
        assert normal_form(target) == target
