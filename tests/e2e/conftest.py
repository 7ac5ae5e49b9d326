"""A shop that went through the main job, its dashboard, and a browser; skipped where there is no Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from dashboard.launch import command
from sluice.app import App, build
from sluice.config import load
from sluice.store import connect, upgrade
from tests.patience import patient

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
CONFIG = """
shop: Corner shop
clock: 2026-03-15T06:00:00Z
datasets:
  catalog:
    source: {files: "landing/catalog/*.csv"}
    mode: snapshot
    key: [item_id]
    columns:
      item_id: {type: string, required: true}
      title: {type: string}
    suite:
      - expect_column_values_to_not_be_null: {column: title}
  events:
    source: {files: "landing/events/*.csv"}
    key: [event_id]
    time: ts
    every: 1d
    columns:
      event_id: {type: string, required: true}
      item_id: {type: string, required: true}
      price: {type: number}
      ip: {type: string, personal: true}
      ts: {type: timestamp}
    suite:
      - expect_column_values_to_be_between: {column: price, min_value: 0}
    clean: [parse]
    detect:
      - isolation_forest: {columns: [price, ts], needs: 200, budget: 0.05}
recommender: {events: events, items: catalog, user: ip, item: item_id, time: ts}
"""


@dataclass
class Visit:
    """A browser's page on the dashboard.

    Attributes:
        address: Where the dashboard is.
        outside: Every address elsewhere that the page asked for.
    """

    page: Page
    address: str
    outside: list[str] = field(default_factory=list)

    def open(self, path: str, title: str) -> None:
        """Open a page, and wait until it is drawn."""
        self.page.goto(f"{self.address}/{path}")
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for()
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    def note(self, request: Request) -> None:
        """Remember what is asked for elsewhere."""
        if not request.url.startswith((self.address, self.address.replace("http", "ws", 1), "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Two days of a shop, published; some prices are below 0."""
    root = tmp_path_factory.mktemp("corner")
    write(root)
    config = load(root / "sluice.yaml")
    upgrade(connect(config.database_url))
    with build(root / "sluice.yaml") as app:
        assert [run.state for run in app.run(app.pending_arrivals())] == ["published"] * 4
        yield app


def write(root: Path) -> None:
    """The shop's files."""
    (root / "sluice.yaml").write_text(CONFIG)
    for day in (13, 14):
        for dataset, text_lines in (("catalog", ["item_id,title", *(f"i{number},Mug {number}" for number in range(20))]), ("events", events(day))):
            path = root / "landing" / dataset / f"{dataset}-2026-03-{day}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(text_lines) + "\n")


def events(day: int) -> list[str]:
    """A day's rows; every tenth has a price below 0."""
    rows = [
        f"{day}-{number},i{number % 20},{-1 if number % 10 == 3 else 9.5 + number % 7},203.0.113.7,2026-03-{day}T12:{number % 60:02}:00Z"
        for number in range(300)
    ]
    return ["event_id,item_id,price,ip,ts", *rows]


@pytest.fixture(scope="session")
def address(app: App) -> Iterator[str]:
    """The dashboard, served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(command(app.path, port=port), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("URL" in line for line in server.stdout), "the dashboard did not start"
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()  # asked to end, it would wait for every open browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None and "chromium" in os.environ.get("SLUICE_REQUIRE", ""):
        pytest.fail("there is no Chromium, and SLUICE_REQUIRE asks for it")
    if chromium is None:
        pytest.skip("there is no Chromium: install chromium and fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A new visitor."""
    page = patient(browser.new_page(viewport={"width": 1320, "height": 1000}))
    visit = Visit(page, address)
    page.on("request", visit.note)
    yield visit
    page.close()
