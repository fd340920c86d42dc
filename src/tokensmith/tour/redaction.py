"""What may be printed of a secret: enough to recognise it again, too little to use it.

The tour's whole output can be pasted anywhere: passwords and client secrets are replaced, of tokens the ends are kept,
so that one sees with one's own eyes that the second answer holds the same refresh token as the first.
"""

import base64
import binascii
import re
from typing import Final

HIDDEN: Final = "•••"
_JWT: Final = re.compile(r"\b(eyJ[\w-]+)\.([\w-]+)\.([\w-]*)")
_OPAQUE: Final = re.compile(r"\bts[a-z]_[\w-]{16,}")
_PASSWORD: Final = re.compile(r'("password"\s*:\s*)"(?:[^"\\]|\\.)*"')


def redact(text: str) -> str:
    """Hide passwords in JSON and shorten every token of ours in a body or a header value."""
    text = _PASSWORD.sub(rf'\1"{HIDDEN}"', text)
    text = _JWT.sub(lambda found: ".".join(map(shorten, found.groups())), text)
    return _OPAQUE.sub(lambda found: shorten(found[0]), text)


def shorten(text: str) -> str:
    """Keep the first six and the last four characters of a long text."""
    return text if len(text) <= 12 else f"{text[:6]}…{text[-4:]}"


def redact_header(name: str, value: str) -> str:
    """Shorten a header's value; of HTTP Basic the client's name is shown, since that much is public."""
    scheme, _, credentials = value.partition(" ")
    if name.lower() != "authorization" or scheme != "Basic":
        return redact(value)
    try:
        client = base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return f"{scheme} {HIDDEN}"
    return f"{scheme} base64({client}:{HIDDEN})"
