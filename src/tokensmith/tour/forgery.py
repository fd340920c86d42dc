"""Tokens that must be refused, made from one that is good (RFC 7515 §10.1, RFC 8725 §2.1).

Each differs from the good one in exactly one respect, so that a service which lets it in is wrong for that reason.
"""

from typing import Final

from tokensmith.jose import Key, base64url, strict_json
from tokensmith.tour.anatomy import dissect

# Not the last character of a part: of that one some bits may be spare, and a decoder that ignores spare bits would
# read the same signature and rightly call it good. The second of a part carries six bits of what is signed or signs.
_POSITION: Final = 1


def one_character_changed(token: str) -> str:
    """Change one character of the signature to another of the alphabet."""
    header, payload, signature = token.split(".")
    there = signature[_POSITION]
    changed = signature[:_POSITION] + ("B" if there == "A" else "A") + signature[_POSITION + 1 :]
    return f"{header}.{payload}.{changed}"


def signed_by_a_stranger(token: str) -> str:
    """Keep every claim and every header member, the key's id included, and sign with a key of our own.

    Raises:
        MalformedTokenError: *token* is no JWT.
        ValueError: its algorithm is none of ours.
    """
    anatomy = dissect(token)
    stranger = Key.generate(str(anatomy.header.get("alg")))
    signing_input = ".".join(anatomy.parts[:2])
    return f"{signing_input}.{base64url.encode(stranger.sign_bytes(signing_input.encode()))}"


def unsigned(token: str) -> str:
    """Keep every claim and say that no signature is due: an unsecured JWT (RFC 7519 §6).

    Raises:
        MalformedTokenError: *token* is no JWT.
    """
    anatomy = dissect(token)
    header = strict_json.encode({**anatomy.header, "alg": "none"})
    return f"{base64url.encode(header)}.{anatomy.parts[1]}."
