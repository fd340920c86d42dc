"""Takes secrets out of text before it reaches a log (RFC 6750 §5.2, RFC 9700 §4.2.4).

Nothing of ours logs a secret on purpose. This is for what slips through: a driver's message, a library's traceback, a
detail that quotes what a caller put into the wrong field.
"""

import re
from typing import Final

HIDDEN: Final = "[redacted]"

_RULES: Final = (
    # Our own: refresh tokens, client secrets and sealing keys, whole or cut off.
    (re.compile(r"\b(tsr_|tsc_|tsk_)[A-Za-z0-9_-]*"), rf"\1{HIDDEN}"),
    # Anything that begins like a JOSE header: eyJ is {" in base64url.
    (re.compile(r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*"), HIDDEN),
    (re.compile(r"\b(bearer|basic|dpop)\s+[A-Za-z0-9+/._~=-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"""(\b(?:password|passwd|client_secret|refresh_token|access_token|sealing_key|pkcs11_pin|user_pin|secret)\b["']?\s*[=:]\s*)"""
            r"""(?:"[^"]*"|'[^']*'|[^\s&,;)}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # The password of a database or cache URL.
    (re.compile(r"(://[^\s:/@]*:)[^\s@]+(@)"), rf"\1{HIDDEN}\2"),
)


def redact(text: str) -> str:
    """Return *text* without what looks like a secret."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
