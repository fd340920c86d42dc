"""A real browser: the system's Chromium, driven by Playwright's blocking API, talking to nobody but the tests.

Playwright keeps an event loop running in the thread that started it, and there asyncio refuses to run another. So a
browser lives for one test module, not for the run, and a module that asks for one has no asynchronous tests.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services import machine

# Without these Chromium looks for updates, field trials and a network time of its own.
QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--disable-dev-shm-usage",
)


def find_program() -> Path | None:
    """Find Chromium, under the name Debian or others give it."""
    return machine.on_path("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a headless browser for one module; make a context per test, or ask for `page`."""
    program = machine.need("Chromium", find_program, packages=("chromium",))
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # its sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give the test a page in a browser profile of its own: no cookies, no storage."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
