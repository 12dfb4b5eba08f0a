"""Waiting for a page without its leave to use `eval`, which Playwright's own way needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIMIT = 20_000
"""Milliseconds after which what is waited for has failed."""


def wait(page: Page, condition: str) -> None:
    """Waits until a JavaScript expression holds."""
    page.evaluate(
        """([condition, limit]) => new Promise((done, fail) => {
            const start = performance.now();
            const look = () => {
                if (CONDITION) done();
                else if (performance.now() - start > limit) fail(new Error(condition));
                else requestAnimationFrame(look);
            };
            look();
        })""".replace("CONDITION", condition),
        [condition, LIMIT],
    )
