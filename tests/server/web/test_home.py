"""The page at the issuer's URL."""

import base64
import hashlib
import re

import pytest

from tests.server.flows.world import ISSUER
from tests.server.web.served import Served
from tokensmith.server.web.home import Home

pytestmark = pytest.mark.anyio
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_person_gets_a_page(served: Served) -> None:
    """That says what this is, and where to go next."""
    answer = await served.get("/", **BROWSER)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ISSUER in answer.text
    assert f"curl {ISSUER}/api/login" in answer.text
    for link in re.findall(r'href="([^"]*)"', answer.text):
        assert (await served.get(link)).status_code == 200


async def test_a_program_gets_json(served: Served) -> None:
    """Caches keep the two apart."""
    answer = await served.get("/", accept="*/*")

    assert answer.json()["issuer"] == ISSUER
    assert answer.json()["discovery"] == f"{ISSUER}/.well-known/openid-configuration"
    assert "sign_in" in answer.json()
    assert answer.headers["vary"] == "accept"


async def test_the_page_loads_nothing_and_its_style_is_allowed_by_its_hash(served: Served) -> None:
    """CSP 3 §8.2: what an injection would add has another hash."""
    answer = await served.get("/", **BROWSER)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    for absent in ("<script", "<img", "<link", "@import", "url(", 'src="', "style="):
        assert absent not in answer.text


async def test_nothing_is_said_of_a_sign_in_that_is_not_offered(served: Served) -> None:
    off = Served(served.world, first_party_sign_in="off")

    assert "/api/login" not in (await off.get("/", **BROWSER)).text
    assert "sign_in" not in (await off.get("/")).json()


async def test_an_issuer_is_written_as_text() -> None:
    """Whatever stands in the setting."""
    home = Home(issuer="https://x/<script>", issuer_path="/<script>", offers_first_party_sign_in=True)

    assert "<script" not in home._page()
