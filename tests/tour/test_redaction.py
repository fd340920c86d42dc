"""Secrets are recognisable and useless; everything else is left as it is."""

import base64

import pytest

from tokensmith.tour.redaction import HIDDEN, redact, redact_header, shorten

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.abcdefghijklmnopqrstuvwxyz"
REFRESH = "tsr_abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'{{"access_token": "{JWT}"}}', '{"access_token": "eyJhbG…NiJ9.eyJpc3…cyJ9.abcdef…wxyz"}'),
        (f"refresh_token={REFRESH}&x=1", "refresh_token=tsr_ab…wxyz&x=1"),
        ('{"username": "ada", "password": "a\\"b"}', f'{{"username": "ada", "password": "{HIDDEN}"}}'),
        ('{"password":""}', f'{{"password":"{HIDDEN}"}}'),
        ("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwcyJ9.", "eyJhbG…lIn0.eyJpc3…cyJ9."),
        ("nothing secret here", "nothing secret here"),
    ],
)
def test_bodies_lose_their_secrets(text: str, shown: str) -> None:
    """Tokens keep their ends, passwords nothing."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", f"Bearer {REFRESH}", "Bearer tsr_ab…wxyz"),
        ("authorization", "Basic " + base64.b64encode(b"me:s3cret").decode(), f"Basic base64(me:{HIDDEN})"),
        ("Authorization", "Basic s3cret!", f"Basic {HIDDEN}"),
        ("Authorization", "Basic /////w==", f"Basic {HIDDEN}"),
        ("WWW-Authenticate", 'Bearer error="invalid_token"', 'Bearer error="invalid_token"'),
    ],
)
def test_headers_lose_their_secrets(name: str, value: str, shown: str) -> None:
    """Of HTTP Basic the client's name is public; what cannot be read is hidden whole."""
    assert redact_header(name, value) == shown


@pytest.mark.parametrize(("text", "shown"), [("a" * 12, "a" * 12), ("a" * 13, "aaaaaa…aaaa")])
def test_only_long_texts_are_shortened(text: str, shown: str) -> None:
    """A short one is no secret, and shorter in full."""
    assert shorten(text) == shown
