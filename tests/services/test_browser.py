"""The browser a test is given."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.services.processes import Processes, free_port


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_page_is_loaded_and_no_cookie_is_kept(page: Page, processes: Processes, tmp_path: Path, turn: str) -> None:
    """Each test has a profile of its own."""
    (tmp_path / "index.html").write_text("<title>A page</title>")
    port = free_port()
    where = ["--bind", "127.0.0.1", "--directory", str(tmp_path)]
    processes.start(sys.executable, "-m", "http.server", str(port), *where, port=port)
    page.goto(f"http://127.0.0.1:{port}/")
    before = page.evaluate("document.cookie")
    page.evaluate(f"document.cookie = 'turn={turn}'")

    assert page.title() == "A page"
    assert before == ""
    assert page.evaluate("document.cookie") == f"turn={turn}"
