"""Pages."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from tests.server.web.requests import make_request
from tokensmith.server import web
from tokensmith.server.domain.errors import TooManyAttemptsError, UnavailableError
from tokensmith.server.web.render import SUBMIT, Pages
from tokensmith.server.web.texts import LANGUAGES, texts_in

PAGES = Pages(issuer_path="/auth")
TEMPLATES = Path(web.__file__ or "").parent / "templates"


def error_page(text: str = "text") -> str:
    page = PAGES.page("error", texts_in("en"), title="error_title", text=text, error="e", error_id="1")
    return bytes(page.body).decode()


def test_values_are_escaped() -> None:
    assert "<b>" not in error_page("<b>\"'")
    assert "&lt;b&gt;&#34;&#39;" in error_page("<b>\"'")


def test_urls_stand_below_the_issuer() -> None:
    """Whose path a proxy hands on as it is; the style sheet's name changes with it."""
    assert re.search(r'href="/auth/assets/tokensmith\.css\?v=[0-9a-f]{12}"', error_page())


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://app.example:8443/cb?x", "https://app.example:8443"),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1"),
        ("http://[::1]:1/cb", "http:"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_a_form_leads_to_us_and_to_the_client(uri: str, source: str) -> None:
    """Browsers hold `form-action` against the redirect after the form."""
    page = PAGES.page("error", texts_in("en"), title="error_title", leads_to=(uri,), text="", error="e", error_id="1")

    assert f"form-action 'self' {source}" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]


def test_the_one_script_is_known_by_its_hash() -> None:
    """No template has another one, or a style of its own, or anything from elsewhere."""
    hashed = base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode()
    page = PAGES.page(
        "form_post", texts_in("en"), title="form_post_title", runs=True, client="c", action="https://a/", members=[]
    )
    assert f"script-src 'sha256-{hashed}'" in page.headers["content-security-policy"]
    assert f"<script>{SUBMIT}</script>" in bytes(page.body).decode()
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        assert template.name == "form_post.html" or "<script" not in text
        assert not re.search(r"style=|<style|\son\w+=|https?://|\|safe", text), template.name


def test_an_error_page_tells_what_its_status_says() -> None:
    """When to try again stands in the header, too."""
    busy = TooManyAttemptsError("Wait.", retry_after_seconds=7)
    page = PAGES.refusal(make_request(), busy, "id")
    assert (page.status_code, page.headers["retry-after"]) == (429, "7")
    down = UnavailableError("x", code="database_unavailable")
    page = PAGES.refusal(make_request({"accept-language": "de"}), down, "id")
    assert (page.status_code, page.headers["content-language"]) == (503, "de")
    assert "Der Server kann gerade nicht antworten" in bytes(page.body).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_template_is_in_the_catalogues(language: str) -> None:
    for template in TEMPLATES.glob("*.html"):
        for key in re.findall(r't\("(\w+)"', template.read_text()):
            assert key in texts_in(language).entries, (template.name, key)
