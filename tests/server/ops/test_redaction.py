"""What looks like a secret does not get through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.server.domain.refresh_tokens import FAMILY_BYTES, SECRET_BYTES, RefreshToken
from tokensmith.server.domain.stored_secrets import new_client_secret
from tokensmith.server.ops.redaction import redact
from tokensmith.server.storage.sealing import Sealing

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"token {JWT} end", "token [redacted] end"),
        ("eyJhbGciOiJFUzI1NiJ9", "[redacted]"),
        ("Authorization: Bearer abcdef123", "Authorization: Bearer [redacted]"),
        ("authorization=basic cm9ib3Q6aHVzaA==", "authorization=basic [redacted]"),
        ("DPoP abc.def~ghi", "DPoP [redacted]"),
        ('{"password": "correct horse"}', '{"password": [redacted]}'),
        ("{'password': 'correct horse', 'a': 1}", "{'password': [redacted], 'a': 1}"),
        ("password=hush&username=ada", "password=[redacted]&username=ada"),
        ("client_secret=hush", "client_secret=[redacted]"),
        ("refresh_token: hush,", "refresh_token: [redacted],"),
        ("pkcs11_pin='12 34'", "pkcs11_pin=[redacted]"),
        ("PASSWORD = hush", "PASSWORD = [redacted]"),
        ("postgresql://user:hush@db/name", "postgresql://user:[redacted]@db/name"),
        ("valkey://:hush@cache:6379", "valkey://:[redacted]@cache:6379"),
    ],
)
def test_a_secret_is_taken_out_and_the_rest_stays(text: str, left: str) -> None:
    """However it is written."""
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "refresh_token_reused",
        "code=client_secret_wrong",
        "the basic rule",
        "http://127.0.0.1:8000/token",
        "<PresentedClient 'robot' by basic>",
        "eye",
        "passwordless",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """A log that hides everything helps nobody."""
    assert redact(text) == text


@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES), st.text(max_size=20), st.integers(0, 2**32 - 1))
def test_our_own_secrets_never_get_through(secret: bytes, around: str, generation: int) -> None:
    """Refresh tokens, client secrets, sealing keys, whatever stands beside them."""
    refresh = str(RefreshToken(family=bytes(FAMILY_BYTES), generation=generation, secret=secret))
    for text in (refresh, new_client_secret(), Sealing((secret,)).secret_text().strip()):
        assert text[8:] not in redact(f"{around} {text} {around}")
