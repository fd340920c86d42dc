"""The OpenAPI page of the example service, in a real browser that talks to nobody else."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.tour.running_notes import Notes, notes
from tokensmith.tour.exchange import get, send

__all__ = ["notes"]


@pytest.fixture
def requested(page: Page) -> list[str]:
    """Every URL the page asks for."""
    urls: list[str] = []

    def note(request: Request) -> None:
        urls.append(request.url)

    page.on("request", note)
    return urls


def test_a_token_is_pasted_and_the_notes_are_read(notes: Notes, page: Page, requested: list[str]) -> None:
    """Authorize, Try it out, Execute: 200; without the token the same request is a 401."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{notes.url}/docs")
    read = page.locator(".opblock-get")
    read.locator(".opblock-summary-control").click()

    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".modal-ux")
    dialog.locator("input").fill(notes.issuer.token(scope="notes:read"))
    dialog.get_by_role("button", name="Apply credentials").click()
    dialog.get_by_role("button", name="Close").click()
    read.get_by_role("button", name="Execute").click()

    expect(read.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    assert [url for url in requested if not url.startswith((notes.url, "data:"))] == []
    assert complaints == []


def test_without_a_token_the_page_shows_the_refusal(notes: Notes, page: Page) -> None:
    """The page asks as anybody may; the service decides."""
    page.goto(f"{notes.url}/docs")
    read = page.locator(".opblock-get")
    read.locator(".opblock-summary-control").click()
    read.get_by_role("button", name="Execute").click()

    expect(read.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("401")


def test_the_browser_is_told_to_load_nothing_from_elsewhere(notes: Notes) -> None:
    """So that it stays so with the next version of the page."""
    answer = send(get(f"{notes.url}/docs"))

    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "http" not in answer.headers["content-security-policy"]


def test_the_document_names_the_scopes_of_each_operation(notes: Notes) -> None:
    """OpenAPI 3.1: an HTTP bearer scheme, and what each operation asks for."""
    document = send(get(f"{notes.url}/openapi.json")).members
    match document:
        case {"paths": {"/notes": {"get": {"security": reading}, "post": {"security": writing}}}}:
            assert reading == [{"Bearer": ["notes:read"]}]
            assert writing == [{"Bearer": ["notes:write"]}]
        case _:
            pytest.fail(f"unexpected document {document}")
