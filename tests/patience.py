"""Bound the waits of tests: long enough for a machine that is busy with other work, since a test that fails there shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 300.0  # seconds; a wait ends as soon as what it waits for is there


def patient(page: Page) -> Page:
    """Let a browser's page wait as long as everything else does; Playwright itself gives up after 30 s."""
    page.set_default_timeout(PATIENCE * 1000)
    return page
