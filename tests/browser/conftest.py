"""A headless Chromium of the system, driven by Playwright; without one of them these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.waiting import LIMIT, wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Page]]:
    """HTML → the page as opened from a file. Errors, warnings and requests but for itself fail the test."""
    context = browser.new_context(
        viewport={"width": 1400, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(LIMIT)
    told: list[str] = []
    asked: list[str] = []

    def opened(html: str) -> Page:
        file = tmp_path / "sankey.html"
        file.write_text(html, encoding="utf-8")
        page = context.new_page()
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        wait(page, "document.body.dataset.step > 0")
        return page

    yield opened
    context.close()
    assert told == []
    own = (tmp_path / "sankey.html").as_uri()
    foreign = {url.partition("#")[0] for url in asked if not url.startswith("blob:")}  # blobs are its own
    assert foreign <= {own, "about:blank"}
