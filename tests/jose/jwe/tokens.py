"""Tokens made by hand, as a sender makes them who keeps no rule; and keys to read them with."""

import json
from typing import Any

from tokensmith.jose import Key, base64url, jwe
from tokensmith.jose.jwa import content_encryption
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.jwe import compact

WRAPS = Key.generate("A128KW", kid="w")
DIRECT = Key.generate("A128CBC-HS256", kid="d")
AGREES = Key.generate("ECDH-ES+A128KW", kid="a")
RSA = Key.generate("RSA-OAEP", kid="r")
PASSWORD = Key.from_password("correct horse battery staple", alg="PBES2-HS256+A128KW", kid="p")
CHEAP = {"p2c": 1000}
TOKENS = {
    key.alg: (key, jwe.encrypt(b"plaintext", key, enc="A128CBC-HS256", header=CHEAP if key is PASSWORD else None))
    for key in (WRAPS, AGREES, DIRECT, RSA, PASSWORD, *(Key.generate(alg, kid="x") for alg in ("A256GCMKW", "ECDH-ES")))
}

DRAFTS = frozenset({"draft-ietf-jose-hpke-encrypt-20"})
DRAFT_TOKENS = {
    key.alg: (key, jwe.encrypt(b"plaintext", key, drafts=DRAFTS))
    for key in (Key.generate(alg, kid="h") for alg in ("HPKE-0", "HPKE-4", "HPKE-3-KE", "HPKE-7-KE"))
}


def text_of(header: Any) -> bytes:
    """Spell a header; bytes stand for themselves."""
    return base64url.encode_bytes(header if isinstance(header, bytes) else json.dumps(header).encode())


def direct_token(header: Any, plaintext: bytes = b"plaintext", *, encrypted_key: bytes = b"", aad: bytes = b"") -> str:
    """Encrypt to DIRECT under any header at all: whatever it says, the tag matches."""
    protected_text = text_of(header)
    return compact.join(
        compact.CompactParts(
            protected_text=protected_text,
            encrypted_key=encrypted_key,
            content=sealed(plaintext, aad=aad or protected_text),
        )
    )


def sealed(plaintext: bytes, *, aad: bytes) -> EncryptedContent:
    """Encrypt with DIRECT's secret."""
    secret = base64url.decode(str(DIRECT.to_jwk(private=True)["k"]))
    return content_encryption("A128CBC-HS256").encrypt(secret, iv=bytes(range(16)), plaintext=plaintext, aad=aad)


def good_header(**members: Any) -> dict[str, Any]:
    """A header for DIRECT."""
    return {"alg": "dir", "enc": "A128CBC-HS256", **members}


def header_of(token: str) -> dict[str, Any]:
    """Read the protected header of a compact token."""
    members: dict[str, Any] = json.loads(base64url.decode(token.partition(".")[0]))
    return members


def with_header(token: str, **members: Any) -> str:
    """Change the protected header, as anybody on the way can; None takes a member away."""
    changed = {name: value for name, value in (header_of(token) | members).items() if value is not None}
    return text_of(changed).decode() + "." + token.partition(".")[2]


def with_part(token: str, position: int, octets: bytes) -> str:
    """Replace one of the five parts."""
    pieces = token.split(".")
    pieces[position] = base64url.encode(octets)
    return ".".join(pieces)


def direct_json(protected: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Encrypt to DIRECT in JSON, whatever stands around it: the tag matches."""
    protected_text = text_of(protected)
    content = sealed(b"plaintext", aad=protected_text)
    octets = {"iv": content.iv, "ciphertext": content.ciphertext, "tag": content.tag}
    texts = {name: base64url.encode(value) for name, value in octets.items()}
    return {"protected": protected_text.decode(), **texts, **members}
