"""Time until each page of the dashboard is drawn, on a warm server with a small demo shop, in Chromium.

Pages are opened one after the other in a new tab; the figure is the fastest of three, as other programs only slow it down. Chromium has
to be installed; nothing is recorded, since the figures depend on the machine's display stack as much as on the dashboard.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import Figure, main
from dashboard.launch import command
from sluice import demo
from sluice.app import build

PAGES = ("", "runs", "quarantine", "detectors", "recommender")
REPEATS = 3
DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def open_all_pages(options: argparse.Namespace) -> Sequence[Figure]:
    """Open every page of one shop per seed."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo.write(folder, 1, demo.SMALL)
        with build(Path(folder) / "sluice.yaml") as app:
            list(app.run(app.pending_arrivals()))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--headless=new", "--no-sandbox", "--disable-gpu"])
        with serve(Path(folder) / "sluice.yaml") as address:
            seconds = {page: [open_page(browser, f"{address}/{page}") for _ in range(options.seeds)] for page in PAGES}
    return [Figure.over(f"dashboard, {page or 'today'}: opens in", values, "s") for page, values in seconds.items()]


@contextmanager
def serve(config: Path) -> Iterator[str]:
    """Serve the dashboard on a free port while the context lasts, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(command(config, port=port), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("URL" in line for line in server.stdout), "the dashboard did not start"
        yield f"http://127.0.0.1:{port}"
        server.kill()


def open_page(browser: Browser, address: str) -> float:
    """Return the seconds until a page is drawn, the fastest of REPEATS."""
    return min(_seconds(browser, address) for _ in range(REPEATS))


def _seconds(browser: Browser, address: str) -> float:
    page = browser.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.locator(DRAWN).wait_for()
    seconds = time.perf_counter() - start
    page.close()
    return seconds


if __name__ == "__main__":
    main(__doc__ or "", open_all_pages)
