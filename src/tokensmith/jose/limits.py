"""Ceilings that hold before anything is parsed or computed (RFC 7515 §10 leaves them to us).

A verifier works for whoever sends it bytes, so each of its steps has a bound. The defaults fit tokens that travel in
HTTP headers; a status list or a document with many keys is larger, and its reader passes limits of its own.
"""

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a token may be, each ceiling included.

    Attributes:
        max_token_bytes: The whole token as it was sent, in bytes.
        max_header_bytes: One JOSE header after base64url decoding, in bytes. Certificate chains fit.
        max_key_id_chars: The "kid" header parameter, in characters.
        max_signatures: Signatures of one JWS in JSON; each costs a computation.
        max_json_depth: Objects and arrays inside each other, the outermost counted; at most 200.
        max_json_members: Name/value pairs of one JSON text, those of inner objects counted.
        max_disclosures: Disclosures of one SD-JWT (RFC 9901); each costs a hash.

    Raises:
        ValueError: A ceiling is below 1, or the depth above 200.
    """

    max_token_bytes: int = 65_536
    max_header_bytes: int = 16_384
    max_key_id_chars: int = 512
    max_signatures: int = 16
    max_json_depth: int = 32
    max_json_members: int = 1_000
    max_disclosures: int = 256

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} must be at least 1.")
        # Walking the parsed value recurses in Python, whose stack is finite.
        if self.max_json_depth > 200:
            raise ValueError("max_json_depth must be at most 200.")


DEFAULT_LIMITS: Final = Limits()
