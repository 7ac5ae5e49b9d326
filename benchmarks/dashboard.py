"""Measure how long the dashboard's pages take on the store of three years, beside a Streamlit page that shows one table of the same size.

The store has 4,000 runs with the verdicts of 200 rules on each, 5,000,000 held rows and 1,000 incidents. Pages are opened in turn with the plain page, each
time in a new tab of Chromium on a warm server; the time ends when the page is drawn, and the 95th percentile counts. A click asks for the next hundred held
rows, and on the plain page for the next hundred rows of its table. Memory is the highest of the server's process, without pages of files.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure, main, number
from benchmarks.three_years import QUICK, Size, write_shop
from benchmarks.usage import memory_of
from dashboard.launch import OPTIONS, command

PAGES = {"Today": "", "Runs": "runs", "Quarantine": "quarantine", "Incidents": "incidents", "Rule history": "rule", "Activity": "activity"}
DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"]'
OPENED, PATIENCE = 10, 300_000  # times that each page is opened; milliseconds to wait
PLAIN = """import polars as pl, streamlit as st
st.title("Rows")
page = st.session_state.setdefault("page", 0)
if st.button("Next"):
    page = st.session_state["page"] = page + 1
rows = pl.DataFrame({f"c{column}": range(page * 100, page * 100 + 100) for column in range(9)})
st.caption(f"From row {page * 100}")
st.dataframe(rows, hide_index=True, on_select="rerun", selection_mode="multi-row")
"""


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Open the pages of both servers in turn."""
    size, opened = (QUICK, 2) if options.quick else (Size(), OPENED)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        config, script = write_shop(Path(folder), size), Path(folder) / "plain.py"
        script.write_text(PLAIN, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--headless=new", "--no-sandbox", "--disable-gpu"])
        with _server(lambda port: command(config, port=port)) as (ours, process), _server(lambda port: _plain(script, port)) as (plain, _):
            views = _views(browser, ours, plain, opened)
            clicks = [(_next_rows(browser, ours), _next_plain(browser, plain)) for _ in range(opened)]
            memory = memory_of(process)
    figures = [_compare(f"dashboard, {name}: first view, 95th percentile", times) for name, times in views.items()]
    figures.append(_compare(f"dashboard, the next 100 of {size.held:,} held rows, 95th percentile", clicks))
    return [*figures, Figure("dashboard, memory of its process", memory * 1024, "MiB")]


def _compare(name: str, times: Sequence[tuple[float, float]]) -> Figure:
    ours, plain = (float(np.quantile(values, 0.95)) for values in zip(*times, strict=True))
    return Figure(name, ours, "s", f"a plain page: {number(plain)}", ours / plain, len(times))


def _views(browser: Browser, ours: str, plain: str, opened: int) -> dict[str, list[tuple[float, float]]]:
    """Open each page, once to warm the server, then in turn with the plain page."""
    for address in (plain, *(f"{ours}/{path}" for path in PAGES.values())):
        _open(browser, address)
    return {name: [(_open(browser, f"{ours}/{path}"), _open(browser, plain)) for _ in range(opened)] for name, path in PAGES.items()}


def _open(browser: Browser, address: str) -> float:
    """Return the seconds until a page is drawn in a new tab."""
    page = _tab(browser)
    start = time.perf_counter()
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.locator(DRAWN).wait_for()
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def _next_rows(browser: Browser, address: str) -> float:
    return _click(browser, f"{address}/quarantine?lang=en", lambda page: page.get_by_role("button", name="Next page").click(), "Rows 101 to 200 of")


def _next_plain(browser: Browser, address: str) -> float:
    return _click(browser, address, lambda page: page.get_by_role("button", name="Next").click(), "From row 100")


def _click(browser: Browser, address: str, act: Callable[[Page], None], text: str) -> float:
    """Return the seconds from a click until a text is shown and the page is drawn."""
    page = _tab(browser)
    page.goto(address)
    page.locator(DRAWN).wait_for()
    start = time.perf_counter()
    act(page)
    page.get_by_text(text).wait_for()
    page.locator(DRAWN).wait_for()
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def _tab(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE)
    return page


def _plain(script: Path, port: int) -> list[str]:
    flags = [f"--{name}={value}" for name, value in {"server.address": "127.0.0.1", "server.port": str(port), **OPTIONS}.items()]
    return [sys.executable, "-m", "streamlit", "run", str(script), *flags]


@contextmanager
def _server(arguments: Callable[[int], list[str]]) -> Iterator[tuple[str, int]]:
    """Serve on a free port while the context lasts; give the address and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(arguments(port), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("URL" in line for line in server.stdout), "the server did not start"
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.kill()


if __name__ == "__main__":
    main(__doc__ or "", measure)
